/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "admission-batch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "postgresql-array.h"
#include "protocol/message.h"

typedef struct {
  SobanAdmittedChange admitted; /* without its change */
  SobanChangeId id;
  SobanUuid record;
  SobanStamp stamp;
  char *scope;
  GByteArray *body;
} Queued;

struct _SobanAdmissionBatch {
  SobanDatabase *database;
  GHashTable *rows;   /* SobanUuid -> SobanRecordRow, which holds it */
  GPtrArray *changed; /* of SobanRecordRow (transfer none), in the order in which they were */
  GPtrArray *queue;   /* of Queued */
  GHashTable *queued; /* SobanChangeId -> Queued (transfer none) */
};

static void
free_row (gpointer data)
{
  SobanRecordRow *row = data;

  g_free (row->scope);
  g_free (row->form);
  g_free (row->form_version);
  g_clear_pointer (&row->state, g_byte_array_unref);
  g_free (row);
}

static void
free_queued (gpointer data)
{
  Queued *queued = data;

  g_free (queued->scope);
  g_byte_array_unref (queued->body);
  g_free (queued);
}

SobanAdmissionBatch *
soban_admission_batch_new (SobanDatabase *database)
{
  SobanAdmissionBatch *self = g_new0 (SobanAdmissionBatch, 1);

  self->database = database;
  self->rows = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, NULL, free_row);
  self->changed = g_ptr_array_new ();
  self->queue = g_ptr_array_new_with_free_func (free_queued);
  self->queued = g_hash_table_new (soban_change_id_hash, soban_change_id_equal);
  return self;
}

void
soban_admission_batch_free (SobanAdmissionBatch *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->queued);
  g_ptr_array_unref (self->queue);
  g_ptr_array_unref (self->changed);
  g_hash_table_unref (self->rows);
  g_free (self);
}

void
soban_admission_batch_reset (SobanAdmissionBatch *self)
{
  g_hash_table_remove_all (self->queued);
  g_ptr_array_set_size (self->queue, 0);
  g_ptr_array_set_size (self->changed, 0);
  g_hash_table_remove_all (self->rows);
}

static void
add_row (SobanAdmissionBatch *self, SobanRows *rows)
{
  SobanUuid id = soban_rows_get_uuid (rows, 0);
  SobanRecordRow *row = g_hash_table_lookup (self->rows, &id);

  row->scope = g_strdup (soban_rows_get_text (rows, 1));
  row->form = g_strdup (soban_rows_get_text (rows, 2));
  row->form_version = g_strdup (soban_rows_get_text (rows, 3));
  if (soban_rows_get_length (rows, 4) == SOBAN_DIGEST_BYTES)
    row->digest = soban_digest_from_bytes (soban_rows_get_blob (rows, 4));
  row->state = g_byte_array_append (g_byte_array_new (), soban_rows_get_blob (rows, 5), (guint) soban_rows_get_length (rows, 5));
}

static gboolean
read_rows (SobanAdmissionBatch *self, SobanPostgresqlArray *ids, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (self->database, error,
    "SELECT id, scope, form, form_version, digest, state FROM record WHERE id = ANY (?1)", "B", ids);
  int stepped;

  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1)
    add_row (self, rows);
  return stepped == 0;
}

/* A place for a row that has not been read yet; FALSE when there is one. */
static gboolean
make_place (SobanAdmissionBatch *self, const SobanUuid *record)
{
  SobanRecordRow *row;

  if (g_hash_table_contains (self->rows, record))
    return FALSE;
  row = g_new0 (SobanRecordRow, 1);
  row->id = *record;
  g_hash_table_insert (self->rows, &row->id, row);
  return TRUE;
}

gboolean
soban_admission_batch_expect (SobanAdmissionBatch *self, const GPtrArray *changes, GError **error)
{
  g_autoptr (SobanPostgresqlArray) ids = soban_postgresql_array_new ('B');

  for (guint i = 0; i < changes->len; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (changes, i))->change;

    if (make_place (self, &change->record))
      soban_postgresql_array_add_blob (ids, change->record.bytes, SOBAN_UUID_BYTES);
  }
  return soban_postgresql_array_size (ids) == 0 || read_rows (self, ids, error);
}

