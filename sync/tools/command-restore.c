/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "store/backup.h"

static int
run_restore (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autofree char *daily = NULL;
  g_autofree char *kept = NULL;
  const char *copy;

  if (!soban_run_parse (run, &soban_verb_restore, NULL, 0, 1, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  soban_run_choose_store (run);
  daily = soban_backup_daily_path (run->store_path);
  copy = run->arguments[0] != NULL ? run->arguments[0] : daily;
  if (!soban_backup_restore (copy, run->store_path, soban_data_dir (), &kept, error))
    return SOBAN_EXIT_FAILED;
  g_print (_("%s is in use now\n"), copy);
  if (kept != NULL)
    g_print (_("the file that was there is kept as %s\n"), kept);
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_restore = { "restore", "[FILE]", N_("Take a copy of the records' file in its place; without FILE the daily one"),
                                       run_restore };
