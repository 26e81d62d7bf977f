/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

static int
run_check (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) sentences = NULL;

  if (!soban_run_parse (run, &soban_verb_check, NULL, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if (!soban_run_open_store (run, error) || (sentences = soban_store_check (run->store, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  for (guint i = 0; i < sentences->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (sentences, i));
  if (sentences->len > 0)
    return SOBAN_EXIT_PROBLEMS;
  g_print ("%s\n", _("all is sound"));
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_check = { "check", "", N_("Look the records' file over for damage"), run_check };
