/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A record's history: every assignment of its log
 * ===============================================
 *
 * `winner`: the value shown now.
 * `lost`: an assignment that a later one overtook although nobody who wrote later had seen it, and whose value is not
 * the one shown: a concurrent loser worth showing. Once somebody who had seen it has written the field again, it is
 * settled.
 *
 * Who made a change is said by each of its items: SOBAN_FIELD_PERSON is no item of its own, and never lost.
 *
 * Whether the writer of O had seen L:
 *   - same device and incarnation: L has the smaller number;
 *   - O names L among its bases (it had come by bundle): yes;
 *   - L has no known place in its scope (an own change without a receipt): no;
 *   - else O's `seen` reaches L's `arrived`, its number of the scope. Where that is not known exactly (a snapshot, own
 *     changes of a window) it is never too small: in doubt a value counts as lost: shown once too often, never hidden.
 */
#include "config.h"

#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_history_item_free (SobanHistoryItem *item)
{
  if (!item)
    return;
  g_free (item->device_name);
  g_free (item->person);
  g_free (item->path);
  g_free (item->value);
  g_free (item);
}

static void
clear_logged (gpointer data)
{
  soban_change_free (((SobanLoggedChange *) data)->change);
}

static gboolean
read_log (SobanStore *store, const SobanUuid *record, GArray *log, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT " SOBAN_LOG_COLUMNS ", arrived FROM change WHERE record = :record", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":record", record);
  while (soban_step (statement, &row, error)) {
    SobanLoggedChange logged;

    if (!row)
      return TRUE;
    logged.change = soban_log_read (statement, error);
    if (!logged.change)
      return FALSE;
    logged.arrived = (guint64) soban_column_int (statement, 4);
    g_array_append_val (log, logged);
  }
  return FALSE;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const SobanChange *left = ((const SobanLoggedChange *) a)->change, *right = ((const SobanLoggedChange *) b)->change;
  const SobanWriteKey left_key = { left->stamp, left->id }, right_key = { right->stamp, right->id };

  return soban_write_key_compare (&right_key, &left_key);
}

GArray *
soban_history_read_log (SobanStore *store, const SobanUuid *record, GError **error)
{
  g_autoptr (GArray) log = g_array_new (FALSE, FALSE, sizeof (SobanLoggedChange));

  g_array_set_clear_func (log, clear_logged);
  if (!read_log (store, record, log, error))
    return NULL;
  g_array_sort (log, compare_newest_first);
  return g_steal_pointer (&log);
}

gboolean
soban_history_has_seen (const SobanLoggedChange *writer, const SobanLoggedChange *other)
{
  const SobanChangeId *a = &writer->change->id, *b = &other->change->id;

  if (a->device == b->device && a->incarnation == b->incarnation)
    return b->number < a->number;
  for (guint i = 0; writer->change->bases && i < writer->change->bases->len; i++) {
    const SobanWriteKey base = { 0, g_array_index (writer->change->bases, SobanChangeId, i) }, key = { 0, *b };

    if (soban_write_key_compare (&base, &key) == 0)
      return TRUE;
  }
  return other->arrived != 0 && other->arrived <= writer->change->seen;
}

/* @log is sorted newest first, so what overtook the assignment stands before it. */
gboolean
soban_history_is_lost (const GArray *log, guint at, const SobanAssignment *assignment)
{
  const SobanLoggedChange *own = &g_array_index (log, SobanLoggedChange, at);
  const SobanAssignment *winner = NULL;

  if (strcmp (assignment->path, SOBAN_FIELD_PERSON) == 0)
    return FALSE;
  for (guint i = 0; i < at; i++) {
    const SobanLoggedChange *later = &g_array_index (log, SobanLoggedChange, i);
    const SobanAssignment *other = soban_change_find (later->change, assignment->path);

    if (!other)
      continue;
    if (soban_history_has_seen (later, own))
      return FALSE;
    if (!winner)
      winner = other;
  }
  return winner && g_strcmp0 (winner->value, assignment->value) != 0;
}

static gboolean
is_own (SobanStore *store, const SobanChange *change)
{
  return change->id.device == store->db_thread.identity.device || change->id.device == 0;
}

SobanHistoryItem *
soban_history_make_item (SobanStore *store, const GArray *log, guint at, const SobanAssignment *assignment,
                         const SobanRecordState *state)
{
  const gboolean erased = soban_record_state_is_erased (state);
  const SobanChange *change = g_array_index (log, SobanLoggedChange, at).change;
  const SobanWriteKey key = { change->stamp, change->id };
  const SobanWriteKey *winner = soban_record_state_get_winner (state, assignment->path);
  SobanHistoryItem *item = g_new0 (SobanHistoryItem, 1);

  item->key = key;
  item->recorded_ms = change->recorded_ms != 0 ? change->recorded_ms : SOBAN_STAMP_MS (change->stamp);
  item->time_quality = change->time_quality;
  item->own = is_own (store, change);
  item->device_name = item->own ? NULL : g_strdup_printf (_("Tablet %u"), change->id.device);
  item->person = erased ? NULL : g_strdup (soban_change_get_person (change));
  item->path = g_strdup (assignment->path);
  item->value = erased && *assignment->path != '.' ? NULL : g_strdup (assignment->value);
  item->winner = winner && soban_write_key_compare (winner, &key) == 0;
  item->lost = !erased && !item->winner && soban_history_is_lost (log, at, assignment);
  return item;
}

static void
add_items (SobanStore *store, const GArray *log, guint at, const SobanRecordState *state, GPtrArray *items)
{
  const GPtrArray *assignments = g_array_index (log, SobanLoggedChange, at).change->assignments;

  for (guint i = 0; i < assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (assignments, i);

    if (strcmp (assignment->path, SOBAN_FIELD_PERSON) != 0)
      g_ptr_array_add (items, soban_history_make_item (store, log, at, assignment, state));
  }
}

gboolean
soban_history_has_lost (SobanStore *store, const SobanUuid *record, gboolean *ret_has, GError **error)
{
  g_autoptr (GArray) log = soban_history_read_log (store, record, error);

  *ret_has = FALSE;
  if (!log)
    return FALSE;
  for (guint i = 0; i < log->len && !*ret_has; i++) {
    const GPtrArray *assignments = g_array_index (log, SobanLoggedChange, i).change->assignments;

    for (guint k = 0; k < assignments->len && !*ret_has; k++)
      *ret_has = soban_history_is_lost (log, i, g_ptr_array_index (assignments, k));
  }
  return TRUE;
}

typedef struct {
  const SobanUuid *id;
  GPtrArray *items;
} HistoryJob;

static gboolean
get_history (SobanStore *store, gpointer data, GError **error)
{
  HistoryJob *job = data;
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (GArray) log = NULL;

  if (!soban_record_require (store, job->id, store->db_thread.state, &record, error))
    return FALSE;
  log = soban_history_read_log (store, job->id, error);
  if (!log)
    return FALSE;
  for (guint i = 0; i < log->len; i++)
    add_items (store, log, i, record.state, job->items);
  return TRUE;
}

GPtrArray *
soban_store_get_history (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_history_item_free);
  HistoryJob job = { id, items };

  if (!soban_store_read (store, get_history, &job, error)) {
    g_prefix_error (error, _("Reading the history: "));
    return NULL;
  }
  return g_steal_pointer (&items);
}