SobanRecordRow *
soban_admission_batch_get_row (SobanAdmissionBatch *self, const SobanUuid *record, GError **error)
{
  g_autoptr (SobanPostgresqlArray) ids = NULL;

  if (make_place (self, record)) {
    ids = soban_postgresql_array_new ('B');
    soban_postgresql_array_add_blob (ids, record->bytes, SOBAN_UUID_BYTES);
    if (!read_rows (self, ids, error)) {
      g_hash_table_remove (self->rows, record);
      return NULL;
    }
  }
  return g_hash_table_lookup (self->rows, record);
}

void
soban_admission_batch_append (SobanAdmissionBatch *self, const SobanAdmittedChange *admitted, GByteArray *body)
{
  const SobanChange *change = admitted->change;
  Queued *queued = g_new0 (Queued, 1);
  SobanRecordRow *row = g_hash_table_lookup (self->rows, &change->record);

  *queued = (Queued) { .admitted = *admitted, .id = change->id, .record = change->record, .stamp = change->stamp,
                       .scope = g_strdup (change->scope), .body = body };
  queued->admitted.change = NULL;
  g_ptr_array_add (self->queue, queued);
  g_hash_table_insert (self->queued, &queued->id, queued);
  if (!row->changed)
    g_ptr_array_add (self->changed, row);
  row->changed = TRUE;
}

gboolean
soban_admission_batch_find (SobanAdmissionBatch *self, const SobanChangeId *id, SobanLogEntry *ret_entry, const GByteArray **ret_body)
{
  const Queued *queued = g_hash_table_lookup (self->queued, id);

  if (queued == NULL)
    return FALSE;
  if (ret_entry != NULL) {
    *ret_entry = (SobanLogEntry) { .stamp = queued->stamp, .scope_number = queued->admitted.scope_number, .chain = queued->admitted.chain };
    memcpy (ret_entry->hash, queued->admitted.hash, sizeof ret_entry->hash);
  }
  if (ret_body != NULL)
    *ret_body = queued->body;
  return TRUE;
}

/* A new array for each of the letters. */
static void
make_columns (const char *letters, SobanPostgresqlArray **ret_columns)
{
  for (guint i = 0; letters[i] != '\0'; i++)
    ret_columns[i] = soban_postgresql_array_new (letters[i]);
}

static void
free_columns (SobanPostgresqlArray **columns, guint n)
{
  for (guint i = 0; i < n; i++)
    soban_postgresql_array_free (columns[i]);
}

#define CHANGE_LETTERS "TIIIIBIIIBIIIB"
#define CHANGE_COLUMNS (sizeof CHANGE_LETTERS - 1)

static gboolean
write_changes (SobanAdmissionBatch *self, GError **error)
{
  SobanPostgresqlArray *columns[CHANGE_COLUMNS];
  gboolean written;

  make_columns (CHANGE_LETTERS, columns);
  for (guint i = 0; i < self->queue->len; i++) {
    const Queued *queued = g_ptr_array_index (self->queue, i);

    soban_postgresql_array_add_text (columns[0], queued->scope);
    soban_postgresql_array_add_int (columns[1], (gint64) queued->admitted.scope_number);
    soban_postgresql_array_add_int (columns[2], queued->id.device);
    soban_postgresql_array_add_int (columns[3], (gint64) queued->id.incarnation);
    soban_postgresql_array_add_int (columns[4], (gint64) queued->id.number);
    soban_postgresql_array_add_blob (columns[5], queued->record.bytes, SOBAN_UUID_BYTES);
    soban_postgresql_array_add_int (columns[6], (gint64) queued->stamp);
    soban_postgresql_array_add_int (columns[7], (gint64) queued->admitted.provisional);
    soban_postgresql_array_add_int (columns[8], queued->admitted.admitted_ms);
    soban_postgresql_array_add_blob (columns[9], queued->admitted.hash, SOBAN_CHANGE_HASH_BYTES);
    soban_postgresql_array_add_int (columns[10], (gint64) queued->admitted.chain);
    soban_postgresql_array_add_int (columns[11], queued->admitted.relayed_by);
    soban_postgresql_array_add_int (columns[12], queued->admitted.marked != FALSE);
    soban_postgresql_array_add_blob (columns[13], queued->body->data, queued->body->len);
  }
  written = soban_database_run (self->database, error,
    "INSERT INTO change (scope, number, device, incarnation, change_number, record, stamp, provisional, admitted_ms, hash, chain, relayed_by,"
    " marked, body) SELECT * FROM unnest (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", CHANGE_LETTERS,
    columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6], columns[7], columns[8], columns[9], columns[10],
    columns[11], columns[12], columns[13]);
  free_columns (columns, CHANGE_COLUMNS);
  return written;
}

