/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new incarnation: sync/README.md 5.8. */
#include "tablet.h"

#include <string.h>

static gboolean
assigns (const LogEntry *entry, const char *path)
{
  for (guint i = 0; i < entry->change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (entry->change->assignments, i);

    if (strcmp (assignment->path, path) == 0)
      return TRUE;
  }
  return FALSE;
}

/* (nullable): what won @path when @original was made. */
static const LogEntry *
find_winner_before (const TabletRecord *record, const LogEntry *original, const char *path)
{
  const LogEntry *winner = NULL;

  for (guint i = 0; i < record->entries->len; i++) {
    const LogEntry *entry = g_ptr_array_index (record->entries, i);
    const SobanWriteKey key = { entry->stamp, entry->change->id };
    SobanWriteKey best = { 0 };

    if (entry == original)
      break;
    if (winner != NULL)
      best = (SobanWriteKey){ winner->stamp, winner->change->id };
    if (assigns (entry, path) && (winner == NULL || soban_write_key_compare (&key, &best) > 0))
      winner = entry;
  }
  return winner;
}

static gboolean
is_issued_anew (const Tablet *tablet, const LogEntry *entry, guint64 acked_number)
{
  const SobanChangeId *id = &entry->change->id;

  return id->device == tablet->device && id->incarnation == tablet->incarnation && id->number > acked_number;
}

/* Under a new incarnation the own changes of the old one are somebody else's, whose numbers their author does not know.
 */
static void
name_bases_anew (const Tablet *tablet, SobanChange *change, const LogEntry *original, guint64 acked_number)
{
  const TabletRecord *record = tablet_find (tablet, &change->record);

  g_clear_pointer (&change->bases, g_array_unref);
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const LogEntry *winner = find_winner_before (record, original, assignment->path);

    if (winner != NULL && winner->scope_number == 0 && !is_issued_anew (tablet, winner, acked_number))
      soban_change_add_base (change, &winner->change->id);
  }
}

void
tablet_renew (Tablet *tablet, guint64 acked_number, GArray *adjustments, guint64 incarnation, gint64 true_ms)
{
  DiskWrite *write = disk_write_new (DISK_WRITE_RENEWAL, tablet_read_clock (tablet, true_ms));

  write->acked_number = acked_number;
  write->incarnation = incarnation;
  if (adjustments != NULL) {
    write->adjustments = g_array_ref (adjustments);
    tablet_take_adjustments (tablet, adjustments, acked_number);
  }
  write->originals = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  write->reissued = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  for (guint i = (guint) acked_number; i < tablet->own->len && !tablet->drops_forks; i++) {
    const LogEntry *entry = g_ptr_array_index (tablet->own, i);
    SobanChange *change = soban_change_copy (entry->change);

    g_ptr_array_add (write->originals, soban_change_copy (entry->change));
    change->id.incarnation = incarnation;
    change->id.number -= acked_number;
    name_bases_anew (tablet, change, entry, acked_number);
    g_ptr_array_add (write->reissued, change);
  }
  tablet_write (tablet, write);
}

static void
forget (Tablet *tablet, LogEntry *entry)
{
  TabletRecord *record = tablet_find (tablet, &entry->change->record);

  g_ptr_array_remove (record->entries, entry);
  g_hash_table_remove (tablet->log, &entry->change->id);
  tablet_remerge (record);
}

void
tablet_apply_renewal (Tablet *tablet, const DiskWrite *write)
{
  g_autoptr (GArray) boots = g_array_new (FALSE, FALSE, sizeof (guint));

  if (write->adjustments != NULL)
    tablet_take_adjustments (tablet, write->adjustments, write->acked_number);
  for (guint i = 0; write->adjustments != NULL && i < write->adjustments->len; i++)
    soban_hybrid_clock_observe (&tablet->hybrid, g_array_index (write->adjustments, SobanStampAdjustment, i).stamp);
  for (guint i = (guint) write->acked_number; i < tablet->own->len; i++)
    g_array_append_val (boots, ((LogEntry *) g_ptr_array_index (tablet->own, i))->boot);
  for (guint i = tablet->own->len; i > write->acked_number; i--)
    forget (tablet, g_ptr_array_index (tablet->own, i - 1));
  g_ptr_array_set_size (tablet->own, 0);
  tablet->incarnation = write->incarnation;
  tablet->acked_number = 0;
  for (guint i = 0; i < write->reissued->len; i++)
    tablet_log_own (tablet, g_ptr_array_index (write->reissued, i), g_array_index (boots, guint, i));
}
