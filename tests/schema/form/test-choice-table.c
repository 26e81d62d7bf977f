/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "form-fixture.h"
#include "form/choice-table.h"
#include "form/node-private.h"

/* A list that is a table offers what the same list as XML offers, and only what looks beyond a row makes nodes of it. */

static const char *const columns[] = { "name", "label", "level", "valid_to", NULL };
static const char *const rows[][4] = {
  { "a", "Xã A", "3", "" },     { "b", "Tỉnh B", "1", "" },          { "c", "Xã C", "3", "2025-06-30" },
  { "d", "Xã D", "3", "9999" }, { "a", "Xã A & <thứ hai>", "3", "" }, { "", "", "3", "" },
  { "e", "", "", "2026-01-01" },
};

static SobanTree *
make_table_tree (void)
{
  g_autoptr (SobanChoiceTable) table = soban_choice_table_new (columns);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    soban_choice_table_add (table, rows[i]);
  return soban_tree_new_from_table (g_steal_pointer (&table));
}

static char *
write_xml (void)
{
  GString *xml = g_string_new ("<root>");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_string_append (xml, "<item>");
    for (guint column = 0; columns[column] != NULL; column++) {
      g_autofree char *text = g_markup_escape_text (rows[i][column], -1);
      g_string_append_printf (xml, "<%s>%s</%s>", columns[column], text, columns[column]);
    }
    g_string_append (xml, "</item>");
  }
  return g_string_free (g_string_append (xml, "</root>"), FALSE);
}

typedef struct {
  const char *nodeset, *value, *label;
  gboolean makes_nodes;
} Question;

static const Question questions[] = {
  { "instance('l')/root/item", "name", "label", FALSE },
  { "instance('l')/root/item[level = '3']", "name", "label", FALSE },
  { "instance('l')/root/item[level = /data/level]", "name", "label", FALSE },
  { "instance('l')/root/item[level = '7']", "name", "label", FALSE },
  { "instance('l')/root/item[none = '']", "name", "label", FALSE },
  { "instance('l')/root/item[level = '3' and (valid_to = '' or valid_to >= /data/day)]", "name", "label", FALSE },
  { "instance('l')/root/item[valid_to != '']", "name", "label", FALSE },
  { "instance('l')/root/item[level = current()/../level]", "name", "concat(label, ' ', current()/../level)", FALSE },
  { "instance('l')/root/item[string-length(.) > 6 and count(*/text()) = 4]", "name", "label", FALSE },
  { "instance('l')/root/item[count(descendant-or-self::node()) > 8 and name(*[4]) = 'valid_to']", "name", "label", FALSE },
  { "instance('l')/root/item[(name | label)[1] = 'a']", "concat(name, '-', level)", "label", FALSE },
  { "instance('l')/root/item[jr:choice-name(name, '/data/plain') = label]", "name", "jr:choice-name(name, '/data/plain')", FALSE },
  { "instance('l')/root/item[count(../item) = 7]", "name", "label", TRUE },
  { "instance('l')/root/item[not(preceding-sibling::item/name = name)]", "name", "label", TRUE },
  { "instance('l')/root/item[level = '3']", "name", "count(following-sibling::*)", TRUE },
  { "instance('l')/root/item[level = '3']", "position(.)", "label", TRUE },
  { "instance('l')/root/item[name = instance('l')/root/item[1]/name]", "name", "label", TRUE },
  { "instance('l')/root/item[position() > 2]", "name", "label", TRUE },
  { "instance('l')/root/item[2]", "name", "label", TRUE },
  { "instance('l')/root/item[level = '3'][2]", "name", "label", TRUE },
  { "instance('l')/root/*[level = '3']", "name", "label", TRUE },
  { "instance('l')/root", "item/name", "item/label", TRUE },
  { "randomize(instance('l')/root/item, 3)", "name", "label", TRUE },
};

/* What is offered, and what the values are called: the list @tree, given to @fixture. */
static char *
fill_in (FormFixture *fixture, SobanTree *tree, const Question *question)
{
  g_autofree char *body =
    g_strdup_printf ("<input ref=\"/data/level\"/><input ref=\"/data/day\"/>"
                     "<select1 ref=\"/data/plain\"><itemset nodeset=\"instance('l')/root/item[level = '3']\">"
                     "<value ref=\"name\"/><label ref=\"label\"/></itemset></select1>"
                     "<select1 ref=\"/data/c\"><itemset nodeset=\"%s\"><value ref=\"%s\"/><label ref=\"%s\"/></itemset></select1>",
                     question->nodeset, question->value, question->label);
  g_hash_table_replace (fixture->lists, g_strdup ("jr://file-csv/l.csv"), tree);
  g_autoptr (SobanFormInstance) instance =
    form_fixture_open (fixture, "<level>3</level><day>2026-11-22</day><plain/><c/>",
                       "<instance id=\"l\" src=\"jr://file-csv/l.csv\"/>"
                       "<bind nodeset=\"/data/day\" type=\"date\"/>", body);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, "c");
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    g_string_append_printf (out, "%s=%s; ", choice->value, choice->label);
  }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    form_fixture_set (instance, "c", rows[i][0]);
    g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
    g_autofree char *shown = soban_form_instance_get_answer_text (instance, "c");
    g_string_append_printf (out, "%s:%u:%s; ", rows[i][0], problems->len, shown);
  }
  return g_string_free (out, FALSE);
}

