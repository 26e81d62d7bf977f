/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "record-input.h"
#include "standard-input.h"
#include "store/draft-store.h"

typedef struct {
  char **fields;
  char *json, *batch, *scope;
  gboolean as_is, confirm;
} Options;

static void
clear_options (Options *options)
{
  g_strfreev (options->fields);
  g_free (options->json);
  g_free (options->batch);
  g_free (options->scope);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

/* The one record of the command line. */
static SobanRecordInput *
read_single (SobanRun *run, const Options *options, GError **error)
{
  g_autoptr (SobanAnswers) answers = soban_answers_new ();
  SobanRecordInput *input;

  if (options->json != NULL) {
    g_autofree char *text = soban_read_file_or_input (options->json, error);
    g_autoptr (JsonObject) object = text != NULL ? soban_json_parse_object (text, -1, error) : NULL;

    if (object == NULL || !soban_answers_add_object (answers, object, error)) {
      g_prefix_error (error, "%s: ", options->json);
      return NULL;
    }
  }
  for (guint i = 0; options->fields != NULL && options->fields[i] != NULL; i++) {
    if (!soban_answers_add_pair (answers, options->fields[i], error))
      return NULL;
  }
  input = soban_record_input_new (run->store, soban_run_get_form_host (run), run->arguments[0], NULL, NULL, answers, options->confirm, error);
  if (input != NULL)
    input->scope = g_strdup (options->scope);
  return input;
}

/* A line {"form": id, "scope": uid?, "fields": {…}}. */
static SobanRecordInput *
read_line (SobanRun *run, const Options *options, const char *line, GError **error)
{
  g_autoptr (SobanAnswers) answers = soban_answers_new ();
  g_autoptr (JsonObject) object = soban_json_parse_object (line, -1, error);
  JsonNode *fields, *form, *scope;
  SobanRecordInput *input;

  if (object == NULL)
    return NULL;
  fields = json_object_get_member (object, "fields");
  form = json_object_get_member (object, "form");
  scope = json_object_get_member (object, "scope");
  if (fields == NULL || !JSON_NODE_HOLDS_OBJECT (fields) || form == NULL || json_node_get_value_type (form) != G_TYPE_STRING
      || (scope != NULL && !JSON_NODE_HOLDS_NULL (scope) && json_node_get_value_type (scope) != G_TYPE_STRING)) {
    g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE,
                         _("a record is {\"form\": id, \"fields\": {…}}, with \"scope\" where it names no commune"));
    return NULL;
  }
  if (!soban_answers_add_object (answers, json_node_get_object (fields), error))
    return NULL;
  input = soban_record_input_new (run->store, soban_run_get_form_host (run), json_node_get_string (form), NULL, NULL, answers,
                                  options->confirm, error);
  if (input != NULL)
    input->scope = g_strdup (scope != NULL && !JSON_NODE_HOLDS_NULL (scope) ? json_node_get_string (scope) : options->scope);
  return input;
}

static gboolean
read_batch (SobanRun *run, const Options *options, GPtrArray *inputs, GError **error)
{
  g_autofree char *text = soban_read_file_or_input (options->batch, error);
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  if (lines == NULL)
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++) {
    SobanRecordInput *input;

    if (g_strstrip (lines[i])[0] == '\0')
      continue;
    input = read_line (run, options, lines[i], error);
    if (input == NULL) {
      g_prefix_error (error, _("line %u: "), i + 1);
      return FALSE;
    }
    input->origin = g_strdup_printf (_("line %u"), i + 1);
    g_ptr_array_add (inputs, input);
  }
  return TRUE;
}

static gboolean
names_unit (SobanStore *store, const SobanRecordInput *input)
{
  const SobanFormEntry *entry = soban_form_library_find (soban_store_get_forms (store), input->form);
  const char *unit = entry != NULL && entry->unit_field[0] != '\0' ? soban_field_map_get (input->fields, entry->unit_field) : NULL;

  return unit != NULL && unit[0] != '\0';
}

/*
 * As the app does: by a draft that is completed, so that a new village is registered. A record kept with its problems registers
 * nothing: what it calls a village may be none. Only a record that names no commune needs its scope told.
 */
