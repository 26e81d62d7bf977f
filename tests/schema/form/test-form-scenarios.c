/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "form-fixture.h"
#include "scenario-position.h"

/*
 * Runs the recorded form scripts of $SOBAN_CONFORMANCE/scenarios.jsonl (its README.md tells the format). A script that
 * fails must be listed in scenario-deviations.tsv with its reason, and a listed one must fail.
 */

#define PASSED_PERCENT_MIN 97

typedef struct {
  SobanForm *form;
  SobanFormInstance *instance;
  char *form_text;
  guint position;
} Run;

typedef struct {
  FormFixture *fixture;
  const char *folder;
  GPtrArray *runs; /* (element-type Run): by number of the form instance */
} Script;

static void
free_run (Run *run)
{
  soban_form_instance_free (run->instance);
  soban_form_unref (run->form);
  g_free (run->form_text);
  g_free (run);
}

static const char *
get_argument (JsonObject *step, guint index)
{
  JsonArray *args = json_object_has_member (step, "args") ? json_object_get_array_member (step, "args") : NULL;
  if (args == NULL || index >= json_array_get_length (args))
    return NULL;
  JsonNode *node = json_array_get_element (args, index);
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                          : NULL;
}

static guint
count_arguments (JsonObject *step)
{
  return json_object_has_member (step, "args") ? json_array_get_length (json_object_get_array_member (step, "args"))
                                               : 0;
}

static char *
write_number (double number)
{
  return soban_xpath_number_to_string (number);
}

static char *
write_value (JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    if (json_object_has_member (object, "file"))
      return g_strdup (json_object_get_string_member (object, "file"));
    g_autofree char *latitude = write_number (json_object_get_double_member (object, "latitude"));
    g_autofree char *longitude = write_number (json_object_get_double_member (object, "longitude"));
    if (!json_object_has_member (object, "altitude"))
      return g_strjoin (" ", latitude, longitude, NULL);
    g_autofree char *altitude = write_number (json_object_get_double_member (object, "altitude"));
    if (!json_object_has_member (object, "accuracy"))
      return g_strjoin (" ", latitude, longitude, altitude, NULL);
    g_autofree char *accuracy = write_number (json_object_get_double_member (object, "accuracy"));
    return g_strjoin (" ", latitude, longitude, altitude, accuracy, NULL);
  }
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "1" : "0");
  return write_number (type == G_TYPE_INT64 ? (double)json_node_get_int (node) : json_node_get_double (node));
}

/* A value that came as a number or a position, not as a text that somebody typed, is written as the type writes it. */
static gboolean
is_typed_text (JsonArray *args, guint first)
{
  JsonNode *node = json_array_get_element (args, first);
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static char *
write_values (Run *run, const char *path, JsonObject *step, guint first)
{
  JsonArray *args = json_object_get_array_member (step, "args");
  GString *text = g_string_new (NULL);
  const SobanFormState *state = path != NULL ? g_hash_table_lookup (run->instance->states, path) : NULL;
  if (json_array_get_length (args) == first + 1 && !is_typed_text (args, first) && state != NULL) {
    g_string_free (text, TRUE);
    char *value = write_value (json_array_get_element (args, first));
    return soban_value_cast (state->element->type, value, run->instance->host.timezone);
  }
  for (guint i = first; i < json_array_get_length (args); i++) {
    g_autofree char *value = write_value (json_array_get_element (args, i));
    g_string_append_printf (text, "%s%s", i > first ? " " : "", value);
  }
  return g_string_free (text, FALSE);
}

/* FALSE when the script cannot be at @reference. */
static gboolean
go_to (Run *run, const char *reference)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  for (guint i = 0; i < positions->len; i++) {
    const ScenarioPosition *position = g_ptr_array_index (positions, i);
    if (g_str_equal (position->reference, reference)) {
      run->position = i;
      return TRUE;
    }
  }
  return FALSE;
}

static ScenarioPosition *
get_position (Run *run, GPtrArray *positions)
{
  run->position = MIN (run->position, positions->len - 1);
  return g_ptr_array_index (positions, run->position);
}

static char *
open_form (Script *script, const char *name)
{
  g_autofree char *file = g_build_filename (script->folder, "scenario-forms", name, NULL);
  Run *run = g_new0 (Run, 1);
  g_ptr_array_add (script->runs, run);
  gsize length = 0;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (file, &run->form_text, &length, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) xml = g_bytes_new (run->form_text, length);
  run->form = soban_form_parse (xml, &error);
  if (run->form != NULL)
    run->instance = soban_form_instance_new (run->form, &script->fixture->host, NULL, &error);
  return run->instance != NULL ? NULL : g_strdup (error->message);
}

