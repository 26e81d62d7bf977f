/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Applying what a sync brought
 * ============================
 *
 * Invariants (PROTOCOL 3, 4):
 *  (1) One transaction: changes, stamps, receipts and cursors move together or not at all.
 *  (2) The same result twice is harmless: a change that is in the log is not merged again, a cursor never goes back.
 *  (3) The order of the changes does not matter (merge is a maximum), so they are taken record by record.
 *  (4) An effective stamp may be lower than the provisional one it replaces: a maximum cannot be lowered, so a record
 *      with a restamped change is merged anew from its whole log.
 *  (5) Later changes of this tablet come after everything it has seen; the floor may set a clock of 2035 back, but
 *      never below an own change that still waits.
 *  (6) Nothing is derived here: records with new changes are marked stale.
 *  (7) A collector that was set back to an older state has lost changes that it had confirmed. What it lacks waits
 *      again, as if it had never been sent, and the cursors begin anew: its numbers now stand for other changes, of
 *      which no draft has seen any.
 *  (8) A result belongs to the incarnation that asked: its receipt says nothing about the changes of another.
 *  (9) A page of a snapshot is merged like changes: each is what still wins of one. The cursor stays until the last
 * page.
 *
 * Receipts are in receipt.c, records that are new here in new-records.c.
 */
#include "config.h"

#include "store/new-records.h"
#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const SobanChange *change;
  guint64 number; /* of its scope */
} Pulled;

typedef struct {
  SobanStore *store;
  const SobanSyncResult *result;
  GHashTable *cursors;   /* scope -> SobanCursor of the result */
  GHashTable *restamped; /* SobanUuid -> itself: to be merged anew */
  GPtrArray *fresh;      /* the changes of the record at hand that were not in the log */
  SobanStamp newest;
  gboolean relays;       /* others' changes wait to be sent on */
  gboolean paged;        /* something came without a number: a snapshot leaves out what wins nothing */
  GPtrArray *orphans;    /* (element-type SobanChange): of them, what the collector has under another content */
} Application;

static int
compare_pulled (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Pulled *)a)->change->record.bytes, ((const Pulled *)b)->change->record.bytes,
                 SOBAN_UUID_BYTES);
}

/* Without a number of its own (of a snapshot) a change is in the collector by where the snapshot ends. */
static SobanArrival
get_arrival (const Application *application, const Pulled *pulled)
{
  const SobanCursor *cursor;

  if (pulled->number != 0)
    return (SobanArrival){ .number = pulled->number, .exact = TRUE };
  cursor = g_hash_table_lookup (application->cursors, pulled->change->scope);
  return (SobanArrival){ .number = cursor ? MAX (cursor->cursor, cursor->page_top) : 0 };
}

static void
mark_restamped (Application *application, const SobanUuid *record)
{
  g_hash_table_add (application->restamped, g_memdup2 (record, sizeof *record));
}

/* Into the log; appended to `fresh` when it was not there. */
static gboolean
log_change (Application *application, const Pulled *pulled, GError **error)
{
  const SobanChange *change = pulled->change;
  const SobanArrival arrival = get_arrival (application, pulled);
  SobanLogInsertion insertion;

  if (!soban_change_check_shape (change, error)
      || (application->relays && !soban_relay_take_orphan (application->store, change, application->orphans, error))
      || !soban_log_insert (application->store, change, &arrival, &insertion, error))
    return FALSE;
  application->newest = MAX (application->newest, change->stamp);
  application->paged |= pulled->number == 0;
  if (insertion.restamped)
    mark_restamped (application, &change->record);
  if (insertion.new)
    g_ptr_array_add (application->fresh, (gpointer)change);
  return !insertion.numbered || soban_relay_remove (application->store, &change->id, error);
}

static void
merge_fresh (const GPtrArray *fresh, SobanStoredRecord *record)
{
  for (guint i = 0; i < fresh->len; i++) {
    const SobanChange *change = g_ptr_array_index (fresh, i);

    soban_record_state_merge_borrowing (record->state, change);
    soban_stored_record_follow (record, change);
  }
}

/* Most pulled records are new here: tried first, it saves looking for each. *ret_added FALSE: there is such a
 * record. Its texts are those of its newest change: nothing of it is copied. */
static gboolean
add_record (SobanStore *store, const GPtrArray *fresh, gboolean *ret_added, GError **error)
{
  const SobanChange *newest = g_ptr_array_index (fresh, 0);
  SobanStoredRecord record = { .id = newest->record, .stale = TRUE, .state = store->db_thread.state };

  soban_record_state_clear (record.state);
  for (guint i = 0; i < fresh->len; i++) {
    const SobanChange *change = g_ptr_array_index (fresh, i);
    const SobanWriteKey key = { change->stamp, change->id }, before = { newest->stamp, newest->id };

    soban_record_state_merge_borrowing (record.state, change);
    newest = soban_write_key_compare (&key, &before) > 0 ? change : newest;
  }
  record.form = newest->form;
  record.form_version = newest->form_version;
  record.scope = newest->scope;
  return soban_stored_record_add (store, &record, ret_added, error)
         && (!*ret_added || soban_erasure_apply (store, &record, error));
}

