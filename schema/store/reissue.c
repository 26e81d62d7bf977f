/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Own changes under another name: enrolment (enrol.c) and fork (sync/README.md 5.8)
 *
 * Invariants:
 *  (1) What is issued anew keeps record, form, assignments, stamp, readings of the clocks and order; it gets the
 * numbers 1, 2, 3 ... of the present identity, a chain from 0, and waits. (2) What stays under the old name was seen by
 * what followed it: since program order speaks of one incarnation only, a change that is issued anew names what it
 * overwrote there as its bases. (3) A fork ends with a new incarnation, and nothing that was recorded is lost: what is
 * not known to be shared waits again. (4) Clock evidence follows the new numbers. (5) What is shared has the stamps and
 * times that the collector told with the fork: they are another incarnation's from then on, of which nobody may tell them
 * again (a snapshot does not name what wins nothing).
 */
#include "config.h"

#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  SobanStore *store;
  GPtrArray *changes;  /* (element-type SobanChange): under their new names */
  GHashTable *records; /* SobanUuid -> itself */
} Reissue;

static gboolean
assigns_same_path (const SobanChange *a, const SobanChange *b)
{
  for (guint i = 0; i < a->assignments->len; i++) {
    const SobanAssignment *left = g_ptr_array_index (a->assignments, i);

    for (guint k = 0; k < b->assignments->len; k++)
      if (strcmp (left->path, ((const SobanAssignment *)g_ptr_array_index (b->assignments, k))->path) == 0)
        return TRUE;
  }
  return FALSE;
}

/* Invariant 2: all that is issued anew has left the log already. */
static gboolean
add_own_bases (Reissue *reissue, SobanChange *change, const SobanChangeId *before, GError **error)
{
  g_autoptr (GPtrArray) log = soban_log_list (reissue->store, &change->record, error);

  if (!log)
    return FALSE;
  for (guint i = 0; i < log->len; i++) {
    const SobanChange *other = g_ptr_array_index (log, i);

    if (other->id.device == before->device && other->id.incarnation == before->incarnation
        && other->id.number < before->number && assigns_same_path (change, other))
      soban_change_add_base (change, &other->id);
  }
  return TRUE;
}

