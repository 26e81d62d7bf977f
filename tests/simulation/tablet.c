/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tablet.h"

#include "base/limits.h"
#include "change-key.h"
#include "dice.h"

/* One write: an own change, or else the result of a round. */
typedef struct {
  SobanChange *own; /* (nullable) */
  guint64 acked_number;
  GArray *adjustments;
  GPtrArray *changes;
  GPtrArray *cursors;
  SobanStamp floor;
} Write;

static void
free_write (gpointer data)
{
  Write *write = data;

  g_clear_pointer (&write->own, soban_change_free);
  g_clear_pointer (&write->adjustments, g_array_unref);
  g_clear_pointer (&write->changes, g_ptr_array_unref);
  g_clear_pointer (&write->cursors, g_ptr_array_unref);
  g_free (write);
}

static void
free_record (gpointer data)
{
  TabletRecord *record = data;

  g_ptr_array_unref (record->entries);
  soban_record_state_free (record->state);
  g_free (record);
}

Tablet *
tablet_new (guint32 device, guint64 incarnation, const GPtrArray *scopes, WallClockKind kind, GRand *dice)
{
  Tablet *tablet = g_new0 (Tablet, 1);

  tablet->device = device;
  tablet->incarnation = incarnation;
  tablet->clock.kind = kind;
  tablet->dice = dice;
  tablet->disk = g_ptr_array_new_with_free_func (free_write);
  tablet->log = g_hash_table_new_full (change_key_hash, change_key_equal, NULL, g_free);
  tablet->own = g_ptr_array_new ();
  tablet->records = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, NULL, free_record);
  tablet->known = g_ptr_array_new ();
  tablet->cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  for (guint i = 0; i < scopes->len; i++)
    g_ptr_array_add (tablet->cursors, soban_scope_cursor_new (g_ptr_array_index (scopes, i), 0));
  return tablet;
}

void
tablet_free (Tablet *tablet)
{
  tablet_close_round (tablet);
  g_ptr_array_unref (tablet->known);
  g_hash_table_unref (tablet->records);
  g_ptr_array_unref (tablet->own);
  g_hash_table_unref (tablet->log);
  g_ptr_array_unref (tablet->cursors);
  g_ptr_array_unref (tablet->disk);
  g_free (tablet);
}

guint64
tablet_get_last_number (const Tablet *tablet)
{
  return tablet->own->len;
}

static SobanScopeCursor *
find_cursor (const Tablet *tablet, const char *scope)
{
  for (guint i = 0; i < tablet->cursors->len; i++) {
    SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);

    if (g_str_equal (cursor->scope, scope))
      return cursor;
  }
  return NULL;
}

guint64
tablet_get_cursor (const Tablet *tablet, const char *scope)
{
  return find_cursor (tablet, scope)->number;
}

TabletRecord *
tablet_find (const Tablet *tablet, const SobanUuid *record)
{
  return g_hash_table_lookup (tablet->records, record);
}

SobanUuid
tablet_new_id (Tablet *tablet, gint64 true_ms)
{
  const SobanEntropy entropy = { dice_fill, tablet->dice };
  gint64 ms = MAX (wall_clock_read (&tablet->clock, true_ms), SOBAN_STAMP_MS (tablet->hybrid.last));

  return soban_uuid_new_v7 (MAX (ms, SOBAN_PROGRAMME_START_MS), &entropy);
}

/* ---- what a write does ---- */

static void
merge_entry (TabletRecord *record, const LogEntry *entry)
{
  SobanChange change = *entry->change;

  change.stamp = entry->stamp;
  soban_record_state_merge (record->state, &change);
}

static void
remerge (TabletRecord *record)
{
  soban_record_state_clear (record->state);
  for (guint i = 0; i < record->entries->len; i++)
    merge_entry (record, g_ptr_array_index (record->entries, i));
}

