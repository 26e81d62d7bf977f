/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of others that came by bundle and have no number of the scope yet: sync/README.md 5.12, 10.4. */
#include "tablet.h"

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const LogEntry *left = *(const LogEntry *const *) a, *right = *(const LogEntry *const *) b;
  const SobanWriteKey one = { 0, left->change->id }, other = { 0, right->change->id };

  return soban_write_key_compare (&one, &other);
}

typedef gboolean (*Wanted) (const LogEntry *entry, const char *scope);

static gboolean
is_relayed (const LogEntry *entry, const char *scope)
{
  return entry->relay && !entry->sent_on;
}

static gboolean
is_numberless (const LogEntry *entry, const char *scope)
{
  return entry->scope_number == 0 && g_str_equal (entry->change->scope, scope);
}

static GPtrArray *
list_entries (const Tablet *tablet, Wanted wanted, const char *scope)
{
  GPtrArray *entries = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tablet->log);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (wanted (value, scope))
      g_ptr_array_add (entries, value);
  }
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

GPtrArray *
tablet_list_relayed (const Tablet *tablet)
{
  return list_entries (tablet, is_relayed, NULL);
}

GPtrArray *
tablet_list_numberless (const Tablet *tablet, const char *scope)
{
  return list_entries (tablet, is_numberless, scope);
}

gboolean
tablet_has_unplaced (const Tablet *tablet, const char *scope)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tablet->log);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const LogEntry *entry = value;

    if (entry->relay && g_str_equal (entry->change->scope, scope))
      return TRUE;
  }
  return FALSE;
}

void
tablet_begin_sync (Tablet *tablet)
{
  GHashTableIter iter;
  gpointer value;

  tablet->repairs = 0;
  g_hash_table_iter_init (&iter, tablet->log);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((LogEntry *) value)->sent_on = ((LogEntry *) value)->asked = FALSE;
}

GArray *
soban_store_list_passed_over (SobanStore *store, const char *scope, guint max, GError **error)
{
  const Tablet *tablet = (const Tablet *) store;
  g_autoptr (GHashTable) found = g_hash_table_new (soban_uuid_hash, soban_uuid_equal);
  g_autoptr (GPtrArray) entries = list_entries (tablet, is_numberless, scope);
  GArray *records = g_array_new (FALSE, FALSE, sizeof (SobanUuid));

  for (guint i = 0; i < entries->len && records->len < max; i++) {
    const LogEntry *entry = g_ptr_array_index (entries, i);

    if (entry->relay && entry->sent_on && !entry->asked && g_hash_table_add (found, (gpointer) &entry->change->record))
      g_array_append_val (records, entry->change->record);
  }
  return records;
}

void
tablet_note_asked (Tablet *tablet, const GArray *records)
{
  for (guint i = 0; i < records->len; i++) {
    const TabletRecord *record = tablet_find (tablet, &g_array_index (records, SobanUuid, i));

    for (guint k = 0; record != NULL && k < record->entries->len; k++)
      ((LogEntry *) g_ptr_array_index (record->entries, k))->asked = TRUE;
  }
}

SobanClockEvidence *
tablet_get_evidence_of (const Tablet *tablet, const SobanChangeId *first)
{
  SobanClockEvidence *evidence;

  if (first->device == tablet->device && first->incarnation == tablet->incarnation)
    return tablet_get_evidence (tablet, first->number - 1);
  evidence = soban_clock_evidence_new (first->device, first->incarnation);
  for (guint i = tablet->disk->len; i > 0; i--) {
    const DiskWrite *write = g_ptr_array_index (tablet->disk, i - 1);

    for (guint k = 0; write->kind == DISK_WRITE_EXCHANGE && k < write->evidences->len; k++) {
      const SobanClockEvidence *known = g_ptr_array_index (write->evidences, k);

      if (known->device != first->device || known->incarnation != first->incarnation)
        continue;
      g_array_append_vals (evidence->boots, known->boots->data, known->boots->len);
      g_array_append_vals (evidence->anchors, known->anchors->data, known->anchors->len);
      return evidence;
    }
  }
  return evidence;
}

void
tablet_apply_exchange (Tablet *tablet, const DiskWrite *write)
{
  for (guint i = 0; i < write->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (write->changes, i);
    const SobanChangeId *id = &item->change->id;
    const gboolean own = id->device == tablet->device && id->incarnation == tablet->incarnation;

    if (own || (item->scope_number == 0 && g_hash_table_contains (tablet->log, id)))
      continue;
    tablet_log_change (tablet, item->change, item->scope_number)->relay = item->scope_number == 0;
  }
}

gboolean
tablet_add_relayed (Tablet *tablet)
{
  g_autoptr (GPtrArray) entries = tablet_list_relayed (tablet);
  guint place = 0;

  tablet->relaying = FALSE;
  while (place < entries->len && tablet->peer_minor > 0 && soban_sync_round_has_room (tablet->round)) {
    const SobanChangeId first = ((const LogEntry *) g_ptr_array_index (entries, place))->change->id;
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
    g_autoptr (SobanClockEvidence) evidence = tablet_get_evidence_of (tablet, &first);

    for (; place < entries->len; place++) {
      LogEntry *entry = g_ptr_array_index (entries, place);
      SobanChange *copy;

      if (entry->change->id.device != first.device || entry->change->id.incarnation != first.incarnation)
        break;
      copy = soban_change_copy (entry->change);
      copy->stamp = entry->stamp;
      g_ptr_array_add (batch, copy);
      entry->sent_on = tablet->relaying = TRUE;
    }
    soban_sync_round_add_relayed (tablet->round, evidence, batch);
  }
  return place == entries->len;
}
