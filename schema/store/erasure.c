/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records erased by law (PROTOCOL 6.2)
 *
 * An erasure is a change like any other: it sets the register ".erased" and takes every value away; the tombstone stays
 * for ever.
 *
 * Invariants:
 *  (1) The log rows of an erased record lose their values, only the registers ".deleted" and ".erased" keep theirs;
 * paths and keys stay. The collector does the same with what comes for it later (admission.c, A16), so states and
 * digests agree. (2) What waits here (own, or to be relayed) keeps its bytes until a collector has it: its hash is
 * known there. Such a record stands in the table `erasure` until then. (3) Nothing of an erased record is shown, found
 * or counted, not even a value that waits. (4) Nothing is written to it any more; the draft of a change to it goes.
 */
#include "config.h"

#include "store/store-private.h"

#include "log/erasure-proof.h"

#include <string.h>

SobanFieldMap *
soban_record_get_shown_fields (const SobanRecordState *state)
{
  g_autoptr (SobanFieldMap) fields = soban_record_state_get_fields (state);
  SobanFieldMap *registers;

  if (!soban_record_state_is_erased (state))
    return g_steal_pointer (&fields);
  registers = soban_field_map_new ();
  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;

    soban_field_map_nth (fields, i, &path, &value);
    if (strcmp (path, SOBAN_FIELD_DELETED) == 0 || strcmp (path, SOBAN_FIELD_ERASED) == 0)
      soban_field_map_set (registers, path, value);
  }
  return registers;
}

static gboolean
rewrite (SobanStore *store, gint64 row_id, const SobanChange *change, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "UPDATE change SET body = :body WHERE rowid = :row", error);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (!statement)
    return FALSE;
  soban_change_encode (change, body);
  soban_bind_bytes (statement, ":body", body->data, body->len);
  soban_bind_int (statement, ":row", row_id);
  return soban_run (statement, error);
}

static gboolean
note (SobanStore *store, const SobanUuid *record, gboolean waits, GError **error)
{
  const char *sql =
      waits ? "INSERT OR IGNORE INTO erasure (record) VALUES (:record)" : "DELETE FROM erasure WHERE record = :record";
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":record", record);
  return soban_run (statement, error);
}

typedef struct {
  gint64 row_id;
  SobanChange *change;
} LoggedRow;

static void
clear_row (gpointer data)
{
  soban_change_free (((LoggedRow *)data)->change);
}

/* *ret_waits: some were left out, because they wait (invariant 2). */
static gboolean
list_rows (SobanStore *store, const SobanUuid *record, GArray *rows, gboolean *ret_waits, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT " SOBAN_LOG_COLUMNS ", rowid, EXISTS (SELECT 1 FROM relay WHERE relay.device = change.device AND "
      "relay.incarnation = change.incarnation AND relay.number = change.number) OR (device = :device AND incarnation = "
      ":incarnation AND number > :acked) FROM change WHERE record = :record",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":record", record);
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64)identity->incarnation);
  soban_bind_int (statement, ":acked", (gint64)identity->acked_number);
  while (soban_step (statement, &row, error)) {
    LoggedRow item = { 0 };

    if (!row)
      return TRUE;
    if (soban_column_int (statement, 5)) {
      *ret_waits = TRUE;
      continue;
    }
    item.row_id = soban_column_int (statement, 4);
    item.change = soban_log_read (statement, error);
    if (!item.change)
      return FALSE;
    g_array_append_val (rows, item);
  }
  return FALSE;
}

gboolean
soban_erasure_apply (SobanStore *store, const SobanStoredRecord *record, GError **error)
{
  g_autoptr (GArray) rows = NULL;
  gboolean waits = FALSE, blanked = FALSE;

  if (!soban_record_state_is_erased (record->state))
    return TRUE;
  rows = g_array_new (FALSE, FALSE, sizeof (LoggedRow));
  g_array_set_clear_func (rows, clear_row);
  if (!list_rows (store, &record->id, rows, &waits, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    LoggedRow *item = &g_array_index (rows, LoggedRow, i);

    if (!soban_erasure_blank (item->change))
      continue;
    if (!rewrite (store, item->row_id, item->change, error))
      return FALSE;
    blanked = TRUE;
  }
  return note (store, &record->id, waits, error) && soban_drafts_remove_edits (store, &record->id, error) && soban_attachments_release_record (store, &record->id, error)
         && (!blanked
             || (soban_stored_record_merge_anew (store, &record->id, error)
                 && soban_derived_remove (store, &record->id, error) && soban_traces_note (store, error)));
}

/* The records are listed first: what is done for one reads the table, too. */
gboolean
soban_erasure_resume (SobanStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT record FROM erasure", error);
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  gboolean row = TRUE;

  if (!statement)
    return FALSE;
  while (row) {
    SobanUuid id;

    if (!soban_step (statement, &row, error))
      return FALSE;
    if (row && soban_column_uuid (statement, 0, &id))
      g_array_append_val (records, id);
  }
  soban_statement_release (g_steal_pointer (&statement));
  for (guint i = 0; i < records->len; i++) {
    g_auto (SobanStoredRecord) record = { 0 };

    if (!soban_stored_record_load (store, &g_array_index (records, SobanUuid, i), store->db_thread.state, &record,
                                   error)
        || !soban_erasure_apply (store, &record, error))
      return FALSE;
  }
  return TRUE;
}
