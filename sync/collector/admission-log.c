/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The admission store over the database. Every function runs inside the caller's writing transaction. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "attachment-shelf.h"
#include "base/error.h"
#include "collector-store-private.h"
#include "protocol/message.h"
#include "record-repair.h"

static gboolean
get_sender (gpointer data, guint32 device, guint64 incarnation, SobanSenderMark *ret_mark, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (data);
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT high_number, last_stamp, chain FROM incarnation WHERE device = ?1 AND incarnation = ?2", "ii", (gint64) device,
    (gint64) incarnation);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped < 0)
    return FALSE;
  *ret_mark = (SobanSenderMark) { 0 };
  if (stepped == 1) {
    ret_mark->high_number = (guint64) soban_rows_get_int (rows, 0);
    ret_mark->last_stamp = (SobanStamp) soban_rows_get_int (rows, 1);
    ret_mark->high_chain = (guint64) soban_rows_get_int (rows, 2);
  }
  return TRUE;
}

static gboolean
put_sender (gpointer data, guint32 device, guint64 incarnation, const SobanSenderMark *mark, GError **error)
{
  SobanCollectorStore *self = data;

  if (self->batch != NULL && !soban_admission_batch_flush (self->batch, error))
    return FALSE;
  return soban_database_run (self->database, error,
    "INSERT INTO incarnation (device, incarnation, high_number, last_stamp, chain) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (device, incarnation) DO UPDATE SET high_number = excluded.high_number, last_stamp = excluded.last_stamp,"
    " chain = excluded.chain",
    "iiiii", (gint64) device, (gint64) incarnation, (gint64) mark->high_number, (gint64) mark->last_stamp, (gint64) mark->high_chain);
}

static gboolean
find_change (gpointer data, const SobanChangeId *id, gboolean *ret_found, SobanLogEntry *ret_entry, GError **error)
{
  SobanCollectorStore *self = data;
  g_autoptr (SobanRows) rows = NULL;
  int stepped;

  *ret_found = self->batch != NULL && soban_admission_batch_find (self->batch, id, ret_entry, NULL);
  if (*ret_found)
    return TRUE;
  rows = soban_database_query (self->database, error,
    "SELECT hash, stamp, number, chain FROM change WHERE device = ?1 AND incarnation = ?2 AND change_number = ?3",
    "iii", (gint64) id->device, (gint64) id->incarnation, (gint64) id->number);
  stepped = rows != NULL ? soban_rows_step (rows, error) : -1;
  if (stepped < 0)
    return FALSE;
  *ret_found = stepped == 1;
  if (!*ret_found)
    return TRUE;
  if (soban_rows_get_length (rows, 0) != SOBAN_CHANGE_HASH_BYTES) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("A change of the log has a hash of the wrong length."));
    return FALSE;
  }
  memcpy (ret_entry->hash, soban_rows_get_blob (rows, 0), SOBAN_CHANGE_HASH_BYTES);
  ret_entry->stamp = (SobanStamp) soban_rows_get_int (rows, 1);
  ret_entry->scope_number = (guint64) soban_rows_get_int (rows, 2);
  ret_entry->chain = (guint64) soban_rows_get_int (rows, 3);
  return TRUE;
}

static gboolean
read_change (gpointer data, const SobanChangeId *id, SobanChange **ret_change, GError **error)
{
  SobanCollectorStore *self = data;
  g_autoptr (SobanRows) rows = NULL;
  const GByteArray *body;
  int stepped;

  *ret_change = NULL;
  if (self->batch != NULL && soban_admission_batch_find (self->batch, id, NULL, &body)) {
    *ret_change = soban_change_decode (body->data, body->len, error);
    return *ret_change != NULL;
  }
  rows = soban_database_query (self->database, error, "SELECT body FROM change WHERE device = ?1 AND incarnation = ?2 AND change_number = ?3",
                               "iii", (gint64) id->device, (gint64) id->incarnation, (gint64) id->number);
  stepped = rows != NULL ? soban_rows_step (rows, error) : -1;
  if (stepped <= 0)
    return stepped == 0;
  *ret_change = soban_change_decode (soban_rows_get_blob (rows, 0), soban_rows_get_length (rows, 0), error);
  return *ret_change != NULL;
}

/* SQLite has one writer: the transaction itself is the lock. */
#define SELECT_SCOPE "SELECT last_number, last_stamp FROM scope WHERE uid = ?1"
/* A commune that nobody has written to gets its row, so that there is one to lock. */
#define MAKE_SCOPE \
  "INSERT INTO scope (uid, last_number) VALUES (?1, 0) ON CONFLICT (uid) DO UPDATE SET last_number = scope.last_number" \
  " RETURNING last_number, last_stamp"

