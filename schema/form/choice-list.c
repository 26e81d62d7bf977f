/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form/choice-list.h"

#include <string.h>

#include "base/tsv.h"

#define SRC_PREFIX "jr://file-csv/"
#define SRC_SUFFIX ".csv"

const char *const soban_registry_columns[] = { "name", "label", "commune", "status", "kind", NULL };

struct _SobanChoiceListBuilder {
  SobanTree *tree;
  SobanNode *root;
  /* Rows are copies of one pattern, which spares looking up the columns' names for each. */
  SobanTree *pattern_tree;
  SobanNode *pattern;
};

SobanChoiceListBuilder *
soban_choice_list_builder_new (const char *const *columns)
{
  SobanChoiceListBuilder *builder = g_new0 (SobanChoiceListBuilder, 1);

  builder->tree = soban_tree_new ();
  builder->root = soban_node_new_element (builder->tree, soban_tree_get_root (builder->tree), NULL, NULL, NULL, "root");
  builder->pattern_tree = soban_tree_new ();
  builder->pattern = soban_node_new_element (builder->pattern_tree, soban_tree_get_root (builder->pattern_tree), NULL, NULL,
                                             NULL, "item");
  for (guint i = 0; columns[i] != NULL; i++)
    soban_node_new_element (builder->pattern_tree, builder->pattern, NULL, NULL, NULL, columns[i]);
  return builder;
}

void
soban_choice_list_builder_free (SobanChoiceListBuilder *builder)
{
  g_clear_pointer (&builder->tree, soban_tree_free);
  soban_tree_free (builder->pattern_tree);
  g_free (builder);
}

void
soban_choice_list_builder_add (SobanChoiceListBuilder *builder, const char *const *values)
{
  SobanNode *item = soban_node_copy (builder->pattern, builder->root, NULL);
  guint i = 0;

  for (SobanNode *column = item->first_child; column != NULL; column = column->next)
    soban_node_set_value (column, values[i++]);
}

SobanTree *
soban_choice_list_builder_finish (SobanChoiceListBuilder *builder)
{
  /* Numbers the nodes now: later it would be a write while others read. */
  soban_node_compare_order (soban_tree_get_root (builder->tree), builder->root);
  return g_steal_pointer (&builder->tree);
}

SobanTree *
soban_choice_list_new_units (const SobanUnitTable *units)
{
  static const char *const columns[] = { "name", "label", "level", "province", "valid_from", "valid_to", "context", NULL };
  g_autoptr (SobanChoiceListBuilder) builder = soban_choice_list_builder_new (columns);

  for (guint i = 0; i < soban_unit_table_size (units); i++) {
    const SobanUnit *unit = soban_unit_table_nth (units, i);
    const SobanUnit *province = soban_unit_table_province (units, unit->uid);
    const char *values[] = { unit->uid,
                             unit->full_name,
                             unit->level == 1 ? "1" : "3",
                             province != NULL ? province->code : "",
                             unit->valid_from,
                             unit->valid_to,
                             unit->context };

    soban_choice_list_builder_add (builder, values);
  }
  return soban_choice_list_builder_finish (builder);
}

SobanTree *
soban_choice_list_new_ethnic_groups (const char *data_dir, GError **error)
{
  static const char *const columns[] = { "name", "label", NULL };
  g_autofree char *file = g_build_filename (data_dir, "reference", "ethnic_groups.tsv", NULL);
  g_autoptr (SobanTsv) tsv = soban_tsv_load (file, error);
  g_autoptr (SobanChoiceListBuilder) builder = NULL;

  if (tsv == NULL)
    return NULL;
  builder = soban_choice_list_builder_new (columns);
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    const char *values[] = { soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "code")),
                             soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "name")) };

    soban_choice_list_builder_add (builder, values);
  }
  return soban_choice_list_builder_finish (builder);
}

char *
soban_choice_list_name (const char *src)
{
  if (g_str_has_prefix (src, SRC_PREFIX) && g_str_has_suffix (src, SRC_SUFFIX))
    return g_strndup (src + strlen (SRC_PREFIX), strlen (src) - strlen (SRC_PREFIX) - strlen (SRC_SUFFIX));
  return g_strdup (src);
}