static Run *
add_run (Script *script, const Run *from, const SobanFieldMap *fields)
{
  Run *run = g_new0 (Run, 1);
  run->form = soban_form_ref (from->form);
  run->form_text = g_strdup (from->form_text);
  run->instance = form_fixture_open_form (script->fixture, run->form, fields);
  g_ptr_array_add (script->runs, run);
  return run;
}

static char *
expect_text (const char *what, const char *expected, const char *actual)
{
  if (expected == NULL || g_strcmp0 (expected, actual) == 0)
    return NULL;
  if (actual != NULL && scenario_is_same_text (expected, actual)) /* "where both texts are numbers allow 1e-9" */
    return NULL;
  return g_strdup_printf ("%s: expected “%s”, is “%s”", what, expected, actual);
}

static char *
step_answer (Run *run, JsonObject *step)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  guint first = 0;
  if (count_arguments (step) > 1) {
    const char *reference = get_argument (step, 0);
    if (!go_to (run, reference))
      return g_strdup_printf ("cannot go to %s", reference);
    first = 1;
  }
  g_autofree char *path = g_strdup (get_position (run, positions)->path);
  g_autofree char *reference = g_strdup (get_position (run, positions)->reference);
  g_autofree char *value = write_values (run, path, step, first);
  g_autofree char *old = path != NULL ? g_strdup (soban_form_instance_get (run->instance, path)) : NULL;
  g_autoptr (GError) error = NULL;
  if (path == NULL || !soban_form_instance_set (run->instance, path, value, &error))
    return g_strdup (error != NULL ? error->message : "no question here");
  /* We keep what was given and say what is wrong with it; where the recorder refuses it, the answer stays as it was, or
   * is left empty where its type or its list refuses the text. */
  g_autoptr (SobanProblem) problem = soban_form_instance_check (run->instance, path);
  if (problem != NULL && json_object_has_member (step, "error")) {
    soban_form_instance_set (run->instance, path, old, NULL);
    return g_strdup (problem->message);
  }
  if (problem != NULL && (problem->kind == SOBAN_PROBLEM_TYPE || problem->kind == SOBAN_PROBLEM_CHOICE))
    soban_form_instance_set (run->instance, path, NULL, NULL);
  go_to (run, reference); /* what the answer made relevant may have come before it */
  const char *stored = soban_form_instance_get (run->instance, path);
  if (!json_object_has_member (step, "result"))
    return NULL;
  return expect_text ("answer", json_object_get_string_member (step, "result"), stored != NULL ? stored : "");
}

/* Where the recording left something open ("@UUID@"), texts compare as those of an instance do. */
static char *
expect_recorded (Run *run, const char *what, const char *expected, const char *value)
{
  if (strstr (expected, "@") == NULL)
    return expect_text (what, expected, value != NULL ? value : "");
  g_autofree char *a = g_strdup_printf ("<a>%s</a>", expected);
  g_autofree char *b = g_markup_printf_escaped ("<a>%s</a>", value != NULL ? value : "");
  return scenario_compare_instances (a, b, run->form_text);
}

static char *
step_answer_of (Run *run, JsonObject *step)
{
  const SobanFormState *state = scenario_find_state (run->instance, get_argument (step, 0));
  if (state == NULL)
    return g_strdup_printf ("no node %s", get_argument (step, 0));
  return expect_recorded (run, get_argument (step, 0), json_object_get_string_member (step, "result"),
                          soban_form_instance_get (run->instance, state->path));
}

static char *
step_move (Run *run, JsonObject *step, int by)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  get_position (run, positions);
  run->position = (guint)CLAMP ((int)run->position + by, 0, (int)positions->len - 1);
  const ScenarioPosition *position = get_position (run, positions);
  const char *reference = get_argument (step, 0);
  gboolean at_end = g_str_equal (position->type, "END_OF_FORM") && g_strcmp0 (reference, "END_OF_FORM") == 0;
  return at_end ? NULL : expect_text ("next", reference, position->reference);
}

