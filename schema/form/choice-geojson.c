/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/choice-geojson.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "form/xpath.h"

#define NAME_PATTERN "^[\\p{L}_][-\\p{L}\\p{M}\\p{N}_.]*$"

static gboolean
refuse (guint feature, const char *problem, GError **error)
{
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _ ("feature %u: %s"), feature, problem);
  return FALSE;
}

/* The parser calls itself for each level: how many there are is looked at before it begins. */
static gboolean
check_depth (const char *text, const char *end, GError **error)
{
  gboolean quoted = FALSE;
  guint depth = 0;
  for (const char *at = text; at < end; at++) {
    if (quoted && *at == '\\')
      at++;
    else if (*at == '"')
      quoted = !quoted;
    else if (!quoted && (*at == '{' || *at == '['))
      depth++;
    else if (!quoted && depth > 0 && (*at == '}' || *at == ']'))
      depth--;
    if (depth <= SOBAN_FORM_DEPTH_MAX)
      continue;
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _ ("the file is nested more than %d levels deep"),
                 SOBAN_FORM_DEPTH_MAX);
    return FALSE;
  }
  return TRUE;
}

static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_object (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* FALSE when it is no position of two numbers or more. */
static gboolean
append_position (GString *out, JsonNode *node)
{
  JsonArray *position = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  double number[2];
  if (position == NULL || json_array_get_length (position) < G_N_ELEMENTS (number))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (number); i++) {
    JsonNode *item = json_array_get_element (position, i);
    if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) == G_TYPE_STRING)
      return FALSE;
    number[i] = json_node_get_double (item);
  }
  /* GeoJSON says longitude first (RFC 7946 3.1.1), XForms latitude. */
  g_autofree char *longitude = soban_xpath_number_to_string (number[0]);
  g_autofree char *latitude = soban_xpath_number_to_string (number[1]);
  g_string_append_printf (out, "%s%s %s 0 0", out->len > 0 ? "; " : "", latitude, longitude);
  return TRUE;
}

static gboolean
append_positions (GString *out, JsonNode *node)
{
  JsonArray *positions = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; positions != NULL && i < json_array_get_length (positions); i++) {
    if (!append_position (out, json_array_get_element (positions, i)))
      return FALSE;
  }
  return positions != NULL;
}

/* (nullable) (transfer full): as geopoint, geotrace or geoshape have it; NULL for another kind. */
static char *
read_geometry (JsonObject *feature)
{
  JsonObject *geometry = get_object (feature, "geometry");
  const char *type = geometry != NULL ? get_text (geometry, "type") : NULL;
  JsonNode *coordinates = geometry != NULL ? json_object_get_member (geometry, "coordinates") : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean done = FALSE;
  if (g_strcmp0 (type, "Point") == 0) {
    done = append_position (out, coordinates);
  } else if (g_strcmp0 (type, "LineString") == 0) {
    done = append_positions (out, coordinates);
  } else if (g_strcmp0 (type, "Polygon") == 0) {
    JsonArray *rings = get_array (geometry, "coordinates");
    done = rings != NULL && json_array_get_length (rings) > 0 && append_positions (out, json_array_get_element (rings, 0));
  }
  return done ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* (transfer full): a plain value as it is read in expressions; "" for one that is none. */
static char *
read_value (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return g_strdup ("");
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return soban_text_normalize (json_node_get_string (node), -1);
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return soban_xpath_number_to_string (json_node_get_double (node));
}

static void
add_value (SobanTree *tree, SobanNode *item, const char *name, const char *value)
{
  SobanNode *node = soban_node_new_element (tree, item, NULL, NULL, NULL, name);
  if (value != NULL && *value != '\0')
    soban_node_set_value (node, value);
}

static gboolean
add_properties (SobanTree *tree, SobanNode *item, JsonObject *feature, guint number, GError **error)
{
  JsonNode *id = json_object_get_member (feature, "id");
  JsonObject *properties = get_object (feature, "properties");
  g_autoptr (GList) names = properties != NULL ? json_object_get_members (properties) : NULL;
  for (GList *at = names; at != NULL; at = at->next) {
    const char *name = at->data;
    if (id != NULL && g_str_equal (name, "id"))
      continue;
    if (!g_regex_match_simple (NAME_PATTERN, name, 0, 0))
      return refuse (number, _ ("a property's name is no name of a question"), error);
    g_autofree char *value = read_value (json_object_get_member (properties, name));
    add_value (tree, item, name, value);
  }
  if (id != NULL) {
    g_autofree char *value = read_value (id);
    add_value (tree, item, "id", value);
  }
  return TRUE;
}

static gboolean
add_feature (SobanTree *tree, SobanNode *root, JsonNode *node, guint number, GError **error)
{
  JsonObject *feature = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (feature == NULL || g_strcmp0 (get_text (feature, "type"), "Feature") != 0)
    return refuse (number, _ ("it is no feature"), error);
  g_autofree char *geometry = read_geometry (feature);
  if (geometry == NULL)
    return refuse (number, _ ("its place is no point, line or outline"), error);
  SobanNode *item = soban_node_new_element (tree, root, NULL, NULL, NULL, "item");
  add_value (tree, item, "geometry", geometry);
  return add_properties (tree, item, feature, number, error);
}

SobanTree *
soban_choice_geojson_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) problem = NULL;
  if (!check_depth (text, text + length, error))
    return NULL;
  if (!g_utf8_validate_len (text, length, NULL) || !json_parser_load_from_data (parser, text, length, &problem)) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_VALUE, _ ("the file is no GeoJSON: %s"),
                 problem != NULL ? problem->message : "UTF-8");
    return NULL;
  }
  JsonNode *top = json_parser_get_root (parser);
  JsonObject *collection = top != NULL && JSON_NODE_HOLDS_OBJECT (top) ? json_node_get_object (top) : NULL;
  JsonArray *features = collection != NULL ? get_array (collection, "features") : NULL;
  if (features == NULL || g_strcmp0 (get_text (collection, "type"), "FeatureCollection") != 0) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_SYNTAX, _ ("the file is no GeoJSON collection of features"));
    return NULL;
  }
  if (json_array_get_length (features) > SOBAN_CHOICES_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _ ("the list has more than %d entries"), SOBAN_CHOICES_MAX);
    return NULL;
  }
  g_autoptr (SobanTree) tree = soban_tree_new ();
  SobanNode *root = soban_node_new_element (tree, soban_tree_get_root (tree), NULL, NULL, NULL, "root");
  for (guint i = 0; i < json_array_get_length (features); i++) {
    if (!add_feature (tree, root, json_array_get_element (features, i), i + 1, error))
      return NULL;
  }
  soban_node_compare_order (soban_tree_get_root (tree), root);
  return g_steal_pointer (&tree);
}
