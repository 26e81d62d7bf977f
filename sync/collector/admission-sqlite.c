/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The admission store over SQLite. Every function runs inside the caller's writing transaction. */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "collector-store.h"

static gboolean
get_sender (gpointer data, guint32 device, guint64 incarnation, SobanSenderMark *ret_mark, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (data);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT high_number, last_stamp FROM incarnation WHERE device = ?1 AND incarnation = ?2", "ii", (gint64) device, (gint64) incarnation);
  int stepped = query != NULL ? soban_rows_step (query, error) : -1;

  if (stepped < 0)
    return FALSE;
  *ret_mark = (SobanSenderMark) { 0 };
  if (stepped == 1) {
    ret_mark->high_number = (guint64) soban_rows_get_int (query, 0);
    ret_mark->last_stamp = (SobanStamp) soban_rows_get_int (query, 1);
  }
  return TRUE;
}

static gboolean
put_sender (gpointer data, guint32 device, guint64 incarnation, const SobanSenderMark *mark, GError **error)
{
  return soban_database_run (soban_collector_store_get_database (data), error,
    "INSERT INTO incarnation (device, incarnation, high_number, last_stamp) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (device, incarnation) DO UPDATE SET high_number = ?3, last_stamp = ?4",
    "iiii", (gint64) device, (gint64) incarnation, (gint64) mark->high_number, (gint64) mark->last_stamp);
}

static gboolean
find_change (gpointer data, const SobanChangeId *id, gboolean *ret_found, SobanLogEntry *ret_entry, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (data);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT hash, stamp, number FROM change WHERE device = ?1 AND incarnation = ?2 AND change_number = ?3",
    "iii", (gint64) id->device, (gint64) id->incarnation, (gint64) id->number);
  int stepped = query != NULL ? soban_rows_step (query, error) : -1;

  if (stepped < 0)
    return FALSE;
  *ret_found = stepped == 1;
  if (!*ret_found)
    return TRUE;
  if (soban_rows_get_length (query, 0) != SOBAN_CHANGE_HASH_BYTES) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, "a change of the log has a hash of the wrong length");
    return FALSE;
  }
  memcpy (ret_entry->hash, soban_rows_get_blob (query, 0), SOBAN_CHANGE_HASH_BYTES);
  ret_entry->stamp = (SobanStamp) soban_rows_get_int (query, 1);
  ret_entry->scope_number = (guint64) soban_rows_get_int (query, 2);
  return TRUE;
}

/* SQLite has one writer: the transaction itself is the lock. */
static gboolean
lock_scope (gpointer data, const char *scope, guint64 *ret_last_number, GError **error)
{
  gint64 last_number;

  if (!soban_database_get_integer (soban_collector_store_get_database (data), error, 0, &last_number,
                                   "SELECT last_number FROM scope WHERE uid = ?1", "t", scope))
    return FALSE;
  *ret_last_number = (guint64) last_number;
  return TRUE;
}

static gboolean
put_scope (gpointer data, const char *scope, guint64 last_number, GError **error)
{
  return soban_database_run (soban_collector_store_get_database (data), error,
    "INSERT INTO scope (uid, last_number) VALUES (?1, ?2) ON CONFLICT (uid) DO UPDATE SET last_number = ?2",
    "ti", scope, (gint64) last_number);
}

static gboolean
get_record (gpointer data, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (data);
  g_autoptr (SobanRows) query = soban_database_query (database, error, "SELECT scope, state FROM record WHERE id = ?1",
                                                         "b", record->bytes, (gsize) SOBAN_UUID_BYTES);
  int stepped = query != NULL ? soban_rows_step (query, error) : -1;

  if (stepped < 0)
    return FALSE;
  *ret_scope = NULL;
  *ret_state = NULL;
  if (stepped == 0)
    return TRUE;
  *ret_state = soban_record_state_decode (soban_rows_get_blob (query, 1), soban_rows_get_length (query, 1), error);
  if (*ret_state == NULL)
    return FALSE;
  *ret_scope = g_strdup (soban_rows_get_text (query, 0));
  return TRUE;
}

static gboolean
put_record (SobanDatabase *database, const SobanAdmittedChange *admitted, const SobanRecordState *state, gboolean created, GError **error)
{
  const SobanChange *change = admitted->change;
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  gint64 deleted = soban_record_state_is_deleted (state);
  SobanWriteKey key = { change->stamp, change->id };
  SobanWriteKey newest = soban_record_state_get_newest (state);
  gint64 changed_ms = SOBAN_STAMP_MS (newest.stamp);

  soban_record_state_encode (state, packed);
  if (created)
    return soban_database_run (database, error,
      "INSERT INTO record (id, scope, form, form_version, deleted, created_ms, changed_ms, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
      "btttiib", change->record.bytes, (gsize) SOBAN_UUID_BYTES, change->scope, change->form, change->form_version, deleted, changed_ms,
      packed->data, (gsize) packed->len);
  /* The record has the form version of its newest write. */
  if (soban_write_key_compare (&key, &newest) == 0 && !soban_database_run (database, error,
        "UPDATE record SET form = ?2, form_version = ?3 WHERE id = ?1", "btt", change->record.bytes, (gsize) SOBAN_UUID_BYTES,
        change->form, change->form_version))
    return FALSE;
  return soban_database_run (database, error,
    "UPDATE record SET deleted = ?2, changed_ms = ?3, state = ?4, stale = 1 WHERE id = ?1", "biib", change->record.bytes,
    (gsize) SOBAN_UUID_BYTES, deleted, changed_ms, packed->data, (gsize) packed->len);
}

static gboolean
append (gpointer data, const SobanAdmittedChange *admitted, const SobanRecordState *state, gboolean created, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (data);
  const SobanChange *change = admitted->change;
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_change_encode (change, body);
  return soban_database_run (database, error,
           "INSERT INTO change (scope, number, device, incarnation, change_number, record, stamp, provisional, admitted_ms, hash, body)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
           "tiiiibiiibb", change->scope, (gint64) admitted->scope_number, (gint64) change->id.device, (gint64) change->id.incarnation,
           (gint64) change->id.number, change->record.bytes, (gsize) SOBAN_UUID_BYTES, (gint64) change->stamp,
           (gint64) admitted->provisional, admitted->admitted_ms, admitted->hash, (gsize) SOBAN_CHANGE_HASH_BYTES, body->data,
           (gsize) body->len)
         && put_record (database, admitted, state, created, error);
}

static gboolean
put_fork (gpointer data, const SobanChange *change, const guint8 *hash, gint64 now_ms, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_change_encode (change, body);
  return soban_database_run (soban_collector_store_get_database (data), error,
    "INSERT INTO fork (device, incarnation, change_number, hash, received_ms, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    "iiibib", (gint64) change->id.device, (gint64) change->id.incarnation, (gint64) change->id.number, hash,
    (gsize) SOBAN_CHANGE_HASH_BYTES, now_ms, body->data, (gsize) body->len);
}

SobanAdmissionStore
soban_collector_store_get_admission (SobanCollectorStore *self)
{
  return (SobanAdmissionStore) {
    .get_sender = get_sender,
    .put_sender = put_sender,
    .find_change = find_change,
    .lock_scope = lock_scope,
    .put_scope = put_scope,
    .get_record = get_record,
    .append = append,
    .put_fork = put_fork,
    .data = self,
  };
}
