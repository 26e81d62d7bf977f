/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hybrid-clock.h"
#include "base/limits.h"

#define NOVEMBER_2026_MS G_GINT64_CONSTANT (1795305600000)

static void
test_never_goes_back (void)
{
  SobanHybridClock clock = { 0 };
  SobanStamp last = 0;
  static const gint64 walls[] = { NOVEMBER_2026_MS, NOVEMBER_2026_MS, 0, -5, NOVEMBER_2026_MS + 1, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (walls); i++) {
    SobanStamp stamp = soban_hybrid_clock_tick (&clock, walls[i]);

    g_assert_cmpuint (stamp, >, last);
    last = stamp;
  }
}

static void
test_dead_clock_starts_at_the_programme (void)
{
  SobanHybridClock clock = { 0 };

  g_assert_cmpint (SOBAN_STAMP_MS (soban_hybrid_clock_tick (&clock, 0)), ==, SOBAN_PROGRAMME_START_MS);
}

static void
test_later_than_what_was_seen (void)
{
  SobanHybridClock clock = { 0 };

  soban_hybrid_clock_observe (&clock, SOBAN_STAMP (NOVEMBER_2026_MS, 65535));
  g_assert_cmpuint (soban_hybrid_clock_tick (&clock, 0), ==, SOBAN_STAMP (NOVEMBER_2026_MS + 1, 0));
}

static void
test_reset_heals_a_clock_in_2035 (void)
{
  SobanHybridClock clock = { 0 };

  soban_hybrid_clock_tick (&clock, G_GINT64_CONSTANT (2051222400000));
  soban_hybrid_clock_reset (&clock, SOBAN_STAMP (NOVEMBER_2026_MS, 0));
  g_assert_cmpint (SOBAN_STAMP_MS (soban_hybrid_clock_tick (&clock, NOVEMBER_2026_MS + 9)), ==, NOVEMBER_2026_MS + 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hybrid-clock/never-goes-back", test_never_goes_back);
  g_test_add_func ("/hybrid-clock/dead-clock-starts-at-the-programme", test_dead_clock_starts_at_the_programme);
  g_test_add_func ("/hybrid-clock/later-than-what-was-seen", test_later_than_what_was_seen);
  g_test_add_func ("/hybrid-clock/reset-heals-a-clock-in-2035", test_reset_heals_a_clock_in_2035);
  return g_test_run ();
}
