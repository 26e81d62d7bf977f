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
 *  (6) Nothing is derived here: records whose shown values changed are marked stale.
 *  (7) A collector that was set back to an older state has lost changes that it had confirmed. What it lacks waits
 *      again, as if it had never been sent, and the cursors begin anew: its numbers now stand for other changes, of
 *      which no draft has seen any.
 *  (8) A result belongs to the incarnation that asked: its receipt says nothing about the changes of another.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  SobanStore *store;
  const SobanSyncResult *result;
  GHashTable *arrivals;  /* scope -> SobanCursor of the result */
  GHashTable *restamped; /* SobanUuid -> itself: to be merged anew */
  GPtrArray *fresh;      /* the changes of the record at hand that were not in the log */
  SobanStamp newest;
} Application;

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const SobanChange *left = *(const SobanChange *const *) a, *right = *(const SobanChange *const *) b;

  return memcmp (left->record.bytes, right->record.bytes, SOBAN_UUID_BYTES);
}

static guint64
get_arrival (Application *application, const char *scope)
{
  const SobanCursor *cursor = g_hash_table_lookup (application->arrivals, scope);

  return cursor ? cursor->cursor : 0;
}

static void
mark_restamped (Application *application, const SobanUuid *record)
{
  g_hash_table_add (application->restamped, g_memdup2 (record, sizeof *record));
}

/* Into the log; appended to @fresh when it was not there. */
static gboolean
log_change (Application *application, const SobanChange *change, GPtrArray *fresh, GError **error)
{
  gboolean new, restamped;

  if (!soban_change_check_shape (change, error)
      || !soban_log_insert (application->store, change, get_arrival (application, change->scope), &new, &restamped,
                            error))
    return FALSE;
  application->newest = MAX (application->newest, change->stamp);
  if (restamped)
    mark_restamped (application, &change->record);
  if (new)
    g_ptr_array_add (fresh, (gpointer) change);
  return TRUE;
}

static gboolean
merge_fresh (const GPtrArray *fresh, SobanStoredRecord *record)
{
  gboolean shown = FALSE;

  for (guint i = 0; i < fresh->len; i++) {
    const SobanChange *change = g_ptr_array_index (fresh, i);

    shown |= soban_record_state_merge_borrowing (record->state, change);
    soban_stored_record_follow (record, change);
  }
  return shown;
}

/* Most pulled records are new here: tried first, it saves looking for each. *ret_added FALSE: there is such a
 * record. */
static gboolean
add_record (SobanStore *store, const GPtrArray *fresh, gboolean *ret_added, GError **error)
{
  const SobanChange *first = g_ptr_array_index (fresh, 0);
  g_auto (SobanStoredRecord) record = { .id = first->record, .stale = TRUE, .state = store->db_thread.state };

  soban_record_state_clear (record.state);
  merge_fresh (fresh, &record);
  return soban_stored_record_add (store, &record, ret_added, error);
}

static gboolean
update_record (SobanStore *store, const GPtrArray *fresh, GError **error)
{
  const SobanChange *first = g_ptr_array_index (fresh, 0);
  g_auto (SobanStoredRecord) record = { 0 };

  if (!soban_stored_record_load (store, &first->record, store->db_thread.state, &record, error))
    return FALSE;
  record.stale |= merge_fresh (fresh, &record);
  return soban_stored_record_save (store, &record, error);
}

/* All changes of one record: from @at on, as long as the id is the same; *ret_next is where the next record begins. */
static gboolean
take_record (Application *application, const GPtrArray *changes, guint at, guint *ret_next, GError **error)
{
  SobanStore *store = application->store;
  GPtrArray *fresh = application->fresh;
  const guint first = at;
  gboolean added = FALSE;

  g_ptr_array_set_size (fresh, 0);
  for (; at < changes->len; at++) {
    if (compare_changes (&g_ptr_array_index (changes, first), &g_ptr_array_index (changes, at)) != 0)
      break;
    if (!log_change (application, g_ptr_array_index (changes, at), fresh, error))
      return FALSE;
  }
  *ret_next = at;
  if (fresh->len == 0)
    return TRUE;
  store->db_thread.shown_changed = TRUE;
  return add_record (store, fresh, &added, error) && (added || update_record (store, fresh, error));
}

static gboolean
take_changes (Application *application, GError **error)
{
  g_autoptr (GPtrArray) sorted = NULL;

  if (!application->result->changes)
    return TRUE;
  sorted = g_ptr_array_sized_new (application->result->changes->len);
  for (guint i = 0; i < application->result->changes->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (application->result->changes, i));
  g_ptr_array_sort (sorted, compare_changes);
  for (guint at = 0; at < sorted->len;)
    if (!take_record (application, sorted, at, &at, error))
      return FALSE;
  return TRUE;
}

