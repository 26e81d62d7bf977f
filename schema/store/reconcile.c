/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Divergence: digests, ranges, and records taken over (PROTOCOL 8, sync/README.md 4.10, 4.12, 5.10)
 *
 * Invariants:
 *  (1) Digests, ranges and items speak of the same records: those of the scope inside the window, deleted ones too.
 *  (2) Replacing a record is one transaction: its log is the collector's and what waits here, its state what they merge to.
 *  (3) No value goes: where a change that the collector has not would still win, its value is issued anew as one change.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
soban_window_holds (SobanStore *store, const char *form, guint month)
{
  return store->db_thread.window_ms == 0 || month >= soban_digest_month_of_ms (store->db_thread.window_ms)
         || soban_form_is_registry (store, form);
}

/* ---- sums ---- */

typedef struct {
  const char *scope;
  SobanDigest digest;
  gboolean settled;
} DigestJob;

static gboolean
is_settled (SobanStore *store, const char *scope, gboolean *ret_settled, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT 1 FROM outbox JOIN record ON id = outbox.record WHERE scope = :scope UNION ALL "
                              "SELECT 1 FROM relay JOIN record ON id = relay.record WHERE scope = :scope LIMIT 1",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", scope);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_settled = !row;
  return TRUE;
}

static gboolean
sum_digest (SobanStore *store, DigestJob *job, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT form, month, low, high FROM digest WHERE scope = :scope", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", job->scope);
  while (soban_step (statement, &row, error)) {
    SobanDigest term;

    if (!row)
      return TRUE;
    term = (SobanDigest){ (guint64) soban_column_int (statement, 2), (guint64) soban_column_int (statement, 3) };
    if (soban_window_holds (store, soban_column_text (statement, 0), (guint) soban_column_int (statement, 1)))
      soban_digest_add (&job->digest, &term);
  }
  return FALSE;
}

static gboolean
get_digest (SobanStore *store, gpointer data, GError **error)
{
  DigestJob *job = data;

  return sum_digest (store, job, error) && is_settled (store, job->scope, &job->settled, error);
}

gboolean
soban_store_get_digest (SobanStore *store, const char *scope, SobanDigest *ret_digest, gboolean *ret_settled, GError **error)
{
  DigestJob job = { .scope = scope };

  if (!soban_store_read (store, get_digest, &job, error))
    return FALSE;
  *ret_digest = job.digest;
  if (ret_settled)
    *ret_settled = job.settled;
  return TRUE;
}

/* FALSE: no more is wanted. */
typedef gboolean (*OnItem) (const SobanRangeItem *item, gpointer data);

/* The end of all ids is the only one that is no id itself. */
static gboolean
visit_range (SobanStore *store, const char *scope, const SobanIdRange *range, OnItem on_item, gpointer data, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT id, form, digest FROM record WHERE id >= :from AND id < :to AND scope = :scope ORDER BY id", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":from", &range->from);
  soban_bind_uuid (statement, ":to", &range->to);
  soban_bind_text (statement, ":scope", scope);
  while (soban_step (statement, &row, error)) {
    SobanRangeItem item = { 0 };
    gconstpointer digest;
    gsize length;

    if (!row)
      return TRUE;
    digest = soban_column_bytes (statement, 2, &length);
    if (!soban_column_uuid (statement, 0, &item.id) || length != SOBAN_DIGEST_BYTES
        || !soban_window_holds (store, soban_column_text (statement, 1), soban_digest_month (&item.id)))
      continue;
    item.fingerprint = soban_digest_from_bytes (digest).low;
    if (!on_item (&item, data))
      return TRUE;
  }
  return FALSE;
}

typedef struct {
  const char *scope;
  const GArray *ranges;
  guint max;
  GArray *out;
} RangeJob;

static gboolean
on_summed_item (const SobanRangeItem *item, gpointer data)
{
  SobanRangeSum *sum = data;

  sum->count++;
  sum->fingerprint += item->fingerprint;
  return TRUE;
}

static gboolean
list_ranges (SobanStore *store, gpointer data, GError **error)
{
  RangeJob *job = data;

  for (guint i = 0; i < job->ranges->len; i++) {
    SobanRangeSum sum = { 0 };

    if (!visit_range (store, job->scope, &g_array_index (job->ranges, SobanIdRange, i), on_summed_item, &sum, error))
      return FALSE;
    g_array_append_val (job->out, sum);
  }
  return TRUE;
}

