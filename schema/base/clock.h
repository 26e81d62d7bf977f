/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanClock:
 * @wall_ms: UTC milliseconds since 1970 as the machine believes them (CLOCK_REALTIME)
 * @boottime_ms: milliseconds since boot, running on in suspend (CLOCK_BOOTTIME)
 * @data: handed to both
 *
 * Where time comes from (PROTOCOL 12.1: clock, disk, randomness and network come in through interfaces).
 */
typedef struct {
  gint64 (*wall_ms) (gpointer data);
  gint64 (*boottime_ms) (gpointer data);
  gpointer data;
} SobanClock;

/* (transfer none): the machine's own clock. The environment variable SOBAN_TEST_WALL_OFFSET_MS shifts its wall time. */
const SobanClock *soban_clock_system (void);

gint64 soban_clock_wall_ms (const SobanClock *clock);
gint64 soban_clock_boottime_ms (const SobanClock *clock);

/* (transfer full): the kernel's boot id, or a fixed text where there is none. */
char *soban_clock_boot_id (void);

/**
 * SobanEntropy:
 * @fill: writes @length random bytes to @bytes
 *
 * Where randomness comes from.
 */
typedef struct {
  void (*fill) (gpointer data, guint8 *bytes, gsize length);
  gpointer data;
} SobanEntropy;

/* (transfer none): the kernel's random generator. */
const SobanEntropy *soban_entropy_system (void);
void soban_entropy_fill (const SobanEntropy *entropy, guint8 *bytes, gsize length);
