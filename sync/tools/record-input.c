/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-input.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/attachment-store.h"

#define JSON_DEPTH_MAX 16
#define NUMBER_DIGITS "%.15g"

typedef struct {
  char *path, *value;
} Answer;

struct _SobanAnswers {
  GPtrArray *answers; /* (element-type Answer) */
};

static void
free_answer (gpointer data)
{
  Answer *answer = data;

  g_free (answer->path);
  g_free (answer->value);
  g_free (answer);
}

SobanAnswers *
soban_answers_new (void)
{
  SobanAnswers *answers = g_new0 (SobanAnswers, 1);

  answers->answers = g_ptr_array_new_with_free_func (free_answer);
  return answers;
}

void
soban_answers_free (SobanAnswers *answers)
{
  if (answers == NULL)
    return;
  g_ptr_array_unref (answers->answers);
  g_free (answers);
}

static gboolean
add_answer (SobanAnswers *answers, const char *path, const char *value, GError **error)
{
  g_autofree char *normal = soban_text_normalize (value, -1);
  Answer *answer;

  if (normal == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _("%s: the answer is not text in UTF-8"), path);
    return FALSE;
  }
  answer = g_new0 (Answer, 1);
  answer->path = g_strdup (path);
  answer->value = g_steal_pointer (&normal);
  g_ptr_array_add (answers->answers, answer);
  return TRUE;
}

gboolean
soban_answers_add_pair (SobanAnswers *answers, const char *pair, GError **error)
{
  const char *sign = strchr (pair, '=');
  g_autofree char *path = NULL;

  if (sign == NULL || sign == pair) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is not of the form path=value"), pair);
    return FALSE;
  }
  path = g_strndup (pair, (gsize) (sign - pair));
  return add_answer (answers, path, sign + 1, error);
}

static gboolean add_members (SobanAnswers *answers, const char *prefix, JsonObject *object, guint depth, GError **error);

static gboolean
refuse_value (const char *path, GError **error)
{
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _("%s: a list holds objects, and an answer is a text or a number"), path);
  return FALSE;
}

