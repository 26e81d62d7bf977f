/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a change was recorded, and how well that is known (sync/README.md 4.9). */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/number-text.h"
#include "record-view.h"

#define CLOCK_WRONG_MS (10 * 60 * G_GINT64_CONSTANT (1000))

char *
soban_recorded_text (const SobanVisit *visit, const SobanChange *change)
{
  /* Without evidence the effective stamp is the best there is: the tablet's clock, but never in the future. */
  gint64 ms = change->time_quality != SOBAN_TIME_RAW ? change->recorded_ms : SOBAN_STAMP_MS (change->stamp);

  return soban_time_text (ms, visit->language);
}

const char *
soban_recorded_doubt (const SobanVisit *visit, const SobanChange *change)
{
  switch (change->time_quality) {
  case SOBAN_TIME_SAME_BOOT:
  case SOBAN_TIME_STEADY:
    return NULL;
  case SOBAN_TIME_BETWEEN:
  case SOBAN_TIME_AFTER:
  case SOBAN_TIME_BEFORE:
    return soban_visit_text (visit, N_ ("about: the tablet's clock was wrong"));
  case SOBAN_TIME_RAW:
  default:
    if (ABS (change->wall_ms - SOBAN_STAMP_MS (change->stamp)) > CLOCK_WRONG_MS)
      return soban_visit_text (visit, N_ ("not known for sure: the tablet's clock was wrong"));
    return soban_visit_text (visit, N_ ("by the tablet's clock"));
  }
}
