/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "command.h"
#include "store-check.h"

int
soban_command_check (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  g_autoptr (GPtrArray) breaches = NULL;

  if (!soban_command_parse (&argc, &argv, NULL, _ ("Looks the data over: the file, the numbers, every record against its log."), NULL, &place, error))
    return SOBAN_EXIT_USAGE;
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  breaches = soban_collector_check (store, error);
  if (breaches == NULL)
    return SOBAN_EXIT_FAILED;
  for (guint i = 0; i < breaches->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (breaches, i));
  if (breaches->len == 0)
    g_print ("%s\n", _ ("The data is sound."));
  return breaches->len == 0 ? SOBAN_EXIT_OK : SOBAN_EXIT_UNSOUND;
}
