/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * SobanIdleWatch: says when nobody has touched a window, or one of those over it, for a while.
 *
 * 1. A touch, a press, a scroll and a key count, and so does text that changes, and a keyboard that goes elsewhere: an on-screen
 *    keyboard and a screen reader write without keys.
 * 2. Time is CLOCK_BOOTTIME: what the machine sleeps counts, what its date does, does not. Touched after the time has passed, unnoticed in sleep, it
 *    says so before the touch does anything.
 * 3. Signal "idle", once; soban_idle_watch_start() begins anew.
 *
 * Main thread. Lives until it is unreferenced; the window may go before it.
 */
#define SOBAN_TYPE_IDLE_WATCH (soban_idle_watch_get_type ())
G_DECLARE_FINAL_TYPE (SobanIdleWatch, soban_idle_watch, SOBAN, IDLE_WATCH, GObject)

SobanIdleWatch *soban_idle_watch_new (GtkWindow *window, guint idle_ms);
void soban_idle_watch_start (SobanIdleWatch *self);
void soban_idle_watch_stop (SobanIdleWatch *self);