/* *ret_found FALSE: no own change of that number waits. */
static gboolean
find_waiting (SobanStore *store, guint64 number, SobanUuid *ret_record, gboolean *ret_found, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT record FROM outbox WHERE number = :number", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":number", (gint64) number);
  if (!soban_step (statement, ret_found, error))
    return FALSE;
  *ret_found = *ret_found && soban_column_uuid (statement, 0, ret_record);
  return TRUE;
}

static gboolean
adjust_stamp (Application *application, const SobanAdjustment *adjustment, GError **error)
{
  SobanStore *store = application->store;
  g_autoptr (sqlite3_stmt) statement = NULL;
  SobanUuid record;
  gboolean found;

  /* A receipt that came before took its adjustment along. */
  if (!find_waiting (store, adjustment->number, &record, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  statement = soban_database_prepare (store->db_thread.database,
                                      "UPDATE change SET stamp = :stamp WHERE record = :record AND device = :device "
                                      "AND incarnation = :incarnation AND number = :number AND stamp <> :stamp",
                                      error);
  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":stamp", (gint64) adjustment->stamp);
  soban_bind_uuid (statement, ":record", &record);
  soban_bind_int (statement, ":device", store->db_thread.identity.device);
  soban_bind_int (statement, ":incarnation", (gint64) store->db_thread.identity.incarnation);
  soban_bind_int (statement, ":number", (gint64) adjustment->number);
  if (!soban_run (statement, error))
    return FALSE;
  if (soban_database_changes (store->db_thread.database) > 0)
    mark_restamped (application, &record);
  application->newest = MAX (application->newest, adjustment->stamp);
  return TRUE;
}

static gboolean
adjust_stamps (Application *application, GError **error)
{
  const GArray *adjustments = application->result->adjustments;

  for (guint i = 0; adjustments && i < adjustments->len; i++)
    if (!adjust_stamp (application, &g_array_index (adjustments, SobanAdjustment, i), error))
      return FALSE;
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
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_auto (SobanStoredRecord) record = { 0 };
    g_autoptr (SobanFieldMap) before = NULL;
    g_autoptr (SobanFieldMap) after = NULL;

    if (!soban_stored_record_load (store, id, store->db_thread.state, &record, error))
      return FALSE;
    before = soban_record_state_get_fields (record.state);
    if (!soban_stored_record_remerge (store, &record, error))
      return FALSE;
    after = soban_record_state_get_fields (record.state);
    record.stale |= !soban_field_map_equal (before, after);
    store->db_thread.shown_changed = TRUE;
    if (!soban_stored_record_save (store, &record, error))
      return FALSE;
  }
  return TRUE;
}

/* Notes for each own change with a receipt by which number of its scope it has arrived. */
static gboolean
note_arrival (Application *application, gint64 number, const SobanUuid *record, GError **error)
{
  SobanStore *store = application->store;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE change SET arrived = max (1, :arrived, arrived) WHERE record = :record AND device = :device "
      "AND incarnation = :incarnation AND number = :number",
      error);
  g_autoptr (sqlite3_stmt) scope =
      soban_database_prepare (store->db_thread.database, "SELECT scope FROM record WHERE id = :record", error);
  guint64 arrived = 0;
  gboolean row;

  if (!statement || !scope)
    return FALSE;
  soban_bind_uuid (scope, ":record", record);
  if (!soban_step (scope, &row, error))
    return FALSE;
  if (row)
    arrived = get_arrival (application, soban_column_text (scope, 0));
  soban_bind_int (statement, ":arrived", (gint64) arrived);
  soban_bind_uuid (statement, ":record", record);
  soban_bind_int (statement, ":device", store->db_thread.identity.device);
  soban_bind_int (statement, ":incarnation", (gint64) store->db_thread.identity.incarnation);
  soban_bind_int (statement, ":number", number);
  return soban_run (statement, error);
}

static gboolean
note_arrivals (Application *application, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      application->store->db_thread.database, "SELECT number, record FROM outbox WHERE number <= :acked", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":acked", (gint64) application->result->acked_number);
  while (soban_step (statement, &row, error)) {
    SobanUuid record;

    if (!row)
      return TRUE;
    if (soban_column_uuid (statement, 1, &record)
        && !note_arrival (application, soban_column_int (statement, 0), &record, error))
      return FALSE;
  }
  return FALSE;
}

