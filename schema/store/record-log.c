/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records and their log
 * =====================
 *
 * Invariants:
 *  (1) A record's state is what its log merges to under the stamps in force; both change in the same transaction.
 *  (2) The log is append-only: a change is never edited or dropped; only its stamp may become the effective one.
 *  (3) Own changes are numbered 1, 2, 3 ... without a gap, in the transaction that stores them.
 *  (4) A change of one's own comes after everything this store has seen: the clock is ratcheted and kept in the file.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n-lib.h>

void
soban_stored_record_clear (SobanStoredRecord *record)
{
  g_clear_pointer (&record->form, g_free);
  g_clear_pointer (&record->form_version, g_free);
  g_clear_pointer (&record->scope, g_free);
}

gboolean
soban_stored_record_load (SobanStore *store, const SobanUuid *id, SobanRecordState *state,
                          SobanStoredRecord *ret_record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT form, form_version, scope, stale, state FROM record WHERE id = :id", error);
  gconstpointer blob;
  gsize length;
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":id", id);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_record = (SobanStoredRecord){ .id = *id, .exists = row, .state = state };
  if (!row) {
    soban_record_state_clear (state);
    return TRUE;
  }
  ret_record->form = g_strdup (soban_column_text (statement, 0));
  ret_record->form_version = g_strdup (soban_column_text (statement, 1));
  ret_record->scope = g_strdup (soban_column_text (statement, 2));
  ret_record->stale = soban_column_int (statement, 3) != 0;
  blob = soban_column_bytes (statement, 4, &length);
  return soban_record_state_load (state, blob, length, error);
}

void
soban_stored_record_follow (SobanStoredRecord *record, const SobanChange *change)
{
  const SobanWriteKey key = { change->stamp, change->id };
  const SobanWriteKey newest = soban_record_state_get_newest (record->state);

  if (record->form && soban_write_key_compare (&key, &newest) < 0)
    return;
  if (g_strcmp0 (record->form, change->form) != 0) {
    g_free (record->form);
    record->form = g_strdup (change->form);
  }
  if (g_strcmp0 (record->form_version, change->form_version) != 0) {
    g_free (record->form_version);
    record->form_version = g_strdup (change->form_version);
  }
  if (g_strcmp0 (record->scope, change->scope) != 0) {
    g_free (record->scope);
    record->scope = g_strdup (change->scope);
  }
}

static gboolean
write_record (SobanStore *store, SobanStoredRecord *record, const char *sql, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);
  GByteArray *bytes = store->db_thread.bytes;

  if (!statement)
    return FALSE;
  g_byte_array_set_size (bytes, 0);
  soban_record_state_encode (record->state, bytes);
  /* By position, as in soban_log_insert(). */
  sqlite3_bind_blob (statement, 1, record->id.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, record->form, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, record->form_version, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, record->scope, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 5, record->stale);
  sqlite3_bind_blob64 (statement, 6, bytes->data, bytes->len, SQLITE_STATIC);
  return soban_run (statement, error);
}

#define INSERT_RECORD " INTO record (id, form, form_version, scope, stale, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"

gboolean
soban_stored_record_save (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  const char *sql =
      record->exists
          ? "UPDATE record SET form = ?2, form_version = ?3, scope = ?4, stale = ?5, state = ?6 WHERE id = ?1"
          : "INSERT" INSERT_RECORD;

  record->exists = TRUE;
  return write_record (store, record, sql, error);
}

gboolean
soban_stored_record_add (SobanStore *store, SobanStoredRecord *record, gboolean *ret_added, GError **error)
{
  if (!write_record (store, record, "INSERT OR IGNORE" INSERT_RECORD, error))
    return FALSE;
  *ret_added = soban_database_changes (store->db_thread.database) > 0;
  record->exists = TRUE;
  return TRUE;
}

gboolean
soban_stored_record_remerge (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  g_autoptr (GPtrArray) changes = soban_log_list (store, &record->id, error);

  if (!changes)
    return FALSE;
  soban_record_state_clear (record->state);
  for (guint i = 0; i < changes->len; i++) {
    soban_record_state_merge (record->state, g_ptr_array_index (changes, i));
    soban_stored_record_follow (record, g_ptr_array_index (changes, i));
  }
  return TRUE;
}

static void
bind_change_id (sqlite3_stmt *statement, const SobanUuid *record, const SobanChangeId *id)
{
  soban_bind_uuid (statement, ":record", record);
  soban_bind_int (statement, ":device", id->device);
  soban_bind_int (statement, ":incarnation", (gint64) id->incarnation);
  soban_bind_int (statement, ":number", (gint64) id->number);
}

/* A change that is there already: its bytes stay, its stamp may have become the effective one. */
static gboolean
restamp (SobanStore *store, const SobanChange *change, gboolean *ret_restamped, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE change SET stamp = :stamp WHERE record = :record AND device = :device AND incarnation = :incarnation "
      "AND number = :number AND stamp <> :stamp",
      error);

  if (!statement)
    return FALSE;
  bind_change_id (statement, &change->record, &change->id);
  soban_bind_int (statement, ":stamp", (gint64) change->stamp);
  if (!soban_run (statement, error))
    return FALSE;
  *ret_restamped = soban_database_changes (store->db_thread.database) > 0;
  return TRUE;
}

