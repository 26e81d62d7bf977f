/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/choice-table.h"

#include "form/node-private.h"

#include <string.h>

#define TEXTS_BLOCK_BYTES (64 * 1024)

typedef struct {
  GArray *cells;
  GString *texts;
  GHashTable *known; /* text, in @known_texts -> where it begins + 1 */
  GStringChunk *known_texts;
} Building;

struct _SobanChoiceTable {
  GPtrArray *names; /* interned */
  guint rows;
  guint32 *cells; /* where in @texts the cell's text begins, row by row */
  char *texts;    /* each with its NUL */
  Building *building; /* (nullable): once it is finished */
};

SobanChoiceTable *
soban_choice_table_new (const char *const *columns)
{
  SobanChoiceTable *table = g_new0 (SobanChoiceTable, 1);
  table->names = g_ptr_array_new ();
  for (guint i = 0; columns[i] != NULL; i++)
    g_ptr_array_add (table->names, (gpointer) g_intern_string (columns[i]));
  table->building = g_new0 (Building, 1);
  table->building->cells = g_array_new (FALSE, FALSE, sizeof (guint32));
  table->building->texts = g_string_new (NULL);
  table->building->known = g_hash_table_new (g_str_hash, g_str_equal);
  table->building->known_texts = g_string_chunk_new (TEXTS_BLOCK_BYTES);
  return table;
}

static void
free_building (Building *building)
{
  g_array_unref (building->cells);
  g_string_free (building->texts, TRUE);
  g_hash_table_unref (building->known);
  g_string_chunk_free (building->known_texts);
  g_free (building);
}

void
soban_choice_table_free (SobanChoiceTable *table)
{
  if (table == NULL)
    return;
  g_clear_pointer (&table->building, free_building);
  g_ptr_array_unref (table->names);
  g_free (table->cells);
  g_free (table->texts);
  g_free (table);
}

static guint32
keep_text (Building *building, const char *text)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (building->known, text));
  if (known > 0)
    return known - 1;
  gsize start = building->texts->len;
  /* Lists come from files of SOBAN_FORM_FILE_BYTES_MAX at most, or from the program's own data. */
  g_assert (start < G_MAXUINT32);
  g_string_append_len (building->texts, text, (gssize) strlen (text) + 1);
  g_hash_table_insert (building->known, g_string_chunk_insert (building->known_texts, text), GUINT_TO_POINTER (start + 1));
  return (guint32) start;
}

void
soban_choice_table_add (SobanChoiceTable *table, const char *const *values)
{
  for (guint i = 0; i < table->names->len; i++) {
    guint32 start = keep_text (table->building, values[i]);
    g_array_append_val (table->building->cells, start);
  }
  table->rows++;
}

void
soban_choice_table_finish (SobanChoiceTable *table)
{
  Building *building = table->building;
  /* Copies of the right size: what grows has room for as much again. */
  table->cells = g_memdup2 (building->cells->data, building->cells->len * sizeof (guint32));
  table->texts = g_memdup2 (building->texts->str, building->texts->len);
  g_clear_pointer (&table->building, free_building);
}

guint
soban_choice_table_rows (const SobanChoiceTable *table)
{
  return table->rows;
}

int
soban_choice_table_column (const SobanChoiceTable *table, const char *name)
{
  for (guint i = 0; i < table->names->len; i++)
    if (strcmp (g_ptr_array_index (table->names, i), name) == 0)
      return (int) i;
  return -1;
}

const char *
soban_choice_table_cell (const SobanChoiceTable *table, guint row, guint column)
{
  return table->texts + table->cells[(gsize) row * table->names->len + column];
}

static SobanNode *
add_element (SobanNode *parent, const char *interned_name)
{
  SobanNode *element = soban_tree_take_node (parent->tree, SOBAN_NODE_ELEMENT);
  element->name = interned_name;
  soban_node_link_child (parent, NULL, element);
  return element;
}

static SobanNode *
add_text (SobanNode *parent, const char *text)
{
  SobanNode *leaf = soban_tree_take_node (parent->tree, SOBAN_NODE_TEXT);
  leaf->text = (char *) text; /* the table's: not owned */
  soban_node_link_child (parent, NULL, leaf);
  return leaf;
}

void
soban_choice_table_add_nodes (const SobanChoiceTable *table, SobanNode *document)
{
  SobanNode *root = add_element (document, g_intern_static_string ("root"));
  const char *item_name = g_intern_static_string ("item");
  for (guint row = 0; row < table->rows; row++) {
    SobanNode *item = add_element (root, item_name);
    for (guint column = 0; column < table->names->len; column++) {
      SobanNode *element = add_element (item, g_ptr_array_index (table->names, column));
      const char *text = soban_choice_table_cell (table, row, column);
      if (*text != '\0')
        add_text (element, text);
    }
  }
}

struct _SobanChoiceRow {
  const SobanChoiceTable *table;
  SobanTree *tree;
  SobanNode *item;
  SobanNode **texts; /* by column; an empty cell's is not linked in */
};

SobanChoiceRow *
soban_choice_row_new (const SobanChoiceTable *table)
{
  SobanChoiceRow *row = g_new0 (SobanChoiceRow, 1);
  row->table = table;
  row->tree = soban_tree_new ();
  SobanNode *root = add_element (soban_tree_get_root (row->tree), g_intern_static_string ("root"));
  row->item = add_element (root, g_intern_static_string ("item"));
  row->texts = g_new (SobanNode *, table->names->len);
  for (guint i = 0; i < table->names->len; i++)
    row->texts[i] = add_text (add_element (row->item, g_ptr_array_index (table->names, i)), "");
  /* Numbered with all of them, the order of those that are linked in is right at any time. */
  soban_node_compare_order (root, row->item);
  return row;
}

void
soban_choice_row_free (SobanChoiceRow *row)
{
  soban_tree_free (row->tree);
  g_free (row->texts);
  g_free (row);
}

SobanNode *
soban_choice_row_get_node (const SobanChoiceRow *row)
{
  return row->item;
}

SobanNode *
soban_choice_row_show (SobanChoiceRow *row, guint number)
{
  for (guint i = 0; i < row->table->names->len; i++) {
    const char *text = soban_choice_table_cell (row->table, number, i);
    SobanNode *leaf = row->texts[i];
    leaf->text = (char *) text;
    leaf->parent->first_child = leaf->parent->last_child = *text != '\0' ? leaf : NULL;
  }
  return row->item;
}