static gboolean
read_scope (SobanDatabase *database, const char *sql, const char *scope, gboolean *ret_found, guint64 *ret_last_number,
            SobanStamp *ret_last_stamp, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error, sql, "t", scope);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  *ret_found = stepped == 1;
  if (stepped < 0)
    return FALSE;
  *ret_last_number = stepped == 1 ? (guint64) soban_rows_get_int (rows, 0) : 0;
  *ret_last_stamp = stepped == 1 ? (SobanStamp) soban_rows_get_int (rows, 1) : 0;
  return TRUE;
}

static gboolean
lock_scope (gpointer data, const char *scope, guint64 *ret_last_number, GError **error)
{
  SobanCollectorStore *self = data;
  gboolean sqlite = soban_database_get_kind (self->database) == SOBAN_DATABASE_SQLITE, found;
  SobanStamp last_stamp;

  g_hash_table_remove (self->stamps, scope);
  soban_scope_digests_drop (self->digests, scope);
  if (!read_scope (self->database, sqlite ? SELECT_SCOPE : SELECT_SCOPE " FOR UPDATE", scope, &found, ret_last_number, &last_stamp, error)
      || (!found && !sqlite && !read_scope (self->database, MAKE_SCOPE, scope, &found, ret_last_number, &last_stamp, error)))
    return FALSE;
  soban_collector_store_note_stamp (self, last_stamp);
  return TRUE;
}

static gboolean
put_scope (gpointer data, const char *scope, guint64 last_number, GError **error)
{
  SobanCollectorStore *self = data;
  const gint64 *stamp = g_hash_table_lookup (self->stamps, scope);

  return soban_scope_digests_write (self->digests, self->database, scope, error)
         && soban_database_run (self->database, error,
              "INSERT INTO scope (uid, last_number, last_stamp) VALUES (?1, ?2, ?3) ON CONFLICT (uid) DO UPDATE SET"
              " last_number = excluded.last_number,"
              " last_stamp = CASE WHEN scope.last_stamp < excluded.last_stamp THEN excluded.last_stamp ELSE scope.last_stamp END",
              "tii", scope, (gint64) last_number, stamp != NULL ? *stamp : (gint64) 0);
}

/* SQLite answers at once: one record at a time. */
static gboolean
read_record (SobanCollectorStore *self, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (self->database, error, "SELECT scope, state, form, digest FROM record WHERE id = ?1",
                                                     "b", record->bytes, (gsize) SOBAN_UUID_BYTES);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  g_clear_pointer (&self->form, g_free);
  self->record = *record;
  self->digest = (SobanDigest) { 0 };
  if (stepped <= 0)
    return stepped == 0;
  self->form = g_strdup (soban_rows_get_text (rows, 2));
  if (soban_rows_get_length (rows, 3) == SOBAN_DIGEST_BYTES)
    self->digest = soban_digest_from_bytes (soban_rows_get_blob (rows, 3));
  *ret_state = soban_record_read_state (self, record, soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1), error);
  if (*ret_state == NULL)
    return FALSE;
  *ret_scope = g_strdup (soban_rows_get_text (rows, 0));
  return TRUE;
}

static gboolean
read_batched (SobanCollectorStore *self, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error)
{
  const SobanRecordRow *row = soban_admission_batch_get_row (self->batch, record, error);

  if (row == NULL)
    return FALSE;
  if (row->scope == NULL)
    return TRUE;
  *ret_state = soban_record_read_state (self, record, row->state->data, row->state->len, error);
  if (*ret_state == NULL)
    return FALSE;
  *ret_scope = g_strdup (row->scope);
  return TRUE;
}

static gboolean
get_record (gpointer data, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error)
{
  SobanCollectorStore *self = data;

  *ret_scope = NULL;
  *ret_state = NULL;
  return (self->batch != NULL ? read_batched : read_record) (self, record, ret_scope, ret_state, error);
}

/* The digests of the scope follow what the record gives. @before (nullable): its form. */
static void
count_digest (SobanCollectorStore *self, const SobanChange *change, const char *before, const SobanDigest *digest_before, const char *after,
              const SobanDigest *digest_after)
{
  if (before != NULL)
    soban_scope_digests_add (self->digests, change->scope, before, &change->record, digest_before, -1);
  soban_scope_digests_add (self->digests, change->scope, after, &change->record, digest_after, 1);
}