static gboolean
add_elements (SobanAnswers *answers, const char *path, JsonArray *array, guint depth, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    g_autofree char *prefix = g_strdup_printf ("%s[%u]/", path, i + 1);

    if (!JSON_NODE_HOLDS_OBJECT (element))
      return refuse_value (path, error);
    if (!add_members (answers, prefix, json_node_get_object (element), depth + 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_value (SobanAnswers *answers, const char *path, JsonNode *node, GError **error)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *integer = NULL;

  switch (json_node_get_value_type (node)) {
  case G_TYPE_STRING:
    return add_answer (answers, path, json_node_get_string (node), error);
  case G_TYPE_INT64:
    integer = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
    return add_answer (answers, path, integer, error);
  case G_TYPE_DOUBLE:
    return add_answer (answers, path, g_ascii_formatd (digits, sizeof digits, NUMBER_DIGITS, json_node_get_double (node)), error);
  case G_TYPE_BOOLEAN:
    return add_answer (answers, path, json_node_get_boolean (node) ? "true" : "false", error);
  default:
    return refuse_value (path, error);
  }
}

static gboolean
add_members (SobanAnswers *answers, const char *prefix, JsonObject *object, guint depth, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (object);

  if (depth > JSON_DEPTH_MAX)
    return refuse_value (prefix, error);
  for (GList *name = names; name != NULL; name = name->next) {
    JsonNode *node = json_object_get_member (object, name->data);
    g_autofree char *path = g_strconcat (prefix, name->data, NULL);
    g_autofree char *group = g_strconcat (path, "/", NULL);
    gboolean added;

    if (JSON_NODE_HOLDS_OBJECT (node))
      added = add_members (answers, group, json_node_get_object (node), depth + 1, error);
    else if (JSON_NODE_HOLDS_ARRAY (node))
      added = add_elements (answers, path, json_node_get_array (node), depth, error);
    else if (JSON_NODE_HOLDS_NULL (node))
      added = add_answer (answers, path, "", error);
    else
      added = add_value (answers, path, node, error);
    if (!added)
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_answers_add_object (SobanAnswers *answers, JsonObject *object, GError **error)
{
  return add_members (answers, "", object, 0, error);
}

JsonObject *
soban_json_parse_object (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (!json_parser_load_from_data (parser, text, length, error))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, _("this is not a JSON object"));
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

/* (nullable) (transfer full): the @place-th instance of the repeat @path, from 1; one more than there are is made. */
static char *
find_instance (SobanFormInstance *instance, const char *path, guint64 place, GError **error)
{
  g_autoptr (GPtrArray) instances = soban_form_instance_list_repeats (instance, path);

  if (place >= 1 && place <= instances->len)
    return g_strdup (g_ptr_array_index (instances, place - 1));
  if (place == instances->len + 1)
    return soban_form_instance_add_repeat (instance, path, error);
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _("%s has %u entries only"), path, instances->len);
  return NULL;
}

/* (nullable) (transfer full): @path with places in brackets turned into ids. */
static char *
resolve_path (SobanFormInstance *instance, const char *path, GError **error)
{
  g_auto (GStrv) steps = g_strsplit (path, "/", -1);
  g_autofree char *resolved = g_strdup ("");

  for (guint i = 0; steps[i] != NULL; i++) {
    char *bracket = strchr (steps[i], '[');
    g_autofree char *step = NULL;
    char *end = NULL;
    guint64 place = 0;

    if (bracket != NULL)
      place = g_ascii_strtoull (bracket + 1, &end, 10);
    if (bracket != NULL && end > bracket + 1 && g_str_equal (end, "]")) {
      g_autofree char *repeat = NULL;

      *bracket = '\0';
      repeat = g_strconcat (resolved, resolved[0] != '\0' ? "/" : "", steps[i], NULL);
      step = find_instance (instance, repeat, place, error);
      if (step == NULL)
        return NULL;
    } else {
      step = g_strconcat (resolved, resolved[0] != '\0' ? "/" : "", steps[i], NULL);
    }
    g_free (resolved);
    resolved = g_steal_pointer (&step);
  }
  return g_steal_pointer (&resolved);
}

/* (nullable) (transfer full): the name of what was in the file. */
static char *
put_file (SobanStore *store, const char *path, GError **error)
{
  const char *dot = strrchr (path, '.'), *slash = strrchr (path, '/');
  g_autoptr (GBytes) bytes = NULL;
  char *data;
  gsize length;
  GStatBuf info;

  /* A film of an hour is not read to be told that it is too large. */
  if (g_stat (path, &info) == 0 && info.st_size > SOBAN_ATTACHMENT_BYTES_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("%s is too large: at most %d MB"), path,
                 SOBAN_ATTACHMENT_BYTES_MAX / (1024 * 1024));
    return NULL;
  }
  if (!g_file_get_contents (path, &data, &length, error))
    return NULL;
  bytes = g_bytes_new_take (data, length);
  return soban_store_put_attachment (store, bytes, dot != NULL && (slash == NULL || dot > slash) ? dot + 1 : "bin", error);
}

/* (nullable) (transfer full): the answer as the form takes it. */
static char *
make_value (SobanStore *store, SobanFormInstance *instance, const char *path, const char *value, GError **error)
{
  g_autoptr (SobanQuestion) question = value != NULL && *value == '@' ? soban_form_instance_get_question (instance, path) : NULL;

  if (question == NULL || question->control != SOBAN_CONTROL_UPLOAD)
    return g_strdup (value != NULL ? value : "");
  return put_file (store, value + 1, error);
}

static gboolean
apply_answers (SobanStore *store, SobanFormInstance *instance, const SobanAnswers *answers, GError **error)
{
  for (guint i = 0; i < answers->answers->len; i++) {
    const Answer *answer = g_ptr_array_index (answers->answers, i);
    g_autofree char *path = resolve_path (instance, answer->path, error);
    g_autofree char *value = path != NULL ? make_value (store, instance, path, answer->value, error) : NULL;

    if (path == NULL)
      return FALSE;
    if (value == NULL || !soban_form_instance_set (instance, path, value, error)) {
      g_prefix_error (error, "%s: ", answer->path);
      return FALSE;
    }
  }
  return TRUE;
}

static void
confirm_warnings (SobanFormInstance *instance)
{
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind == SOBAN_PROBLEM_WARNING)
      soban_form_instance_confirm (instance, problem->path);
  }
}

void
soban_record_input_free (SobanRecordInput *input)
{
  if (input == NULL)
    return;
  g_free (input->form);
  g_free (input->form_version);
  g_free (input->scope);
  g_free (input->origin);
  g_clear_pointer (&input->fields, soban_field_map_unref);
  g_clear_pointer (&input->problems, g_ptr_array_unref);
  g_free (input);
}

SobanRecordInput *
soban_record_input_new (SobanStore *store, SobanFormHost *host, const char *form_id, const char *version, const SobanFieldMap *before,
                        const SobanAnswers *answers, gboolean confirm, GError **error)
{
  g_autoptr (SobanForm) form = soban_form_library_get (soban_store_get_forms (store), form_id, version, error);
  SobanRecordInput *input = NULL;
  SobanFormInstance *instance;

  if (form == NULL)
    return NULL;
  instance = soban_form_instance_new (form, host, before, error);
  if (instance != NULL && apply_answers (store, instance, answers, error)) {
    if (confirm)
      confirm_warnings (instance);
    input = g_new0 (SobanRecordInput, 1);
    input->form = g_strdup (soban_form_get_id (form));
    input->form_version = g_strdup (soban_form_get_version (form));
    input->fields = soban_form_instance_get_fields (instance, TRUE);
    input->problems = soban_form_instance_validate (instance);
  }
  g_clear_pointer (&instance, soban_form_instance_free);
  return input;
}

void
soban_record_input_print_problems (const SobanRecordInput *input)
{
  for (guint i = 0; i < input->problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (input->problems, i);

    g_printerr ("%s%s%s: %s%s\n", input->origin != NULL ? input->origin : "", input->origin != NULL ? ": " : "", problem->path,
                problem->kind == SOBAN_PROBLEM_WARNING ? _("please check: ") : "", problem->message);
  }
}
