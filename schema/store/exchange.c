/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exchange among tablets by bundle, and what is relayed (sync/README.md 5.12, 10.4)
 *
 * Invariants:
 *  (1) A change that came by bundle without a number of its scope keeps its author's stamp until a collector has given
 * one; it stands in `relay` until it comes with a number. (2) A stamp without a number replaces nothing. Cursors do not
 * move: what came by bundle comes again with the pull, and is known. (3) What a round has taken along is sent again after
 * a day, or when the next bundle brings more of that sender: then the gap may have closed for which the collector passed
 * it over. Whether the collector has it by now is asked for once, and again when a snapshot came: that names nothing that
 * wins nothing. (4) A bundle that knows more changes of
 * this device and incarnation than this tablet was made after a copy that it is: it takes a new incarnation first, so
 * that no number is given twice. (5) What comes with a number under the id of what waits is the same change when it is equal, or what a
 * snapshot or an erasure leaves of it. Else the id stands for another one at the collector (its author was put back to an older copy), and
 * what waited is issued anew here (reconcile.c): no value goes.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"
#include "log/erasure-proof.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RELAY_AGAIN_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

void
soban_relayed_free (SobanRelayed *relayed)
{
  if (!relayed)
    return;
  soban_clock_evidence_free (relayed->evidence);
  g_ptr_array_unref (relayed->changes);
  g_free (relayed);
}

void
soban_scope_change_free (SobanScopeChange *item)
{
  if (!item)
    return;
  soban_change_free (item->change);
  g_free (item);
}

static void
bind_sender (sqlite3_stmt *statement, const SobanChangeId *id)
{
  soban_bind_int (statement, ":device", id->device);
  soban_bind_int (statement, ":incarnation", (gint64)id->incarnation);
}

/* ---- the table `relay` ---- */

/* `tried`: 0 to be sent on; 1 sent on: whether the collector has it is not known; 2 it had been passed over when it was asked. */

/* With the last change of a sender what is known of its clock goes. */
static gboolean
forget_senders (SobanStore *store, GError **error)
{
  return soban_database_execute (
      store->db_thread.database,
      "DELETE FROM boot WHERE device <> 0 AND NOT EXISTS (SELECT 1 FROM relay WHERE relay.device = boot.device AND "
      "relay.incarnation = boot.incarnation);"
      "DELETE FROM anchor WHERE device <> 0 AND NOT EXISTS (SELECT 1 FROM relay WHERE relay.device = anchor.device AND "
      "relay.incarnation = anchor.incarnation)",
      error);
}

gboolean
soban_relay_remove (SobanStore *store, const SobanChangeId *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "DELETE FROM relay WHERE device = :device AND incarnation = :incarnation AND number = :number", error);

  if (!statement)
    return FALSE;
  bind_sender (statement, id);
  soban_bind_int (statement, ":number", (gint64)id->number);
  if (!soban_run (statement, error))
    return FALSE;
  return soban_database_changes (store->db_thread.database) == 0 || forget_senders (store, error);
}

static gboolean
is_equal (const SobanChange *a, const SobanChange *b)
{
  guint8 left[SOBAN_CHANGE_HASH_BYTES], right[SOBAN_CHANGE_HASH_BYTES];

  soban_change_hash (a, left);
  soban_change_hash (b, right);
  return memcmp (left, right, sizeof left) == 0;
}

/* Of a change that came on a page of a snapshot, here or at the tablet that wrote the bundle, there is only what won (sync/README.md 5.9). */
static gboolean
is_rest (const SobanChange *rest, const SobanChange *whole)
{
  if (rest->wall_ms != 0 || rest->boottime_ms != 0 || rest->seen != 0 || !soban_uuid_equal (&rest->record, &whole->record))
    return FALSE;
  for (guint i = 0; i < rest->assignments->len; i++) {
    const SobanAssignment *left = g_ptr_array_index (rest->assignments, i);
    const SobanAssignment *assignment = soban_change_find (whole, left->path);

    if (!assignment || g_strcmp0 (assignment->value, left->value) != 0)
      return FALSE;
  }
  return TRUE;
}

/* Invariant 5 */
static gboolean
may_be_of (const SobanChange *numbered, const SobanChange *waiting)
{
  g_autoptr (SobanChange) blanked = NULL;

  if (is_equal (numbered, waiting) || is_rest (numbered, waiting))
    return TRUE;
  blanked = soban_change_copy (waiting);
  soban_erasure_blank (blanked);
  return is_equal (numbered, blanked) || is_rest (numbered, blanked);
}

