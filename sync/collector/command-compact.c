/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "command.h"
#include "compaction.h"

#define KEEP_DAYS_MAX 36500

static gboolean
compact (SobanCollectorStore *store, guint keep_days, guint *ret_raised, GError **error)
{
  g_autofree char *after = g_strdup ("");

  *ret_raised = 0;
  while (after != NULL) {
    if (!soban_collector_store_begin (store, error))
      return FALSE;
    if (!soban_compact_some (store, keep_days, &after, ret_raised, error)) {
      soban_collector_store_roll_back (store);
      return FALSE;
    }
    if (!soban_collector_store_commit (store, error))
      return FALSE;
  }
  return TRUE;
}

int
soban_command_compact (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  int keep_days = SOBAN_COMPACTION_KEEP_DAYS;
  const GOptionEntry entries[] = {
    { "keep-days", 0, 0, G_OPTION_ARG_INT, &keep_days, N_ ("Tablets that were away for at most so many days get change by change; 180 without it"), N_ ("N") },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  guint raised;

  if (!soban_command_parse (&argc, &argv, NULL,
                            _ ("Lets tablets that were away for long receive the records as they stand, instead of every change to them. "
                               "Nothing is thrown away. serve does the same every night."),
                            entries, &place, error))
    return SOBAN_EXIT_USAGE;
  if (argc > 1 || keep_days < 0 || keep_days > KEEP_DAYS_MAX) {
    soban_command_fail_usage (error, _ ("--keep-days is a number from 0 to %d."), KEEP_DAYS_MAX);
    return SOBAN_EXIT_USAGE;
  }
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL || !compact (store, (guint) keep_days, &raised, error))
    return SOBAN_EXIT_FAILED;
  g_print (ngettext ("%u commune: what is older than %d days is sent as records.\n", "%u communes: what is older than %d days is sent as records.\n",
                     raised), raised, keep_days);
  return SOBAN_EXIT_OK;
}