gboolean
soban_log_insert (SobanStore *store, const SobanChange *change, guint64 arrived, gboolean *ret_new,
                  gboolean *ret_restamped, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT OR IGNORE INTO change (record, device, incarnation, number, stamp, arrived, body) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      error);
  GByteArray *bytes = store->db_thread.bytes;

  if (!statement)
    return FALSE;
  g_byte_array_set_size (bytes, 0);
  soban_change_encode (change, bytes);
  /* By position: looking names up is a tenth of the merge. */
  sqlite3_bind_blob (statement, 1, change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, change->id.device);
  sqlite3_bind_int64 (statement, 3, (gint64) change->id.incarnation);
  sqlite3_bind_int64 (statement, 4, (gint64) change->id.number);
  sqlite3_bind_int64 (statement, 5, (gint64) change->stamp);
  sqlite3_bind_int64 (statement, 6, (gint64) arrived);
  sqlite3_bind_blob64 (statement, 7, bytes->data, bytes->len, SQLITE_STATIC);
  if (!soban_run (statement, error))
    return FALSE;
  *ret_new = soban_database_changes (store->db_thread.database) > 0;
  *ret_restamped = FALSE;
  return *ret_new || restamp (store, change, ret_restamped, error);
}

static SobanChange *
read_change (sqlite3_stmt *statement, GError **error)
{
  gsize length;
  gconstpointer body = soban_column_bytes (statement, 1, &length);
  SobanChange *change = soban_change_decode (body, length, error);

  if (change)
    change->stamp = (SobanStamp) soban_column_int (statement, 0);
  return change;
}

GPtrArray *
soban_log_list (SobanStore *store, const SobanUuid *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT stamp, body FROM change WHERE record = :record", error);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_uuid (statement, ":record", record);
  while (soban_step (statement, &row, error)) {
    SobanChange *change;

    if (!row)
      return g_steal_pointer (&changes);
    change = read_change (statement, error);
    if (!change)
      return NULL;
    g_ptr_array_add (changes, change);
  }
  return NULL;
}

SobanChange *
soban_log_find (SobanStore *store, const SobanUuid *record, const SobanChangeId *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT stamp, body FROM change WHERE record = :record AND device = :device AND incarnation = :incarnation "
      "AND number = :number",
      error);
  gboolean row;

  if (!statement)
    return NULL;
  bind_change_id (statement, record, id);
  if (!soban_step (statement, &row, error))
    return NULL;
  if (!row) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("Change %llu is missing in the log"),
                 (unsigned long long) id->number);
    return NULL;
  }
  return read_change (statement, error);
}

gboolean
soban_change_normalize (SobanChange *change, GError **error)
{
  for (guint i = 0; i < change->assignments->len; i++) {
    SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    char *normal;

    if (!assignment->value)
      continue;
    normal = soban_text_normalize (assignment->value, -1);
    if (!normal) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The text of “%s” is not UTF-8"),
                   assignment->path);
      return FALSE;
    }
    g_free (assignment->value);
    assignment->value = normal;
  }
  return soban_change_check (change, error);
}

gboolean
soban_outbox_insert (SobanStore *store, const SobanChange *change, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT INTO outbox (number, record) VALUES (:number, :record)", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":number", (gint64) change->id.number);
  soban_bind_uuid (statement, ":record", &change->record);
  return soban_run (statement, error);
}

/* Number, stamp, times and how far had been seen: what makes a set of assignments a change of this device. */
static gboolean
sign_change (SobanStore *store, SobanChange *change, gint64 seen, GError **error)
{
  SobanIdentity *identity = &store->db_thread.identity;

  change->id = (SobanChangeId){ identity->device, identity->incarnation, ++identity->last_number };
  change->wall_ms = soban_clock_wall_ms (store->clock);
  change->boottime_ms = soban_clock_boottime_ms (store->clock);
  change->stamp = soban_hybrid_clock_tick (&store->db_thread.clock, change->wall_ms);
  if (seen >= 0) {
    change->seen = (guint64) seen;
    return TRUE;
  }
  return soban_scope_get_cursor (store, change->scope, &change->seen, error);
}

gboolean
soban_log_append_own (SobanStore *store, SobanChange *change, gint64 seen, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_auto (SobanStoredRecord) record = { 0 };
  gboolean new, restamped;

  soban_store_assert_thread (store);
  if (!sign_change (store, change, seen, error) || !soban_change_normalize (change, error)
      || !soban_stored_record_load (store, &change->record, state, &record, error)
      || !soban_log_insert (store, change, 0, &new, &restamped, error))
    return FALSE;
  g_assert (new);
  soban_record_state_merge (state, change);
  soban_stored_record_follow (&record, change);
  store->db_thread.shown_changed = TRUE;
  return soban_stored_record_save (store, &record, error) && soban_outbox_insert (store, change, error)
         && soban_identity_save (store, error) && soban_derive_record (store, &record, error);
}