#define ROW_LETTERS "BTTTIIIBB"
#define ROW_COLUMNS (sizeof ROW_LETTERS - 1)
#define INSERT_ROWS \
  "INSERT INTO record (id, scope, form, form_version, deleted, created_ms, changed_ms, state, digest)" \
  " SELECT * FROM unnest (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING"
#define UPDATE_ROWS \
  "UPDATE record SET form = new.form, form_version = new.form_version, deleted = new.deleted, changed_ms = new.changed_ms," \
  " state = new.state, digest = new.digest, stale = 1" \
  " FROM unnest (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)" \
  " AS new (id, scope, form, form_version, deleted, created_ms, changed_ms, state, digest) WHERE record.id = new.id AND record.scope = new.scope"

static void
add_values (SobanPostgresqlArray **columns, const SobanRecordRow *row)
{
  guint8 digest[SOBAN_DIGEST_BYTES];

  soban_digest_to_bytes (&row->digest, digest);
  soban_postgresql_array_add_blob (columns[0], row->id.bytes, SOBAN_UUID_BYTES);
  soban_postgresql_array_add_text (columns[1], row->scope);
  soban_postgresql_array_add_text (columns[2], row->form);
  soban_postgresql_array_add_text (columns[3], row->form_version);
  soban_postgresql_array_add_int (columns[4], row->deleted);
  soban_postgresql_array_add_int (columns[5], row->created_ms);
  soban_postgresql_array_add_int (columns[6], row->changed_ms);
  soban_postgresql_array_add_blob (columns[7], row->state->data, row->state->len);
  soban_postgresql_array_add_blob (columns[8], digest, sizeof digest);
}

static gboolean
write_rows (SobanAdmissionBatch *self, gboolean created, GError **error)
{
  SobanPostgresqlArray *columns[ROW_COLUMNS];
  gboolean written = TRUE;
  guint n;

  make_columns (ROW_LETTERS, columns);
  for (guint i = 0; i < self->changed->len; i++) {
    const SobanRecordRow *row = g_ptr_array_index (self->changed, i);

    if (row->created == created)
      add_values (columns, row);
  }
  n = soban_postgresql_array_size (columns[0]);
  if (n > 0)
    written = soban_database_run (self->database, error, created ? INSERT_ROWS : UPDATE_ROWS, ROW_LETTERS, columns[0], columns[1], columns[2],
                                  columns[3], columns[4], columns[5], columns[6], columns[7], columns[8]);
  free_columns (columns, ROW_COLUMNS);
  if (n == 0 || !written)
    return written;
  if (soban_database_count_changed (self->database) == (gint64) n)
    return TRUE;
  /* Its counter is another scope's, so it was not seen. When this is tried again it will be. */
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY, _ ("A record was made by another tablet at the same moment."));
  return FALSE;
}

gboolean
soban_admission_batch_flush (SobanAdmissionBatch *self, GError **error)
{
  if (self->queue->len == 0)
    return TRUE;
  if (!write_changes (self, error) || !write_rows (self, TRUE, error) || !write_rows (self, FALSE, error))
    return FALSE;
  for (guint i = 0; i < self->changed->len; i++) {
    SobanRecordRow *row = g_ptr_array_index (self->changed, i);

    row->changed = FALSE;
    row->created = FALSE;
  }
  g_ptr_array_set_size (self->changed, 0);
  g_hash_table_remove_all (self->queued);
  g_ptr_array_set_size (self->queue, 0);
  return TRUE;
}
