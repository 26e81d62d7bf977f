/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "command.h"
#include "store-check.h"

/* A file too broken to be looked over is damage found, too. */
static int
tell_damage (GError **error)
{
  g_autoptr (GError) damage = NULL;

  if (!g_error_matches (*error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT))
    return SOBAN_EXIT_FAILED;
  damage = g_steal_pointer (error);
  g_print ("%s\n%s\n", damage->message, _ ("The data is damaged: put a backup back. Tablets send again what it lacks."));
  return SOBAN_EXIT_UNSOUND;
}

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
  if (folder == NULL)
    return SOBAN_EXIT_FAILED;
  store = soban_command_open_store (folder, error);
  breaches = store != NULL ? soban_collector_check (store, error) : NULL;
  if (breaches == NULL)
    return tell_damage (error);
  for (guint i = 0; i < breaches->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (breaches, i));
  if (breaches->len == 0)
    g_print ("%s\n", _ ("The data is sound."));
  return breaches->len == 0 ? SOBAN_EXIT_OK : SOBAN_EXIT_UNSOUND;
}