/* (nullable): NULL when the log has it already. */
static LogEntry *
log_change (Tablet *tablet, const SobanChange *change)
{
  TabletRecord *record = tablet_find (tablet, &change->record);
  LogEntry *entry;

  if (g_hash_table_contains (tablet->log, &change->id))
    return NULL;
  if (record == NULL) {
    record = g_new0 (TabletRecord, 1);
    record->id = change->record;
    record->scope = change->scope;
    record->entries = g_ptr_array_new ();
    record->state = soban_record_state_new ();
    g_hash_table_insert (tablet->records, &record->id, record);
    g_ptr_array_add (tablet->known, record);
  }
  entry = g_new0 (LogEntry, 1);
  entry->change = change;
  entry->stamp = change->stamp;
  g_hash_table_insert (tablet->log, (gpointer) &change->id, entry);
  g_ptr_array_add (record->entries, entry);
  merge_entry (record, entry);
  return entry;
}

static void
take_adjustments (Tablet *tablet, const Write *write, SobanStamp *newest)
{
  for (guint i = 0; i < write->adjustments->len && !tablet->ignores_adjustments; i++) {
    const SobanStampAdjustment *item = &g_array_index (write->adjustments, SobanStampAdjustment, i);
    LogEntry *entry;

    /* A receipt that came before took its adjustment along. */
    if (item->number <= tablet->acked_number)
      continue;
    entry = g_ptr_array_index (tablet->own, item->number - 1);
    entry->stamp = item->stamp;
    *newest = MAX (*newest, item->stamp);
    remerge (tablet_find (tablet, &entry->change->record));
  }
}

static void
set_clock (Tablet *tablet, SobanStamp floor, SobanStamp newest)
{
  soban_hybrid_clock_reset (&tablet->hybrid, floor);
  for (guint i = (guint) tablet->acked_number; i < tablet->own->len; i++)
    soban_hybrid_clock_observe (&tablet->hybrid, ((LogEntry *) g_ptr_array_index (tablet->own, i))->stamp);
  soban_hybrid_clock_observe (&tablet->hybrid, newest);
}

static void
apply_result (Tablet *tablet, const Write *write)
{
  SobanStamp newest = 0;

  take_adjustments (tablet, write, &newest);
  for (guint i = 0; i < write->changes->len; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (write->changes, i))->change;

    log_change (tablet, change);
    newest = MAX (newest, change->stamp);
  }
  tablet->acked_number = MAX (tablet->acked_number, write->acked_number);
  for (guint i = 0; i < write->cursors->len; i++) {
    const SobanScopeCursor *new = g_ptr_array_index (write->cursors, i);
    SobanScopeCursor *cursor = find_cursor (tablet, new->scope);

    cursor->number = MAX (cursor->number, new->number);
  }
  set_clock (tablet, write->floor, newest);
}

static void
replay (Tablet *tablet, const Write *write)
{
  if (write->own == NULL) {
    apply_result (tablet, write);
    return;
  }
  g_ptr_array_add (tablet->own, log_change (tablet, write->own));
  tablet->hybrid.last = write->own->stamp;
}

/* ---- the disk ---- */

static void
add_write (Tablet *tablet, Write *write)
{
  g_ptr_array_add (tablet->disk, write);
  replay (tablet, write);
}

const SobanChange *
tablet_save (Tablet *tablet, SobanChange *change, gint64 true_ms)
{
  Write *write = g_new0 (Write, 1);

  change->id = (SobanChangeId){ tablet->device, tablet->incarnation, tablet->own->len + 1 };
  change->wall_ms = wall_clock_read (&tablet->clock, true_ms);
  change->boottime_ms = wall_clock_since_boot (&tablet->clock, true_ms);
  change->stamp = tablet->raw_stamps ? SOBAN_STAMP (MAX (change->wall_ms, 1), 0)
                                     : soban_hybrid_clock_tick (&tablet->hybrid, change->wall_ms);
  change->seen = MIN (change->seen, tablet_get_cursor (tablet, change->scope));
  write->own = change;
  add_write (tablet, write);
  return change;
}

void
tablet_sync_disk (Tablet *tablet)
{
  tablet->synced = tablet->disk->len;
}

guint
tablet_count_unsynced (const Tablet *tablet)
{
  return tablet->disk->len - tablet->synced;
}

