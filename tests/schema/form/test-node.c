/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "base/limits.h"
#include "form/node.h"

#include <string.h>

static SobanTree *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  SobanTree *tree = soban_tree_parse (xml, strlen (xml), &error);
  g_assert_no_error (error);
  return tree;
}

static const char *
value_of (const SobanNode *node)
{
  /* Leaves need no scratch. */
  return soban_node_value (node, NULL);
}

static SobanNode *
child_named (const SobanNode *node, const char *name)
{
  for (SobanNode *child = soban_node_first_element (node); child != NULL; child = soban_node_next_element (child))
    if (strcmp (child->name, name) == 0)
      return child;
  return NULL;
}

static void
test_parse (void)
{
  g_autoptr (SobanTree) tree
    = parse ("<?go now?><data xmlns='urn:x' xmlns:o='urn:o' id='f'><!-- c -->"
             "<a o:k='1' e='&lt;&#65;' n=''>x &amp; y</a>"
             "<o:b><![CDATA[<]]>z</o:b> </data>");
  SobanNode *data = soban_node_first_element (soban_tree_get_root (tree));
  g_assert_cmpstr (data->name, ==, "data");
  g_assert_cmpstr (data->ns, ==, "urn:x");
  g_assert_cmpstr (soban_node_get_attribute (data, NULL, "id"), ==, "f");
  g_assert_null (soban_node_get_attribute (data, "urn:o", "id"));
  SobanNode *a = child_named (data, "a");
  g_assert_cmpstr (value_of (a), ==, "x & y");
  g_assert_cmpstr (soban_node_get_attribute (a, "urn:o", "k"), ==, "1");
  g_assert_cmpstr (soban_node_get_attribute (a, NULL, "e"), ==, "<A");
  g_assert_cmpstr (soban_node_get_attribute (a, NULL, "n"), ==, "");
  SobanNode *b = child_named (data, "b");
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_assert_cmpstr (b->prefix, ==, "o");
  g_assert_cmpstr (soban_node_value (b, scratch), ==, "<z");
  g_assert_cmpstr (soban_node_value (data, scratch), ==, "x & y<z ");
  g_assert_cmpint (data->first_child->kind, ==, SOBAN_NODE_COMMENT);
  g_assert_cmpint (soban_tree_get_root (tree)->first_child->kind, ==, SOBAN_NODE_INSTRUCTION);
  g_assert_cmpstr (soban_tree_get_root (tree)->first_child->name, ==, "go");
  g_assert_cmpstr (soban_tree_lookup_prefix (tree, "o"), ==, "urn:o");
  g_assert_cmpstr (soban_tree_lookup_prefix (tree, ""), ==, "urn:x");
  g_assert_null (soban_tree_lookup_prefix (tree, "nothing"));
}

