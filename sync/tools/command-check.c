/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "store/backup.h"
#include "store/damage-note.h"

void
soban_print_damage_advice (const char *store_path)
{
  g_autofree char *daily = soban_backup_daily_path (store_path);
  g_autofree char *quoted = g_shell_quote (store_path);

  g_printerr ("\n%s\n", _("What to do: delete nothing. What was sent is safe at the server; what was not is in this file alone."));
  if (g_file_test (daily, G_FILE_TEST_EXISTS)) {
    g_printerr ("%s\n", _("There is a copy of this tablet's own. To take it (the damaged file is kept beside it), and then all that was sent since:"));
    g_printerr ("  soban-sync restore --store %s\n  soban-sync sync --store %s\n", quoted, quoted);
  } else {
    g_printerr ("%s\n", _("With a copy, of a memory card or another place (the damaged file is kept beside it), and then all that was sent since:"));
    g_printerr ("  soban-sync restore --store %s %s\n  soban-sync sync --store %s\n", quoted, _("COPY"), quoted);
  }
  g_printerr ("%s\n", _("Without one: put the file aside under another name, ask the officer for a new code, and fetch all from the server:"));
  g_printerr ("  soban-sync enrol --store %s --address %s --code %s\n  soban-sync sync --store %s\n", quoted, _("HOST:PORT"), _("CODE"), quoted);
}

static int
run_check (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) sentences = NULL;
  g_autoptr (GError) fault = NULL;

  if (!soban_run_parse (run, &soban_verb_check, NULL, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  run->looks_over = TRUE;
  if (!soban_run_open_store (run, &fault) || (sentences = soban_store_check (run->store, &fault)) == NULL) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return SOBAN_EXIT_FAILED;
  }
  soban_damage_note (run->store_path, sentences->len > 0);
  for (guint i = 0; i < sentences->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (sentences, i));
  if (sentences->len > 0) {
    soban_print_damage_advice (run->store_path);
    return SOBAN_EXIT_PROBLEMS;
  }
  g_print ("%s\n", _("all is sound"));
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_check = { "check", "", N_("Look the records' file over for damage"), run_check };
