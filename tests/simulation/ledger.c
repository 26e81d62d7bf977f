/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger.h"

#include <string.h>

#include "base/limits.h"
#include "breach.h"
#include "change-key.h"

static guint
hash_entry (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
equal_entries (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, SOBAN_CHANGE_HASH_BYTES) == 0;
}

static void
free_entry (gpointer data)
{
  soban_change_free (((LedgerEntry *) data)->change);
  g_free (data);
}

Ledger *
ledger_new (void)
{
  Ledger *ledger = g_new0 (Ledger, 1);

  ledger->entries = g_hash_table_new_full (hash_entry, equal_entries, NULL, free_entry);
  ledger->saves = g_ptr_array_new_with_free_func (g_free);
  ledger->reference = reference_new ();
  return ledger;
}

void
ledger_free (Ledger *ledger)
{
  reference_free (ledger->reference);
  g_hash_table_unref (ledger->entries);
  g_ptr_array_unref (ledger->saves);
  g_free (ledger);
}

static void
add_entry (Ledger *ledger, const SobanChange *change, Save *save)
{
  LedgerEntry *entry = g_new0 (LedgerEntry, 1);

  entry->change = soban_change_copy (change);
  soban_change_hash (change, entry->hash);
  entry->save = save;
  save->changes++;
  g_hash_table_replace (ledger->entries, entry->hash, entry);
}

void
ledger_add (Ledger *ledger, const SobanChange *change, gint64 true_ms, SobanStamp hybrid)
{
  Save *save = g_new0 (Save, 1);

  save->true_ms = true_ms;
  save->hybrid = hybrid;
  g_ptr_array_add (ledger->saves, save);
  add_entry (ledger, change, save);
}

LedgerEntry *
ledger_find (Ledger *ledger, const SobanChange *change)
{
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (change, hash);
  return g_hash_table_lookup (ledger->entries, hash);
}

void
ledger_add_reissued (Ledger *ledger, const SobanChange *original, const SobanChange *change)
{
  const LedgerEntry *entry = ledger_find (ledger, original);

  g_assert (entry != NULL);
  add_entry (ledger, change, entry->save);
}

void
ledger_forget (Ledger *ledger, const SobanChange *change)
{
  LedgerEntry *entry = ledger_find (ledger, change);

  if (entry == NULL)
    return;
  entry->save->changes--;
  g_hash_table_remove (ledger->entries, entry->hash);
}

void
ledger_start_anew (Ledger *ledger)
{
  reference_free (ledger->reference);
  ledger->reference = reference_new ();
  ledger->admitted = 0;
}

static gboolean
is_same_content (const SobanChange *a, const SobanChange *b)
{
  guint8 left[SOBAN_CHANGE_HASH_BYTES], right[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (a, left);
  soban_change_hash (b, right);
  return memcmp (left, right, sizeof left) == 0;
}

/* Program order, the programme's first day, never later than now. */
static gboolean
check_stamp (Collector *collector, const StoredChange *stored, gint64 true_ms, GError **error)
{
  const SobanChange *change = stored->change;
  SobanChangeId before = change->id;
  const StoredChange *previous;

  if (SOBAN_STAMP_MS (change->stamp) > true_ms || SOBAN_STAMP_MS (change->stamp) > stored->admitted_ms)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u is admitted later than now", change->id.number,
                   change->id.device);
  if (SOBAN_STAMP_MS (change->stamp) < SOBAN_PROGRAMME_START_MS)
    return breach (error, "change %" G_GUINT64_FORMAT " is admitted before the programme began", change->id.number);
  before.number--;
  if (before.number == 0)
    return TRUE;
  previous = memory_store_find (collector->store, &before);
  if (previous == NULL)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u is admitted without the one before it",
                   change->id.number, change->id.device);
  return previous->change->stamp < change->stamp
         || breach (error, "change %" G_GUINT64_FORMAT " of device %u is admitted before its author's previous one",
                    change->id.number, change->id.device);
}

/* A HELLO is an anchor (sync/README.md 4.6), and the collector's clock may be behind the truth. */
#define COUNTED_OFF_MS_MAX (HOUR_MS)

static gboolean
check_time (const Ledger *ledger, const StoredChange *stored, const Save *save, GError **error)
{
  const SobanChange *change = stored->change;

  return !ledger->timely || change->time_quality != SOBAN_TIME_SAME_BOOT || ABS (change->recorded_ms - save->true_ms) <= COUNTED_OFF_MS_MAX
         || breach (error, "change %" G_GUINT64_FORMAT " of device %u was recorded at another time than was counted from an anchor",
                    change->id.number, change->id.device);
}

static gboolean
is_base (const SobanChange *change, const SobanChangeId *id)
{
  for (guint i = 0; change->bases != NULL && i < change->bases->len; i++) {
    if (change_key_equal (&g_array_index (change->bases, SobanChangeId, i), id))
      return TRUE;
  }
  return FALSE;
}

/* Nobody loses to a value its author had seen: his own, one of a number that he had pulled, or one that he named. */
static gboolean
check_not_lost_to_seen (Collector *collector, const StoredChange *stored, const SobanRecordState *state, GError **error)
{
  const SobanChange *change = stored->change;

  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (state, assignment->path);
    const StoredChange *other;
    gboolean seen;

    if (winner == NULL)
      return breach (error, "the collector's record lacks the field %s", assignment->path);
    if (change_key_equal (&winner->id, &change->id))
      continue;
    other = memory_store_find (collector->store, &winner->id);
    if (other == NULL)
      return breach (error, "the field %s is won by a change that is not in the log", assignment->path);
    seen = other->scope_number <= change->seen || is_base (change, &winner->id)
           || (winner->id.device == change->id.device && winner->id.incarnation == change->id.incarnation);
    if (seen && other->scope_number < stored->scope_number)
      return breach (error,
                     "change %" G_GUINT64_FORMAT " of device %u loses %s to change %" G_GUINT64_FORMAT
                     " of device %u, which its author had seen",
                     change->id.number, change->id.device, assignment->path, winner->id.number, winner->id.device);
  }
  return TRUE;
}