/* Invariant 7: the own changes above @acked wait again. */
static gboolean
take_receipt_back (Application *application, guint64 acked, GError **error)
{
  SobanStore *store = application->store;
  SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) outbox =
      soban_database_prepare (store->db_thread.database,
                              "INSERT OR IGNORE INTO outbox (number, record) SELECT number, record FROM change WHERE "
                              "device = :device AND incarnation = :incarnation AND number > :acked",
                              error);
  g_autoptr (sqlite3_stmt) arrivals =
      soban_database_prepare (store->db_thread.database,
                              "UPDATE change SET arrived = 0 WHERE device = :device AND incarnation = :incarnation AND "
                              "number > :acked",
                              error);
  sqlite3_stmt *const statements[] = { outbox, arrivals };

  if (!outbox || !arrivals)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (statements); i++) {
    soban_bind_int (statements[i], ":device", identity->device);
    soban_bind_int (statements[i], ":incarnation", (gint64) identity->incarnation);
    soban_bind_int (statements[i], ":acked", (gint64) acked);
    if (!soban_run (statements[i], error))
      return FALSE;
  }
  identity->acked_number = acked;
  store->db_thread.shown_changed = TRUE;
  return TRUE;
}

static gboolean
take_receipt (Application *application, GError **error)
{
  SobanIdentity *identity = &application->store->db_thread.identity;
  guint64 acked = application->result->acked_number;
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (acked > identity->last_number) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _("The receipt names change %llu, but this tablet has made only %llu"), (unsigned long long) acked,
                 (unsigned long long) identity->last_number);
    return FALSE;
  }
  if (acked < identity->acked_number && application->result->set_back)
    return take_receipt_back (application, acked, error);
  if (acked <= identity->acked_number)
    return TRUE;
  if (!note_arrivals (application, error))
    return FALSE;
  statement = soban_database_prepare (application->store->db_thread.database,
                                      "DELETE FROM outbox WHERE number <= :acked", error);
  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":acked", (gint64) acked);
  identity->acked_number = acked;
  application->store->db_thread.shown_changed = TRUE;
  return soban_run (statement, error);
}

static gboolean
move_cursors (Application *application, GError **error)
{
  const GPtrArray *cursors = application->result->cursors;
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (application->store->db_thread.database,
                              "UPDATE scope SET cursor = :cursor WHERE scope = :scope AND cursor < :cursor", error);

  if (!statement)
    return FALSE;
  if (application->result->set_back)
    return soban_database_execute (application->store->db_thread.database, "UPDATE scope SET cursor = 0", error)
           && soban_drafts_forget_seen (application->store, error);
  for (guint i = 0; cursors && i < cursors->len; i++) {
    const SobanCursor *cursor = g_ptr_array_index (cursors, i);

    soban_bind_text (statement, ":scope", cursor->scope);
    soban_bind_int (statement, ":cursor", (gint64) cursor->cursor);
    if (!soban_run (statement, error))
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
  soban_bind_int (statement, ":incarnation", (gint64) store->db_thread.identity.incarnation);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_stamp = row ? (SobanStamp) soban_column_int (statement, 0) : 0;
  return TRUE;
}

static gboolean
set_clock (Application *application, GError **error)
{
  SobanStore *store = application->store;
  SobanStamp waiting;

  if (application->result->floor != 0) {
    if (!find_waiting_stamp (store, &waiting, error))
      return FALSE;
    soban_hybrid_clock_reset (&store->db_thread.clock, application->result->floor);
    soban_hybrid_clock_observe (&store->db_thread.clock, waiting);
  }
  soban_hybrid_clock_observe (&store->db_thread.clock, application->newest);
  return TRUE;
}

static gboolean
apply_result (SobanStore *store, gpointer data, GError **error)
{
  const SobanSyncResult *result = data;
  g_autoptr (GHashTable) arrivals = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) restamped = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, NULL);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  Application application = { store, result, arrivals, restamped, fresh, 0 };

  if (result->incarnation != 0 && result->incarnation != store->db_thread.identity.incarnation) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                 _("The tablet was registered anew while it was sending"));
    return FALSE;
  }
  for (guint i = 0; result->cursors && i < result->cursors->len; i++) {
    SobanCursor *cursor = g_ptr_array_index (result->cursors, i);

    g_hash_table_insert (arrivals, cursor->scope, cursor);
  }
  return adjust_stamps (&application, error) && take_changes (&application, error)
         && merge_restamped (&application, error) && take_receipt (&application, error)
         && move_cursors (&application, error) && set_clock (&application, error) && soban_identity_save (store, error);
}

gboolean
soban_store_apply (SobanStore *store, const SobanSyncResult *result, GError **error)
{
  if (!soban_store_write (store, apply_result, (gpointer) result, error)) {
    g_prefix_error (error, _("Taking in what was received: "));
    return FALSE;
  }
  return TRUE;
}