static void
test_same_choices (void)
{
  g_autofree char *xml = write_xml ();
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_autoptr (FormFixture) with_table = form_fixture_new ();
    g_autoptr (FormFixture) with_xml = form_fixture_new ();
    g_autoptr (GError) error = NULL;
    SobanTree *table = make_table_tree ();
    SobanTree *parsed = soban_tree_parse (xml, strlen (xml), &error);
    g_assert_no_error (error);
    g_autofree char *from_table = fill_in (with_table, table, &questions[i]);
    g_autofree char *from_xml = fill_in (with_xml, parsed, &questions[i]);
    g_test_message ("%s: %s", questions[i].nodeset, from_table);
    g_assert_cmpstr (from_table, ==, from_xml);
    g_assert_cmpint (table->has_rows != 0, ==, questions[i].makes_nodes);
  }
}

static void
assert_same_tree (const SobanNode *a, const SobanNode *b)
{
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_true (a->name == b->name && a->ns == b->ns && a->prefix == b->prefix);
  g_assert_cmpstr (a->text, ==, b->text);
  const SobanNode *below_a = a->first_child, *below_b = b->first_child;
  for (; below_a != NULL && below_b != NULL; below_a = below_a->next, below_b = below_b->next)
    assert_same_tree (below_a, below_b);
  g_assert_true (below_a == NULL && below_b == NULL);
}

static gpointer
ask_for_root (gpointer tree)
{
  return soban_tree_get_root (tree)->first_child;
}

/* Whichever threads ask first, the nodes are made once, and are those that the XML gives. */
static void
test_nodes (void)
{
  GThread *threads[8];
  g_autofree char *xml = write_xml ();
  g_autoptr (SobanTree) table = make_table_tree ();
  g_autoptr (SobanTree) parsed = soban_tree_parse (xml, strlen (xml), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("root", ask_for_root, table);
  const SobanNode *first = soban_tree_get_root (table)->first_child;
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_true (g_thread_join (threads[i]) == first);
  assert_same_tree (soban_tree_get_root (table), soban_tree_get_root (parsed));
  g_assert_cmpint (soban_node_compare_order (first->first_child, first->last_child), ==, -1);
}

/* One set of nodes shows every row, also after one with empty cells; its order and its string-value are right. */
static void
test_row (void)
{
  g_autoptr (SobanTree) tree = make_table_tree ();
  const SobanChoiceTable *table = soban_tree_get_table (tree);
  SobanChoiceRow *row = soban_choice_row_new (table);
  g_autoptr (GString) scratch = g_string_new (NULL);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    guint number = i % G_N_ELEMENTS (rows);
    SobanNode *node = soban_choice_row_show (row, number);
    g_autofree char *whole = g_strconcat (rows[number][0], rows[number][1], rows[number][2], rows[number][3], NULL);
    g_assert_cmpstr (soban_node_value (node, scratch), ==, whole);
    guint column = 0;
    for (SobanNode *at = soban_node_first_element (node); at != NULL; at = soban_node_next_element (at), column++) {
      g_assert_cmpstr (soban_node_value (at, scratch), ==, rows[number][column]);
      g_assert_cmpint (soban_node_compare_order (node, at), ==, -1);
      g_assert_true (at->first_child == NULL || soban_node_compare_order (at, at->first_child) == -1);
    }
    g_assert_cmpuint (column, ==, 4);
  }
  soban_choice_row_free (row);
}

/* Each text is kept once. */
static void
test_texts (void)
{
  g_autoptr (SobanTree) tree = make_table_tree ();
  const SobanChoiceTable *table = soban_tree_get_table (tree);
  g_assert_cmpuint (soban_choice_table_rows (table), ==, G_N_ELEMENTS (rows));
  g_assert_cmpint (soban_choice_table_column (table, "valid_to"), ==, 3);
  g_assert_cmpint (soban_choice_table_column (table, "valid"), ==, -1);
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    for (guint column = 0; column < 4; column++)
      g_assert_cmpstr (soban_choice_table_cell (table, row, column), ==, rows[row][column]);
  g_assert_true (soban_choice_table_cell (table, 0, 2) == soban_choice_table_cell (table, 3, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form/choice-table/texts", test_texts);
  g_test_add_func ("/form/choice-table/row", test_row);
  g_test_add_func ("/form/choice-table/nodes", test_nodes);
  g_test_add_func ("/form/choice-table/same-choices", test_same_choices);
  return g_test_run ();
}