gboolean
soban_relay_take_orphan (SobanStore *store, const SobanChange *numbered, GPtrArray *orphans, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT record FROM relay WHERE device = :device AND incarnation = :incarnation AND number = :number", error);
  g_autoptr (SobanChange) waiting = NULL;
  SobanUuid record;
  gboolean row;

  if (!statement)
    return FALSE;
  bind_sender (statement, &numbered->id);
  soban_bind_int (statement, ":number", (gint64)numbered->id.number);
  if (!soban_step (statement, &row, error))
    return FALSE;
  if (!row || !soban_column_uuid (statement, 0, &record))
    return TRUE;
  waiting = soban_log_find (store, &record, &numbered->id, error);
  if (!waiting)
    return FALSE;
  if (may_be_of (numbered, waiting))
    return TRUE;
  if (!soban_log_remove (store, &record, &numbered->id, error) || !soban_relay_remove (store, &numbered->id, error))
    return FALSE;
  g_ptr_array_add (orphans, g_steal_pointer (&waiting));
  return TRUE;
}

static gboolean
add_relay (SobanStore *store, const SobanChange *change, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "INSERT OR IGNORE INTO relay (device, incarnation, number, record, tried) VALUES "
                              "(:device, :incarnation, :number, :record, 0)",
                              error);
  g_autoptr (sqlite3_stmt) again = soban_database_prepare (
      store->db_thread.database,
      "UPDATE relay SET tried = 0 WHERE device = :device AND incarnation = :incarnation AND tried <> 0", error);

  if (!statement || !again)
    return FALSE;
  soban_bind_change_id (statement, &change->record, &change->id);
  bind_sender (again, &change->id);
  return soban_run (statement, error) && soban_run (again, error);
}

gboolean
soban_relay_mark_tried (SobanStore *store, const GPtrArray *relayed, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE relay SET tried = 1 WHERE device = :device AND incarnation = :incarnation AND number = :number", error);

  if (!statement)
    return FALSE;
  for (guint i = 0; relayed && i < relayed->len; i++) {
    const GPtrArray *changes = ((const SobanRelayed *)g_ptr_array_index (relayed, i))->changes;

    for (guint k = 0; k < changes->len; k++) {
      const SobanChangeId *id = &((const SobanChange *)g_ptr_array_index (changes, k))->id;

      bind_sender (statement, id);
      soban_bind_int (statement, ":number", (gint64)id->number);
      if (!soban_run (statement, error))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
soban_relay_doubt (SobanStore *store, GError **error)
{
  return soban_database_execute (store->db_thread.database, "UPDATE relay SET tried = 1 WHERE tried = 2", error);
}

gboolean
soban_relay_note_asked (SobanStore *store, const SobanUuid *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "UPDATE relay SET tried = 2 WHERE record = :record AND tried = 1", error);

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":record", record);
  return soban_run (statement, error);
}

/* Invariant 3 */
static gboolean
send_again (SobanStore *store, gpointer data, GError **error)
{
  const gint64 now_ms = soban_store_get_now_ms (store, NULL);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, now_ms);
  g_autofree char *before = NULL;
  gint64 sent;

  if (!soban_database_read_int (store->db_thread.database, "SELECT count (*) FROM (SELECT 1 FROM relay WHERE tried <> 0 LIMIT 1)",
                                &sent, error)
      || !soban_settings_get (store, SOBAN_SETTING_RELAYED_MS, &before, error))
    return FALSE;
  if (sent == 0 || (before && ABS (now_ms - g_ascii_strtoll (before, NULL, 10)) < RELAY_AGAIN_MS))
    return TRUE;
  return soban_database_execute (store->db_thread.database, "UPDATE relay SET tried = 0", error)
         && soban_settings_set (store, SOBAN_SETTING_RELAYED_MS, text, error);
}

gboolean
soban_store_relay_again (SobanStore *store, GError **error)
{
  return soban_store_write (store, send_again, NULL, error);
}

/* ---- what is to be relayed ---- */

typedef struct {
  SobanChangeId id;
  SobanUuid record;
} Waiting;

static gboolean
list_waiting (SobanStore *store, guint max, GArray *waiting, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT device, incarnation, number, record FROM relay WHERE tried = 0 "
                              "ORDER BY device, incarnation, number LIMIT :max",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":max", max);
  while (soban_step (statement, &row, error)) {
    Waiting item = { 0 };

    if (!row)
      return TRUE;
    item.id = (SobanChangeId){ soban_column_int (statement, 0), (guint64)soban_column_int (statement, 1),
                               (guint64)soban_column_int (statement, 2) };
    if (soban_column_uuid (statement, 3, &item.record))
      g_array_append_val (waiting, item);
  }
  return FALSE;
}

