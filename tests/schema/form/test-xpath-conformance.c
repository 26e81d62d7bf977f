/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* Runs the recorded evaluations of $SOBAN_CONFORMANCE/xpath.jsonl (its README.md tells the format). A row that fails
 * must be listed in xpath-deviations.txt with its reason, and a listed row must fail. */

#define NS_XHTML "http://www.w3.org/1999/xhtml"
#define NS_MATHML "http://www.w3.org/1998/Math/MathML"
#define NS_JAVAROSA "http://openrosa.org/javarosa"

typedef struct {
  SobanTree *tree;
  gboolean has_doctype;
} Document;

typedef struct {
  const char *folder;
  GHashTable *documents;  /* doc -> Document */
  GHashTable *deviations; /* id -> reason */
  GPtrArray *rows;        /* of JsonObject */
} Fixture;

typedef struct {
  const Document *document;
  const char *lang;
} Row;

static void
free_document (gpointer data)
{
  Document *document = data;
  soban_tree_free (document->tree);
  g_free (document);
}

static const Document *
get_document (Fixture *fixture, const char *name)
{
  Document *document = g_hash_table_lookup (fixture->documents, name);
  if (document != NULL)
    return document;
  g_autofree char *base = g_strconcat (name, ".xml", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "xpath-docs", base, NULL);
  g_autofree char *xml = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &xml, &length, &error);
  g_assert_no_error (error);
  document = g_new0 (Document, 1);
  document->has_doctype = strstr (xml, "<!DOCTYPE") != NULL;
  document->tree = soban_tree_parse (xml, length, &error);
  g_assert_no_error (error);
  g_hash_table_insert (fixture->documents, g_strdup (name), document);
  return document;
}

/* The DOCTYPE is no node of ours, but the format counts it as the document's child 0. */
static guint
shift_of (const Document *document, const SobanNode *parent)
{
  return parent->kind == SOBAN_NODE_DOCUMENT && document->has_doctype ? 1 : 0;
}

static SobanNode *
find_attribute (SobanNode *element, const char *name)
{
  for (SobanNode *at = element->first_attribute; at != NULL; at = at->next) {
    g_autofree char *full = *at->prefix != '\0' ? g_strconcat (at->prefix, ":", at->name, NULL) : g_strdup (at->name);
    if (strcmp (full, name) == 0)
      return at;
  }
  return NULL;
}

static SobanNode *
find_node (const Document *document, const char *path)
{
  SobanNode *node = soban_tree_get_root (document->tree);
  g_auto (GStrv) parts = g_strsplit (path + 1, "/", -1);
  for (guint i = 0; parts[i] != NULL && node != NULL; i++) {
    if (*parts[i] == '\0')
      continue;
    if (*parts[i] == '@') {
      node = find_attribute (node, parts[i] + 1);
      continue;
    }
    guint index = (guint) g_ascii_strtoull (parts[i], NULL, 10) - shift_of (document, node);
    for (node = node->first_child; node != NULL && index > 0; index--)
      node = node->next;
  }
  return node;
}

static char *
name_node (const Document *document, const SobanNode *node)
{
  if (node->parent == NULL)
    return g_strdup ("/");
  g_autofree char *above = name_node (document, node->parent);
  const char *slash = above[1] == '\0' ? "" : "/";
  if (node->kind == SOBAN_NODE_ATTRIBUTE)
    return g_strconcat (above, slash, "@", node->prefix, *node->prefix != '\0' ? ":" : "", node->name, NULL);
  guint index = shift_of (document, node->parent);
  for (const SobanNode *prev = node->prev; prev != NULL; prev = prev->prev)
    index++;
  return g_strdup_printf ("%s%s%u", above, slash, index);
}

static const char *
find_prefix (gpointer data, const char *prefix)
{
  const Row *row = data;
  if (strcmp (prefix, "xhtml") == 0)
    return NS_XHTML;
  if (strcmp (prefix, "mathml") == 0)
    return NS_MATHML;
  if (strcmp (prefix, "jr") == 0)
    return NS_JAVAROSA;
  return soban_tree_lookup_prefix (row->document->tree, prefix);
}

static SobanNode *
find_element (const Row *row, SobanNode *within, const char *name, const char *attribute, const char *value)
{
  for (SobanNode *node = within; node != NULL; node = soban_node_next_in_document (node, within))
    if (node->kind == SOBAN_NODE_ELEMENT && strcmp (node->name, name) == 0
        && (attribute == NULL ? soban_node_get_attribute (node, "", "form") == NULL
                              : g_strcmp0 (soban_node_get_attribute (node, "", attribute), value) == 0))
      return node;
  return NULL;
}

