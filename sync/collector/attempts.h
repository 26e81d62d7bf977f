/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanAttempts: wrong passwords and enrolment secrets, counted by where they come from. After three in a row the address
 * waits: 1 s, 2 s, 4 s ... at most five minutes. Pure; one thread; remembers at most a few thousand addresses.
 */
typedef struct _SobanAttempts SobanAttempts;

SobanAttempts *soban_attempts_new (void);
void soban_attempts_free (SobanAttempts *attempts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanAttempts, soban_attempts_free)

/* Seconds that @address has still to wait; 0: it may try. */
guint soban_attempts_get_wait (SobanAttempts *attempts, const char *address, gint64 now_us);
void soban_attempts_fail (SobanAttempts *attempts, const char *address, gint64 now_us);
void soban_attempts_succeed (SobanAttempts *attempts, const char *address);