static char *
step_create_repeat (Run *run, JsonObject *step)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  const char *reference = get_argument (step, 0);
  g_autofree char *path = NULL;
  for (guint i = 0; i < positions->len; i++) {
    const ScenarioPosition *position = g_ptr_array_index (positions, i);
    gboolean wanted = reference != NULL ? g_str_equal (position->reference, reference) : i == run->position;
    if (wanted && g_str_equal (position->type, "PROMPT_NEW_REPEAT"))
      path = g_strdup (position->path);
  }
  g_autoptr (GError) error = NULL;
  g_autofree char *added = path != NULL ? soban_form_instance_add_repeat (run->instance, path, &error) : NULL;
  if (added == NULL)
    return g_strdup (error != NULL ? error->message : "no prompt here");
  g_autoptr (GPtrArray) after = scenario_list_positions (run->instance);
  for (guint i = 0; i < after->len; i++)
    if (g_strcmp0 (((ScenarioPosition *)g_ptr_array_index (after, i))->path, added) == 0)
      run->position = i;
  return NULL;
}

static char *
step_remove_repeat (Run *run, JsonObject *step)
{
  const char *reference = get_argument (step, 0);
  const SobanFormState *state = scenario_find_state (run->instance, reference);
  if (state == NULL || !go_to (run, reference))
    return g_strdup_printf ("no instance %s", reference);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strdup (state->path);
  return soban_form_instance_remove_repeat (run->instance, path, &error) ? NULL : g_strdup (error->message);
}

static char *
step_count (Run *run, JsonObject *step)
{
  g_autofree char *above = g_path_get_dirname (get_argument (step, 0));
  g_autofree char *name = g_path_get_basename (get_argument (step, 0));
  SobanFormState *parent = scenario_find_state (run->instance, above);
  const SobanElement *element = parent != NULL ? soban_element_child (parent->element, name) : NULL;
  gint64 count = -1;
  if (element != NULL && element->is_repeat) {
    g_autofree char *path = g_strconcat (parent->path, *parent->path != '\0' ? "/" : "", element->name, NULL);
    g_autoptr (GPtrArray) instances = soban_form_instance_list_repeats (run->instance, path);
    count = instances->len;
  }
  gint64 expected = json_object_get_int_member (step, "result");
  return count == expected
             ? NULL
             : g_strdup_printf ("count: expected %" G_GINT64_FORMAT ", is %" G_GINT64_FORMAT, expected, count);
}

static char *
step_choices (Run *run, const char *path, JsonArray *expected)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (run->instance, path);
  g_autoptr (GString) a = g_string_new (NULL);
  g_autoptr (GString) b = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (expected); i++) {
    JsonNode *node = json_array_get_element (expected, i);
    if (JSON_NODE_HOLDS_OBJECT (node))
      g_string_append_printf (a, "%s=%s; ", json_object_get_string_member (json_node_get_object (node), "value"),
                              json_object_get_string_member (json_node_get_object (node), "label"));
    else
      g_string_append_printf (a, "%s; ", json_node_get_string (node));
  }
  gboolean labels_only =
      json_array_get_length (expected) > 0 && JSON_NODE_HOLDS_VALUE (json_array_get_element (expected, 0));
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    if (!labels_only)
      g_string_append_printf (b, "%s=", choice->value);
    g_string_append_printf (b, "%s; ", choice->label);
  }
  return expect_text ("choices", a->str, b->str);
}

static char *
step_validate (Run *run, JsonObject *step)
{
  JsonObject *expected = json_object_get_object_member (step, "result");
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (run->instance);
  const SobanProblem *problem = problems->len > 0 ? g_ptr_array_index (problems, 0) : NULL;
  const char *outcome = problem == NULL                           ? "ANSWER_OK"
                        : problem->kind == SOBAN_PROBLEM_REQUIRED ? "ANSWER_REQUIRED_BUT_EMPTY"
                                                                  : "ANSWER_CONSTRAINT_VIOLATED";
  char *difference = expect_text ("outcome", json_object_get_string_member (expected, "outcome"), outcome);
  const char *reference = json_object_get_string_member (expected, "failedPrompt");
  const SobanFormState *state = *reference != '\0' ? scenario_find_state (run->instance, reference) : NULL;
  if (difference == NULL && state != NULL && problem != NULL)
    difference = expect_text ("failed prompt", state->path, problem->path);
  return difference;
}

static char *
step_restore (Script *script, Run *run, gboolean is_edit)
{
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (run->instance, FALSE);
  Run *made = add_run (script, run, fields);
  if (is_edit)
    soban_form_instance_begin_edit (made->instance);
  return NULL;
}

