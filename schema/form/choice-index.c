/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/choice-index.h"

struct _SobanChoiceIndex {
  GHashTable *lists;  /* root and steps -> GPtrArray of SobanNode */
  GHashTable *tables; /* root, steps and name -> GHashTable value -> GPtrArray of SobanNode */
};

SobanChoiceIndex *
soban_choice_index_new (void)
{
  SobanChoiceIndex *index = g_new0 (SobanChoiceIndex, 1);
  index->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  index->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  return index;
}

void
soban_choice_index_free (SobanChoiceIndex *index)
{
  if (index == NULL)
    return;
  g_hash_table_unref (index->lists);
  g_hash_table_unref (index->tables);
  g_free (index);
}

static char *
build_key (const SobanNode *root, const GPtrArray *steps, const char *name)
{
  GString *key = g_string_new (NULL);
  g_string_printf (key, "%p", (const void *) root);
  for (guint i = 0; i < steps->len; i++)
    g_string_append_printf (key, "/%s", (const char *) g_ptr_array_index (steps, i));
  if (name != NULL)
    g_string_append_printf (key, "[%s", name);
  return g_string_free (key, FALSE);
}

static void
collect_items (GPtrArray *items, const SobanNode *parent, const GPtrArray *steps, guint depth)
{
  for (SobanNode *node = soban_node_first_element (parent); node != NULL; node = soban_node_next_element (node)) {
    if (!g_str_equal (node->name, g_ptr_array_index (steps, depth)))
      continue;
    if (depth + 1 == steps->len)
      g_ptr_array_add (items, node);
    else
      collect_items (items, node, steps, depth + 1);
  }
}

const GPtrArray *
soban_choice_index_items (SobanChoiceIndex *index, const SobanNode *root, const GPtrArray *steps)
{
  g_autofree char *key = build_key (root, steps, NULL);
  GPtrArray *items = g_hash_table_lookup (index->lists, key);
  if (items == NULL) {
    items = g_ptr_array_new ();
    if (steps->len > 0)
      collect_items (items, root, steps, 0);
    g_hash_table_insert (index->lists, g_steal_pointer (&key), items);
  }
  return items;
}

const char *
soban_choice_item_text (const SobanNode *item, const char *name, GString *scratch)
{
  for (const SobanNode *node = soban_node_first_element (item); node != NULL; node = soban_node_next_element (node))
    if (g_str_equal (node->name, name))
      return soban_node_value (node, scratch);
  return NULL;
}

static GHashTable *
build_table (const GPtrArray *items, const char *name)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GString) scratch = g_string_new (NULL);
  for (guint i = 0; i < items->len; i++) {
    SobanNode *item = g_ptr_array_index (items, i);
    const char *value = soban_choice_item_text (item, name, scratch);
    if (value == NULL)
      continue;
    GPtrArray *same = g_hash_table_lookup (table, value);
    if (same == NULL) {
      same = g_ptr_array_new ();
      g_hash_table_insert (table, g_strdup (value), same);
    }
    g_ptr_array_add (same, item);
  }
  return table;
}

const GPtrArray *
soban_choice_index_find (SobanChoiceIndex *index, const SobanNode *root, const GPtrArray *steps, const char *name,
                         const char *value)
{
  g_autofree char *key = build_key (root, steps, name);
  GHashTable *table = g_hash_table_lookup (index->tables, key);
  if (table == NULL) {
    table = build_table (soban_choice_index_items (index, root, steps), name);
    g_hash_table_insert (index->tables, g_steal_pointer (&key), table);
  }
  return g_hash_table_lookup (table, value);
}
