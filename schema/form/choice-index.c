/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/choice-index.h"

#include "form/choice-table.h"

#include <stdlib.h>
#include <string.h>

struct _SobanChoiceIndex {
  GHashTable *lists; /* tree, steps and whether rows alone will do -> SobanChoiceItems */
};

struct _SobanChoiceItems {
  const SobanChoiceTable *table; /* (nullable): then @nodes is empty */
  GPtrArray *nodes;
  GHashTable *orders; /* child's name -> Order */
  /* Of a table: rows as nodes, those held (in the order they were taken) and those to be used again. */
  GPtrArray *held, *spare;
};

/* The items that have a child of a name, by its text and then by number. */
typedef struct {
  guint *items;
  guint count;
} Order;

typedef struct {
  const char *text;
  guint item;
} Keyed;

static void
free_order (gpointer data)
{
  Order *order = data;
  g_free (order->items);
  g_free (order);
}

static void
free_items (gpointer data)
{
  SobanChoiceItems *items = data;
  g_ptr_array_unref (items->nodes);
  g_ptr_array_unref (items->held);
  g_ptr_array_unref (items->spare);
  g_hash_table_unref (items->orders);
  g_free (items);
}

SobanChoiceIndex *
soban_choice_index_new (void)
{
  SobanChoiceIndex *index = g_new0 (SobanChoiceIndex, 1);
  index->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_items);
  return index;
}

void
soban_choice_index_free (SobanChoiceIndex *index)
{
  if (index == NULL)
    return;
  g_hash_table_unref (index->lists);
  g_free (index);
}

static char *
build_key (const SobanTree *tree, const GPtrArray *steps, gboolean as_rows)
{
  GString *key = g_string_new (as_rows ? "rows" : "nodes");
  g_string_append_printf (key, " %p", (const void *) tree);
  for (guint i = 0; i < steps->len; i++)
    g_string_append_printf (key, "/%s", (const char *) g_ptr_array_index (steps, i));
  return g_string_free (key, FALSE);
}

static void
collect_nodes (GPtrArray *nodes, const SobanNode *parent, const GPtrArray *steps, guint depth)
{
  for (SobanNode *node = soban_node_first_element (parent); node != NULL; node = soban_node_next_element (node)) {
    if (!g_str_equal (node->name, g_ptr_array_index (steps, depth)))
      continue;
    if (depth + 1 == steps->len)
      g_ptr_array_add (nodes, node);
    else
      collect_nodes (nodes, node, steps, depth + 1);
  }
}

static gboolean
mean_rows (const GPtrArray *steps)
{
  return steps->len == 2 && g_str_equal (g_ptr_array_index (steps, 0), "root")
         && g_str_equal (g_ptr_array_index (steps, 1), "item");
}

static SobanChoiceItems *
make_items (SobanTree *tree, const GPtrArray *steps, gboolean as_rows)
{
  SobanChoiceItems *items = g_new0 (SobanChoiceItems, 1);
  items->nodes = g_ptr_array_new ();
  items->held = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_choice_row_free);
  items->spare = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_choice_row_free);
  items->orders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_order);
  if (as_rows)
    items->table = soban_tree_get_table (tree);
  else if (steps->len > 0)
    collect_nodes (items->nodes, soban_tree_get_root (tree), steps, 0);
  return items;
}

SobanChoiceItems *
soban_choice_index_items (SobanChoiceIndex *index, SobanTree *tree, const GPtrArray *steps, gboolean alone)
{
  gboolean as_rows = alone && mean_rows (steps) && soban_tree_get_table (tree) != NULL;
  g_autofree char *key = build_key (tree, steps, as_rows);
  SobanChoiceItems *items = g_hash_table_lookup (index->lists, key);
  if (items == NULL) {
    items = make_items (tree, steps, as_rows);
    g_hash_table_insert (index->lists, g_steal_pointer (&key), items);
  }
  return items;
}

guint
soban_choice_items_count (const SobanChoiceItems *items)
{
  return items->table != NULL ? soban_choice_table_rows (items->table) : items->nodes->len;
}

const char *
soban_choice_item_text (const SobanNode *item, const char *name, GString *scratch)
{
  for (const SobanNode *node = soban_node_first_element (item); node != NULL; node = soban_node_next_element (node))
    if (g_str_equal (node->name, name))
      return soban_node_value (node, scratch);
  return NULL;
}

const char *
soban_choice_items_text (const SobanChoiceItems *items, guint item, const char *name, GString *scratch)
{
  if (items->table == NULL)
    return soban_choice_item_text (g_ptr_array_index (items->nodes, item), name, scratch);
  int column = soban_choice_table_column (items->table, name);
  return column < 0 ? NULL : soban_choice_table_cell (items->table, item, (guint) column);
}

static int
compare_keyed (gconstpointer a, gconstpointer b)
{
  const Keyed *left = a, *right = b;
  int by_text = strcmp (left->text, right->text);
  return by_text != 0 ? by_text : (left->item > right->item) - (left->item < right->item);
}

static Order *
make_order (const SobanChoiceItems *items, const char *name)
{
  guint count = soban_choice_items_count (items);
  g_autofree Keyed *keyed = g_new (Keyed, count);
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autoptr (GStringChunk) built = g_string_chunk_new (1024); /* texts that no node holds in one piece */
  Order *order = g_new0 (Order, 1);
  for (guint i = 0; i < count; i++) {
    const char *text = soban_choice_items_text (items, i, name, scratch);
    if (text == scratch->str)
      text = g_string_chunk_insert (built, text);
    if (text != NULL)
      keyed[order->count++] = (Keyed){ text, i };
  }
  if (order->count > 0)
    qsort (keyed, order->count, sizeof *keyed, compare_keyed);
  order->items = g_new (guint, order->count);
  for (guint i = 0; i < order->count; i++)
    order->items[i] = keyed[i].item;
  return order;
}

/* How many come before those of @value, or with @past before those after them. */
static guint
find_bound (const SobanChoiceItems *items, const Order *order, const char *name, const char *value, gboolean past,
            GString *scratch)
{
  guint low = 0, high = order->count;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    int found = strcmp (soban_choice_items_text (items, order->items[middle], name, scratch), value);
    if (found < 0 || (past && found == 0))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const guint *
soban_choice_items_find (SobanChoiceItems *items, const char *name, const char *value, guint *ret_count)
{
  Order *order = g_hash_table_lookup (items->orders, name);
  g_autoptr (GString) scratch = g_string_new (NULL);
  if (order == NULL) {
    order = make_order (items, name);
    g_hash_table_insert (items->orders, g_strdup (name), order);
  }
  guint first = find_bound (items, order, name, value, FALSE, scratch);
  *ret_count = find_bound (items, order, name, value, TRUE, scratch) - first;
  return *ret_count > 0 ? order->items + first : NULL;
}

SobanNode *
soban_choice_items_hold (SobanChoiceItems *items, guint item)
{
  if (items->table == NULL)
    return g_ptr_array_index (items->nodes, item);
  SobanChoiceRow *row = items->spare->len > 0 ? g_ptr_array_steal_index (items->spare, items->spare->len - 1)
                                              : soban_choice_row_new (items->table);
  g_ptr_array_add (items->held, row);
  return soban_choice_row_show (row, item);
}

void
soban_choice_items_release (SobanChoiceItems *items, SobanNode *node)
{
  for (guint i = items->held->len; i > 0; i--)
    if (soban_choice_row_get_node (g_ptr_array_index (items->held, i - 1)) == node)
      g_ptr_array_add (items->spare, g_ptr_array_steal_index (items->held, i - 1));
}