void
tablet_crash (Tablet *tablet, guint kept)
{
  g_assert (kept <= tablet_count_unsynced (tablet));
  tablet_close_round (tablet);
  tablet->synced += kept;

  g_ptr_array_set_size (tablet->known, 0);
  g_hash_table_remove_all (tablet->records);
  g_ptr_array_set_size (tablet->own, 0);
  g_hash_table_remove_all (tablet->log);
  g_ptr_array_set_size (tablet->disk, (gint) tablet->synced);
  tablet->acked_number = 0;
  tablet->hybrid.last = 0;
  for (guint i = 0; i < tablet->cursors->len; i++)
    ((SobanScopeCursor *) g_ptr_array_index (tablet->cursors, i))->number = 0;
  for (guint i = 0; i < tablet->disk->len; i++)
    replay (tablet, g_ptr_array_index (tablet->disk, i));
}

/* ---- the round ---- */

static SobanHello *
make_hello (const Tablet *tablet, gint64 true_ms)
{
  SobanHello *hello = soban_hello_new ();

  hello->device = tablet->device;
  hello->incarnation = tablet->incarnation;
  hello->last_number = tablet->own->len;
  hello->wall_ms = wall_clock_read (&tablet->clock, true_ms);
  hello->boottime_ms = wall_clock_since_boot (&tablet->clock, true_ms);
  hello->boot_id = g_strdup ("");
  hello->program = g_strdup ("simulation");
  for (guint i = 0; i < tablet->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);

    g_ptr_array_add (hello->cursors, soban_scope_cursor_new (cursor->scope, cursor->number));
  }
  return hello;
}

GBytes *
tablet_begin_round (Tablet *tablet, gint64 true_ms, guint changes_max, GError **error)
{
  g_assert (tablet->round == NULL);
  tablet_sync_disk (tablet);
  tablet->round_number = tablet->own->len;
  tablet->round = soban_sync_round_new (make_hello (tablet, true_ms), tablet->acked_number);
  for (guint i = (guint) tablet->acked_number; i < tablet->own->len; i++) {
    const LogEntry *entry = g_ptr_array_index (tablet->own, i);
    g_autoptr (SobanChange) change = NULL;

    if (!soban_sync_round_has_room (tablet->round) || soban_sync_round_count_added (tablet->round) >= changes_max)
      break;
    change = soban_change_copy (entry->change);
    change->stamp = entry->stamp;
    if (!soban_sync_round_add (tablet->round, g_steal_pointer (&change), error))
      return NULL;
  }
  return soban_sync_round_make_request (tablet->round);
}

static Write *
make_write (const Tablet *tablet)
{
  const SobanReply *reply = soban_sync_round_get_reply (tablet->round);
  Write *write = g_new0 (Write, 1);

  write->acked_number = reply->acked_number;
  write->adjustments = g_array_ref (soban_sync_round_get_adjustments (tablet->round));
  write->changes = g_ptr_array_ref (soban_sync_round_get_changes (tablet->round));
  write->floor = reply->floor;
  write->cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);

    g_ptr_array_add (write->cursors, soban_scope_cursor_new (cursor->scope, cursor->number));
  }
  return write;
}

gboolean
tablet_take_answer (Tablet *tablet, const guint8 *data, gsize length, TabletResult *ret_result, GError **error)
{
  Write *write;

  g_assert (tablet->round != NULL);
  if (!soban_sync_round_feed (tablet->round, data, length, error) || !soban_sync_round_finish (tablet->round, error)) {
    tablet_close_round (tablet);
    return FALSE;
  }
  write = make_write (tablet);
  ret_result->unknown_receipt =
      write->acked_number > tablet->acked_number + soban_sync_round_count_added (tablet->round);
  add_write (tablet, write);
  ret_result->changes = write->changes;
  ret_result->progress = soban_sync_round_made_progress (tablet->round);
  ret_result->go_on = soban_sync_round_has_more (tablet->round) || tablet->acked_number < tablet->round_number;
  tablet_close_round (tablet);
  return TRUE;
}

void
tablet_close_round (Tablet *tablet)
{
  g_clear_pointer (&tablet->round, soban_sync_round_free);
}
