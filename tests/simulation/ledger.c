/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger.h"

#include <string.h>

#include "base/limits.h"
#include "breach.h"
#include "change-key.h"

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

  ledger->entries = g_hash_table_new_full (change_key_hash, change_key_equal, NULL, free_entry);
  ledger->reference = reference_new ();
  return ledger;
}

void
ledger_free (Ledger *ledger)
{
  reference_free (ledger->reference);
  g_hash_table_unref (ledger->entries);
  g_free (ledger);
}

LedgerEntry *
ledger_add (Ledger *ledger, const SobanChange *change, gint64 true_ms, SobanStamp hybrid)
{
  LedgerEntry *entry = g_new0 (LedgerEntry, 1);

  entry->change = soban_change_copy (change);
  entry->true_ms = true_ms;
  entry->hybrid = hybrid;
  g_hash_table_replace (ledger->entries, &entry->change->id, entry);
  return entry;
}

LedgerEntry *
ledger_find (Ledger *ledger, const SobanChangeId *id)
{
  return g_hash_table_lookup (ledger->entries, id);
}

void
ledger_forget_lost (Ledger *ledger, const Tablet *tablet)
{
  SobanChangeId id = { tablet->device, tablet->incarnation, tablet_get_last_number (tablet) + 1 };

  for (; g_hash_table_contains (ledger->entries, &id); id.number++)
    g_hash_table_remove (ledger->entries, &id);
}

static gboolean
is_same_content (const SobanChange *a, const SobanChange *b)
{
  g_autoptr (GByteArray) left = g_byte_array_new ();
  g_autoptr (GByteArray) right = g_byte_array_new ();
  SobanChange unstamped = *a;

  unstamped.stamp = b->stamp;
  soban_change_encode (&unstamped, left);
  soban_change_encode (b, right);
  return left->len == right->len && memcmp (left->data, right->data, left->len) == 0;
}

/* Program order, the programme's first day, never later than now. */
static gboolean
check_stamp (Ledger *ledger, const StoredChange *stored, gint64 true_ms, GError **error)
{
  const SobanChange *change = stored->change;
  SobanChangeId before = change->id;
  const LedgerEntry *previous;

  if (SOBAN_STAMP_MS (change->stamp) > true_ms || SOBAN_STAMP_MS (change->stamp) > stored->admitted_ms)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u is admitted later than now", change->id.number,
                   change->id.device);
  if (SOBAN_STAMP_MS (change->stamp) < SOBAN_PROGRAMME_START_MS)
    return breach (error, "change %" G_GUINT64_FORMAT " is admitted before the programme began", change->id.number);
  before.number--;
  previous = ledger_find (ledger, &before);
  if (before.number == 0)
    return TRUE;
  if (previous == NULL || previous->stored == NULL)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u is admitted without the one before it",
                   change->id.number, change->id.device);
  return previous->stored->change->stamp < change->stamp
         || breach (error, "change %" G_GUINT64_FORMAT " of device %u is admitted before its author's previous one",
                    change->id.number, change->id.device);
}

/* Nobody loses to a value its author had seen: his own, or one of a number that he had pulled. */
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
    seen = other->scope_number <= change->seen
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
  LedgerEntry *entry = ledger_find (ledger, &change->id);
  g_autoptr (SobanRecordState) state = NULL;

  if (entry == NULL)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u was admitted, but nobody made it",
                   change->id.number, change->id.device);
  if (entry->stored != NULL)
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u was admitted twice", change->id.number,
                   change->id.device);
  if (!is_same_content (entry->change, change))
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u was admitted with another content",
                   change->id.number, change->id.device);
  entry->stored = stored;
  reference_add (ledger->reference, change, change->stamp);
  state = memory_store_get_state (collector->store, &change->record);
  if (state == NULL)
    return breach (error, "the collector has no record for change %" G_GUINT64_FORMAT, change->id.number);
  return check_stamp (ledger, stored, true_ms, error) && check_not_lost_to_seen (collector, stored, state, error);
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

gboolean
ledger_check_acknowledged (Ledger *ledger, const Tablet *tablet, guint64 after, GError **error)
{
  if (tablet->acked_number > tablet_get_last_number (tablet))
    return breach (error, "device %u has a receipt for changes that it never made", tablet->device);
  for (guint64 number = after + 1; number <= tablet->acked_number; number++) {
    const LogEntry *own = g_ptr_array_index (tablet->own, number - 1);
    const LedgerEntry *entry = ledger_find (ledger, &own->change->id);

    if (entry == NULL || entry->stored == NULL)
      return breach (error, "change %" G_GUINT64_FORMAT " of device %u was acknowledged, but it is not in the log",
                     number, tablet->device);
    if (!is_same_content (entry->stored->change, own->change))
      return breach (error, "change %" G_GUINT64_FORMAT " of device %u lies in the log with another content", number,
                     tablet->device);
    if (entry->stored->change->stamp != own->stamp)
      return breach (error,
                     "change %" G_GUINT64_FORMAT " of device %u was acknowledged, but its effective stamp was not told",
                     number, tablet->device);
  }
  return TRUE;
}
