/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What client/repair.c asks of a store (sync/README.md 5.10), answered by the model of a tablet: the repair itself is
 * the real one.
 */
#include "tablet.h"

#include <string.h>

#include "base/limits.h"
#include "client/repair.h"

static Tablet *
get_tablet (SobanStore *store)
{
  return (Tablet *) store;
}

SobanRecordState *
tablet_get_settled_state (const TabletRecord *record)
{
  SobanRecordState *state = soban_record_state_new ();

  for (guint i = 0; i < record->entries->len; i++) {
    const LogEntry *entry = g_ptr_array_index (record->entries, i);
    SobanChange change = *entry->change;

    change.stamp = entry->stamp;
    if (!entry->relay)
      soban_record_state_merge (state, &change);
  }
  return state;
}

gboolean
tablet_record_waits (const TabletRecord *record)
{
  for (guint i = 0; i < record->entries->len; i++) {
    if (((const LogEntry *) g_ptr_array_index (record->entries, i))->relay)
      return TRUE;
  }
  return FALSE;
}

/* FALSE: without what waits to be relayed nothing is known of it. */
static gboolean
get_digest (const TabletRecord *record, SobanDigest *ret_digest)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (SobanRecordState) settled = tablet_record_waits (record) ? tablet_get_settled_state (record) : NULL;
  const SobanRecordState *state = settled != NULL ? settled : record->state;

  if (record->entries->len == 0 || soban_record_state_size (state) == 0)
    return FALSE;
  soban_record_state_encode (state, packed);
  *ret_digest = soban_digest_of_record (&record->id, packed->data, packed->len);
  return TRUE;
}

gboolean
soban_store_get_digest (SobanStore *store, const char *scope, SobanDigest *ret_digest, gboolean *ret_settled,
                        GError **error)
{
  const Tablet *tablet = get_tablet (store);

  *ret_digest = tablet_get_digest (tablet, scope);
  *ret_settled = tablet->acked_number == tablet->own->len;
  return TRUE;
}

SobanDigest
tablet_get_digest (const Tablet *tablet, const char *scope)
{
  SobanDigest sum = { 0 };

  for (guint i = 0; i < tablet->known->len; i++) {
    const TabletRecord *record = g_ptr_array_index (tablet->known, i);
    SobanDigest term;

    if (g_str_equal (record->scope, scope) && get_digest (record, &term))
      soban_digest_add (&sum, &term);
  }
  return sum;
}

static gboolean
is_inside (const SobanIdRange *range, const SobanUuid *id)
{
  return soban_uuid_compare (id, &range->from) >= 0
         && (soban_uuid_compare (id, &range->to) < 0 || soban_uuid_equal (&range->to, &soban_range_end));
}

GArray *
soban_store_list_ranges (SobanStore *store, const char *scope, const GArray *ranges, GError **error)
{
  GArray *sums = g_array_new (FALSE, TRUE, sizeof (SobanRangeSum));

  g_array_set_size (sums, ranges->len);
  for (guint i = 0; i < ranges->len; i++) {
    g_autoptr (GArray) items =
        soban_store_list_items (store, scope, &g_array_index (ranges, SobanIdRange, i), G_MAXUINT, error);
    SobanRangeSum *sum = &g_array_index (sums, SobanRangeSum, i);

    sum->count = items->len;
    for (guint k = 0; k < items->len; k++)
      sum->fingerprint += g_array_index (items, SobanRangeItem, k).fingerprint;
  }
  return sums;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return soban_uuid_compare (&((const SobanRangeItem *) a)->id, &((const SobanRangeItem *) b)->id);
}

GArray *
soban_store_list_items (SobanStore *store, const char *scope, const SobanIdRange *range, guint max, GError **error)
{
  const Tablet *tablet = get_tablet (store);
  GArray *items = g_array_new (FALSE, FALSE, sizeof (SobanRangeItem));

  for (guint i = 0; i < tablet->known->len; i++) {
    const TabletRecord *record = g_ptr_array_index (tablet->known, i);
    SobanRangeItem item = { .id = record->id };
    SobanDigest digest;

    if (!g_str_equal (record->scope, scope) || !is_inside (range, &record->id) || !get_digest (record, &digest))
      continue;
    item.fingerprint = digest.low;
    g_array_append_val (items, item);
  }
  g_array_sort (items, compare_items);
  if (items->len > max)
    g_array_set_size (items, max);
  return items;
}

/* ---- records taken over ---- */

/* A value that won here, and whose change the collector may not have. */
typedef struct {
  char *path, *value;
  SobanWriteKey key;
} Winner;

static void
free_winner (gpointer data)
{
  Winner *winner = data;

  g_free (winner->path);
  g_free (winner->value);
  g_free (winner);
}

