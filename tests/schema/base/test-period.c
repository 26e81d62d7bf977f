/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/period.h"

static void
assert_period (const char *text, SobanPeriodKind kind, const char *from, const char *to)
{
  g_autoptr (SobanPeriod) period = soban_period_parse (text);

  g_assert_nonnull (period);
  g_assert_cmpint (period->kind, ==, kind);
  g_assert_cmpstr (period->text, ==, text);
  g_assert_cmpstr (period->from, ==, from);
  g_assert_cmpstr (period->to, ==, to);
}

static void
test_parse (void)
{
  static const char *const wrong[] = { "20", "1999", "2026-", "2026-00", "2026-13", "2026-Q5", "2026-H3", "2026-Q", "2026-2025", "2026-11-02", "abcd", "2026_11" };

  assert_period ("all", SOBAN_PERIOD_ALL, "", "");
  assert_period ("2026", SOBAN_PERIOD_YEAR, "2026", "2027");
  assert_period ("2026-H1", SOBAN_PERIOD_HALF, "2026-01", "2026-07");
  assert_period ("2026-H2", SOBAN_PERIOD_HALF, "2026-07", "2027");
  assert_period ("2026-Q1", SOBAN_PERIOD_QUARTER, "2026-01", "2026-04");
  assert_period ("2026-Q4", SOBAN_PERIOD_QUARTER, "2026-10", "2027");
  assert_period ("2026-09", SOBAN_PERIOD_MONTH, "2026-09", "2026-10");
  assert_period ("2026-12", SOBAN_PERIOD_MONTH, "2026-12", "2027");
  assert_period ("2021-2025", SOBAN_PERIOD_SPAN, "2021", "2026");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (soban_period_parse (wrong[i]));
}

static void
test_step (void)
{
  static const struct {
    const char *from;
    int steps;
    const char *to;
  } cases[] = {
    { "2026-01", -1, "2025-12" }, { "2026-12", 1, "2027-01" }, { "2026-11", -23, "2024-12" }, { "2026-Q1", -1, "2025-Q4" },
    { "2026-Q4", 1, "2027-Q1" },  { "2026-H1", -1, "2025-H2" }, { "2026-H2", 3, "2028-H1" },  { "2026", -1, "2025" },
    { "2000", -5, "2000" },       { "2999-12", 1, "2999-12" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SobanPeriod) period = soban_period_parse (cases[i].from);
    g_autoptr (SobanPeriod) stepped = soban_period_step (period, cases[i].steps);

    g_assert_cmpstr (stepped->text, ==, cases[i].to);
  }
}

/* Every month lies in exactly one period of each kind, and the periods follow each other without a gap. */
static void
test_kinds (void)
{
  for (SobanPeriodKind kind = SOBAN_PERIOD_YEAR; kind <= SOBAN_PERIOD_MONTH; kind++) {
    for (int month = 1; month <= 12; month++) {
      g_autoptr (SobanPeriod) period = soban_period_new (kind, 2026, month);
      g_autoptr (SobanPeriod) next = soban_period_step (period, 1);
      g_autofree char *day = g_strdup_printf ("2026-%02d-31", month);

      g_assert_cmpstr (period->from, <=, day);
      g_assert_cmpstr (day, <, period->to);
      g_assert_cmpint (soban_period_get_month (period), <=, month);
      if (kind != SOBAN_PERIOD_YEAR && soban_period_get_month (next) != 1)
        g_assert_cmpstr (period->to, ==, next->from);
    }
  }
}

static void
test_label (void)
{
  g_autoptr (SobanPeriod) half = soban_period_parse ("2026-H2");
  g_autofree char *label = soban_period_label (half, NULL);

  g_assert_cmpstr (label, ==, "Half-year 2 of 2026");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/period/parse", test_parse);
  g_test_add_func ("/period/step", test_step);
  g_test_add_func ("/period/kinds", test_kinds);
  g_test_add_func ("/period/label", test_label);
  return g_test_run ();
}