static SobanNode *
find_instance (gpointer data, const char *id)
{
  const Row *row = data;
  return find_element (row, soban_tree_get_root (row->document->tree), "instance", "id", id);
}

static char *
find_itext (gpointer data, const char *id)
{
  const Row *row = data;
  SobanNode *root = soban_tree_get_root (row->document->tree);
  SobanNode *translation = find_element (row, root, "translation", "lang", row->lang);
  SobanNode *text = translation != NULL ? find_element (row, translation, "text", "id", id) : NULL;
  SobanNode *value = text != NULL ? find_element (row, text, "value", NULL, NULL) : NULL;
  g_autoptr (GString) scratch = g_string_new (NULL);
  return value != NULL ? g_strdup (soban_node_value (value, scratch)) : NULL;
}

static double
read_number (const char *text)
{
  if (strcmp (text, "NaN") == 0)
    return NAN;
  if (strcmp (text, "Infinity") == 0)
    return INFINITY;
  return strcmp (text, "-Infinity") == 0 ? -INFINITY : g_ascii_strtod (text, NULL);
}

static gboolean
same_number (double a, double b)
{
  if (isnan (a) || isnan (b))
    return isnan (a) && isnan (b);
  if (isinf (a) || isinf (b))
    return a == b;
  return fabs (a - b) <= 1e-9 * MAX (1, fabs (b));
}

static char *
list_nodes (const Row *row, const SobanXPathValue *value, gboolean first_only)
{
  GString *text = g_string_new (NULL);
  if (value->type != SOBAN_XPATH_NODES)
    return g_string_free (g_string_append (text, "(no node-set)"), FALSE);
  for (guint i = 0; i < value->nodes->len && !(first_only && i > 0); i++) {
    g_autofree char *name = name_node (row->document, g_ptr_array_index (value->nodes, i));
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", name);
  }
  return g_string_free (text, FALSE);
}

/* (transfer full): what @xpath gives, as a text; *ret_same tells whether it is what was recorded. */
static char *
evaluate (const Row *row, const SobanXPath *xpath, const SobanXPathContext *context, const char *type,
          const char *expected, gboolean *ret_same, GError **error)
{
  char *actual = NULL;
  *ret_same = FALSE;
  if (strcmp (type, "num") == 0) {
    double number;
    if (!soban_xpath_evaluate_number (xpath, context, &number, error))
      return NULL;
    *ret_same = same_number (number, read_number (expected));
    return soban_xpath_number_to_string (number);
  }
  if (strcmp (type, "bool") == 0) {
    gboolean boolean;
    if (!soban_xpath_evaluate_boolean (xpath, context, &boolean, error))
      return NULL;
    actual = g_strdup (boolean ? "true" : "false");
  } else if (strcmp (type, "str") == 0) {
    if (!soban_xpath_evaluate_string (xpath, context, &actual, error))
      return NULL;
  } else {
    g_auto (SobanXPathValue) value = { 0 };
    if (!soban_xpath_evaluate (xpath, context, &value, error))
      return NULL;
    actual = list_nodes (row, &value, strcmp (type, "node") == 0);
  }
  *ret_same = strcmp (actual, expected) == 0;
  return actual;
}

/* x2142 to x2151 record string(number(date)) floored (README.md). */
static gboolean
is_floored (const char *id)
{
  return strcmp (id, "x2142") >= 0 && strcmp (id, "x2151") <= 0;
}

static gboolean
run_row (Fixture *fixture, JsonObject *object, char **ret_actual)
{
  const char *expression = json_object_get_string_member (object, "expr");
  const char *expected = json_object_get_string_member (object, "expected");
  Row row = {
    get_document (fixture, json_object_get_string_member (object, "doc")),
    json_object_get_string_member_with_default (object, "lang", NULL),
  };
  gboolean odk = strcmp (json_object_get_string_member (object, "group"), "odk") == 0;
  SobanXPathHost host = { .instance = find_instance, .itext = find_itext, .data = &row };
  host.default_ns = odk ? soban_tree_lookup_prefix (row.document->tree, "") : NULL;
  SobanXPathContext context = { .host = &host };
  context.node = find_node (row.document, json_object_get_string_member (object, "context"));
  context.root = find_node (row.document, json_object_get_string_member (object, "root"));
  g_assert_nonnull (context.node);
  g_assert_nonnull (context.root);
  g_autoptr (GError) error = NULL;
  gboolean same = FALSE;
  g_autoptr (SobanXPath) xpath = soban_xpath_compile (expression, find_prefix, &row, &error);
  if (xpath != NULL) {
    g_autofree char *actual
      = evaluate (&row, xpath, &context, json_object_get_string_member (object, "type"), expected, &same, &error);
    if (actual != NULL && is_floored (json_object_get_string_member (object, "id")))
      same = floor (read_number (actual)) == read_number (expected);
    *ret_actual = g_steal_pointer (&actual);
  }
  if (error != NULL) {
    g_free (*ret_actual);
    *ret_actual = g_strdup (error->message);
  }
  return same;
}

