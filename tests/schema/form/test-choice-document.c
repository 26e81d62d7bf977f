/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form/choice-document.h"

/* External lists of a form: the kind is told by the file's name; GeoJSON as ODK XForms reads it. */

static const char collection[] =
  "{\"type\": \"FeatureCollection\", \"name\": \"x\", \"features\": ["
  "{\"type\": \"Feature\", \"id\": \"fs87b\", \"geometry\": {\"type\": \"Point\", \"coordinates\": [104.5, 20.25]},"
  " \"properties\": {\"id\": \"other\", \"name\": \"Giếng làng\", \"depth\": 12, \"clean\": true, \"note\": null, \"more\": {\"a\": 1}}},"
  "{\"type\": \"Feature\", \"geometry\": {\"type\": \"LineString\", \"coordinates\": [[104, 20, 7], [104.5, 21]]}, \"properties\": null},"
  "{\"type\": \"Feature\", \"id\": 67, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[1, 2], [3, 4], [1, 2]], [[9, 9]]]}, \"properties\": {}}"
  "]}";

static SobanTree *
parse (const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  SobanTree *tree = soban_choice_document_parse (name, text, strlen (text), &error);
  g_assert_no_error (error);
  return tree;
}

static SobanNode *
nth_item (SobanTree *tree, guint n)
{
  SobanNode *item = soban_node_first_element (soban_tree_get_root (tree)->first_child);
  for (; n > 0; n--)
    item = soban_node_next_element (item);
  g_assert_cmpstr (item->name, ==, "item");
  return item;
}

/* "name=value name=value" of an item's elements, in order. */
static char *
write_out (SobanNode *item)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  GString *out = g_string_new (NULL);
  for (SobanNode *child = soban_node_first_element (item); child != NULL; child = soban_node_next_element (child))
    g_string_append_printf (out, "%s%s=%s", out->len > 0 ? "|" : "", child->name, soban_node_value (child, scratch));
  return g_string_free (out, FALSE);
}

static void
test_kinds (void)
{
  g_autoptr (SobanTree) csv = parse ("a.csv", "name,label\n1,Một\n");
  g_autoptr (SobanTree) xml = parse ("a.xml", "<root><item><name>1</name><label>Một</label></item></root>");
  g_autoptr (SobanTree) geojson = parse ("a.geojson", collection);
  g_autofree char *from_csv = write_out (nth_item (csv, 0));
  g_autofree char *from_xml = write_out (nth_item (xml, 0));
  g_assert_cmpstr (from_csv, ==, "name=1|label=Một");
  g_assert_cmpstr (from_xml, ==, from_csv);
  g_assert_nonnull (nth_item (geojson, 2));
}

static void
test_geojson (void)
{
  static const char *const expected[] = {
    "geometry=20.25 104.5 0 0|name=Giếng làng|depth=12|clean=true|note=|more=|id=fs87b",
    "geometry=20 104 0 0; 21 104.5 0 0",
    "geometry=2 1 0 0; 4 3 0 0; 2 1 0 0|id=67",
  };
  g_autoptr (SobanTree) tree = parse ("wells.geojson", collection);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autofree char *text = write_out (nth_item (tree, i));
    g_assert_cmpstr (text, ==, expected[i]);
  }
}

static void
expect_refusal (const char *text, gsize length, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_choice_document_parse ("wells.geojson", text, length, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_geojson_bad (void)
{
  static const struct {
    const char *features;
    const char *part;
  } wrong[] = {
    { "[{\"type\": \"Point\"}]", "feature 1" },
    { "[{\"type\": \"Feature\", \"geometry\": null, \"properties\": {}}]", "feature 1" },
    { "[{\"type\": \"Feature\", \"geometry\": {\"type\": \"Point\", \"coordinates\": [\"1\", 2]}}]", "feature 1" },
    { "[{\"type\": \"Feature\", \"geometry\": {\"type\": \"Point\", \"coordinates\": [1]}}]", "feature 1" },
    { "[{\"type\": \"Feature\", \"geometry\": {\"type\": \"MultiPoint\", \"coordinates\": [[1, 2]]}}]", "feature 1" },
    { "[{\"type\": \"Feature\", \"geometry\": {\"type\": \"Point\", \"coordinates\": [1, 2]}, \"properties\": {\"a b\": 1}}]", "feature 1" },
    { "[3]", "feature 1" },
    { "{}", "collection" },
  };
  g_autofree char *deep = g_strnfill (10 * 1000, '[');
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *text = g_strdup_printf ("{\"type\": \"FeatureCollection\", \"features\": %s}", wrong[i].features);
    expect_refusal (text, strlen (text), SOBAN_FORM_ERROR_SYNTAX, wrong[i].part);
  }
  expect_refusal (deep, strlen (deep), SOBAN_FORM_ERROR_LIMIT, "64");
  expect_refusal ("{", 1, SOBAN_FORM_ERROR_VALUE, "GeoJSON");
  expect_refusal ("", 0, SOBAN_FORM_ERROR_SYNTAX, "GeoJSON");
  expect_refusal ("\"\xff\"", 3, SOBAN_FORM_ERROR_VALUE, "UTF-8");
  /* Every beginning of a good file is refused or read, never more. */
  for (gsize length = 0; length < sizeof collection - 1; length++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (soban_choice_document_parse ("wells.geojson", collection, length, &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choice-document/kinds", test_kinds);
  g_test_add_func ("/choice-document/geojson", test_geojson);
  g_test_add_func ("/choice-document/geojson-bad", test_geojson_bad);
  return g_test_run ();
}
