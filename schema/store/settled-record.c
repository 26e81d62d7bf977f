/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records without what waits to be relayed: as a collector has them that has all that has a number (sync/README.md 5.12)
 *
 * Invariants:
 *  (1) What has no number of the scope yet counts in no digest, range or item: a gap that never closes must not hide that
 * anything else differs. (2) A record of which nothing else is known is not there.
 */
#include "config.h"

#include "store/store-private.h"

void
soban_settled_record_clear (SobanSettledRecord *record)
{
  soban_stored_record_clear (&record->here);
  soban_stored_record_clear (&record->settled);
}

/* (transfer full) (element-type SobanUuid): the records of which something waits to be relayed, ascending. */
static GArray *
list_ids (SobanStore *store, const SobanIdRange *range, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT DISTINCT record FROM relay WHERE record >= :from AND record < :to ORDER BY record", error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_uuid (statement, ":from", &range->from);
  soban_bind_uuid (statement, ":to", &range->to);
  while (soban_step (statement, &row, error)) {
    SobanUuid id;

    if (!row)
      return g_steal_pointer (&ids);
    if (soban_column_uuid (statement, 0, &id))
      g_array_append_val (ids, id);
  }
  return NULL;
}

static gboolean
merge_settled (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT " SOBAN_LOG_COLUMNS " FROM change WHERE record = :record AND NOT EXISTS (SELECT 1 FROM relay WHERE "
      "relay.device = change.device AND relay.incarnation = change.incarnation AND relay.number = change.number AND "
      "relay.record = change.record)",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":record", &record->id);
  while (soban_step (statement, &row, error)) {
    g_autoptr (SobanChange) change = NULL;

    if (!row)
      return TRUE;
    change = soban_log_read (statement, error);
    if (!change)
      return FALSE;
    soban_record_state_merge (record->state, change);
    soban_stored_record_follow (record, change);
    record->exists = TRUE;
  }
  return FALSE;
}

static gboolean
load (SobanStore *store, const SobanUuid *id, SobanSettledRecord *ret_record, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  SobanStoredRecord *settled = &ret_record->settled;

  if (!soban_stored_record_load (store, id, state, &ret_record->here, error))
    return FALSE;
  soban_record_state_clear (state);
  *settled = (SobanStoredRecord){ .id = *id, .state = state };
  if (!merge_settled (store, settled, error))
    return FALSE;
  soban_record_state_encode (state, packed);
  settled->digest = soban_digest_of_record (id, packed->data, packed->len);
  settled->state = ret_record->here.state = NULL;
  return TRUE;
}

GArray *
soban_settled_records_list (SobanStore *store, const SobanIdRange *range, GError **error)
{
  g_autoptr (GArray) ids = list_ids (store, range, error);
  g_autoptr (GArray) records = g_array_new (FALSE, TRUE, sizeof (SobanSettledRecord));

  if (!ids)
    return NULL;
  g_array_set_clear_func (records, (GDestroyNotify)soban_settled_record_clear);
  for (guint i = 0; i < ids->len; i++) {
    g_array_set_size (records, i + 1);
    if (!load (store, &g_array_index (ids, SobanUuid, i), &g_array_index (records, SobanSettledRecord, i), error))
      return NULL;
  }
  return g_steal_pointer (&records);
}