static char *
step_attribute (Run *run, JsonObject *step)
{
  const SobanFormState *state = scenario_find_state (run->instance, get_argument (step, 0));
  const char *value = state != NULL ? soban_node_get_attribute (state->node, "", get_argument (step, 1)) : NULL;
  return expect_recorded (run, get_argument (step, 1), json_object_get_string_member (step, "result"), value);
}

static char *
step_label (Run *run, JsonObject *step)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  g_autoptr (SobanQuestion) question =
      soban_form_instance_get_question (run->instance, get_position (run, positions)->path);
  g_autofree char *expected = g_strstrip (g_strdup (json_object_get_string_member (step, "result")));
  return question != NULL ? expect_text ("label", expected, question->label) : g_strdup ("no question here");
}

static char *
step_at (Run *run, JsonObject *step, const char *type)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  gboolean at = g_str_equal (get_position (run, positions)->type, type);
  return at == json_object_get_boolean_member (step, "result") ? NULL : g_strdup_printf ("at %s: %d", type, at);
}

static char *
step_list_labels (Run *run, JsonObject *step)
{
  g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
  return step_choices (run, get_position (run, positions)->path, json_object_get_array_member (step, "result"));
}

static char *
step_list_choices (Run *run, JsonObject *step)
{
  const SobanFormState *state = scenario_find_state (run->instance, get_argument (step, 0));
  if (state == NULL)
    return g_strdup_printf ("no node %s", get_argument (step, 0));
  return step_choices (run, state->path, json_object_get_array_member (step, "result"));
}

static char *
do_step (Script *script, Run *run, JsonObject *step, const char *method)
{
  if (g_str_equal (method, "answer"))
    return step_answer (run, step);
  if (g_str_equal (method, "answerOf"))
    return step_answer_of (run, step);
  if (g_str_equal (method, "attributeOf"))
    return step_attribute (run, step);
  if (g_str_equal (method, "next") || g_str_equal (method, "prev"))
    return step_move (run, step, *method == 'n' ? 1 : -1);
  if (g_str_equal (method, "atQuestion"))
    return step_at (run, step, "QUESTION");
  if (g_str_equal (method, "atTheEndOfForm"))
    return step_at (run, step, "END_OF_FORM");
  if (g_str_equal (method, "createNewRepeat"))
    return step_create_repeat (run, step);
  if (g_str_equal (method, "removeRepeat"))
    return step_remove_repeat (run, step);
  if (g_str_equal (method, "countRepeatInstancesOf"))
    return step_count (run, step);
  if (g_str_equal (method, "choicesOf"))
    return step_list_choices (run, step);
  if (g_str_equal (method, "proposed_getAvailableOptionLabels"))
    return step_list_labels (run, step);
  if (g_str_equal (method, "getQuestionLabelText"))
    return step_label (run, step);
  if (g_str_equal (method, "getValidationOutcome"))
    return step_validate (run, step);
  if (g_str_equal (method, "editCurrentInstance") || g_str_equal (method, "proposed_serializeAndRestoreInstanceState"))
    return step_restore (script, run, *method == 'e');
  if (g_str_equal (method, "newInstance")) {
    add_run (script, run, NULL);
    return NULL;
  }
  if (g_str_equal (method, "jumpToBeginningOfForm"))
    run->position = 0;
  else if (g_str_equal (method, "setLanguage"))
    run->instance->host.language = g_intern_string (get_argument (step, 0));
  else if (!g_str_equal (method, "proposed_serializeInstance"))
    return g_strdup_printf ("unknown step %s", method);
  return NULL;
}

static char *
check_after (Run *run, JsonObject *step)
{
  if (json_object_has_member (step, "pos")) {
    JsonArray *expected = json_object_get_array_member (step, "pos");
    g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
    const ScenarioPosition *position = get_position (run, positions);
    char *difference = expect_text ("position", json_array_get_string_element (expected, 0), position->type);
    if (difference == NULL && !g_str_equal (position->type, "END_OF_FORM"))
      difference = expect_text ("position", json_array_get_string_element (expected, 1), position->reference);
    if (difference != NULL)
      return difference;
  }
  const char *expected = json_object_get_string_member_with_default (step, "instance", NULL);
  if (expected == NULL && g_str_equal (json_object_get_string_member (step, "m"), "proposed_serializeInstance"))
    expected = json_object_get_string_member_with_default (step, "result", NULL);
  if (expected == NULL)
    return NULL;
  g_autofree char *actual = soban_form_instance_to_xml (run->instance);
  return scenario_compare_instances (expected, actual, run->form_text);
}