/* The last group of @relayed when it is @id's sender's, else a new one. */
static SobanRelayed *
get_group (SobanStore *store, GPtrArray *relayed, const SobanChangeId *id, GError **error)
{
  SobanRelayed *group = relayed->len > 0 ? g_ptr_array_index (relayed, relayed->len - 1) : NULL;
  SobanClockEvidence *evidence;

  if (group && group->evidence->device == id->device && group->evidence->incarnation == id->incarnation)
    return group;
  evidence = soban_evidence_load (store, id->device, id->incarnation, NULL, error);
  if (!evidence)
    return NULL;
  group = g_new0 (SobanRelayed, 1);
  group->evidence = evidence;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  g_ptr_array_add (relayed, group);
  return group;
}

typedef struct {
  guint max;
  GPtrArray *relayed;
} RelayJob;

static gboolean
list_relayed (SobanStore *store, gpointer data, GError **error)
{
  RelayJob *job = data;
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));

  if (!list_waiting (store, job->max, waiting, error))
    return FALSE;
  for (guint i = 0; i < waiting->len; i++) {
    const Waiting *item = &g_array_index (waiting, Waiting, i);
    SobanRelayed *group = get_group (store, job->relayed, &item->id, error);
    SobanChange *change = group ? soban_log_find (store, &item->record, &item->id, error) : NULL;

    if (!change)
      return FALSE;
    g_ptr_array_add (group->changes, change);
  }
  return TRUE;
}

GPtrArray *
soban_store_list_relayed (SobanStore *store, guint max, GError **error)
{
  g_autoptr (GPtrArray) relayed = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_relayed_free);
  RelayJob job = { max, relayed };

  return soban_store_read (store, list_relayed, &job, error) ? g_steal_pointer (&relayed) : NULL;
}

typedef struct {
  const char *scope;
  guint max;
  GArray *records;
} PassedOverJob;

static gboolean
list_passed_over (SobanStore *store, gpointer data, GError **error)
{
  PassedOverJob *job = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT DISTINCT relay.record FROM relay JOIN record ON id = relay.record WHERE scope = :scope AND tried = 1 LIMIT :max",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", job->scope);
  soban_bind_int (statement, ":max", job->max);
  while (soban_step (statement, &row, error)) {
    SobanUuid record;

    if (!row)
      return TRUE;
    if (soban_column_uuid (statement, 0, &record))
      g_array_append_val (job->records, record);
  }
  return FALSE;
}

GArray *
soban_store_list_passed_over (SobanStore *store, const char *scope, guint max, GError **error)
{
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  PassedOverJob job = { scope, max, records };

  return soban_store_read (store, list_passed_over, &job, error) ? g_steal_pointer (&records) : NULL;
}

/* ---- what goes into a bundle ---- */

typedef struct {
  const char *scope;
  gboolean numbered;
  guint64 place;
  guint max;
  GPtrArray *items;
} ScopeJob;

static gboolean
list_scope (SobanStore *store, gpointer data, GError **error)
{
  ScopeJob *job = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT " SOBAN_LOG_COLUMNS
      ", rowid, arrived FROM change WHERE rowid > :place AND (arrived <> 0) = :numbered AND record IN "
      "(SELECT id FROM record WHERE scope = :scope) ORDER BY rowid LIMIT :max",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":place", (gint64)job->place);
  soban_bind_int (statement, ":numbered", job->numbered);
  soban_bind_text (statement, ":scope", job->scope);
  soban_bind_int (statement, ":max", job->max);
  while (soban_step (statement, &row, error)) {
    SobanScopeChange *item;
    SobanChange *change;

    if (!row)
      return TRUE;
    change = soban_log_read (statement, error);
    if (!change)
      return FALSE;
    job->place = (guint64)soban_column_int (statement, 4);
    item = g_new (SobanScopeChange, 1);
    *item = (SobanScopeChange){ change, (guint64)soban_column_int (statement, 5) };
    g_ptr_array_add (job->items, item);
  }
  return FALSE;
}

GPtrArray *
soban_store_list_scope (SobanStore *store, const char *scope, gboolean numbered, guint64 *inout_place, guint max,
                        GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_scope_change_free);
  ScopeJob job = { scope, numbered, *inout_place, max, items };

  if (!soban_store_read (store, list_scope, &job, error))
    return NULL;
  *inout_place = job.place;
  return g_steal_pointer (&items);
}

