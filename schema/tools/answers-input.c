/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "answers-input.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "base/error.h"
#include "form/xpath.h"

static gboolean apply_object (SobanFormInstance *instance, const char *path, JsonObject *object, GError **error);

static char *
write_value (JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  if (type == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return type == G_TYPE_DOUBLE ? soban_xpath_number_to_string (json_node_get_double (node)) : NULL;
}

static char *
write_several (JsonArray *array)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    char *word = write_value (json_array_get_element (array, i));
    if (word == NULL)
      return NULL;
    g_ptr_array_add (words, word);
  }
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **)words->pdata);
}

/* (transfer full): the path of entry @index, which is added when it is the next one. */
static char *
find_entry (SobanFormInstance *instance, const char *path, guint index, GError **error)
{
  g_autoptr (GPtrArray) entries = soban_form_instance_list_repeats (instance, path);
  return index < entries->len ? g_strdup (g_ptr_array_index (entries, index))
                              : soban_form_instance_add_repeat (instance, path, error);
}

static gboolean
apply_entries (SobanFormInstance *instance, const char *path, JsonArray *array, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (!JSON_NODE_HOLDS_OBJECT (node)) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _ ("“%s”: every entry is {…}"), path);
      return FALSE;
    }
    g_autofree char *entry = find_entry (instance, path, i, error);
    if (entry == NULL || !apply_object (instance, entry, json_node_get_object (node), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
apply_member (SobanFormInstance *instance, const char *path, JsonNode *node, GError **error)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return apply_object (instance, path, json_node_get_object (node), error);
  if (JSON_NODE_HOLDS_NULL (node))
    return soban_form_instance_set (instance, path, NULL, error);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean has_entries =
      array != NULL && json_array_get_length (array) > 0 && JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, 0));
  if (has_entries)
    return apply_entries (instance, path, array, error);
  g_autofree char *value = array != NULL ? write_several (array) : write_value (node);
  if (value == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _ ("“%s”: this is no answer"), path);
    return FALSE;
  }
  return soban_form_instance_set (instance, path, value, error);
}

static gboolean
apply_object (SobanFormInstance *instance, const char *path, JsonObject *object, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);
  for (const GList *member = members; member != NULL; member = member->next) {
    const char *name = member->data;
    g_autofree char *own = *path != '\0' ? g_strconcat (path, "/", name, NULL) : g_strdup (name);
    if (!apply_member (instance, own, json_object_get_member (object, name), error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_answers_apply (SobanFormInstance *instance, const char *file, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_file (parser, file, error))
    return FALSE;
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _ ("%s: answers are {\"question\": answer, …}"),
                 file);
    return FALSE;
  }
  if (apply_object (instance, "", json_node_get_object (root), error))
    return TRUE;
  g_prefix_error (error, "%s: ", file);
  return FALSE;
}
