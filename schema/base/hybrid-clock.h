/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* A stamp: 48 bits of UTC ms, 16 bits of counter. Greater is later. 0 is "never". */
typedef guint64 SobanStamp;

#define SOBAN_STAMP_COUNTER_BITS 16
#define SOBAN_STAMP(ms, counter) (((guint64) (ms) << SOBAN_STAMP_COUNTER_BITS) | (guint64) (counter))
#define SOBAN_STAMP_MS(stamp) ((gint64) ((stamp) >> SOBAN_STAMP_COUNTER_BITS))

/**
 * SobanHybridClock:
 * @last: the greatest stamp given or seen
 *
 * A ratcheted hybrid logical clock (Kulkarni et al. 2014): never goes back, whatever the wall clock does; never below
 * SOBAN_PROGRAMME_START_MS. Not thread-safe: one owner.
 */
typedef struct {
  SobanStamp last;
} SobanHybridClock;

/* The next stamp: max(wall, last) with the counter raised when the ms is the same. */
SobanStamp soban_hybrid_clock_tick (SobanHybridClock *clock, gint64 wall_ms);
/* Has seen @stamp of somebody else: later ticks are after it. */
void soban_hybrid_clock_observe (SobanHybridClock *clock, SobanStamp stamp);
/* Sets the floor given by the collector (PROTOCOL 3.5); may go back: a tablet in 2035 heals. */
void soban_hybrid_clock_reset (SobanHybridClock *clock, SobanStamp stamp);