static gboolean
save (SobanStore *store, const SobanRecordInput *input, SobanUuid *ret_id, GError **error)
{
  g_autoptr (SobanDraft) draft = NULL;
  gboolean tells_scope = input->scope != NULL && !names_unit (store, input);

  if (tells_scope || input->problems->len > 0) {
    memset (ret_id, 0, sizeof *ret_id);
    return soban_store_save (store, ret_id, input->form, input->form_version, tells_scope ? input->scope : NULL, input->fields, error);
  }
  draft = soban_store_start_draft (store, input->form, error);
  if (draft == NULL)
    return FALSE;
  *ret_id = draft->id;
  if (soban_store_save_draft (store, &draft->id, draft->form, draft->form_version, input->fields, "", NULL, error)
      && soban_store_complete_draft (store, &draft->id, input->fields, error))
    return TRUE;
  /* Whatever was refused is not to stand among the person's drafts. */
  soban_store_discard_draft (store, &draft->id, NULL);
  return FALSE;
}

typedef struct {
  const GPtrArray *inputs;
  GArray *ids; /* (element-type SobanUuid): what was saved, in the order of the inputs */
} Batch;

/* In one transaction: a batch that is refused midway can be given again without doubling what came before. */
static gboolean
save_job (SobanStore *store, gpointer data, GError **error)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->inputs->len; i++) {
    const SobanRecordInput *input = g_ptr_array_index (batch->inputs, i);
    SobanUuid id;

    if (!save (store, input, &id, error)) {
      if (input->origin != NULL)
        g_prefix_error (error, "%s: ", input->origin);
      return FALSE;
    }
    g_array_append_val (batch->ids, id);
  }
  return TRUE;
}

static gboolean
has_problems (const Options *options, const GPtrArray *inputs)
{
  guint n_problems = 0;

  for (guint i = 0; i < inputs->len && !options->as_is; i++) {
    const SobanRecordInput *input = g_ptr_array_index (inputs, i);

    n_problems += input->problems->len;
    soban_record_input_print_problems (input);
  }
  return n_problems > 0;
}

static int
save_all (SobanRun *run, const Options *options, GPtrArray *inputs, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  Batch batch = { inputs, ids };

  if (has_problems (options, inputs)) {
    g_printerr ("%s\n", _("Nothing was saved. --as-is keeps such records, marked “needs a look”; --confirm confirms what is only to be checked."));
    return SOBAN_EXIT_PROBLEMS;
  }
  if (!soban_store_save_together (run->store, save_job, &batch, error)) {
    g_prefix_error (error, "%s: ", _("nothing was saved"));
    return SOBAN_EXIT_FAILED;
  }
  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *text = soban_uuid_to_string (&g_array_index (ids, SobanUuid, i));

    g_print ("%s\n", text);
  }
  return SOBAN_EXIT_DONE;
}

static int
run_add (SobanRun *run, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "field", 'f', 0, G_OPTION_ARG_STRING_ARRAY, &options.fields, N_("An answer; may be given again"), N_("PATH=VALUE") },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, N_("Answers as a JSON object (- for standard input)"), N_("FILE") },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &options.batch, N_("Many records, a JSON object a line (- for standard input)"), N_("FILE") },
    { "scope", 0, 0, G_OPTION_ARG_STRING, &options.scope, N_("The commune of a record that names none"), N_("UNIT") },
    { "as-is", 0, 0, G_OPTION_ARG_NONE, &options.as_is, N_("Keep records with problems, marked “needs a look”"), NULL },
    { "confirm", 0, 0, G_OPTION_ARG_NONE, &options.confirm, N_("Confirm what the form only asks to check"), NULL },
    SOBAN_PERSON_ENTRY (run),
    { NULL },
  };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_record_input_free);

  if (!soban_run_parse (run, &soban_verb_add, entries, 0, 1, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if ((run->arguments[0] != NULL) == (options.batch != NULL) || (options.batch != NULL && (options.json != NULL || options.fields != NULL))) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("give a form and its answers, or --batch"));
    return SOBAN_EXIT_USAGE;
  }
  run->makes_store = TRUE;
  if (!soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  if (options.batch != NULL) {
    if (!read_batch (run, &options, inputs, error))
      return SOBAN_EXIT_FAILED;
  } else {
    SobanRecordInput *input = read_single (run, &options, error);

    if (input == NULL)
      return SOBAN_EXIT_FAILED;
    g_ptr_array_add (inputs, input);
  }
  return save_all (run, &options, inputs, error);
}

const SobanVerb soban_verb_add = { "add", "FORM | --batch FILE", N_("Record: prints the new record's id"), run_add };