static void
expect_refused (const char *xml, gsize length, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (soban_tree_parse (xml, length, &error));
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_bad_xml (void)
{
  static const char broken[] = "<a>\n<b>\n</a>";
  static const char bomb[] = "<!DOCTYPE a [<!ENTITY x 'xxxx'><!ENTITY y '&x;&x;'>]><a>\n&y;</a>";
  static const char outside[] = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>";
  expect_refused (broken, sizeof broken - 1, SOBAN_FORM_ERROR_SYNTAX, "3");
  expect_refused ("", 0, SOBAN_FORM_ERROR_SYNTAX, "XML");
  expect_refused ("no xml", 6, SOBAN_FORM_ERROR_SYNTAX, "1");
  expect_refused ("<a>\xff</a>", 8, SOBAN_FORM_ERROR_SYNTAX, "1");
  expect_refused (bomb, sizeof bomb - 1, SOBAN_FORM_ERROR_SYNTAX, "2");
  static const char attribute_bomb[] = "<!DOCTYPE a [<!ENTITY x 'xxxx'><!ENTITY y '&x;&x;'>]><a\n k='&y;'/>";
  expect_refused (attribute_bomb, sizeof attribute_bomb - 1, SOBAN_FORM_ERROR_SYNTAX, "2");
  expect_refused (outside, sizeof outside - 1, SOBAN_FORM_ERROR_SYNTAX, "1");
  g_autofree char *huge = g_strnfill (SOBAN_FORM_BYTES_MAX + 1, ' ');
  expect_refused (huge, SOBAN_FORM_BYTES_MAX + 1, SOBAN_FORM_ERROR_LIMIT, "8388608");
}

static void
test_deep_xml (void)
{
  g_autoptr (GString) xml = g_string_new (NULL);
  for (guint i = 0; i < 10000; i++)
    g_string_append (xml, "<a>");
  for (guint i = 0; i < 10000; i++)
    g_string_append (xml, "</a>");
  expect_refused (xml->str, xml->len, SOBAN_FORM_ERROR_SYNTAX, "1");
}

/* Trees that are built, not read, may be deeper than any stack. */
static void
test_deep_tree (void)
{
  g_autoptr (SobanTree) tree = soban_tree_new ();
  SobanNode *node = soban_tree_get_root (tree);
  for (guint i = 0; i < 200000; i++)
    node = soban_node_new_element (tree, node, NULL, NULL, NULL, "a");
  soban_node_set_value (node, "bottom");
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_assert_cmpstr (soban_node_value (soban_tree_get_root (tree), scratch), ==, "bottom");
  SobanNode *top = soban_node_first_element (soban_tree_get_root (tree));
  g_assert_cmpint (soban_node_compare_order (top, node), <, 0);
  SobanNode *copy = soban_node_copy (top, soban_tree_get_root (tree), NULL);
  g_assert_cmpstr (soban_node_value (copy, scratch), ==, "bottom");
  soban_node_remove (top);
}

static void
test_build (void)
{
  g_autoptr (SobanTree) tree = soban_tree_new ();
  SobanNode *data = soban_node_new_element (tree, soban_tree_get_root (tree), NULL, NULL, NULL, "data");
  SobanNode *c = soban_node_new_element (tree, data, NULL, NULL, NULL, "c");
  SobanNode *a = soban_node_new_element (tree, data, c, NULL, NULL, "a");
  SobanNode *b = soban_node_new_element (tree, data, c, "o", "urn:o", "b");
  g_assert_true (soban_node_first_element (data) == a);
  g_assert_true (soban_node_next_element (a) == b);
  g_assert_true (soban_node_next_element (b) == c);
  g_assert_null (soban_node_next_element (c));
  g_assert_true (data->last_child == c);
  soban_node_set_attribute (a, NULL, NULL, "k", "1");
  soban_node_set_attribute (a, NULL, NULL, "m", "2");
  SobanNode *again = soban_node_set_attribute (a, NULL, NULL, "k", "3");
  g_assert_true (again == a->first_attribute);
  g_assert_cmpstr (soban_node_get_attribute (a, "", "k"), ==, "3");
  g_assert_cmpstr (soban_node_get_attribute (a, NULL, "m"), ==, "2");
  soban_node_remove (again);
  g_assert_null (soban_node_get_attribute (a, NULL, "k"));
  g_assert_cmpstr (soban_node_get_attribute (a, NULL, "m"), ==, "2");
}

static void
test_values (void)
{
  g_autoptr (SobanTree) tree = parse ("<data><a>first</a><b><c/><d/></b></data>");
  SobanNode *data = soban_node_first_element (soban_tree_get_root (tree));
  SobanNode *a = child_named (data, "a");
  soban_node_set_value (a, "second");
  g_assert_cmpstr (value_of (a), ==, "second");
  soban_node_set_value (a, "");
  g_assert_cmpstr (value_of (a), ==, "");
  g_assert_null (a->first_child);
  soban_node_set_value (a, NULL);
  soban_node_set_value (a, "third");
  g_assert_cmpstr (value_of (a), ==, "third");
  SobanNode *b = child_named (data, "b");
  soban_node_set_value (b, "text");
  g_assert_cmpstr (value_of (b), ==, "text");
  g_assert_null (soban_node_first_element (b));
}

static void
test_remove_and_reuse (void)
{
  g_autoptr (SobanTree) tree = parse ("<data><a k='1'>x</a><b/><c/></data>");
  SobanNode *data = soban_node_first_element (soban_tree_get_root (tree));
  soban_node_remove (child_named (data, "b"));
  g_assert_null (child_named (data, "b"));
  soban_node_remove (child_named (data, "a"));
  g_assert_true (data->first_child == child_named (data, "c"));
  soban_node_remove (child_named (data, "c"));
  g_assert_null (data->first_child);
  g_assert_null (data->last_child);
  for (guint i = 0; i < 500; i++) {
    SobanNode *node = soban_node_new_element (tree, data, NULL, NULL, NULL, "n");
    g_assert_null (node->first_attribute);
    g_assert_null (node->text);
    if (i % 3 == 0)
      soban_node_remove (node);
  }
}

static void
test_copy (void)
{
  g_autoptr (SobanTree) tree = parse ("<data><rep k='1'><x>1</x><g><y>2</y><z/></g><!--c--></rep><end/></data>");
  g_autoptr (SobanTree) other = soban_tree_new ();
  SobanNode *data = soban_node_first_element (soban_tree_get_root (tree));
  SobanNode *rep = child_named (data, "rep");
  SobanNode *copy = soban_node_copy (rep, data, child_named (data, "end"));
  g_assert_true (rep->next == copy);
  g_assert_cmpstr (copy->next->name, ==, "end");
  g_assert_cmpstr (soban_node_get_attribute (copy, NULL, "k"), ==, "1");
  g_assert_cmpstr (value_of (child_named (child_named (copy, "g"), "y")), ==, "2");
  g_assert_nonnull (child_named (child_named (copy, "g"), "z"));
  soban_node_set_value (child_named (copy, "x"), "9");
  g_assert_cmpstr (value_of (child_named (rep, "x")), ==, "1");
  SobanNode *foreign = soban_node_copy (rep, soban_tree_get_root (other), NULL);
  g_assert_true (foreign->tree == other);
  g_assert_true (child_named (foreign, "x")->tree == other);
  /* Into its own subtree: once, not for ever. */
  SobanNode *inner = soban_node_copy (rep, child_named (rep, "g"), NULL);
  g_assert_cmpstr (value_of (child_named (inner, "x")), ==, "1");
  g_assert_null (child_named (child_named (inner, "g"), "rep"));
}

static void
test_order (void)
{
  g_autoptr (SobanTree) tree = parse ("<data><a k='1' l='2'><b/></a><c/></data>");
  SobanNode *data = soban_node_first_element (soban_tree_get_root (tree));
  SobanNode *a = child_named (data, "a"), *c = child_named (data, "c"), *b = child_named (a, "b");
  SobanNode *k = a->first_attribute;
  g_assert_cmpint (soban_node_compare_order (a, a), ==, 0);
  g_assert_cmpint (soban_node_compare_order (data, a), ==, -1);
  g_assert_cmpint (soban_node_compare_order (c, b), ==, 1);
  g_assert_cmpint (soban_node_compare_order (a, k), ==, -1);
  g_assert_cmpint (soban_node_compare_order (k, k->next), ==, -1);
  g_assert_cmpint (soban_node_compare_order (k->next, b), ==, -1);
  SobanNode *first = soban_node_new_element (tree, data, a, NULL, NULL, "first");
  g_assert_cmpint (soban_node_compare_order (first, a), ==, -1);
  g_assert_cmpint (soban_node_compare_order (c, first), ==, 1);
  /* The first answer in a leaf takes its place without numbering the tree anew. */
  soban_node_set_value (b, "text");
  g_assert_cmpint (soban_node_compare_order (b, b->first_child), ==, -1);
  g_assert_cmpint (soban_node_compare_order (b->first_child, b), ==, 1);
  g_assert_cmpint (soban_node_compare_order (b->first_child, c), ==, -1);
  g_assert_cmpint (soban_node_compare_order (k, b->first_child), ==, -1);
}

static void
test_walk (void)
{
  g_autoptr (SobanTree) tree = parse ("<d><a><b/></a><c/><e><f/></e></d>");
  SobanNode *top = soban_node_first_element (soban_tree_get_root (tree));
  g_autoptr (GString) names = g_string_new (NULL);
  for (SobanNode *node = top; node != NULL; node = soban_node_next_in_document (node, top))
    g_string_append (names, node->name);
  g_assert_cmpstr (names->str, ==, "dabcef");
  g_string_truncate (names, 0);
  SobanNode *a = child_named (top, "a");
  for (SobanNode *node = a; node != NULL; node = soban_node_next_in_document (node, a))
    g_string_append (names, node->name);
  g_assert_cmpstr (names->str, ==, "ab");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/parse", test_parse);
  g_test_add_func ("/node/bad-xml", test_bad_xml);
  g_test_add_func ("/node/deep-xml", test_deep_xml);
  g_test_add_func ("/node/deep-tree", test_deep_tree);
  g_test_add_func ("/node/build", test_build);
  g_test_add_func ("/node/values", test_values);
  g_test_add_func ("/node/remove-and-reuse", test_remove_and_reuse);
  g_test_add_func ("/node/copy", test_copy);
  g_test_add_func ("/node/order", test_order);
  g_test_add_func ("/node/walk", test_walk);
  return g_test_run ();
}
