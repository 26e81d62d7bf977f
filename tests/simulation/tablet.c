/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tablet.h"

#include "base/error.h"
#include "base/limits.h"
#include "change-key.h"
#include "dice.h"

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
  tablet->incarnation = tablet->first_incarnation = incarnation;
  tablet->clock.kind = kind;
  soban_pace_init (&tablet->pace);
  tablet->dice = dice;
  tablet->writes_left = -1;
  tablet->disk = g_ptr_array_new_with_free_func ((GDestroyNotify) disk_write_unref);
  tablet->log = g_hash_table_new_full (change_key_hash, change_key_equal, NULL, g_free);
  tablet->own = g_ptr_array_new ();
  tablet->records = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, NULL, free_record);
  tablet->known = g_ptr_array_new ();
  tablet->cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  tablet->boots = g_array_new (FALSE, FALSE, sizeof (SobanBoot));
  tablet->boot_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  tablet->anchors = g_array_new (FALSE, FALSE, sizeof (SobanAnchor));
  for (guint i = 0; i < scopes->len; i++)
    g_ptr_array_add (tablet->cursors, soban_scope_cursor_new (g_ptr_array_index (scopes, i), 0));
  return tablet;
}

void
tablet_free (Tablet *tablet)
{
  tablet_close_round (tablet);
  g_clear_pointer (&tablet->repair, soban_repair_free);
  g_clear_pointer (&tablet->newest_request, g_bytes_unref);
  g_ptr_array_unref (tablet->known);
  g_hash_table_unref (tablet->records);
  g_ptr_array_unref (tablet->own);
  g_hash_table_unref (tablet->log);
  g_ptr_array_unref (tablet->cursors);
  g_array_unref (tablet->boots);
  g_array_unref (tablet->boot_ids);
  g_array_unref (tablet->anchors);
  g_ptr_array_unref (tablet->disk);
  g_clear_pointer (&tablet->image, g_ptr_array_unref);
  g_free (tablet);
}

guint64
tablet_draw_incarnation (Tablet *tablet)
{
  return (guint64) g_rand_int (tablet->dice) << 32 | g_rand_int (tablet->dice);
}

guint64
tablet_get_last_number (const Tablet *tablet)
{
  return tablet->own->len;
}

SobanScopeCursor *
tablet_find_cursor (const Tablet *tablet, const char *scope)
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
  return tablet_find_cursor (tablet, scope)->number;
}

guint64
tablet_get_chain (const Tablet *tablet, guint64 number)
{
  return number == 0 ? 0 : ((const LogEntry *) g_ptr_array_index (tablet->own, number - 1))->chain;
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

/* The greatest stamp that the receipt or the pull of @write gave. */
static SobanStamp
find_newest (const DiskWrite *write)
{
  SobanStamp newest = 0;

  for (guint i = 0; i < write->adjustments->len; i++)
    newest = MAX (newest, g_array_index (write->adjustments, SobanStampAdjustment, i).stamp);
  for (guint i = 0; i < write->changes->len; i++)
    newest = MAX (newest, ((SobanNumberedChange *) g_ptr_array_index (write->changes, i))->change->stamp);
  return newest;
}

static void
set_clock (Tablet *tablet, SobanStamp floor, SobanStamp newest)
{
  if (floor != 0)
    soban_hybrid_clock_reset (&tablet->hybrid, floor);
  for (guint i = (guint) tablet->acked_number; i < tablet->own->len; i++)
    soban_hybrid_clock_observe (&tablet->hybrid, ((LogEntry *) g_ptr_array_index (tablet->own, i))->stamp);
  soban_hybrid_clock_observe (&tablet->hybrid, newest);
}

static void
begin_cursors (Tablet *tablet)
{
  for (guint i = 0; i < tablet->cursors->len; i++) {
    SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, i);

    cursor->number = 0;
    cursor->has_page = FALSE;
  }
}

static void
take_cursors (Tablet *tablet, const DiskWrite *write)
{
  for (guint i = 0; i < write->cursors->len; i++) {
    const SobanScopeCursor *new = g_ptr_array_index (write->cursors, i);
    SobanScopeCursor *cursor = tablet_find_cursor (tablet, new->scope);

    cursor->number = MAX (cursor->number, new->number);
    cursor->has_page = new->has_page;
    cursor->page = new->page;
    cursor->page_top = new->page_top;
  }
  if (write->set_back)
    begin_cursors (tablet);
}

static void
apply_result (Tablet *tablet, const DiskWrite *write)
{
  tablet_take_adjustments (tablet, write->adjustments, write->acked_number);
  for (guint i = 0; i < write->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (write->changes, i);

    tablet_log_change (tablet, item->change, item->scope_number != 0 ? item->scope_number : NUMBER_OF_SNAPSHOT);
    tablet->paged = tablet->paged || item->scope_number == 0;
  }
  tablet->acked_number = write->set_back ? write->acked_number : MAX (tablet->acked_number, write->acked_number);
  take_cursors (tablet, write);
  set_clock (tablet, write->floor, find_newest (write));
  tablet->last_sync_ms = MAX (tablet->last_sync_ms, write->collector_ms);
  if (write->collector_ms > 0)
    tablet_note_anchor (tablet, &write->asked, write->collector_ms);
}