GArray *
soban_store_list_ranges (SobanStore *store, const char *scope, const GArray *ranges, GError **error)
{
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (SobanRangeSum));
  RangeJob job = { .scope = scope, .ranges = ranges, .out = sums };

  return soban_store_read (store, list_ranges, &job, error) ? g_steal_pointer (&sums) : NULL;
}

static gboolean
on_listed_item (const SobanRangeItem *item, gpointer data)
{
  RangeJob *job = data;

  g_array_append_vals (job->out, item, 1);
  return job->out->len <= job->max;
}

static gboolean
list_items (SobanStore *store, gpointer data, GError **error)
{
  RangeJob *job = data;

  return visit_range (store, job->scope, &g_array_index (job->ranges, SobanIdRange, 0), on_listed_item, job, error);
}

GArray *
soban_store_list_items (SobanStore *store, const char *scope, const SobanIdRange *range, guint max, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SobanRangeItem));
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (SobanIdRange));
  RangeJob job = { scope, ranges, max, items };

  g_array_append_vals (ranges, range, 1);
  return soban_store_read (store, list_items, &job, error) ? g_steal_pointer (&items) : NULL;
}

/* ---- taking over ---- */

typedef struct {
  const char *scope;
  const GArray *ids;
  const GPtrArray *changes;
  const GArray *scope_numbers;
} ReplaceJob;

static gboolean
is_of (const SobanChange *change, const SobanUuid *record)
{
  return soban_uuid_equal (&change->record, record);
}

/* (nullable): the same change as the collector has it. */
static const SobanChange *
find_theirs (const ReplaceJob *job, const SobanChange *change)
{
  const SobanWriteKey key = { 0, change->id };

  for (guint i = 0; i < job->changes->len; i++) {
    const SobanChange *theirs = g_ptr_array_index (job->changes, i);
    const SobanWriteKey other = { 0, theirs->id };

    if (is_of (theirs, &change->record) && soban_write_key_compare (&key, &other) == 0)
      return theirs;
  }
  return NULL;
}

