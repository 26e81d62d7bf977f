/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wall-clock.h"

void
wall_clock_boot (WallClock *clock, gint64 true_ms, GRand *dice)
{
  clock->boot = g_rand_int (dice);
  clock->booted_ms = true_ms;
  clock->off_at_ms = G_MAXINT64;
  clock->set_at_ms = 0;
  switch (clock->kind) {
  case WALL_CLOCK_RIGHT:
    clock->offset_ms = g_rand_int_range (dice, -2 * MINUTE_MS, 2 * MINUTE_MS);
    break;
  case WALL_CLOCK_DEAD:
    clock->offset_ms = -true_ms;
    break;
  case WALL_CLOCK_FUTURE:
    clock->offset_ms = 9 * 365 * DAY_MS;
    break;
  case WALL_CLOCK_JUMPING:
    clock->offset_ms = g_rand_int_range (dice, -3000, 3000) * HOUR_MS;
    break;
  case WALL_CLOCK_FROZEN:
    clock->offset_ms = 0;
    break;
  case WALL_CLOCK_SET:
    clock->offset_ms = -true_ms;
    clock->set_at_ms = true_ms + g_rand_int_range (dice, 1, 12 * 60) * MINUTE_MS;
    break;
  default:
    g_assert_not_reached ();
  }
}

gboolean
wall_clock_is_on (const WallClock *clock, gint64 true_ms)
{
  return true_ms < clock->off_at_ms;
}

gint64
wall_clock_read (const WallClock *clock, gint64 true_ms)
{
  if (clock->set_at_ms != 0 && true_ms >= clock->set_at_ms)
    return true_ms;
  return clock->offset_ms + (clock->kind == WALL_CLOCK_FROZEN ? clock->booted_ms : true_ms);
}

gint64
wall_clock_since_boot (const WallClock *clock, gint64 true_ms)
{
  return true_ms - clock->booted_ms;
}