static gboolean
update_record (SobanStore *store, const SobanUuid *id, const GPtrArray *fresh, GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };

  if (!soban_stored_record_load (store, id, store->db_thread.state, &record, error))
    return FALSE;
  if (fresh->len > 0) {
    /* Also where nothing that is shown has changed: who has not seen whom may have. */
    merge_fresh (fresh, &record);
    record.stale = TRUE;
    if (!soban_stored_record_save (store, &record, error))
      return FALSE;
  }
  return soban_erasure_apply (store, &record, error);
}

/* All changes of one record: from @at on, as long as the id is the same; *ret_next is where the next record begins. */
static gboolean
take_record (Application *application, const GArray *changes, guint at, guint *ret_next, GError **error)
{
  SobanStore *store = application->store;
  GPtrArray *fresh = application->fresh;
  const Pulled *first = &g_array_index (changes, Pulled, at);
  gboolean added = FALSE;

  g_ptr_array_set_size (fresh, 0);
  for (; at < changes->len && compare_pulled (first, &g_array_index (changes, Pulled, at)) == 0; at++)
    if (!log_change (application, &g_array_index (changes, Pulled, at), error))
      return FALSE;
  *ret_next = at;
  if (fresh->len > 0) {
    store->db_thread.shown_changed = TRUE;
    if (!add_record (store, fresh, &added, error))
      return FALSE;
  }
  return added || update_record (store, &first->change->record, fresh, error);
}

/* Each of one change, the last one, too. */
static gboolean
is_run (const GArray *changes, guint at)
{
  const guint end = at + SOBAN_NEW_RECORDS_RUN;

  if (end > changes->len)
    return FALSE;
  for (guint i = at; i < end && i + 1 < changes->len; i++)
    if (compare_pulled (&g_array_index (changes, Pulled, i), &g_array_index (changes, Pulled, i + 1)) == 0)
      return FALSE;
  return TRUE;
}

/* Many that are new here at once; *ret_next is @at where they are not. */
static gboolean
take_run (Application *application, const GArray *changes, guint at, guint *ret_next, GError **error)
{
  SobanNewRecord run[SOBAN_NEW_RECORDS_RUN];
  gboolean taken;

  *ret_next = at;
  if (application->relays || !is_run (changes, at))
    return TRUE;
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const Pulled *pulled = &g_array_index (changes, Pulled, at + i);

    run[i] = (SobanNewRecord){ pulled->change, get_arrival (application, pulled).number };
  }
  if (!soban_new_records_take (application->store, run, &taken, error))
    return FALSE;
  if (!taken)
    return TRUE;
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    application->newest = MAX (application->newest, run[i].change->stamp);
    application->paged |= g_array_index (changes, Pulled, at + i).number == 0;
  }
  application->store->db_thread.shown_changed = TRUE;
  *ret_next = at + SOBAN_NEW_RECORDS_RUN;
  return TRUE;
}

static gboolean
take_changes (Application *application, GError **error)
{
  const GPtrArray *changes = application->result->changes;
  const GArray *numbers = application->result->scope_numbers;
  g_autoptr (GArray) sorted = NULL;

  if (!changes)
    return TRUE;
  if (numbers && numbers->len != changes->len) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, "%u changes have %u numbers", changes->len,
                 numbers->len);
    return FALSE;
  }
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (Pulled), changes->len);
  for (guint i = 0; i < changes->len; i++) {
    const Pulled pulled = { g_ptr_array_index (changes, i), numbers ? g_array_index (numbers, guint64, i) : 0 };

    g_array_append_val (sorted, pulled);
  }
  g_array_sort (sorted, compare_pulled);
  for (guint at = 0, next; at < sorted->len; at = next)
    if (!take_run (application, sorted, at, &next, error)
        || (next == at && !take_record (application, sorted, at, &next, error)))
      return FALSE;
  return TRUE;
}

static gboolean
adjust_stamps (Application *application, GError **error)
{
  const GArray *adjustments = application->result->adjustments;

  for (guint i = 0; adjustments && i < adjustments->len; i++) {
    const SobanAdjustment *adjustment = &g_array_index (adjustments, SobanAdjustment, i);
    gboolean restamped;
    SobanUuid record;

    if (!soban_receipt_adjust_stamp (application->store, adjustment, &record, &restamped, error))
      return FALSE;
    if (restamped)
      mark_restamped (application, &record);
    application->newest = MAX (application->newest, adjustment->stamp);
  }
  return TRUE;
}

/* Invariant 4 */
static gboolean
merge_restamped (Application *application, GError **error)
{
  SobanStore *store = application->store;
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, application->restamped);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!soban_stored_record_merge_anew (store, id, error))
      return FALSE;
  return TRUE;
}