static gboolean
is_same (const SobanChange *a, const SobanChange *b)
{
  guint8 left[SOBAN_CHANGE_HASH_BYTES], right[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (a, left);
  soban_change_hash (b, right);
  return memcmp (left, right, sizeof left) == 0;
}

static gboolean
waits (SobanStore *store, const SobanChange *change, gboolean *ret_waits, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = NULL;

  *ret_waits = change->id.number > identity->acked_number;
  if (change->id.device == identity->device && change->id.incarnation == identity->incarnation)
    return TRUE;
  statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT 1 FROM relay WHERE device = :device AND incarnation = :incarnation AND number = :number", error);
  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", change->id.device);
  soban_bind_int (statement, ":incarnation", (gint64) change->id.incarnation);
  soban_bind_int (statement, ":number", (gint64) change->id.number);
  return soban_step (statement, ret_waits, error);
}

/* Out of the log with all that neither waits nor is the same there; what the collector has not of it is added to @lost. */
static gboolean
clear_log (SobanStore *store, const ReplaceJob *job, const SobanUuid *record, GPtrArray *lost, GError **error)
{
  g_autoptr (GPtrArray) log = soban_log_list (store, record, error);

  if (!log)
    return FALSE;
  for (guint i = 0; i < log->len; i++) {
    const SobanChange *change = g_ptr_array_index (log, i);
    const SobanChange *theirs = find_theirs (job, change);
    gboolean waiting;

    if (!waits (store, change, &waiting, error))
      return FALSE;
    if (waiting || (theirs && is_same (theirs, change)))
      continue;
    if (!soban_log_remove (store, record, &change->id, error))
      return FALSE;
    if (!theirs)
      g_ptr_array_add (lost, soban_change_copy (change));
  }
  return TRUE;
}

static gboolean
insert_theirs (SobanStore *store, const ReplaceJob *job, const SobanUuid *record, GError **error)
{
  for (guint i = 0; i < job->changes->len; i++) {
    const SobanChange *change = g_ptr_array_index (job->changes, i);
    const SobanArrival arrival = { .number = g_array_index (job->scope_numbers, guint64, i), .exact = TRUE };
    SobanLogInsertion insertion;

    if (!is_of (change, record))
      continue;
    if (!soban_log_insert (store, change, &arrival, &insertion, error))
      return FALSE;
    if (insertion.numbered && !soban_relay_remove (store, &change->id, error))
      return FALSE;
    soban_hybrid_clock_observe (&store->db_thread.clock, change->stamp);
  }
  return TRUE;
}

/* (transfer full): invariant 3: the values of @lost that would win over @state, as a change to be issued; maybe an empty one. */
static SobanChange *
make_up (const SobanStoredRecord *record, const GPtrArray *lost)
{
  g_autoptr (SobanRecordState) whole = soban_record_state_new ();
  SobanChange *change = soban_change_begin (record);

  for (guint i = 0; i < lost->len; i++)
    soban_record_state_merge (whole, g_ptr_array_index (lost, i));
  for (guint i = 0; i < lost->len; i++) {
    const GPtrArray *assignments = ((const SobanChange *) g_ptr_array_index (lost, i))->assignments;

    for (guint k = 0; k < assignments->len; k++) {
      const char *path = ((const SobanAssignment *) g_ptr_array_index (assignments, k))->path;
      const char *value = soban_record_state_get (whole, path);
      const SobanWriteKey *winner = soban_record_state_get_winner (record->state, path);

      if ((!winner || soban_write_key_compare (soban_record_state_get_winner (whole, path), winner) > 0)
          && g_strcmp0 (value, soban_record_state_get (record->state, path)) != 0)
        soban_change_assign (change, path, value);
    }
  }
  return change;
}

/* What is left of the record after its log was replaced. */
static gboolean
save_replaced (SobanStore *store, SobanStoredRecord *record, gboolean exists, const GPtrArray *lost, GError **error)
{
  g_autoptr (SobanChange) change = make_up (record, lost);

  record->stale = TRUE;
  store->db_thread.shown_changed = TRUE;
  if (exists ? !soban_stored_record_save (store, record, error)
             : record->exists
                   && (!soban_stored_record_remove (store, record, error) || !soban_derived_remove (store, &record->id, error)))
    return FALSE;
  if (exists && !soban_erasure_apply (store, record, error))
    return FALSE;
  return soban_change_is_empty (change) || soban_log_append_own (store, change, -1, NULL, error);
}

static gboolean
replace_record (SobanStore *store, const ReplaceJob *job, const SobanUuid *id, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (GPtrArray) log = NULL;
  g_auto (SobanStoredRecord) record = { 0 };

  if (!soban_stored_record_load (store, id, state, &record, error) || !clear_log (store, job, id, lost, error)
      || !insert_theirs (store, job, id, error))
    return FALSE;
  log = soban_log_list (store, id, error);
  if (!log || (log->len == 0 && !record.exists))
    return log != NULL;
  soban_record_state_clear (state);
  for (guint i = 0; i < log->len; i++) {
    soban_record_state_merge (state, g_ptr_array_index (log, i));
    soban_stored_record_follow (&record, g_ptr_array_index (log, i));
  }
  return save_replaced (store, &record, log->len > 0, lost, error);
}

static gboolean
check_replacement (const ReplaceJob *job, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (soban_uuid_hash, soban_uuid_equal);

  for (guint i = 0; i < job->ids->len; i++)
    g_hash_table_add (ids, &g_array_index (job->ids, SobanUuid, i));
  for (guint i = 0; i < job->changes->len; i++) {
    const SobanChange *change = g_ptr_array_index (job->changes, i);

    if (!soban_change_check_shape (change, error))
      return FALSE;
    if (!g_hash_table_contains (ids, &change->record) || strcmp (change->scope, job->scope) != 0) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The server sent a record that was not asked for"));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
replace_records (SobanStore *store, gpointer data, GError **error)
{
  const ReplaceJob *job = data;

  if (job->scope_numbers->len != job->changes->len) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, "%u changes have %u numbers", job->changes->len,
                 job->scope_numbers->len);
    return FALSE;
  }
  if (!check_replacement (job, error))
    return FALSE;
  for (guint i = 0; i < job->ids->len; i++)
    if (!replace_record (store, job, &g_array_index (job->ids, SobanUuid, i), error))
      return FALSE;
  return soban_identity_save (store, error);
}

gboolean
soban_store_replace_records (SobanStore *store, const char *scope, const GArray *ids, const GPtrArray *changes,
                             const GArray *scope_numbers, GError **error)
{
  ReplaceJob job = { scope, ids, changes, scope_numbers };

  if (!soban_store_write (store, replace_records, &job, error)) {
    g_prefix_error (error, _("Taking over what the server has: "));
    return FALSE;
  }
  return TRUE;
}
