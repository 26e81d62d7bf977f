/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

typedef enum {
  WALL_CLOCK_RIGHT,   /* within two minutes */
  WALL_CLOCK_DEAD,    /* 1970 at each boot: its battery is empty */
  WALL_CLOCK_FUTURE,  /* nine years ahead */
  WALL_CLOCK_JUMPING, /* somewhere else at each boot */
  WALL_CLOCK_FROZEN,  /* always the moment of the boot */
  WALL_CLOCK_KINDS,
  /* not drawn among the others: */
  WALL_CLOCK_SET = WALL_CLOCK_KINDS, /* 1970 at each boot, until somebody or a network sets it right */
} WallClockKind;

/* The clock of one tablet as it stands beside the true time of the world. */
typedef struct {
  WallClockKind kind;
  guint32 boot;     /* which boot it is: no two are alike */
  gint64 booted_ms; /* true time of the last boot */
  gint64 off_at_ms; /* true time at which the tablet is switched off; G_MAXINT64: it is on until the next boot */
  gint64 offset_ms; /* of the wall clock to the true time ... */
  gint64 set_at_ms; /* ... until this true time; 0: always */
} WallClock;

void wall_clock_boot (WallClock *clock, gint64 true_ms, GRand *dice);
gboolean wall_clock_is_on (const WallClock *clock, gint64 true_ms);
gint64 wall_clock_read (const WallClock *clock, gint64 true_ms);
gint64 wall_clock_since_boot (const WallClock *clock, gint64 true_ms);
