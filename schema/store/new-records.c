/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records that are new here, many at a time
 *
 * Most of what a pull brings is new and newer than what is here. SQLite appends many such rows with one statement in half the time that as
 * many statements take.
 *
 * Invariants:
 *  (1) Nothing is taken of a run unless there is no record, and no change of one, from its first id to its last.
 *  (2) What is taken stands in the file as if apply.c had taken it record by record.
 */
#include "config.h"

#include "store/new-records.h"

#define TWICE(row) row ", " row
#define RUN_OF(row) TWICE (TWICE (TWICE (TWICE (TWICE (row)))))
G_STATIC_ASSERT (SOBAN_NEW_RECORDS_RUN == 1 << 5);

/* Where in the bytes of a run; offsets, since these move while they grow. */
typedef struct {
  gsize body, state, end;
  SobanDigest digest;
  guint8 digest_bytes[SOBAN_DIGEST_BYTES];
} Packed;

/* Invariant 1 */
static gboolean
find_any (SobanStore *store, const SobanNewRecord *run, gboolean *ret_any, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT EXISTS (SELECT 1 FROM record WHERE id >= ?1 AND id <= ?2) OR EXISTS (SELECT 1 FROM change WHERE record >= ?1 AND record <= ?2)",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  sqlite3_bind_blob (statement, 1, run[0].change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 2, run[SOBAN_NEW_RECORDS_RUN - 1].change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_any = soban_column_int (statement, 0) != 0;
  return TRUE;
}

/* *ret_erased: one is, and wants more than rows (erasure.c). */
static gboolean
pack (SobanStore *store, const SobanNewRecord *run, Packed *packed, gboolean *ret_erased, GError **error)
{
  SobanRecordState *state = store->db_thread.state;
  GByteArray *bytes = store->db_thread.bytes;

  *ret_erased = FALSE;
  g_byte_array_set_size (bytes, 0);
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanChange *change = run[i].change;

    if (!soban_change_check_shape (change, error))
      return FALSE;
    packed[i].body = bytes->len;
    soban_change_encode (change, bytes);
    packed[i].state = bytes->len;
    soban_record_state_clear (state);
    soban_record_state_merge_borrowing (state, change);
    *ret_erased |= soban_record_state_is_erased (state);
    soban_record_state_encode (state, bytes);
    packed[i].end = bytes->len;
    packed[i].digest = soban_digest_of_record (&change->record, bytes->data + packed[i].state, packed[i].end - packed[i].state);
    soban_digest_to_bytes (&packed[i].digest, packed[i].digest_bytes);
  }
  return TRUE;
}

static gboolean
insert_changes (SobanStore *store, const SobanNewRecord *run, const Packed *packed, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT INTO change (record, device, incarnation, number, stamp, arrived, body) VALUES " RUN_OF ("(?, ?, ?, ?, ?, ?, ?)"), error);
  const guint8 *bytes = store->db_thread.bytes->data;
  int place = 1;

  if (!statement)
    return FALSE;
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanChange *change = run[i].change;

    sqlite3_bind_blob (statement, place++, change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64 (statement, place++, change->id.device);
    sqlite3_bind_int64 (statement, place++, (gint64)change->id.incarnation);
    sqlite3_bind_int64 (statement, place++, (gint64)change->id.number);
    sqlite3_bind_int64 (statement, place++, (gint64)change->stamp);
    sqlite3_bind_int64 (statement, place++, (gint64)run[i].arrived);
    sqlite3_bind_blob64 (statement, place++, bytes + packed[i].body, packed[i].state - packed[i].body, SQLITE_STATIC);
  }
  return soban_run (statement, error);
}

static gboolean
insert_records (SobanStore *store, const SobanNewRecord *run, const Packed *packed, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT INTO record (id, form, form_version, scope, stale, state, digest) VALUES " RUN_OF ("(?, ?, ?, ?, 1, ?, ?)"), error);
  const guint8 *bytes = store->db_thread.bytes->data;
  int place = 1;

  if (!statement)
    return FALSE;
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanChange *change = run[i].change;

    sqlite3_bind_blob (statement, place++, change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
    sqlite3_bind_text (statement, place++, change->form, -1, SQLITE_STATIC);
    sqlite3_bind_text (statement, place++, change->form_version, -1, SQLITE_STATIC);
    sqlite3_bind_text (statement, place++, change->scope, -1, SQLITE_STATIC);
    sqlite3_bind_blob64 (statement, place++, bytes + packed[i].state, packed[i].end - packed[i].state, SQLITE_STATIC);
    sqlite3_bind_blob (statement, place++, packed[i].digest_bytes, SOBAN_DIGEST_BYTES, SQLITE_STATIC);
  }
  return soban_run (statement, error);
}

gboolean
soban_new_records_take (SobanStore *store, const SobanNewRecord *run, gboolean *ret_taken, GError **error)
{
  Packed packed[SOBAN_NEW_RECORDS_RUN];
  gboolean any, erased;

  soban_store_assert_thread (store);
  *ret_taken = FALSE;
  if (!find_any (store, run, &any, error))
    return FALSE;
  if (any)
    return TRUE;
  if (!pack (store, run, packed, &erased, error))
    return FALSE;
  if (erased)
    return TRUE;
  if (!insert_changes (store, run, packed, error) || !insert_records (store, run, packed, error))
    return FALSE;
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanChange *change = run[i].change;

    soban_digest_sums_add (store->db_thread.sums, &change->record, change->form, change->scope, &packed[i].digest);
    if (!soban_stale_add (store, &change->record, change->form, error) || !soban_attachments_note_uses (store, change, error))
      return FALSE;
  }
  return *ret_taken = TRUE;
}
