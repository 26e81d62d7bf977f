/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hybrid-clock.h"
#include "base/limits.h"

SobanStamp
soban_hybrid_clock_tick (SobanHybridClock *clock, gint64 wall_ms)
{
  SobanStamp now;

  g_assert (clock != NULL);
  /* A full counter runs over into the next ms, which is what a later stamp needs. */
  now = SOBAN_STAMP (CLAMP (wall_ms, SOBAN_PROGRAMME_START_MS, (G_GINT64_CONSTANT (1) << 48) - 1), 0);
  clock->last = MAX (now, clock->last + 1);
  return clock->last;
}

void
soban_hybrid_clock_observe (SobanHybridClock *clock, SobanStamp stamp)
{
  g_assert (clock != NULL);
  clock->last = MAX (clock->last, stamp);
}

void
soban_hybrid_clock_reset (SobanHybridClock *clock, SobanStamp stamp)
{
  g_assert (clock != NULL);
  clock->last = stamp;
}
