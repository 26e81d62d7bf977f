/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records taken over from the collector where both differ (PROTOCOL 8, sync/README.md 5.10). How they are found is in
 * ranges.c.
 *
 * Invariants:
 *  (1) Replacing records is one transaction: their log is the collector's and what waits here, their state what they
 *      merge to.
 *  (2) No value goes: where a change that the collector has not would still win, its value is issued anew as one change.
 *  (3) A relayed change whose number turns out to stand for another content at the collector, of this record or another
 *      (its author was put back to an older copy), will never be taken from anybody: it is issued anew here, too.
 *  (4) An erasure that the collector has not stays, and is sent on (erasure-relay.c).
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"
#include "log/erasure-proof.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const char *scope;
  const GArray *ids;
  const GPtrArray *changes;
  const GArray *scope_numbers;
  GPtrArray *orphans; /* (element-type SobanChange): of other records (invariant 3) */
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
is_own (SobanStore *store, const SobanChange *change)
{
  const SobanIdentity *identity = &store->db_thread.identity;

  return change->id.device == identity->device && change->id.incarnation == identity->incarnation;
}

static gboolean
waits (SobanStore *store, const SobanChange *change, gboolean *ret_waits, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = NULL;

  *ret_waits = change->id.number > identity->acked_number;
  if (is_own (store, change))
    return TRUE;
  statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT 1 FROM relay WHERE device = :device AND incarnation = :incarnation AND number = :number", error);
  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", change->id.device);
  soban_bind_int (statement, ":incarnation", (gint64)change->id.incarnation);
  soban_bind_int (statement, ":number", (gint64)change->id.number);
  return soban_step (statement, ret_waits, error);
}

/* Out of the log with all that neither waits nor is the same there; what the collector has not of it is added to @lost.
 */
static gboolean
clear_log (SobanStore *store, const ReplaceJob *job, const SobanUuid *record, GPtrArray *lost, GError **error)
{
  g_autoptr (GPtrArray) log = soban_log_list (store, record, error);

  if (!log)
    return FALSE;
  for (guint i = 0; i < log->len; i++) {
    const SobanChange *change = g_ptr_array_index (log, i);
    const SobanChange *theirs = find_theirs (job, change);
    guint8 proof[SOBAN_ERASURE_PROOF_BYTES];
    gboolean waiting;

    if (theirs && is_same (theirs, change))
      continue;
    if (!waits (store, change, &waiting, error))
      return FALSE;
    if (waiting && (!theirs || is_own (store, change)))
      continue;
    if (!theirs && soban_erasure_proof_find (change, proof)) {
      if (!soban_erasure_relay (store, change, error))
        return FALSE;
      continue;
    }
    if (!soban_log_remove (store, record, &change->id, error)
        || (waiting && !soban_relay_remove (store, &change->id, error)))
      return FALSE;
    if (!theirs || waiting)
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
    if (!soban_relay_take_orphan (store, change, job->orphans, error)
        || !soban_log_insert (store, change, &arrival, &insertion, error))
      return FALSE;
    if (insertion.numbered && !soban_relay_remove (store, &change->id, error))
      return FALSE;
    soban_hybrid_clock_observe (&store->db_thread.clock, change->stamp);
  }
  return TRUE;
}

/* Who made @lost goes with what is issued of it, but is nothing to be issued for. */
static void
name_person (SobanChange *change, const SobanRecordState *lost)
{
  const char *person = soban_record_state_get (lost, SOBAN_FIELD_PERSON);

  if (person && !soban_change_is_empty (change))
    soban_change_assign (change, SOBAN_FIELD_PERSON, person);
}

/* (transfer full): invariant 2: the values of @lost that would win over @state, as a change to be issued; maybe an
 * empty one. */