/* The record has the form and its version of its newest write. */
static gboolean
is_newest (const SobanChange *change, const SobanRecordState *state)
{
  SobanWriteKey key = { change->stamp, change->id };
  SobanWriteKey newest = soban_record_state_get_newest (state);

  return soban_write_key_compare (&key, &newest) == 0;
}

static gboolean
write_change (SobanCollectorStore *self, const SobanAdmittedChange *admitted, GError **error)
{
  const SobanChange *change = admitted->change;
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_change_encode (change, body);
  return soban_database_run (self->database, error,
    "INSERT INTO change (scope, number, device, incarnation, change_number, record, stamp, provisional, admitted_ms, hash, chain,"
    " relayed_by, marked, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    "tiiiibiiibiiib", change->scope, (gint64) admitted->scope_number, (gint64) change->id.device, (gint64) change->id.incarnation,
    (gint64) change->id.number, change->record.bytes, (gsize) SOBAN_UUID_BYTES, (gint64) change->stamp,
    (gint64) admitted->provisional, admitted->admitted_ms, admitted->hash, (gsize) SOBAN_CHANGE_HASH_BYTES, (gint64) admitted->chain,
    (gint64) admitted->relayed_by, (gint64) (admitted->marked != FALSE), body->data, (gsize) body->len);
}

static gboolean
write_record (SobanCollectorStore *self, const SobanChange *change, const SobanRecordState *state, gboolean created, GError **error)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  gint64 deleted = soban_record_state_is_deleted (state), changed_ms = SOBAN_STAMP_MS (soban_record_state_get_newest (state).stamp);
  gboolean newest = created || is_newest (change, state);
  guint8 bytes[SOBAN_DIGEST_BYTES];
  SobanDigest digest;

  g_assert (soban_uuid_equal (&self->record, &change->record) && created == (self->form == NULL));
  soban_record_state_encode (state, packed);
  digest = soban_digest_of_record (&change->record, packed->data, packed->len);
  soban_digest_to_bytes (&digest, bytes);
  count_digest (self, change, self->form, &self->digest, newest ? change->form : self->form, &digest);
  if (created)
    return soban_database_run (self->database, error,
      "INSERT INTO record (id, scope, form, form_version, deleted, created_ms, changed_ms, state, digest)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
      "btttiibb", change->record.bytes, (gsize) SOBAN_UUID_BYTES, change->scope, change->form, change->form_version, deleted, changed_ms,
      packed->data, (gsize) packed->len, bytes, (gsize) SOBAN_DIGEST_BYTES);
  if (newest && !soban_database_run (self->database, error, "UPDATE record SET form = ?2, form_version = ?3 WHERE id = ?1", "btt",
                                     change->record.bytes, (gsize) SOBAN_UUID_BYTES, change->form, change->form_version))
    return FALSE;
  return soban_database_run (self->database, error,
    "UPDATE record SET deleted = ?2, changed_ms = ?3, state = ?4, digest = ?5, stale = 1 WHERE id = ?1", "biibb", change->record.bytes,
    (gsize) SOBAN_UUID_BYTES, deleted, changed_ms, packed->data, (gsize) packed->len, bytes, (gsize) SOBAN_DIGEST_BYTES);
}

static void
set_form (SobanRecordRow *row, const SobanChange *change)
{
  g_free (row->form);
  g_free (row->form_version);
  row->form = g_strdup (change->form);
  row->form_version = g_strdup (change->form_version);
}

static gboolean
append_batched (SobanCollectorStore *self, const SobanAdmittedChange *admitted, const SobanRecordState *state, GError **error)
{
  const SobanChange *change = admitted->change;
  SobanRecordRow *row = soban_admission_batch_get_row (self->batch, &change->record, error);
  GByteArray *body = g_byte_array_new ();
  g_autofree char *form_before = NULL;
  SobanDigest digest_before;

  if (row == NULL)
    return FALSE;
  form_before = g_strdup (row->form);
  digest_before = row->digest;
  row->changed_ms = SOBAN_STAMP_MS (soban_record_state_get_newest (state).stamp);
  row->deleted = soban_record_state_is_deleted (state);
  if (row->scope == NULL || is_newest (change, state))
    set_form (row, change);
  if (row->scope == NULL) {
    row->scope = g_strdup (change->scope);
    row->state = g_byte_array_new ();
    row->created_ms = row->changed_ms;
    row->created = TRUE;
  }
  g_byte_array_set_size (row->state, 0);
  soban_record_state_encode (state, row->state);
  row->digest = soban_digest_of_record (&row->id, row->state->data, row->state->len);
  count_digest (self, change, form_before, &digest_before, row->form, &row->digest);
  soban_change_encode (change, body);
  soban_admission_batch_append (self->batch, admitted, body);
  return TRUE;
}