static void
replay (Tablet *tablet, const DiskWrite *write)
{
  tablet_note_reading (tablet, &write->reading);
  switch (write->kind) {
  case DISK_WRITE_BOOT:
    break;
  case DISK_WRITE_SAVE:
    tablet_log_own (tablet, write->own, tablet->boots->len - 1);
    tablet->hybrid.last = write->own->stamp;
    break;
  case DISK_WRITE_RESULT:
    apply_result (tablet, write);
    break;
  case DISK_WRITE_EXCHANGE:
    tablet_apply_exchange (tablet, write);
    break;
  case DISK_WRITE_REPLACEMENT:
    tablet_apply_replacement (tablet, write);
    break;
  case DISK_WRITE_RENEWAL:
    tablet_apply_renewal (tablet, write);
    break;
  default:
    g_assert_not_reached ();
  }
}

/* ---- the disk ---- */

void
tablet_write (Tablet *tablet, DiskWrite *write)
{
  if (tablet->writes_left > 0)
    tablet->writes_left--;
  g_ptr_array_add (tablet->disk, write);
  replay (tablet, write);
}

gboolean
tablet_has_room (const Tablet *tablet, GError **error)
{
  if (tablet->writes_left != 0)
    return TRUE;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL, "the tablet's disk is full");
  return FALSE;
}

/* Who overwrites a value that he sees wins on his own tablet, whatever stamp it has there. */
static void
observe_winners (Tablet *tablet, const SobanChange *change)
{
  const TabletRecord *record = tablet_find (tablet, &change->record);

  for (guint i = 0; record != NULL && i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (record->state, assignment->path);

    if (winner != NULL)
      soban_hybrid_clock_observe (&tablet->hybrid, winner->stamp);
  }
}

/* Winners that @change overwrites and whose number its author does not know: sync/README.md 4.2. */
static void
name_bases (const Tablet *tablet, SobanChange *change)
{
  const TabletRecord *record = tablet_find (tablet, &change->record);

  for (guint i = 0; record != NULL && i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (record->state, assignment->path);
    const LogEntry *entry = winner != NULL ? g_hash_table_lookup (tablet->log, &winner->id) : NULL;

    if (entry != NULL && entry->scope_number == 0
        && (winner->id.device != tablet->device || winner->id.incarnation != tablet->incarnation))
      soban_change_add_base (change, &winner->id);
  }
}

const SobanChange *
tablet_save (Tablet *tablet, SobanChange *change, gint64 true_ms)
{
  DiskWrite *write = disk_write_new (DISK_WRITE_SAVE, tablet_read_clock (tablet, true_ms));

  change->id = (SobanChangeId){ tablet->device, tablet->incarnation, tablet->own->len + 1 };
  change->wall_ms = write->reading.wall_ms;
  change->boottime_ms = write->reading.boottime_ms;
  observe_winners (tablet, change);
  change->stamp = tablet->raw_stamps ? SOBAN_STAMP (MAX (change->wall_ms, 1), 0)
                                     : soban_hybrid_clock_tick (&tablet->hybrid, tablet_estimate_now (tablet, true_ms));
  change->seen = MIN (change->seen, tablet_get_cursor (tablet, change->scope));
  name_bases (tablet, change);
  write->own = change;
  tablet_write (tablet, write);
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

/* All that is not on the disk is what replaying it gives. */
static void
start_anew (Tablet *tablet)
{
  tablet->forgetful = TRUE;
  g_clear_pointer (&tablet->repair, soban_repair_free);
  g_ptr_array_set_size (tablet->known, 0);
  g_hash_table_remove_all (tablet->records);
  g_ptr_array_set_size (tablet->own, 0);
  g_hash_table_remove_all (tablet->log);
  g_array_set_size (tablet->boots, 0);
  g_array_set_size (tablet->boot_ids, 0);
  g_array_set_size (tablet->anchors, 0);
  tablet->incarnation = tablet->first_incarnation;
  tablet->acked_number = 0;
  tablet->hybrid.last = 0;
  tablet->last_sync_ms = 0;
  begin_cursors (tablet);
  tablet->paged = FALSE;
  for (guint i = 0; i < tablet->disk->len; i++)
    replay (tablet, g_ptr_array_index (tablet->disk, i));
}

void
tablet_crash (Tablet *tablet, guint kept)
{
  g_assert (kept <= tablet_count_unsynced (tablet));
  tablet_close_round (tablet);
  tablet->synced += kept;
  g_ptr_array_set_size (tablet->disk, (gint) tablet->synced);
  start_anew (tablet);
}

void
tablet_set_disk (Tablet *tablet, GPtrArray *disk)
{
  tablet_close_round (tablet);
  g_ptr_array_unref (tablet->disk);
  tablet->disk = disk;
  tablet->synced = disk->len;
  start_anew (tablet);
}
