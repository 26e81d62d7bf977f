/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/recorded-text.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/limits.h"
#include "base/number-text.h"

/* Counted or shared out between two times that are known (sync/README.md 4.9). */
static gboolean
is_estimate (const SobanHistoryItem *item)
{
  return item->time_quality == SOBAN_TIME_BETWEEN || item->time_quality == SOBAN_TIME_AFTER
         || item->time_quality == SOBAN_TIME_BEFORE;
}

char *
soban_recorded_text (const SobanHistoryItem *item)
{
  g_autofree char *when = soban_recorded_when (item);

  return item->person == NULL ? g_steal_pointer (&when) : g_strdup_printf ("%s, %s", item->person, when);
}

char *
soban_recorded_when (const SobanHistoryItem *item)
{
  g_autofree char *exact = soban_time_text (item->recorded_ms, soban_language_get ());
  g_autofree char *time = is_estimate (item) ? g_strdup_printf (_("about %s"), exact) : g_strdup (exact);

  if (item->own) {
    return g_strdup_printf (_("%s, on this tablet"), time);
  }
  return g_strdup_printf ("%s, %s", time, item->device_name == NULL ? _("another tablet") : item->device_name);
}

const char *
soban_recorded_doubt (const SobanHistoryItem *item)
{
  if (is_estimate (item)) {
    return _("The tablet's clock was wrong then. The time is an estimate.");
  }
  if (item->time_quality == SOBAN_TIME_RAW && item->recorded_ms < SOBAN_PROGRAMME_START_MS) {
    return _("The tablet's clock was wrong then. The time is not known yet.");
  }
  return NULL;
}