/* ---- importing ---- */

typedef struct {
  const char *scope;
  const SobanClockEvidence *evidence;
  const GPtrArray *changes;
  const GArray *scope_numbers;
  GPtrArray *orphans; /* (element-type SobanChange): invariant 5 */
  guint fresh;
  SobanStamp newest; /* of what a collector has admitted */
} ImportJob;

static gboolean
is_own (SobanStore *store, const SobanChange *change)
{
  const SobanIdentity *identity = &store->db_thread.identity;

  return change->id.device == identity->device && change->id.incarnation == identity->incarnation;
}

/* Of a bundle nothing is trusted but that somebody of the scope has made it. */
static gboolean
check_changes (SobanStore *store, const ImportJob *job, GError **error)
{
  if (job->scope_numbers && job->scope_numbers->len != job->changes->len) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, "%u changes have %u numbers",
                 job->changes->len, job->scope_numbers->len);
    return FALSE;
  }
  for (guint i = 0; i < job->changes->len; i++) {
    const SobanChange *change = g_ptr_array_index (job->changes, i);

    if (strcmp (change->scope, job->scope) != 0) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT,
                   _ ("The file holds a record of another commune (%s)"), change->scope);
      return FALSE;
    }
    if (!soban_change_check_shape (change, error))
      return FALSE;
  }
  return TRUE;
}

/* Invariant 4 */
static gboolean
step_aside (SobanStore *store, const ImportJob *job, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;

  for (guint i = 0; i < job->changes->len; i++) {
    const SobanChange *change = g_ptr_array_index (job->changes, i);

    if (is_own (store, change) && change->id.number > identity->last_number)
      return soban_fork_identity (store, identity->acked_number, error);
  }
  return TRUE;
}

static gboolean
import_change (SobanStore *store, ImportJob *job, guint at, GHashTable *touched, GError **error)
{
  const SobanChange *change = g_ptr_array_index (job->changes, at);
  guint64 number = job->scope_numbers ? g_array_index (job->scope_numbers, guint64, at) : 0;
  const SobanArrival arrival = { .number = number, .provisional = number == 0 };
  SobanLogInsertion insertion;

  if (is_own (store, change))
    return TRUE;
  if ((number != 0 && !soban_relay_take_orphan (store, change, job->orphans, error))
      || !soban_log_insert (store, change, &arrival, &insertion, error))
    return FALSE;
  job->fresh += insertion.new;
  job->newest = number != 0 ? MAX (job->newest, change->stamp) : job->newest;
  soban_hybrid_clock_observe (&store->db_thread.clock, change->stamp);
  if (insertion.new || insertion.restamped)
    g_hash_table_add (touched, g_memdup2 (&change->record, sizeof change->record));
  if (insertion.new &&number == 0)
    return add_relay (store, change, error);
  return !insertion.numbered || soban_relay_remove (store, &change->id, error);
}

static gboolean
import_exchange (SobanStore *store, gpointer data, GError **error)
{
  ImportJob *job = data;
  g_autoptr (GHashTable) touched = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id;

  if (!check_changes (store, job, error) || !step_aside (store, job, error))
    return FALSE;
  for (guint i = 0; i < job->changes->len; i++)
    if (!import_change (store, job, i, touched, error))
      return FALSE;
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_auto (SobanStoredRecord) record = { 0 };

    if (!soban_stored_record_merge_anew (store, id, error)
        || !soban_stored_record_load (store, id, store->db_thread.state, &record, error)
        || !soban_erasure_apply (store, &record, error))
      return FALSE;
  }
  return soban_present_time_learn (store, SOBAN_STAMP_MS (job->newest), FALSE, error)
         && (!job->evidence || soban_evidence_keep (store, job->evidence, error)) && forget_senders (store, error)
         && soban_orphans_adopt (store, job->orphans, error) && soban_identity_save (store, error);
}

gboolean
soban_store_import_exchange (SobanStore *store, const char *scope, const SobanClockEvidence *evidence,
                             const GPtrArray *changes, const GArray *scope_numbers, guint *ret_new, GError **error)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  ImportJob job = { scope, evidence, changes, scope_numbers, orphans, 0, 0 };

  if (!soban_store_write (store, import_exchange, &job, error)) {
    g_prefix_error (error, _ ("Taking in what another tablet has: "));
    return FALSE;
  }
  if (ret_new)
    *ret_new = job.fresh;
  return TRUE;
}
