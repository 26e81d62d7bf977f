/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/unit-table.h"

static SobanUnitTable *
load (void)
{
  g_autoptr (GError) error = NULL;
  SobanUnitTable *table = soban_unit_table_load (g_getenv ("SOBAN_DATA_DIR"), &error);

  g_assert_no_error (error);
  return table;
}

static void
test_counts_by_date (void)
{
  g_autoptr (SobanUnitTable) table = load ();
  static const struct { const char *date; guint provinces, communes; } expected[] = {
    { "2025-07-01", 34, 3321 }, { "2026-04-30", 34, 3321 }, { "2025-06-30", 0, 10035 },
  };

  for (guint e = 0; e < G_N_ELEMENTS (expected); e++) {
    guint provinces = 0, communes = 0;

    for (guint i = 0; i < soban_unit_table_size (table); i++) {
      const SobanUnit *unit = soban_unit_table_nth (table, i);

      if (!soban_unit_valid_on (unit, expected[e].date))
        continue;
      provinces += unit->level == 1;
      communes += unit->level == 3;
    }
    g_assert_cmpuint (provinces, ==, expected[e].provinces);
    g_assert_cmpuint (communes, ==, expected[e].communes);
  }
}

static void
test_a_code_is_no_identity (void)
{
  g_autoptr (SobanUnitTable) table = load ();
  const SobanUnit *then = soban_unit_table_find_code (table, "02947", "2024-01-01");
  const SobanUnit *now = soban_unit_table_find_code (table, "02947", "2026-01-01");

  g_assert_cmpstr (then->name, ==, "Phố Ràng");
  g_assert_cmpstr (now->name, ==, "Bảo Yên");
  g_assert_cmpstr (then->uid, !=, now->uid);
  g_assert_true (soban_unit_table_current (table, then->uid) == now);
  g_assert_cmpstr (soban_unit_table_province (table, then->uid)->name, ==, "Lào Cai");
}

static void
test_a_province_that_became_a_city (void)
{
  g_autoptr (SobanUnitTable) table = load ();
  const SobanUnit *then = soban_unit_table_find_code (table, "75", "2025-12-31");
  const SobanUnit *now = soban_unit_table_find_code (table, "75", "");

  g_assert_cmpstr (then->full_name, ==, "tỉnh Đồng Nai");
  g_assert_cmpstr (now->full_name, ==, "thành phố Đồng Nai");
  g_assert_true (soban_unit_table_current (table, then->uid) == now);
}

static void
test_unknown_units (void)
{
  g_autoptr (SobanUnitTable) table = load ();

  g_assert_null (soban_unit_table_find (table, "99999@2025-07-01"));
  g_assert_null (soban_unit_table_current (table, ""));
  g_assert_null (soban_unit_table_province (table, NULL));
  g_assert_null (soban_unit_table_find_code (table, "99999", ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/units/counts-by-date", test_counts_by_date);
  g_test_add_func ("/units/a-code-is-no-identity", test_a_code_is_no_identity);
  g_test_add_func ("/units/a-province-that-became-a-city", test_a_province_that_became_a_city);
  g_test_add_func ("/units/unknown-units", test_unknown_units);
  return g_test_run ();
}
