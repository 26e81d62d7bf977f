/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * SobanPowerWatch: says when the tablet is about to go dark, so that what is being written is saved before.
 *
 * 1. Signal "failing" (SobanPowerReason) each time UPower's warning level rises to low or above, and when logind prepares for
 *    shutdown or sleep; as long as the handlers of the latter run, a delay lock holds the machine up.
 * 2. Without a system bus, without UPower or logind, nothing is ever said and nothing is missing: answers are saved within
 *    SOBAN_AUTOSAVE_DELAY_MS_MAX anyway.
 *
 * Main thread; no call waits for the bus.
 */
typedef enum {
  SOBAN_POWER_BATTERY, /* nearly empty */
  SOBAN_POWER_END,     /* the machine stops or sleeps */
} SobanPowerReason;

#define SOBAN_TYPE_POWER_WATCH (soban_power_watch_get_type ())
G_DECLARE_FINAL_TYPE (SobanPowerWatch, soban_power_watch, SOBAN, POWER_WATCH, GObject)

SobanPowerWatch *soban_power_watch_new (void);
/* Connects to the system bus; "ready" when it is known what answers there. */
void soban_power_watch_start (SobanPowerWatch *self);
/* TRUE while logind waits for us before it stops the machine. */
gboolean soban_power_watch_holds (SobanPowerWatch *self);