static SobanChange *
make_up (const SobanStoredRecord *record, const GPtrArray *lost)
{
  g_autoptr (SobanRecordState) whole = soban_record_state_new ();
  SobanChange *change = soban_change_begin (record);

  for (guint i = 0; i < lost->len; i++)
    soban_record_state_merge (whole, g_ptr_array_index (lost, i));
  for (guint i = 0; i < lost->len; i++) {
    const GPtrArray *assignments = ((const SobanChange *)g_ptr_array_index (lost, i))->assignments;

    for (guint k = 0; k < assignments->len; k++) {
      const char *path = ((const SobanAssignment *)g_ptr_array_index (assignments, k))->path;
      const char *value = soban_record_state_get (whole, path);
      const SobanWriteKey *winner = soban_record_state_get_winner (record->state, path);

      if (strcmp (path, SOBAN_FIELD_PERSON) != 0
          && (!winner || soban_write_key_compare (soban_record_state_get_winner (whole, path), winner) > 0)
          && g_strcmp0 (value, soban_record_state_get (record->state, path)) != 0)
        soban_change_assign (change, path, value);
    }
  }
  name_person (change, whole);
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
                   && (!soban_stored_record_remove (store, record, error)
                       || !soban_derived_remove (store, &record->id, error)))
    return FALSE;
  if (exists && !soban_erasure_apply (store, record, error))
    return FALSE;
  if (soban_record_state_is_erased (record->state))
    return lost->len == 0 || soban_traces_note (store, error);
  if (!soban_change_is_empty (change))
    return soban_log_append_own (store, change, -1, NULL, error);
  return exists || soban_attachments_release_record (store, &record->id, error);
}

/* Merges what is left of the log of @id, and issues anew what @lost had. */
static gboolean
merge_left (SobanStore *store, const SobanUuid *id, SobanStoredRecord *record, const GPtrArray *lost, GError **error)
{
  g_autoptr (GPtrArray) log = soban_log_list (store, id, error);

  if (!log || (log->len == 0 && !record->exists && lost->len == 0))
    return log != NULL;
  soban_record_state_clear (record->state);
  for (guint i = 0; i < log->len; i++) {
    soban_record_state_merge (record->state, g_ptr_array_index (log, i));
    soban_stored_record_follow (record, g_ptr_array_index (log, i));
  }
  return save_replaced (store, record, log->len > 0, lost, error);
}

/* Together: what one of them had may have been overwritten by another, and must not be issued after it. */
static gboolean
adopt (SobanStore *store, const GPtrArray *lost, GError **error)
{
  const SobanChange *first = g_ptr_array_index (lost, 0);
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_auto (SobanStoredRecord) record = { 0 };

  if (!soban_stored_record_load (store, &first->record, state, &record, error))
    return FALSE;
  /* A repair has just taken it out: the collector has nothing of it. */
  for (guint i = 0; !record.exists && i < lost->len; i++) {
    soban_record_state_merge (state, g_ptr_array_index (lost, i));
    soban_stored_record_follow (&record, g_ptr_array_index (lost, i));
  }
  return merge_left (store, &first->record, &record, lost, error);
}

gboolean
soban_orphans_adopt (SobanStore *store, const GPtrArray *orphans, GError **error)
{
  g_autoptr (GHashTable) records = g_hash_table_new (soban_uuid_hash, soban_uuid_equal);

  for (guint i = 0; i < orphans->len; i++) {
    const SobanUuid *record = &((const SobanChange *)g_ptr_array_index (orphans, i))->record;
    g_autoptr (GPtrArray) lost = NULL;

    if (!g_hash_table_add (records, (gpointer)record))
      continue;
    lost = g_ptr_array_new ();
    for (guint k = i; k < orphans->len; k++)
      if (is_of (g_ptr_array_index (orphans, k), record))
        g_ptr_array_add (lost, g_ptr_array_index (orphans, k));
    if (!adopt (store, lost, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
replace_record (SobanStore *store, const ReplaceJob *job, const SobanUuid *id, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  g_auto (SobanStoredRecord) record = { 0 };

  return soban_stored_record_load (store, id, state, &record, error) && clear_log (store, job, id, lost, error)
         && insert_theirs (store, job, id, error) && soban_relay_note_asked (store, id, error)
         && merge_left (store, id, &record, lost, error);
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
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                   _ ("The server sent a record that was not asked for"));
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
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, "%u changes have %u numbers",
                 job->changes->len, job->scope_numbers->len);
    return FALSE;
  }
  if (!check_replacement (job, error))
    return FALSE;
  for (guint i = 0; i < job->ids->len; i++)
    if (!replace_record (store, job, &g_array_index (job->ids, SobanUuid, i), error))
      return FALSE;
  return soban_orphans_adopt (store, job->orphans, error) && soban_identity_save (store, error);
}

gboolean
soban_store_replace_records (SobanStore *store, const char *scope, const GArray *ids, const GPtrArray *changes,
                             const GArray *scope_numbers, GError **error)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  ReplaceJob job = { scope, ids, changes, scope_numbers, orphans };

  if (!soban_store_write (store, replace_records, &job, error)) {
    g_prefix_error (error, _ ("Taking over what the server has: "));
    return FALSE;
  }
  return TRUE;
}
