/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/unit-table.h"
#include "base/tsv.h"

#include <stdlib.h>
#include <string.h>

/* The last day of the communes of before the reform (they are listed by unit_succession.tsv alone). */
#define OLD_UNITS_VALID_TO "2025-06-30"
#define SUCCESSION_STEPS_MAX 8

/* The files' texts are copied out of them: of all their columns less than half is kept, and many a text but once. */
struct _SobanUnitTable {
  GStringChunk *strings;
  GArray *units;          /* of SobanUnit */
  GHashTable *by_uid;     /* uid -> index + 1 */
  GHashTable *by_code;    /* code of a unit of today's list -> index + 1 of its newest row */
};

void
soban_unit_table_free (SobanUnitTable *table)
{
  g_clear_pointer (&table->by_uid, g_hash_table_unref);
  g_clear_pointer (&table->by_code, g_hash_table_unref);
  g_clear_pointer (&table->units, g_array_unref);
  g_clear_pointer (&table->strings, g_string_chunk_free);
  g_free (table);
}

static const char *
type_word (const char *type)
{
  static const struct { const char *type, *word; } words[] = {
    { "tinh", "tỉnh" }, { "thanh_pho", "thành phố" }, { "xa", "xã" }, { "phuong", "phường" }, { "dac_khu", "đặc khu" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (words[i].type, type) == 0)
      return words[i].word;
  }
  return type;
}

static const char *
keep (SobanUnitTable *table, const char *text)
{
  return g_string_chunk_insert (table->strings, text);
}

/* What many units have in common. */
static const char *
share (SobanUnitTable *table, const char *text)
{
  return *text != '\0' ? g_string_chunk_insert_const (table->strings, text) : "";
}

static void
add_unit (SobanUnitTable *table, const SobanUnit *unit, gboolean in_todays_list)
{
  gpointer index;

  g_array_append_vals (table->units, unit, 1);
  index = GUINT_TO_POINTER (table->units->len);
  g_hash_table_insert (table->by_uid, (gpointer) unit->uid, index);
  if (in_todays_list && (*unit->valid_to == '\0' || !g_hash_table_contains (table->by_code, unit->code)))
    g_hash_table_insert (table->by_code, (gpointer) unit->code, index);
}

static void
add_todays_units (SobanUnitTable *table, const SobanTsv *tsv)
{
  int code = soban_tsv_column (tsv, "code"), level = soban_tsv_column (tsv, "level"), type = soban_tsv_column (tsv, "type");
  int name = soban_tsv_column (tsv, "name"), parent = soban_tsv_column (tsv, "parent_code");
  int from = soban_tsv_column (tsv, "valid_from"), to = soban_tsv_column (tsv, "valid_to");

  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    SobanUnit unit = {
      .code = keep (table, soban_tsv_cell (tsv, row, code)),
      .level = atoi (soban_tsv_cell (tsv, row, level)),
      .type = share (table, soban_tsv_cell (tsv, row, type)),
      .parent_code = share (table, soban_tsv_cell (tsv, row, parent)),
      .context = "",
      .valid_from = share (table, soban_tsv_cell (tsv, row, from)),
      .valid_to = share (table, soban_tsv_cell (tsv, row, to)),
    };
    const char *word = type_word (unit.type);
    g_autofree char *uid = g_strdup_printf ("%s@%s", unit.code, unit.valid_from);
    g_autofree char *full_name = g_strdup_printf ("%s %s", word, soban_tsv_cell (tsv, row, name));

    unit.uid = keep (table, uid);
    unit.full_name = keep (table, full_name);
    unit.name = unit.full_name + strlen (word) + 1;
    add_unit (table, &unit, TRUE);
  }
}

/* "Xã Luận Khê" -> "Luận Khê": the type word of an old name is its first word, or "Thị trấn". */
static const char *
skip_type_word (const char *full_name)
{
  static const char *const words[] = { "Thị trấn ", "Thị xã ", "Phường ", "Xã " };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_has_prefix (full_name, words[i]))
      return full_name + strlen (words[i]);
  }
  return full_name;
}

static void
add_old_units (SobanUnitTable *table, const SobanTsv *tsv)
{
  int code = soban_tsv_column (tsv, "old_code"), name = soban_tsv_column (tsv, "old_name");
  int district = soban_tsv_column (tsv, "old_district"), province = soban_tsv_column (tsv, "old_province");
  int successor = soban_tsv_column (tsv, "new_code");

  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    const SobanUnit *next = soban_unit_table_find_code (table, soban_tsv_cell (tsv, row, successor), "2025-07-01");
    SobanUnit unit = {
      .code = keep (table, soban_tsv_cell (tsv, row, code)),
      .level = 3,
      .type = "",
      .full_name = keep (table, soban_tsv_cell (tsv, row, name)),
      .parent_code = "",
      .valid_from = "",
      .valid_to = OLD_UNITS_VALID_TO,
      .successor_uid = next != NULL ? next->uid : NULL,
    };

    g_autofree char *uid = g_strdup_printf ("%s@", unit.code);
    g_autofree char *context = g_strdup_printf ("%s, %s", soban_tsv_cell (tsv, row, district), soban_tsv_cell (tsv, row, province));

    unit.uid = keep (table, uid);
    unit.name = skip_type_word (unit.full_name);
    unit.context = share (table, context);
    add_unit (table, &unit, FALSE);
  }
}

