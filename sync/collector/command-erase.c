/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "command.h"
#include "erasure.h"

static int
erase (SobanCollectorStore *store, const SobanUuid *record, const char *reason, GError **error)
{
  if (!soban_collector_store_begin (store, error))
    return SOBAN_EXIT_FAILED;
  if (!soban_erase_record (store, record, reason, error)) {
    soban_collector_store_roll_back (store);
    return SOBAN_EXIT_FAILED;
  }
  return soban_collector_store_commit (store, error) ? SOBAN_EXIT_OK : SOBAN_EXIT_FAILED;
}

int
soban_command_erase (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_ ("Why, and who has decided it: kept"), N_ ("TEXT") },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  SobanUuid record;
  int code;

  if (!soban_command_parse (&argc, &argv, "RECORD", _ ("Erases what a record says, for good, here and on every tablet that receives from here."), entries,
                            &place, error))
    return SOBAN_EXIT_USAGE;
  if (argc != 2 || reason == NULL || *reason == '\0') {
    soban_command_fail_usage (error, _ ("Say: erase RECORD --reason TEXT."));
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_uuid_parse (argv[1], &record)) {
    soban_command_fail_usage (error, _ ("“%s” is no record's id: it stands in the address of the record's page."), argv[1]);
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  code = erase (store, &record, reason, error);
  if (code == SOBAN_EXIT_OK)
    g_print ("%s\n", _ ("The record is erased here. Each tablet erases it when it sends and receives the next time. Older backups still hold it."));
  return code;
}
