/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What time it is, for people and forms: by the tablet's clock less what it is known to be wrong by
 *
 * Invariants:
 *  (1) Any thread can ask and waits for nobody: it reads a copy of the evidence as of the last commit (PROTOCOL 3.2a).
 *  (2) It is never before the newest time that a collector has told, be it by a stick; nor before the programme began.
 *  (3) What a collector told in a round replaces what was known, also when it lies before: a collector whose own clock was wrong
 *      heals. What a stick tells only moves it on.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/limits.h"

static SobanClockEvidence *
copy_evidence (const SobanClockEvidence *evidence)
{
  SobanClockEvidence *copy = soban_clock_evidence_new (evidence->device, evidence->incarnation);

  g_array_append_vals (copy->boots, evidence->boots->data, evidence->boots->len);
  g_array_append_vals (copy->anchors, evidence->anchors->data, evidence->anchors->len);
  return copy;
}

void
soban_present_time_publish (SobanStore *store)
{
  SobanClockEvidence *copy;

  soban_store_assert_thread (store);
  if (store->db_thread.evidence_told || !store->db_thread.evidence)
    return;
  copy = copy_evidence (store->db_thread.evidence);
  g_mutex_lock (&store->shared.lock);
  g_clear_pointer (&store->shared.evidence, soban_clock_evidence_free);
  store->shared.evidence = copy;
  g_mutex_unlock (&store->shared.lock);
  store->db_thread.evidence_told = TRUE;
}

gboolean
soban_present_time_learn (SobanStore *store, gint64 ms, gboolean exact, GError **error)
{
  g_autofree char *known = NULL;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, ms);

  if (ms <= 0)
    return TRUE;
  if (!soban_settings_get (store, SOBAN_SETTING_KNOWN_MS, &known, error))
    return FALSE;
  if (known && (exact ? g_str_equal (known, text) : g_ascii_strtoll (known, NULL, 10) >= ms))
    return TRUE;
  return soban_settings_set (store, SOBAN_SETTING_KNOWN_MS, text, error);
}

typedef struct {
  gint64 ms;
  SobanTimeQuality quality;
  gboolean is_least;
} PresentTime;

/* With the lock; 0: nothing was told yet. */
static gint64
find_told_ms (SobanStore *store)
{
  static const char *const keys[] = { SOBAN_SETTING_KNOWN_MS, SOBAN_SETTING_LAST_SYNC_MS };
  gint64 told_ms = 0;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *told = g_hash_table_lookup (store->shared.settings, keys[i]);

    told_ms = MAX (told_ms, told ? g_ascii_strtoll (told, NULL, 10) : 0);
  }
  return told_ms;
}

gint64
soban_present_time_get_told_ms (SobanStore *store)
{
  gint64 told_ms;

  g_mutex_lock (&store->shared.lock);
  told_ms = find_told_ms (store);
  g_mutex_unlock (&store->shared.lock);
  return told_ms;
}

/* Invariant 2 */
static PresentTime
tell_time (SobanStore *store)
{
  const gint64 wall_ms = soban_clock_wall_ms (store->clock), boottime_ms = soban_clock_boottime_ms (store->clock);
  PresentTime now = { wall_ms, SOBAN_TIME_RAW, FALSE };
  gint64 known_ms;

  g_mutex_lock (&store->shared.lock);
  if (store->shared.evidence)
    now.quality = soban_clock_evidence_find_now (store->shared.evidence, wall_ms, boottime_ms, &now.ms, &now.is_least);
  known_ms = MAX (find_told_ms (store), SOBAN_PROGRAMME_START_MS);
  g_mutex_unlock (&store->shared.lock);
  if (now.ms < known_ms)
    now = (PresentTime){ known_ms, SOBAN_TIME_AFTER, TRUE };
  return now;
}

gint64
soban_store_get_now_ms (SobanStore *store, SobanTimeQuality *ret_quality)
{
  PresentTime now = tell_time (store);

  if (ret_quality)
    *ret_quality = now.quality;
  return now.ms;
}

gboolean
soban_store_is_now_least (SobanStore *store)
{
  return tell_time (store).is_least;
}

GDateTime *
soban_store_get_now (SobanStore *store)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (tell_time (store).ms / 1000);

  /* A clock beyond the year 9999 is none. */
  return utc ? g_date_time_to_local (utc) : g_date_time_new_from_unix_local (SOBAN_PROGRAMME_START_MS / 1000);
}