static gboolean
move_cursor (SobanStore *store, const SobanCursor *cursor, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE scope SET cursor = :cursor, page = NULL, page_top = 0 WHERE scope = :scope AND cursor < :cursor", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", cursor->scope);
  soban_bind_int (statement, ":cursor", (gint64)cursor->cursor);
  return soban_run (statement, error);
}

/* Invariant 9 */
static gboolean
move_page (SobanStore *store, const SobanCursor *cursor, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE scope SET page = :page, page_top = :top WHERE scope = :scope AND cursor <= :cursor AND "
      "(page IS NULL OR page_top <> :top OR page < :page)",
      error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", cursor->scope);
  soban_bind_int (statement, ":cursor", (gint64)cursor->cursor);
  soban_bind_uuid (statement, ":page", &cursor->page);
  soban_bind_int (statement, ":top", (gint64)cursor->page_top);
  return soban_run (statement, error);
}

static gboolean
move_cursors (Application *application, GError **error)
{
  SobanStore *store = application->store;
  const GPtrArray *cursors = application->result->cursors;

  if (application->result->set_back)
    return soban_cursors_begin_anew (store, error) && soban_drafts_forget_seen (store, error)
           && soban_attachments_forget_received (store, error);
  for (guint i = 0; cursors && i < cursors->len; i++) {
    const SobanCursor *cursor = g_ptr_array_index (cursors, i);

    if (cursor->has_page
            ? !move_page (store, cursor, error)
            : !soban_receipt_place (store, cursor, application->result, error) || !move_cursor (store, cursor, error))
      return FALSE;
  }
  return TRUE;
}

/* Invariant 5: the greatest stamp among the own changes that wait. */
static gboolean
find_waiting_stamp (SobanStore *store, SobanStamp *ret_stamp, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT max (stamp) FROM outbox JOIN change ON change.record = outbox.record AND change.device = :device "
      "AND change.incarnation = :incarnation AND change.number = outbox.number",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", store->db_thread.identity.device);
  soban_bind_int (statement, ":incarnation", (gint64)store->db_thread.identity.incarnation);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_stamp = row ? (SobanStamp)soban_column_int (statement, 0) : 0;
  return TRUE;
}

static gboolean
set_clock (Application *application, GError **error)
{
  SobanStore *store = application->store;
  const SobanSyncResult *result = application->result;
  gint64 wall_ms = result->wall_ms, boottime_ms = result->boottime_ms;
  SobanStamp waiting;

  if (result->floor != 0) {
    if (!find_waiting_stamp (store, &waiting, error))
      return FALSE;
    soban_hybrid_clock_reset (&store->db_thread.clock, result->floor);
    soban_hybrid_clock_observe (&store->db_thread.clock, waiting);
  }
  soban_hybrid_clock_observe (&store->db_thread.clock, application->newest);
  if (result->collector_ms == 0)
    return soban_present_time_learn (store, SOBAN_STAMP_MS (MAX (result->floor, application->newest)), FALSE,
                                     error);
  if (wall_ms == 0 && boottime_ms == 0) {
    wall_ms = soban_clock_wall_ms (store->clock);
    boottime_ms = soban_clock_boottime_ms (store->clock);
  }
  return soban_present_time_learn (store, result->collector_ms, TRUE, error)
         && soban_evidence_add_anchor (store, wall_ms, boottime_ms, result->collector_ms, error);
}

static gboolean
apply_result (SobanStore *store, gpointer data, GError **error)
{
  const SobanSyncResult *result = data;
  g_autoptr (GHashTable) cursors = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) restamped = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, NULL);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  Application application = { store, result, cursors, restamped, fresh, 0, FALSE, FALSE, orphans };
  gint64 relays;

  if (result->incarnation != 0 && result->incarnation != store->db_thread.identity.incarnation) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _ ("The tablet was registered anew while it was sending"));
    return FALSE;
  }
  for (guint i = 0; result->cursors && i < result->cursors->len; i++) {
    SobanCursor *cursor = g_ptr_array_index (result->cursors, i);

    g_hash_table_insert (cursors, cursor->scope, cursor);
  }
  store->db_thread.identity.collector_minor = result->collector_minor;
  if (!soban_database_read_int (store->db_thread.database, "SELECT count (*) FROM (SELECT 1 FROM relay LIMIT 1)", &relays, error))
    return FALSE;
  application.relays = relays > 0;
  return adjust_stamps (&application, error) && soban_receipt_keep_times (store, result->times, error)
         && take_changes (&application, error) && merge_restamped (&application, error)
         && soban_receipt_take (store, result, error) && move_cursors (&application, error)
         && soban_relay_mark_tried (store, result->relayed, error)
         && (!application.relays || !application.paged || soban_relay_doubt (store, error)) && set_clock (&application, error)
         && soban_orphans_adopt (store, orphans, error) && soban_identity_save (store, error);
}

gboolean
soban_store_apply (SobanStore *store, const SobanSyncResult *result, GError **error)
{
  if (!soban_store_write (store, apply_result, (gpointer)result, error)) {
    g_prefix_error (error, _ ("Taking in what was received: "));
    return FALSE;
  }
  return TRUE;
}
