/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/retry-policy.h"

#include "base/error.h"

#define DELAY_MS_MIN 5000
#define DELAY_MS_MAX (15 * 60 * 1000)
/* 5 s doubled eight times is above the cap. */
#define DOUBLINGS_MAX 8

gboolean
soban_retry_policy_next (const GError *error, guint attempt, guint32 random, guint *ret_delay_ms)
{
  guint64 delay_ms;

  g_assert (attempt > 0);
  if (!g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_OFFLINE)
      && !g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT)
      && !g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER))
    return FALSE;
  delay_ms = MIN ((guint64) DELAY_MS_MIN << MIN (attempt - 1, DOUBLINGS_MAX), DELAY_MS_MAX);
  /* Half of it is random: tablets that lost the same network do not come back in step. */
  *ret_delay_ms = (guint) (delay_ms / 2 + delay_ms / 2 * random / G_MAXUINT32);
  return TRUE;
}