static gboolean
take_out (Reissue *reissue, const GArray *own, GError **error)
{
  for (guint i = 0; i < own->len; i++) {
    const SobanOwnChange *item = &g_array_index (own, SobanOwnChange, i);
    SobanChange *change = soban_log_find (reissue->store, &item->record, &item->before, error);

    if (!change)
      return FALSE;
    change->recorded_ms = 0;
    change->time_quality = SOBAN_TIME_RAW;
    g_ptr_array_add (reissue->changes, change);
    g_hash_table_add (reissue->records, g_memdup2 (&item->record, sizeof item->record));
    if (!soban_log_remove (reissue->store, &item->record, &item->before, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_back (Reissue *reissue, const GArray *own, GHashTable *scopes, gboolean forget_seen, GError **error)
{
  SobanIdentity *identity = &reissue->store->db_thread.identity;

  identity->last_number = identity->acked_number = 0;
  identity->chain = identity->acked_chain = 0;
  for (guint i = 0; i < own->len; i++) {
    const SobanOwnChange *item = &g_array_index (own, SobanOwnChange, i);
    SobanChange *change = g_ptr_array_index (reissue->changes, i);

    if (!add_own_bases (reissue, change, &item->before, error))
      return FALSE;
    change->id = (SobanChangeId){ identity->device, identity->incarnation, i + 1 };
    if (scopes) {
      g_free (change->scope);
      change->scope = g_strdup (g_hash_table_lookup (scopes, &item->record));
    }
    if (forget_seen)
      change->seen = 0;
    if (!soban_log_link_own (reissue->store, change, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
merge_records (Reissue *reissue, GError **error)
{
  SobanStore *store = reissue->store;
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, reissue->records);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_auto (SobanStoredRecord) record = { 0 };

    if (!soban_stored_record_load (store, id, store->db_thread.state, &record, error)
        || !soban_stored_record_remerge (store, &record, error))
      return FALSE;
    /* Facts without a commune of their own stand under the scope. */
    record.stale = TRUE;
    if (!soban_stored_record_save (store, &record, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_reissue (SobanStore *store, const GArray *own, const SobanIdentity *before, GHashTable *scopes,
               gboolean forget_seen, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_change_free);
  g_autoptr (GHashTable) records = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, NULL);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  Reissue reissue = { store, changes, records };

  for (guint i = 0; i < own->len; i++) {
    const SobanChangeId *id = &g_array_index (own, SobanOwnChange, i).before;
    guint64 number = id->incarnation == before->incarnation ? id->number : 0;

    g_array_append_val (numbers, number);
  }
  store->db_thread.shown_changed = TRUE;
  /* What has a receipt is another's from now on: it comes with its number. */
  return soban_database_execute (store->db_thread.database, "DELETE FROM outbox; DELETE FROM unplaced", error)
         && take_out (&reissue, own, error) && put_back (&reissue, own, scopes, forget_seen, error)
         && merge_records (&reissue, error) && soban_evidence_renumber (store, numbers, error);
}

/* ---- fork ---- */

static gboolean
list_above (SobanStore *store, guint64 acked, GArray *own, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT number, record FROM change WHERE device = :device AND incarnation = :incarnation AND "
      "number > :acked ORDER BY number",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":acked", (gint64)acked);
  while (soban_step (statement, &row, error)) {
    SobanOwnChange item = { .before = { identity->device, identity->incarnation, 0 } };

    if (!row)
      return TRUE;
    item.before.number = (guint64)soban_column_int (statement, 0);
    if (soban_column_uuid (statement, 1, &item.record))
      g_array_append_val (own, item);
  }
  return FALSE;
}

gboolean
soban_fork_identity (SobanStore *store, guint64 acked, GError **error)
{
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (SobanOwnChange));
  const SobanIdentity before = store->db_thread.identity;

  if (!list_above (store, acked, own, error))
    return FALSE;
  soban_entropy_fill (store->entropy, (guint8 *)&store->db_thread.identity.incarnation,
                      sizeof store->db_thread.identity.incarnation);
  return soban_reissue (store, own, &before, NULL, FALSE, error) && soban_identity_save (store, error);
}

typedef struct {
  const SobanSyncResult *result;
  guint64 chain;
} ForkJob;

/* Invariant 5 */
static gboolean
take_told (SobanStore *store, const SobanSyncResult *result, guint64 shared, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (SobanRecordedTime));

  for (guint i = 0; result->adjustments && i < result->adjustments->len; i++) {
    const SobanAdjustment *adjustment = &g_array_index (result->adjustments, SobanAdjustment, i);
    gboolean restamped;
    SobanUuid record;

    if (adjustment->number > shared)
      continue;
    if (!soban_receipt_adjust_stamp (store, adjustment, &record, &restamped, error)
        || (restamped && !soban_stored_record_merge_anew (store, &record, error)))
      return FALSE;
    soban_hybrid_clock_observe (&store->db_thread.clock, adjustment->stamp);
  }
  for (guint i = 0; result->times && i < result->times->len; i++) {
    const SobanRecordedTime *time = &g_array_index (result->times, SobanRecordedTime, i);

    if (time->number <= shared)
      g_array_append_vals (times, time, 1);
  }
  return soban_receipt_keep_times (store, times, error);
}

static gboolean
fork_off (SobanStore *store, gpointer data, GError **error)
{
  const ForkJob *job = data;
  guint64 shared = MIN (job->result->acked_number, store->db_thread.identity.last_number), chain;
  gboolean found;

  if (!soban_log_find_chain (store, shared, &chain, &found, error))
    return FALSE;
  /* Nothing is known to be shared, then: what is sent twice merges to the same. */
  if (!found || chain != job->chain)
    shared = 0;
  return take_told (store, job->result, shared, error) && soban_fork_identity (store, shared, error);
}

gboolean
soban_store_fork (SobanStore *store, const SobanSyncResult *result, guint64 chain, GError **error)
{
  ForkJob job = { result, chain };

  if (!soban_store_write (store, fork_off, &job, error)) {
    g_prefix_error (error, _ ("Setting this tablet apart from its copy: "));
    return FALSE;
  }
  return TRUE;
}

static gboolean
renew (SobanStore *store, gpointer data, GError **error)
{
  return soban_fork_identity (store, store->db_thread.identity.acked_number, error);
}

gboolean
soban_store_renew_incarnation (SobanStore *store, GError **error)
{
  if (!soban_store_write (store, renew, NULL, error)) {
    g_prefix_error (error, _ ("Setting this tablet apart from its copy: "));
    return FALSE;
  }
  return TRUE;
}
