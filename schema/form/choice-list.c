/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form/choice-list.h"

#include <string.h>

#include "base/tsv.h"
#include "form/choice-table.h"

#define SRC_PREFIX "jr://file-csv/"
#define SRC_SUFFIX ".csv"

const char *const soban_registry_columns[] = { "name", "label", "commune", "status", "kind", "instance", NULL };

SobanTree *
soban_choice_list_new_units (const SobanUnitTable *units)
{
  static const char *const columns[] = { "name", "label", "level", "province", "valid_from", "valid_to", "context", NULL };
  g_autoptr (SobanChoiceTable) table = soban_choice_table_new (columns);

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

    soban_choice_table_add (table, values);
  }
  return soban_tree_new_from_table (g_steal_pointer (&table));
}

SobanTree *
soban_choice_list_new_ethnic_groups (const char *data_dir, GError **error)
{
  static const char *const columns[] = { "name", "label", NULL };
  g_autofree char *file = g_build_filename (data_dir, "reference", "ethnic_groups.tsv", NULL);
  g_autoptr (SobanTsv) tsv = soban_tsv_load (file, error);
  g_autoptr (SobanChoiceTable) table = NULL;

  if (tsv == NULL)
    return NULL;
  table = soban_choice_table_new (columns);
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    const char *values[] = { soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "code")),
                             soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "name")) };

    soban_choice_table_add (table, values);
  }
  return soban_tree_new_from_table (g_steal_pointer (&table));
}

char *
soban_choice_list_name (const char *src)
{
  if (g_str_has_prefix (src, SRC_PREFIX) && g_str_has_suffix (src, SRC_SUFFIX))
    return g_strndup (src + strlen (SRC_PREFIX), strlen (src) - strlen (SRC_PREFIX) - strlen (SRC_SUFFIX));
  return g_strdup (src);
}