static GPtrArray *
list_winners (const TabletRecord *record)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *winners = g_ptr_array_new_with_free_func (free_winner);

  for (guint i = 0; i < record->entries->len; i++) {
    const LogEntry *entry = g_ptr_array_index (record->entries, i);

    for (guint k = 0; k < entry->change->assignments->len; k++) {
      const SobanAssignment *assignment = g_ptr_array_index (entry->change->assignments, k);
      const SobanWriteKey *key = soban_record_state_get_winner (record->state, assignment->path);
      Winner *winner;

      if (key == NULL || !g_hash_table_add (paths, assignment->path))
        continue;
      winner = g_new0 (Winner, 1);
      winner->path = g_strdup (assignment->path);
      winner->value = g_strdup (soban_record_state_get (record->state, assignment->path));
      winner->key = *key;
      g_ptr_array_add (winners, winner);
    }
  }
  return winners;
}

/* No value goes: one that would still win, but whose change the collector has not, is issued anew. */
static void
keep_values (Tablet *tablet, const SobanUuid *id, const SobanChange *like, const GPtrArray *winners)
{
  const TabletRecord *record = tablet_find (tablet, id);
  SobanChange *change = soban_change_new ();

  for (guint i = 0; i < winners->len; i++) {
    const Winner *winner = g_ptr_array_index (winners, i);
    const SobanWriteKey *now = soban_record_state_get_winner (record->state, winner->path);

    if (g_hash_table_contains (tablet->log, &winner->key.id)
        || (now != NULL && soban_write_key_compare (now, &winner->key) > 0))
      continue;
    soban_change_assign (change, winner->path, winner->value);
  }
  if (soban_change_is_empty (change)) {
    soban_change_free (change);
    return;
  }
  change->record = *id;
  change->form = g_strdup (like->form);
  change->form_version = g_strdup (like->form_version);
  change->scope = g_strdup (like->scope);
  change->seen = G_MAXUINT64;
  tablet_save (tablet, change, tablet->now_ms);
}

gboolean
soban_store_replace_records (SobanStore *store, const char *scope, const GArray *ids, const GPtrArray *changes,
                             const GArray *scope_numbers, GError **error)
{
  Tablet *tablet = get_tablet (store);
  DiskWrite *write;
  g_autoptr (GPtrArray) winners = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) likes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);

  if (!tablet_has_room (tablet, error))
    return FALSE;
  write = disk_write_new (DISK_WRITE_REPLACEMENT, tablet_read_clock (tablet, tablet->now_ms));
  write->records = g_array_copy ((GArray *) ids);
  write->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  for (guint i = 0; i < changes->len; i++)
    g_ptr_array_add (write->changes, soban_numbered_change_new (soban_change_copy (g_ptr_array_index (changes, i)),
                                                                g_array_index (scope_numbers, guint64, i)));
  for (guint i = 0; i < ids->len; i++) {
    const TabletRecord *record = tablet_find (tablet, &g_array_index (ids, SobanUuid, i));
    const gboolean known = record != NULL && record->entries->len > 0;

    g_ptr_array_add (winners, known ? list_winners (record) : g_ptr_array_new ());
    g_ptr_array_add (likes, known ? soban_change_copy (((LogEntry *) g_ptr_array_index (record->entries, 0))->change)
                                  : soban_change_new ());
  }
  tablet_write (tablet, write);
  for (guint i = 0; i < ids->len; i++)
    keep_values (tablet, &g_array_index (ids, SobanUuid, i), g_ptr_array_index (likes, i),
                 g_ptr_array_index (winners, i));
  tablet_note_asked (tablet, ids);
  tablet->repaired += ids->len;
  return TRUE;
}

static gboolean
is_own (const Tablet *tablet, const SobanChangeId *id)
{
  return id->device == tablet->device && id->incarnation == tablet->incarnation;
}

void
tablet_apply_replacement (Tablet *tablet, const DiskWrite *write)
{
  for (guint i = 0; i < write->records->len; i++) {
    TabletRecord *record = tablet_find (tablet, &g_array_index (write->records, SobanUuid, i));

    for (guint k = record != NULL ? record->entries->len : 0; k > 0; k--) {
      LogEntry *entry = g_ptr_array_index (record->entries, k - 1);

      if (is_own (tablet, &entry->change->id) || entry->relay)
        continue;
      g_ptr_array_remove_index (record->entries, k - 1);
      g_hash_table_remove (tablet->log, &entry->change->id);
    }
    if (record != NULL)
      tablet_remerge (record);
  }
  for (guint i = 0; i < write->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (write->changes, i);

    tablet_log_change (tablet, item->change, item->scope_number);
  }
}
