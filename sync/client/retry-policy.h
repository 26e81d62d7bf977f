/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * soban_retry_policy_next:
 * @error: how the last attempt ended
 * @attempt: how many attempts in a row have ended so, 1 for the first
 * @random: any 32 bits
 * @ret_delay_ms: (out): how long to wait before the next attempt; untouched on FALSE
 *
 * Whether to try again by itself (sync/README.md 7). Pure.
 */
gboolean soban_retry_policy_next (const GError *error, guint attempt, guint32 random, guint *ret_delay_ms);
