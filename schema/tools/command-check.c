/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "form/form-check.h"

/* "forms/a.xml:12: error: question “total”: ..." as compilers write it: editors jump there. */
static void
print_finding (const char *file, const SobanFormFinding *finding)
{
  const char *kind = finding->is_error ? _ ("error") : _ ("warning");
  g_print ("%s:", file);
  if (finding->line > 0)
    g_print ("%u:", finding->line);
  g_print (" %s: ", kind);
  if (*finding->place != '\0')
    g_print (_ ("question “%s”: "), finding->place);
  g_print ("%s\n", finding->message);
}

static int
run (int argc, char **argv, GError **error)
{
  g_auto (GStrv) arguments = soban_verb_parse (&soban_verb_check, NULL, 1, argc, argv, error);
  g_autoptr (GBytes) xml = arguments != NULL ? soban_read_file (arguments[0], error) : NULL;
  if (xml == NULL)
    return SOBAN_EXIT_FAILED;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (SobanForm) form = soban_form_parse_to_check (xml, &refusal);
  if (form == NULL) {
    g_print ("%s: %s: %s\n", arguments[0], _ ("error"), refusal->message);
    return SOBAN_EXIT_PROBLEMS;
  }
  g_autoptr (GPtrArray) findings = soban_form_check (form);
  guint errors = 0;
  for (guint i = 0; i < findings->len; i++) {
    const SobanFormFinding *finding = g_ptr_array_index (findings, i);
    print_finding (arguments[0], finding);
    errors += finding->is_error ? 1 : 0;
  }
  return errors > 0 ? SOBAN_EXIT_PROBLEMS : SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_check = { "check", "FILE", N_ ("Say what is wrong with a form, with line and question"),
                                     run };
