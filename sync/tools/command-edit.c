/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "record-input.h"
#include "record-output.h"

static gboolean
save_edit (SobanRun *run, const SobanRecord *record, const SobanRecordInput *input, GError **error)
{
  SobanUuid id = record->id;

  return soban_store_save (run->store, &id, input->form, input->form_version, record->scope, input->fields, error);
}

static int
run_edit (SobanRun *run, int argc, char **argv, GError **error)
{
  g_auto (GStrv) fields = NULL;
  gboolean as_is = FALSE, confirm = FALSE;
  const GOptionEntry entries[] = {
    { "field", 'f', 0, G_OPTION_ARG_STRING_ARRAY, &fields, N_("An answer; may be given again"), N_("PATH=VALUE") },
    { "as-is", 0, 0, G_OPTION_ARG_NONE, &as_is, N_("Keep records with problems, marked “needs a look”"), NULL },
    { "confirm", 0, 0, G_OPTION_ARG_NONE, &confirm, N_("Confirm what the form only asks to check"), NULL },
    SOBAN_PERSON_ENTRY (run),
    { NULL },
  };
  g_autoptr (SobanAnswers) answers = soban_answers_new ();
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (SobanRecordInput) input = NULL;
  SobanUuid id;

  if (!soban_run_parse (run, &soban_verb_edit, entries, 1, 1, argc, argv, error)
      || !soban_parse_record_id (run->arguments[0], &id, error))
    return SOBAN_EXIT_USAGE;
  for (guint i = 0; fields != NULL && fields[i] != NULL; i++) {
    if (!soban_answers_add_pair (answers, fields[i], error))
      return SOBAN_EXIT_USAGE;
  }
  if (!soban_run_open_store (run, error) || (record = soban_store_get_record (run->store, &id, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  if (record->erased) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                         _("The record was erased by law, for good: nothing of it can be changed. Nothing was saved."));
    return SOBAN_EXIT_FAILED;
  }
  input = soban_record_input_new (run->store, soban_run_get_form_host (run), record->form, record->form_version, record->fields, answers,
                                  confirm, error);
  if (input == NULL)
    return SOBAN_EXIT_FAILED;
  if (input->problems->len > 0 && !as_is) {
    soban_record_input_print_problems (input);
    g_printerr ("%s\n", _("Nothing was saved. --as-is keeps such records, marked “needs a look”; --confirm confirms what is only to be checked."));
    return SOBAN_EXIT_PROBLEMS;
  }
  return save_edit (run, record, input, error) ? SOBAN_EXIT_DONE : SOBAN_EXIT_FAILED;
}

const SobanVerb soban_verb_edit = { "edit", "ID --field PATH=VALUE …", N_("Change answers of a record"), run_edit };
