/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row of a record
 *
 * Invariants:
 *  (1) Its digest is that of its state, and the sums (digest-sums.c) have it under the scope, form and month of the
 * row. (2) Form, version and scope are those of the newest change that still wins something.
 */
#include "config.h"

#include "store/store-private.h"

void
soban_stored_record_clear (SobanStoredRecord *record)
{
  g_clear_pointer (&record->form, g_free);
  g_clear_pointer (&record->form_version, g_free);
  g_clear_pointer (&record->scope, g_free);
  g_clear_pointer (&record->counted_form, g_free);
  g_clear_pointer (&record->counted_scope, g_free);
}

gboolean
soban_stored_record_load (SobanStore *store, const SobanUuid *id, SobanRecordState *state,
                          SobanStoredRecord *ret_record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT form, form_version, scope, stale, state, digest FROM record WHERE id = :id",
      error);
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
  blob = soban_column_bytes (statement, 5, &length);
  if (length == SOBAN_DIGEST_BYTES)
    ret_record->digest = soban_digest_from_bytes (blob);
  blob = soban_column_bytes (statement, 4, &length);
  return soban_record_state_load (state, blob, length, error);
}

/* *text becomes @now; *ret_counted, once, what the sums still know it as. */
static void
follow_counted (char **text, const char *now, gboolean exists, char **ret_counted)
{
  if (g_strcmp0 (*text, now) == 0)
    return;
  if (exists && !*ret_counted)
    *ret_counted = g_steal_pointer (text);
  g_free (*text);
  *text = g_strdup (now);
}

void
soban_stored_record_follow (SobanStoredRecord *record, const SobanChange *change)
{
  const SobanWriteKey key = { change->stamp, change->id };
  const SobanWriteKey newest = soban_record_state_get_newest (record->state);

  if (record->form && soban_write_key_compare (&key, &newest) < 0)
    return;
  follow_counted (&record->form, change->form, record->exists, &record->counted_form);
  follow_counted (&record->scope, change->scope, record->exists, &record->counted_scope);
  if (g_strcmp0 (record->form_version, change->form_version) != 0) {
    g_free (record->form_version);
    record->form_version = g_strdup (change->form_version);
  }
}

static void
uncount (SobanStore *store, SobanStoredRecord *record)
{
  soban_digest_sums_subtract (store->db_thread.sums, &record->id,
                              record->counted_form ? record->counted_form : record->form,
                              record->counted_scope ? record->counted_scope : record->scope, &record->digest);
  g_clear_pointer (&record->counted_form, g_free);
  g_clear_pointer (&record->counted_scope, g_free);
}

static void
count (SobanStore *store, SobanStoredRecord *record, const SobanDigest *digest)
{
  record->digest = *digest;
  soban_digest_sums_add (store->db_thread.sums, &record->id, record->form, record->scope, digest);
}

static gboolean
write_record (SobanStore *store, const SobanStoredRecord *record, const char *sql, SobanDigest *ret_digest,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);
  GByteArray *bytes = store->db_thread.bytes;
  guint8 digest[SOBAN_DIGEST_BYTES];

  if (!statement)
    return FALSE;
  g_byte_array_set_size (bytes, 0);
  soban_record_state_encode (record->state, bytes);
  *ret_digest = soban_digest_of_record (&record->id, bytes->data, bytes->len);
  soban_digest_to_bytes (ret_digest, digest);
  /* By position, as in soban_log_insert(). */
  sqlite3_bind_blob (statement, 1, record->id.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, record->form, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, record->form_version, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, record->scope, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 5, record->stale);
  sqlite3_bind_blob64 (statement, 6, bytes->data, bytes->len, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 7, digest, sizeof digest, SQLITE_STATIC);
  return soban_run (statement, error);
}

#define INSERT_RECORD                                                                                                  \
  " INTO record (id, form, form_version, scope, stale, state, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"

gboolean
soban_stored_record_save (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  const char *sql = record->exists ? "UPDATE record SET form = ?2, form_version = ?3, scope = ?4, stale = ?5, state = "
                                     "?6, digest = ?7 WHERE id = ?1"
                                   : "INSERT" INSERT_RECORD;
  SobanDigest digest;

  if (!write_record (store, record, sql, &digest, error))
    return FALSE;
  if (record->exists)
    uncount (store, record);
  count (store, record, &digest);
  record->exists = TRUE;
  return !record->stale || soban_stale_add (store, &record->id, record->form, error);
}

gboolean
soban_stored_record_add (SobanStore *store, SobanStoredRecord *record, gboolean *ret_added, GError **error)
{
  SobanDigest digest;

  if (!write_record (store, record, "INSERT OR IGNORE" INSERT_RECORD, &digest, error))
    return FALSE;
  *ret_added = soban_database_changes (store->db_thread.database) > 0;
  record->exists = TRUE;
  if (!*ret_added)
    return TRUE;
  count (store, record, &digest);
  return !record->stale || soban_stale_add (store, &record->id, record->form, error);
}

gboolean
soban_stored_record_remove (SobanStore *store, SobanStoredRecord *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "DELETE FROM record WHERE id = :id", error);

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":id", &record->id);
  if (!soban_run (statement, error))
    return FALSE;
  uncount (store, record);
  record->exists = FALSE;
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

gboolean
soban_stored_record_merge_anew (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (SobanFieldMap) before = NULL;
  g_autoptr (SobanFieldMap) after = NULL;
  gboolean several;

  if (!soban_stored_record_load (store, id, store->db_thread.state, &record, error))
    return FALSE;
  before = soban_record_state_get_fields (record.state);
  if (!soban_stored_record_remerge (store, &record, error))
    return FALSE;
  after = soban_record_state_get_fields (record.state);
  if (!soban_conflict_has_writers (store, id, &several, error))
    return FALSE;
  record.stale |= several || !record.exists || !soban_field_map_equal (before, after);
  store->db_thread.shown_changed = TRUE;
  return soban_stored_record_save (store, &record, error);
}