/* (nullable) (transfer full): why the step failed. */
static char *
run_step (Script *script, JsonObject *step)
{
  const char *method = json_object_get_string_member (step, "m");
  if (g_str_equal (method, "init")) {
    char *failure = open_form (script, json_object_get_string_member (step, "form"));
    return failure != NULL ? failure : check_after (g_ptr_array_index (script->runs, script->runs->len - 1), step);
  }
  guint number = (guint)json_object_get_int_member_with_default (step, "on", 0);
  if (number >= script->runs->len)
    return g_strdup_printf ("no form instance %u", number);
  Run *run = g_ptr_array_index (script->runs, number);
  if (json_object_has_member (step, "at")) {
    g_autoptr (GPtrArray) positions = scenario_list_positions (run->instance);
    char *difference =
        expect_text ("at", json_object_get_string_member (step, "at"), get_position (run, positions)->reference);
    if (difference != NULL)
      return difference;
  }
  char *failure = do_step (script, run, step, method);
  if (json_object_has_member (step, "error")) {
    gboolean refused = failure != NULL;
    g_free (failure);
    failure = refused ? NULL : g_strdup_printf ("not refused: %s", json_object_get_string_member (step, "error"));
  }
  if (json_object_has_member (step, "makes"))
    run = g_ptr_array_index (script->runs, script->runs->len - 1);
  return failure != NULL ? failure : check_after (run, step);
}

static char *
run_script (const char *folder, JsonObject *row)
{
  g_autoptr (FormFixture) fixture = form_fixture_new ();
  g_time_zone_unref (fixture->host.timezone);
  fixture->host.timezone = g_time_zone_new_identifier ("-07:00");
  fixture->host.language = "";
  Script script = { fixture, folder, g_ptr_array_new_with_free_func ((GDestroyNotify)free_run) };
  JsonArray *steps = json_object_get_array_member (row, "steps");
  char *failure = NULL;
  for (guint i = 0; failure == NULL && i < json_array_get_length (steps); i++) {
    JsonObject *step = json_array_get_object_element (steps, i);
    g_autofree char *reason = run_step (&script, step);
    if (reason != NULL)
      failure = g_strdup_printf ("step %u %s: %s", i, json_object_get_string_member (step, "m"), reason);
  }
  g_ptr_array_unref (script.runs);
  return failure;
}

static GHashTable *
load_deviations (void)
{
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "schema", "form", "scenario-deviations.tsv", NULL);
  GHashTable *deviations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (file, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], "\t", 2);
    if (g_strv_length (cells) == 2 && cells[0][0] == 's')
      g_hash_table_insert (deviations, g_strdup (cells[0]), g_strdup (cells[1]));
  }
  return deviations;
}

static void
test_scenarios (void)
{
  const char *folder = g_getenv ("SOBAN_CONFORMANCE");
  g_autofree char *file = folder != NULL ? g_build_filename (folder, "scenarios.jsonl", NULL) : NULL;
  if (file == NULL || !g_file_test (file, G_FILE_TEST_EXISTS)) {
    g_test_skip ("SOBAN_CONFORMANCE names no folder with scenarios.jsonl");
    return;
  }
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (file, &text, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GHashTable) deviations = load_deviations ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint passed = 0, listed = 0, failed = 0;
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_autoptr (JsonNode) node = json_from_string (lines[i], &error);
    g_assert_no_error (error);
    JsonObject *row = json_node_get_object (node);
    const char *id = json_object_get_string_member (row, "id");
    g_autofree char *failure = run_script (folder, row);
    gboolean is_listed = g_hash_table_contains (deviations, id);
    passed += failure == NULL ? 1 : 0;
    listed += failure != NULL && is_listed ? 1 : 0;
    if ((failure == NULL) != is_listed)
      continue;
    failed++;
    g_printerr ("# %s %s: %s\n", id, json_object_get_string_member (row, "test"),
                failure != NULL ? failure : "listed, but passes");
  }
  g_test_message ("scenarios: %u passed, %u deviate as listed, %u failed", passed, listed, failed);
  g_assert_cmpuint (failed, ==, 0);
  g_assert_cmpuint (passed * 100, >=, (passed + listed) * PASSED_PERCENT_MIN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-scenarios/recorded", test_scenarios);
  return g_test_run ();
}