/* A row that ends goes over into the row of the same code that begins after it; a commune's context is its province. */
static void
link_todays_units (SobanUnitTable *table, guint todays)
{
  for (guint i = 0; i < todays; i++) {
    SobanUnit *unit = &g_array_index (table->units, SobanUnit, i);
    const SobanUnit *newest = soban_unit_table_find_code (table, unit->code, "");
    const SobanUnit *province = unit->level == 3 ? soban_unit_table_find_code (table, unit->parent_code, "") : NULL;

    if (newest != NULL && strcmp (newest->uid, unit->uid) != 0)
      unit->successor_uid = newest->uid;
    if (province != NULL)
      unit->context = province->name;
  }
}

SobanUnitTable *
soban_unit_table_load (const char *data_dir, GError **error)
{
  g_autoptr (SobanUnitTable) table = g_new0 (SobanUnitTable, 1);
  g_autofree char *units = g_build_filename (data_dir, "reference", "units.tsv", NULL);
  g_autofree char *succession = g_build_filename (data_dir, "reference", "unit_succession.tsv", NULL);
  g_autoptr (SobanTsv) units_tsv = NULL;
  g_autoptr (SobanTsv) succession_tsv = NULL;
  guint todays;

  table->strings = g_string_chunk_new (64 * 1024);
  table->units = g_array_new (FALSE, FALSE, sizeof (SobanUnit));
  table->by_uid = g_hash_table_new (g_str_hash, g_str_equal);
  table->by_code = g_hash_table_new (g_str_hash, g_str_equal);
  units_tsv = soban_tsv_load (units, error);
  if (units_tsv == NULL) {
    g_prefix_error (error, "Reading the administrative units: ");
    return NULL;
  }
  succession_tsv = soban_tsv_load (succession, error);
  if (succession_tsv == NULL) {
    g_prefix_error (error, "Reading the succession of communes: ");
    return NULL;
  }
  add_todays_units (table, units_tsv);
  todays = table->units->len;
  link_todays_units (table, todays);
  add_old_units (table, succession_tsv);
  return g_steal_pointer (&table);
}

guint
soban_unit_table_size (const SobanUnitTable *table)
{
  return table->units->len;
}

const SobanUnit *
soban_unit_table_nth (const SobanUnitTable *table, guint index)
{
  g_assert (index < table->units->len);
  return &g_array_index (table->units, SobanUnit, index);
}

const SobanUnit *
soban_unit_table_find (const SobanUnitTable *table, const char *uid)
{
  guint index = uid != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (table->by_uid, uid)) : 0;

  return index > 0 ? soban_unit_table_nth (table, index - 1) : NULL;
}

gboolean
soban_unit_valid_on (const SobanUnit *unit, const char *iso_date)
{
  return strcmp (unit->valid_from, iso_date) <= 0 && (*unit->valid_to == '\0' || strcmp (iso_date, unit->valid_to) <= 0);
}

const SobanUnit *
soban_unit_table_find_code (const SobanUnitTable *table, const char *code, const char *iso_date)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (table->by_code, code));
  g_autofree char *old_uid = NULL;
  const SobanUnit *newest = index > 0 ? soban_unit_table_nth (table, index - 1) : NULL;
  const SobanUnit *old;

  if (newest != NULL && (*iso_date == '\0' || soban_unit_valid_on (newest, iso_date)))
    return newest;
  for (guint i = 0; i < table->units->len; i++) {
    const SobanUnit *unit = &g_array_index (table->units, SobanUnit, i);

    if (strcmp (unit->code, code) == 0 && *unit->valid_from != '\0' && soban_unit_valid_on (unit, iso_date))
      return unit;
  }
  old_uid = g_strdup_printf ("%s@", code);
  old = soban_unit_table_find (table, old_uid);
  return old != NULL && soban_unit_valid_on (old, iso_date) ? old : NULL;
}

const SobanUnit *
soban_unit_table_current (const SobanUnitTable *table, const char *uid)
{
  const SobanUnit *unit = soban_unit_table_find (table, uid);

  for (guint i = 0; i < SUCCESSION_STEPS_MAX && unit != NULL && unit->successor_uid != NULL; i++)
    unit = soban_unit_table_find (table, unit->successor_uid);
  return unit;
}

const SobanUnit *
soban_unit_table_province (const SobanUnitTable *table, const char *uid)
{
  const SobanUnit *unit = soban_unit_table_current (table, uid);

  if (unit == NULL || unit->level == 1)
    return unit;
  return soban_unit_table_find_code (table, unit->parent_code, "");
}