static void
note_stamp (SobanCollectorStore *self, const SobanChange *change)
{
  gint64 *stamp = g_hash_table_lookup (self->stamps, change->scope);

  if (stamp == NULL) {
    stamp = g_new0 (gint64, 1);
    g_hash_table_insert (self->stamps, g_strdup (change->scope), stamp);
  }
  *stamp = MAX (*stamp, (gint64) change->stamp);
  soban_collector_store_note_stamp (self, change->stamp);
}

static gboolean
append (gpointer data, const SobanAdmittedChange *admitted, const SobanRecordState *state, gboolean created, GError **error)
{
  SobanCollectorStore *self = data;

  note_stamp (self, admitted->change);
  if (!soban_attachment_shelf_note_uses (self->database, admitted->change, error))
    return FALSE;
  if (self->batch != NULL)
    return append_batched (self, admitted, state, error);
  return write_change (self, admitted, error) && write_record (self, admitted->change, state, created, error);
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

static gboolean
put_conflict (gpointer data, const SobanConflictNote *conflict, GError **error)
{
  return soban_database_run (soban_collector_store_get_database (data), error,
    "INSERT INTO conflict (record, scope, path, winner_device, winner_incarnation, winner_number, loser_device, loser_incarnation,"
    " loser_number, scope_number, listed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
    "bttiiiiiiii", conflict->record.bytes, (gsize) SOBAN_UUID_BYTES, conflict->scope, conflict->path, (gint64) conflict->winner.device,
    (gint64) conflict->winner.incarnation, (gint64) conflict->winner.number, (gint64) conflict->loser.device,
    (gint64) conflict->loser.incarnation, (gint64) conflict->loser.number, (gint64) conflict->scope_number, conflict->found_ms);
}

static gboolean
settle_conflicts (gpointer data, const SobanUuid *record, const GPtrArray *paths, guint64 seen, gint64 now_ms, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (data);
  gint64 open;

  /* Nearly always there is none. */
  if (!soban_database_get_integer (database, error, 0, &open, "SELECT count (*) FROM conflict WHERE record = ?1 AND settled_ms IS NULL", "b",
                                   record->bytes, (gsize) SOBAN_UUID_BYTES))
    return FALSE;
  for (guint i = 0; i < paths->len && open > 0; i++) {
    if (!soban_database_run (database, error,
                             "UPDATE conflict SET settled_ms = ?4 WHERE record = ?1 AND path = ?2 AND scope_number <= ?3 AND settled_ms IS NULL",
                             "btii", record->bytes, (gsize) SOBAN_UUID_BYTES, g_ptr_array_index (paths, i), (gint64) seen, now_ms))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_incident (gpointer data, const SobanIncidentNote *note, GError **error)
{
  return soban_collector_store_put_incident (data, note, error);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

gboolean
soban_collector_store_expect (SobanCollectorStore *self, const GPtrArray *changes, GError **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  const char *previous = NULL;

  if (self->batch != NULL)
    soban_admission_batch_reset (self->batch);
  for (guint i = 0; i < changes->len; i++)
    g_ptr_array_add (scopes, ((SobanNumberedChange *) g_ptr_array_index (changes, i))->change->scope);
  g_ptr_array_sort (scopes, compare_texts);
  for (guint i = 0; i < scopes->len; i++) {
    const char *scope = g_ptr_array_index (scopes, i);
    guint64 last_number;

    if (g_strcmp0 (scope, previous) != 0 && !lock_scope (self, scope, &last_number, error))
      return FALSE;
    previous = scope;
  }
  return self->batch == NULL || soban_admission_batch_expect (self->batch, changes, error);
}

SobanAdmissionStore
soban_collector_store_get_admission (SobanCollectorStore *self)
{
  return (SobanAdmissionStore) {
    .get_sender = get_sender,
    .put_sender = put_sender,
    .find_change = find_change,
    .read_change = read_change,
    .lock_scope = lock_scope,
    .put_scope = put_scope,
    .get_record = get_record,
    .append = append,
    .put_fork = put_fork,
    .put_conflict = put_conflict,
    .settle_conflicts = settle_conflicts,
    .put_incident = put_incident,
    .data = self,
  };
}