static void
run_group (Fixture *fixture, const char *group)
{
  guint passed = 0, failed = 0, deviating = 0, wrong = 0;
  for (guint i = 0; i < fixture->rows->len; i++) {
    JsonObject *object = g_ptr_array_index (fixture->rows, i);
    if (strcmp (json_object_get_string_member (object, "group"), group) != 0)
      continue;
    const char *id = json_object_get_string_member (object, "id");
    g_autofree char *actual = NULL;
    gboolean same = run_row (fixture, object, &actual);
    gboolean listed = g_hash_table_contains (fixture->deviations, id);
    passed += same;
    failed += !same;
    deviating += !same && listed;
    if (same == listed) {
      wrong++;
      g_test_message ("%s %s: expected \"%s\", actual \"%s\"%s", id, json_object_get_string_member (object, "expr"),
                      json_object_get_string_member (object, "expected"), actual,
                      listed ? " (listed in xpath-deviations.txt, but passes)" : "");
    }
  }
  g_test_message ("%s: %u passed, %u failed of which %u listed, 0 skipped", group, passed, failed, deviating);
  g_assert_cmpuint (passed + failed, >, 0);
  g_assert_cmpuint (wrong, ==, 0);
}

static void
test_xpath1 (gconstpointer data)
{
  run_group ((Fixture *) data, "xpath1");
}

static void
test_odk (gconstpointer data)
{
  run_group ((Fixture *) data, "odk");
}

static void
test_skip (void)
{
  g_test_skip ("SOBAN_CONFORMANCE names no folder with xpath.jsonl: NOT ONE ROW WAS RUN");
}

/* Every deviation has its reason, and names a row that there is. */
static void
test_deviations (gconstpointer data)
{
  const Fixture *fixture = data;
  GHashTableIter iter;
  gpointer id, reason;
  g_hash_table_iter_init (&iter, fixture->deviations);
  while (g_hash_table_iter_next (&iter, &id, &reason)) {
    gboolean known = FALSE;
    for (guint i = 0; i < fixture->rows->len && !known; i++)
      known = strcmp (json_object_get_string_member (g_ptr_array_index (fixture->rows, i), "id"), id) == 0;
    g_assert_true (known);
    g_assert_cmpuint (strlen (reason), >=, 20);
  }
  g_assert_cmpuint (g_hash_table_size (fixture->deviations) * 100, <=, fixture->rows->len);
}

static void
load_deviations (Fixture *fixture)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "schema", "form", "xpath-deviations.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *reason = strchr (lines[i], ' ');
    if (*lines[i] == '#' || reason == NULL)
      continue;
    *reason = '\0';
    g_hash_table_insert (fixture->deviations, g_strdup (lines[i]), g_strdup (reason + 1));
  }
}

static void
load_rows (Fixture *fixture, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '\0')
      continue;
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_from_string (lines[i], &error);
    g_assert_no_error (error);
    g_ptr_array_add (fixture->rows, json_node_dup_object (node));
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "America/Phoenix", TRUE);
  g_test_init (&argc, &argv, NULL);
  const char *folder = g_getenv ("SOBAN_CONFORMANCE");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "xpath.jsonl", NULL) : NULL;
  g_autofree char *text = NULL;
  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL)) {
    g_test_add_func ("/xpath/conformance", test_skip);
    return g_test_run ();
  }
  Fixture fixture = { .folder = folder };
  fixture.documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_document);
  fixture.deviations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  load_deviations (&fixture);
  load_rows (&fixture, text);
  g_test_add_data_func ("/xpath/conformance/xpath1", &fixture, test_xpath1);
  g_test_add_data_func ("/xpath/conformance/odk", &fixture, test_odk);
  g_test_add_data_func ("/xpath/conformance/deviations", &fixture, test_deviations);
  int result = g_test_run ();
  g_ptr_array_unref (fixture.rows);
  g_hash_table_unref (fixture.deviations);
  g_hash_table_unref (fixture.documents);
  return result;
}
