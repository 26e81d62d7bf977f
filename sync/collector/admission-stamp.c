/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a change was recorded, and its place in time: rules A5 to A8 of admission.c. */
#include "config.h"

#include "admission-private.h"

#include "base/limits.h"

/* The number of the scope under which the log has @id; 0: it has no such change. */
static gboolean
look_up (SobanAdmission *self, const SobanChangeId *id, guint64 *ret_number, GError **error)
{
  const guint64 *known = g_hash_table_lookup (self->numbers, id);
  SobanLogEntry entry;
  gboolean found;

  *ret_number = known != NULL ? *known : 0;
  if (known != NULL)
    return TRUE;
  if (!self->store->find_change (self->store->data, id, &found, &entry, error))
    return FALSE;
  *ret_number = found ? entry.scope_number : 0;
  g_hash_table_insert (self->numbers, g_memdup2 (id, sizeof *id), g_memdup2 (ret_number, sizeof *ret_number));
  return TRUE;
}

gboolean
soban_admission_has_seen (SobanAdmission *self, const SobanAdmissionCase *one, const SobanChangeId *id, gboolean *ret_seen, GError **error)
{
  const SobanChange *change = one->change;
  guint64 number;

  *ret_seen = TRUE;
  if ((id->device == change->id.device && id->incarnation == change->id.incarnation) || change->id.device == COLLECTOR_DEVICE)
    return TRUE;
  /* Whoever has pulled all that the scope had before knows of everything in it. */
  if (change->seen >= one->scope_number - 1 || (one->bases != NULL && g_hash_table_contains (one->bases, id)))
    return TRUE;
  if (!look_up (self, id, &number, error))
    return FALSE;
  *ret_seen = number != 0 && number <= change->seen;
  return TRUE;
}

/* A relayed change that was missing for a while comes after what stands on it. */
static gboolean
stands_on (SobanAdmission *self, const SobanChangeId *rival, const SobanChangeId *id, gboolean *ret_stands, GError **error)
{
  g_autoptr (SobanChange) change = NULL;

  *ret_stands = FALSE;
  if (!self->store->read_change (self->store->data, rival, &change, error))
    return FALSE;
  for (guint i = 0; change != NULL && change->bases != NULL && i < change->bases->len && !*ret_stands; i++)
    *ret_stands = soban_change_id_equal (&g_array_index (change->bases, SobanChangeId, i), id);
  return TRUE;
}

gboolean
soban_admission_find_rivals (SobanAdmission *self, SobanAdmissionCase *one, GError **error)
{
  const GPtrArray *assignments = one->change->assignments;

  if (soban_record_state_size (one->state) == 0)
    return TRUE;
  for (guint i = 0; i < assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (one->state, assignment->path);
    SobanRival rival = { .path = assignment->path };

    if (winner == NULL)
      continue;
    rival.key = *winner;
    rival.other_value = g_strcmp0 (soban_record_state_get (one->state, assignment->path), assignment->value) != 0;
    if (!soban_admission_has_seen (self, one, &rival.key.id, &rival.seen, error)
        || (!rival.seen && !stands_on (self, &rival.key.id, &one->change->id, &rival.stands_on, error)))
      return FALSE;
    g_array_append_val (one->rivals, rival);
  }
  return TRUE;
}

/* The stamp that stands for when the change was made. Its author's own is left where it is as good: then there is nothing to tell. */
static SobanStamp
find_first_stamp (const SobanAdmission *self, SobanChange *change)
{
  const SobanAdmissionRequest *request = self->request;
  SobanTimeQuality quality = SOBAN_TIME_RAW;
  gint64 provisional_ms = SOBAN_STAMP_MS (change->stamp);
  gint64 ms;

  if (request->evidence != NULL)
    quality = soban_clock_evidence_correct (request->evidence, change->id.number, change->wall_ms, change->boottime_ms, &ms);
  if (quality == SOBAN_TIME_RAW)
    ms = provisional_ms;
  ms = CLAMP (ms, SOBAN_PROGRAMME_START_MS, request->now_ms);
  change->time_quality = quality;
  change->recorded_ms = quality == SOBAN_TIME_RAW ? 0 : ms;
  if (ABS (provisional_ms - ms) <= SOBAN_TIME_OFF_MS_MAX && provisional_ms >= SOBAN_PROGRAMME_START_MS && provisional_ms <= request->now_ms)
    return change->stamp;
  return SOBAN_STAMP (ms, 0);
}

void
soban_admission_set_time (const SobanAdmission *self, SobanAdmissionCase *one)
{
  SobanStamp stamp = find_first_stamp (self, one->change);

  for (guint i = 0; i < one->rivals->len; i++) {
    const SobanRival *rival = &g_array_index (one->rivals, SobanRival, i);

    if (rival->stands_on)
      stamp = MIN (stamp, rival->key.stamp - 1);
  }
  stamp = MAX (stamp, self->sender.last_stamp + 1);
  for (guint i = 0; i < one->rivals->len; i++) {
    const SobanRival *rival = &g_array_index (one->rivals, SobanRival, i);

    if (rival->seen)
      stamp = MAX (stamp, rival->key.stamp + 1);
  }
  one->change->stamp = stamp;
}