static gboolean
check_one (Ledger *ledger, Collector *collector, const StoredChange *stored, gint64 true_ms, GError **error)
{
  const SobanChange *change = stored->change;
  const LedgerEntry *entry = ledger_find (ledger, change);
  g_autoptr (SobanRecordState) state = NULL;

  if (entry == NULL)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u was admitted, but nobody made it like this",
                   change->id.number, change->id.device);
  collector->marks[MARK_BASES] += change->bases != NULL;
  collector->marks[MARK_TIME_COUNTED] += change->time_quality == SOBAN_TIME_SAME_BOOT;
  collector->marks[MARK_TIME_STEADY] += change->time_quality == SOBAN_TIME_STEADY;
  collector->marks[MARK_TIME_GUESSED] += change->time_quality >= SOBAN_TIME_BETWEEN;
  reference_add (ledger->reference, change, change->stamp);
  state = memory_store_get_state (collector->store, &change->record);
  if (state == NULL)
    return breach (error, "the collector has no record for change %" G_GUINT64_FORMAT, change->id.number);
  return check_time (ledger, stored, entry->save, error) && check_stamp (collector, stored, true_ms, error) && check_not_lost_to_seen (collector, stored, state, error);
}

gboolean
ledger_check_admitted (Ledger *ledger, Collector *collector, gint64 true_ms, GError **error)
{
  const GPtrArray *log = memory_store_get_log (collector->store);
  const guint first = ledger->admitted;

  for (; ledger->admitted < log->len; ledger->admitted++) {
    if (!check_one (ledger, collector, g_ptr_array_index (log, ledger->admitted), true_ms, error))
      return FALSE;
  }
  for (guint i = first; i < log->len; i++) {
    const StoredChange *stored = g_ptr_array_index (log, i);
    g_autoptr (SobanRecordState) state = memory_store_get_state (collector->store, &stored->change->record);

    if (!reference_check (ledger->reference, &stored->change->record, state, "the collector", error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_own (Ledger *ledger, Collector *collector, const Tablet *tablet, const LogEntry *own, GError **error)
{
  const guint64 number = own->change->id.number;
  const StoredChange *stored = memory_store_find (collector->store, &own->change->id);
  LedgerEntry *entry = ledger_find (ledger, own->change);

  if (stored == NULL)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u was acknowledged, but it is not in the log",
                   number, tablet->device);
  if (entry == NULL || !is_same_content (stored->change, own->change))
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u lies in the log with another content", number,
                   tablet->device);
  if (stored->change->stamp != own->stamp)
    return breach (error,
                   "change %" G_GUINT64_FORMAT " of device %u was acknowledged, but its effective stamp was not told",
                   number, tablet->device);
  entry->save->acknowledged = TRUE;
  return TRUE;
}

gboolean
ledger_check_acknowledged (Ledger *ledger, Collector *collector, const Tablet *tablet, guint64 after, GError **error)
{
  if (tablet->acked_number > tablet_get_last_number (tablet))
    return breach (error, "device %u has a receipt for changes that it never made", tablet->device);
  for (guint64 number = after + 1; number <= tablet->acked_number; number++) {
    if (!check_own (ledger, collector, tablet, g_ptr_array_index (tablet->own, number - 1), error))
      return FALSE;
  }
  return TRUE;
}

/* Of the fields that @stored assigns none is won by a change that it names as overwritten. */
static gboolean
check_bases (Collector *collector, const StoredChange *stored, guint *late, GError **error)
{
  const SobanChange *change = stored->change;
  g_autoptr (SobanRecordState) state = memory_store_get_state (collector->store, &change->record);

  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (state, assignment->path);

    if (!is_base (change, &winner->id))
      continue;
    ++*late;
    if (memory_store_find (collector->store, &winner->id)->scope_number < stored->scope_number)
      return breach (error,
                     "change %" G_GUINT64_FORMAT " of device %u loses to change %" G_GUINT64_FORMAT
                     " of device %u, on which it stands",
                     change->id.number, change->id.device, winner->id.number, winner->id.device);
  }
  return TRUE;
}

gboolean
ledger_check_bases (Collector *collector, guint *ret_late, GError **error)
{
  const GPtrArray *log = memory_store_get_log (collector->store);

  for (guint i = 0; i < log->len; i++) {
    const StoredChange *stored = g_ptr_array_index (log, i);

    if (stored->change->bases != NULL && !check_bases (collector, stored, ret_late, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ledger_check_saves (Ledger *ledger, Collector *collector, gboolean set_back, guint *ret_lost, GError **error)
{
  const GPtrArray *log = memory_store_get_log (collector->store);

  *ret_lost = 0;
  for (guint i = 0; i < log->len; i++)
    ledger_find (ledger, ((StoredChange *) g_ptr_array_index (log, i))->change)->save->admitted = TRUE;
  for (guint i = 0; i < ledger->saves->len; i++) {
    const Save *save = g_ptr_array_index (ledger->saves, i);

    if (save->admitted || save->changes == 0)
      continue;
    if (!set_back && (!save->endangered || save->acknowledged))
      return breach (error, "save %u is in no log%s", i + 1, save->acknowledged ? ", but was acknowledged" : "");
    ++*ret_lost;
  }
  return TRUE;
}
