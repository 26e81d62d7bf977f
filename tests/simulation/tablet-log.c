/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tablet's log, and the records that it merges to. */
#include "tablet.h"

#include <string.h>

static void
merge_entry (TabletRecord *record, const LogEntry *entry)
{
  SobanChange change = *entry->change;

  change.stamp = entry->stamp;
  soban_record_state_merge (record->state, &change);
}

void
tablet_remerge (TabletRecord *record)
{
  record->spoilt = FALSE;
  soban_record_state_clear (record->state);
  for (guint i = 0; i < record->entries->len; i++)
    merge_entry (record, g_ptr_array_index (record->entries, i));
}

static TabletRecord *
take_record (Tablet *tablet, const SobanChange *change)
{
  TabletRecord *record = tablet_find (tablet, &change->record);

  if (record != NULL)
    return record;
  record = g_new0 (TabletRecord, 1);
  record->id = change->record;
  record->scope = change->scope;
  record->entries = g_ptr_array_new ();
  record->state = soban_record_state_new ();
  g_hash_table_insert (tablet->records, &record->id, record);
  g_ptr_array_add (tablet->known, record);
  return record;
}

/* A copy of a tablet gave the same number to something else, maybe of another record. */
static void
replace_content (Tablet *tablet, LogEntry *entry, const SobanChange *change)
{
  TabletRecord *before = tablet_find (tablet, &entry->change->record);
  TabletRecord *record = take_record (tablet, change);

  entry->change = change;
  if (before == record)
    return;
  g_ptr_array_remove (before->entries, entry);
  g_ptr_array_add (record->entries, entry);
  tablet_remerge (before);
}

static gboolean
is_same (const SobanChange *a, const SobanChange *b)
{
  guint8 left[SOBAN_CHANGE_HASH_BYTES], right[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (a, left);
  soban_change_hash (b, right);
  return memcmp (left, right, sizeof left) == 0;
}

/* A snapshot has only what won of a change: is @part of @whole? */
static gboolean
is_part (const SobanChange *part, const SobanChange *whole)
{
  guint found = 0;

  for (guint i = 0; i < part->assignments->len; i++) {
    const SobanAssignment *one = g_ptr_array_index (part->assignments, i);

    for (guint k = 0; k < whole->assignments->len; k++) {
      const SobanAssignment *other = g_ptr_array_index (whole->assignments, k);

      found += strcmp (one->path, other->path) == 0 && g_strcmp0 (one->value, other->value) == 0;
    }
  }
  return found == part->assignments->len && soban_uuid_equal (&part->record, &whole->record);
}

/* The log has it already: what the collector says of it counts. */
static void
take_again (Tablet *tablet, LogEntry *entry, const SobanChange *change, guint64 scope_number)
{
  gboolean same;

  if (scope_number == 0)
    return;
  same = scope_number == NUMBER_OF_SNAPSHOT ? is_part (change, entry->change) : is_same (change, entry->change);
  entry->relay = FALSE;
  if (scope_number != NUMBER_OF_SNAPSHOT || entry->scope_number == 0)
    entry->scope_number = scope_number;
  if (entry->stamp == change->stamp && same)
    return;
  if (!same)
    replace_content (tablet, entry, change);
  entry->stamp = change->stamp;
  tablet_remerge (tablet_find (tablet, &change->record));
}

LogEntry *
tablet_log_change (Tablet *tablet, const SobanChange *change, guint64 scope_number)
{
  LogEntry *entry = g_hash_table_lookup (tablet->log, &change->id);
  TabletRecord *record;

  if (entry != NULL) {
    take_again (tablet, entry, change, scope_number);
    return entry;
  }
  record = take_record (tablet, change);
  entry = g_new0 (LogEntry, 1);
  entry->change = change;
  entry->stamp = change->stamp;
  entry->scope_number = scope_number;
  g_hash_table_insert (tablet->log, (gpointer) &change->id, entry);
  g_ptr_array_add (record->entries, entry);
  merge_entry (record, entry);
  return entry;
}

void
tablet_log_own (Tablet *tablet, const SobanChange *change, guint boot)
{
  LogEntry *entry = tablet_log_change (tablet, change, 0);
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (change, hash);
  entry->chain = soban_change_chain (tablet_get_chain (tablet, tablet->own->len), hash);
  entry->boot = boot;
  g_ptr_array_add (tablet->own, entry);
}

void
tablet_take_adjustments (Tablet *tablet, const GArray *adjustments, guint64 acked_number)
{
  for (guint i = 0; i < adjustments->len && !tablet->ignores_adjustments; i++) {
    const SobanStampAdjustment *item = &g_array_index (adjustments, SobanStampAdjustment, i);
    LogEntry *entry;

    /* A receipt that came before took its adjustment along. */
    if (item->number <= tablet->acked_number || item->number > acked_number)
      continue;
    entry = g_ptr_array_index (tablet->own, item->number - 1);
    if (entry->stamp == item->stamp)
      continue;
    entry->stamp = item->stamp;
    tablet_remerge (tablet_find (tablet, &entry->change->record));
  }
}
