/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attachments
 * ===========
 *
 * A row of `attachment` and its content in rows of `attachment_chunk` of SOBAN_ATTACHMENT_CHUNK_BYTES each, the last one shorter: in the same file as the
 * records, so that a copy of it, a power cut and an erasure treat both alike.
 *
 * Invariants:
 *  (1) What stands under a name has its hash: it is compared when it is put and when it is read whole. Put again, damaged bytes are replaced.
 *  (2) Putting is one transaction: the attachment is there whole, or not at all.
 *  (3) It waits while it is not received and a record that is neither deleted nor erased has it as a value, or as one that was lost unseen
 *      (history.c). What a person has taken out of a record again is not sent.
 *  (4) What names it, and when it goes, is said in attachment-use.c.
 *  (5) It is received only by the word of the collector that compared it; a collector that was set back, or another one, has none of them.
 */
#include "config.h"

#include "store/attachment-store.h"

#include "base/attachment-name.h"
#include "base/error.h"
#include "base/limits.h"
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
set_not_found (GError **error)
{
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _("This file is not on this tablet"));
}

/* *ret_key 0: there is none. */
static gboolean
find (SobanStore *store, const char *name, gint64 *ret_key, guint64 *ret_bytes, gboolean *ret_received, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT key, bytes, received FROM attachment WHERE name = :name", error);
  gboolean row;

  *ret_key = 0;
  *ret_bytes = 0;
  *ret_received = FALSE;
  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":name", name);
  if (!soban_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *ret_key = soban_column_int (statement, 0);
  *ret_bytes = (guint64) soban_column_int (statement, 1);
  *ret_received = soban_column_int (statement, 2) != 0;
  return TRUE;
}

/* (transfer full): what the chunks have of [start, start + length). */
static GByteArray *
read_range (SobanStore *store, gint64 key, guint64 start, gsize length, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT start, content FROM attachment_chunk WHERE attachment = :key AND start > :first AND start < :end "
                              "ORDER BY start",
                              error);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_int (statement, ":key", key);
  soban_bind_int (statement, ":first", (gint64) start - SOBAN_ATTACHMENT_CHUNK_BYTES);
  soban_bind_int (statement, ":end", (gint64) (start + length));
  while (soban_step (statement, &row, error)) {
    gsize chunk_length, from, to;
    const guint8 *chunk;
    guint64 chunk_start;

    if (!row)
      return g_steal_pointer (&content);
    chunk_start = (guint64) soban_column_int (statement, 0);
    chunk = soban_column_bytes (statement, 1, &chunk_length);
    from = start > chunk_start ? start - chunk_start : 0;
    to = MIN (chunk_length, start + length - chunk_start);
    if (from < to)
      g_byte_array_append (content, chunk + from, (guint) (to - from));
  }
  return NULL;
}

/* ---- put ---- */

typedef struct {
  const char *name;
  GBytes *bytes;
} PutJob;

static gboolean
refuse_many (SobanStore *store, GError **error)
{
  gint64 count;

  if (!soban_database_read_int (store->db_thread.database, "SELECT count(*) FROM attachment WHERE received = 0", &count, error))
    return FALSE;
  if (count < SOBAN_ATTACHMENTS_WAITING_MAX)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT,
               _("%d photos and files wait to be sent already. Send your data first."), SOBAN_ATTACHMENTS_WAITING_MAX);
  return FALSE;
}

static gboolean
insert_row (SobanStore *store, const PutJob *job, gint64 *ret_key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT INTO attachment (name, bytes, received) VALUES (:name, :bytes, 0)", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":name", job->name);
  soban_bind_int (statement, ":bytes", (gint64) g_bytes_get_size (job->bytes));
  return soban_run (statement, error) && soban_database_read_int (store->db_thread.database, "SELECT last_insert_rowid()", ret_key, error);
}

static gboolean
insert_chunks (SobanStore *store, const PutJob *job, gint64 key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "INSERT INTO attachment_chunk (attachment, start, content) VALUES (:key, :start, :content)", error);
  gsize length;
  const guint8 *data = g_bytes_get_data (job->bytes, &length);

  if (!statement)
    return FALSE;
  for (gsize start = 0; start < length; start += SOBAN_ATTACHMENT_CHUNK_BYTES) {
    soban_bind_int (statement, ":key", key);
    soban_bind_int (statement, ":start", (gint64) start);
    soban_bind_bytes (statement, ":content", data + start, MIN (length - start, SOBAN_ATTACHMENT_CHUNK_BYTES));
    if (!soban_run (statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
delete_chunks (SobanStore *store, gint64 key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "DELETE FROM attachment_chunk WHERE attachment = :key", error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":key", key);
  return soban_run (statement, error);
}

static gboolean
put (SobanStore *store, gpointer data, GError **error)
{
  const PutJob *job = data;
  g_autoptr (GByteArray) present = NULL;
  gsize length = g_bytes_get_size (job->bytes);
  guint64 bytes;
  gint64 key;
  gboolean received;

  if (!find (store, job->name, &key, &bytes, &received, error))
    return FALSE;
  if (key == 0)
    return refuse_many (store, error) && insert_row (store, job, &key, error) && insert_chunks (store, job, key, error);
  present = read_range (store, key, 0, length, error);
  if (!present)
    return FALSE;
  /* (1) */
  if (bytes == length && soban_attachment_name_fits (job->name, present->data, present->len))
    return TRUE;
  return delete_chunks (store, key, error) && insert_chunks (store, job, key, error);
}

gchar *
soban_store_put_attachment (SobanStore *store, GBytes *bytes, const char *extension, GError **error)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  g_autofree char *name = NULL;
  PutJob job;

  if (length == 0) {
    g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The file is empty"));
    return NULL;
  }
  if (length > SOBAN_ATTACHMENT_BYTES_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("The file is too large: at most %d MB"),
                 SOBAN_ATTACHMENT_BYTES_MAX / (1024 * 1024));
    return NULL;
  }
  name = soban_attachment_name_new (data, length, extension);
  if (!name) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The ending “%s” of a file's name is not understood"), extension);
    return NULL;
  }
  job = (PutJob){ name, bytes };
  if (!soban_store_write (store, put, &job, error)) {
    g_prefix_error (error, _("Keeping the file: "));
    return NULL;
  }
  return g_steal_pointer (&name);
}

/* ---- get ---- */

typedef struct {
  const char *name;
  guint64 start;
  gsize length;
  GByteArray *content;
  guint64 bytes;
  gboolean received;
  gint64 key;
} ReadJob;

static gboolean
read_piece (SobanStore *store, gpointer data, GError **error)
{
  ReadJob *job = data;

  if (!find (store, job->name, &job->key, &job->bytes, &job->received, error))
    return FALSE;
  if (job->key == 0) {
    set_not_found (error);
    return FALSE;
  }
  job->content = read_range (store, job->key, job->start, job->length, error);
  return job->content != NULL;
}

GBytes *
soban_store_read_attachment_piece (SobanStore *store, const char *name, guint64 start, gsize length, GError **error)
{
  ReadJob job = { .name = name, .start = MIN (start, SOBAN_ATTACHMENT_BYTES_MAX), .length = MIN (length, SOBAN_ATTACHMENT_BYTES_MAX) };

  return soban_store_read (store, read_piece, &job, error) ? g_byte_array_free_to_bytes (job.content) : NULL;
}

GBytes *
soban_store_get_attachment (SobanStore *store, const char *name, GError **error)
{
  ReadJob job = { .name = name, .length = SOBAN_ATTACHMENT_BYTES_MAX };
  g_autoptr (GBytes) bytes = NULL;

  if (!soban_attachment_name_is_valid (name)) {
    set_not_found (error);
    return NULL;
  }
  if (!soban_store_read (store, read_piece, &job, error))
    return NULL;
  bytes = g_byte_array_free_to_bytes (job.content);
  if (soban_attachment_name_fits (name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)))
    return g_steal_pointer (&bytes);
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _("This file is damaged on this tablet"));
  return NULL;
}

static gboolean
look_up (SobanStore *store, gpointer data, GError **error)
{
  ReadJob *job = data;

  return find (store, job->name, &job->key, &job->bytes, &job->received, error);
}

gboolean
soban_store_look_up_attachment (SobanStore *store, const char *name, SobanAttachmentState *ret_state, GError **error)
{
  ReadJob job = { .name = name };

  if (!soban_store_read (store, look_up, &job, error))
    return FALSE;
  *ret_state = job.key == 0     ? SOBAN_ATTACHMENT_ELSEWHERE
               : job.received ? SOBAN_ATTACHMENT_RECEIVED
                              : SOBAN_ATTACHMENT_WAITING;
  return TRUE;
}

/* ---- what waits (3) ---- */

static void
free_waiting (gpointer data)
{
  SobanWaitingAttachment *waiting = data;

  g_free (waiting->name);
  g_free (waiting);
}

/* One that is not received, with one of the records that name it. */
typedef struct {
  char *name;
  guint64 bytes;
  SobanUuid record;
} Candidate;

static void
clear_candidate (gpointer data)
{
  g_free (((Candidate *) data)->name);
}

static gboolean
list_candidates (SobanStore *store, GArray *candidates, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT attachment.name, attachment.bytes, attachment_use.record FROM attachment JOIN attachment_use ON "
                              "attachment_use.name = attachment.name WHERE attachment.received = 0 ORDER BY attachment.key",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    Candidate candidate = { 0 };

    if (!row)
      return TRUE;
    if (!soban_column_uuid (statement, 2, &candidate.record))
      continue;
    candidate.name = g_strdup (soban_column_text (statement, 0));
    candidate.bytes = (guint64) soban_column_int (statement, 1);
    g_array_append_val (candidates, candidate);
  }
  return FALSE;
}

static gboolean
is_value (const SobanRecordState *state, const char *name)
{
  for (guint i = 0; i < soban_record_state_size (state); i++) {
    const char *path, *value;

    soban_record_state_nth (state, i, &path, &value);
    if (g_strcmp0 (value, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
was_lost (SobanStore *store, const Candidate *candidate, gboolean *ret_lost, GError **error)
{
  g_autoptr (GArray) log = soban_history_read_log (store, &candidate->record, error);

  *ret_lost = FALSE;
  for (guint i = 0; log && i < log->len && !*ret_lost; i++) {
    const SobanChange *change = g_array_index (log, SobanLoggedChange, i).change;

    for (guint j = 0; j < change->assignments->len && !*ret_lost; j++) {
      const SobanAssignment *assignment = g_ptr_array_index (change->assignments, j);

      *ret_lost = g_strcmp0 (assignment->value, candidate->name) == 0 && soban_history_is_lost (log, i, assignment);
    }
  }
  return log != NULL;
}

static gboolean
is_wanted (SobanStore *store, const Candidate *candidate, gboolean *ret_wanted, GError **error)
{
  SobanRecordState *state = store->db_thread.state;
  g_auto (SobanStoredRecord) record = { 0 };

  *ret_wanted = FALSE;
  if (!soban_stored_record_load (store, &candidate->record, state, &record, error))
    return FALSE;
  if (!record.exists || soban_record_state_is_erased (state) || soban_record_state_is_deleted (state))
    return TRUE;
  *ret_wanted = is_value (state, candidate->name);
  return *ret_wanted || was_lost (store, candidate, ret_wanted, error);
}

static gboolean
list_waiting (SobanStore *store, gpointer data, GError **error)
{
  GPtrArray *list = data;
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  g_array_set_clear_func (candidates, clear_candidate);
  if (!list_candidates (store, candidates, error))
    return FALSE;
  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *candidate = &g_array_index (candidates, Candidate, i);
    const SobanWaitingAttachment *last = list->len > 0 ? g_ptr_array_index (list, list->len - 1) : NULL;
    SobanWaitingAttachment *waiting;
    gboolean wanted;

    if (last && strcmp (last->name, candidate->name) == 0)
      continue;
    if (!is_wanted (store, candidate, &wanted, error))
      return FALSE;
    if (!wanted)
      continue;
    waiting = g_new (SobanWaitingAttachment, 1);
    *waiting = (SobanWaitingAttachment){ g_strdup (candidate->name), candidate->bytes };
    g_ptr_array_add (list, waiting);
  }
  return TRUE;
}

GPtrArray *
soban_store_list_waiting_attachments (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_waiting);

  return soban_store_read (store, list_waiting, list, error) ? g_steal_pointer (&list) : NULL;
}

typedef struct {
  gint64 count, bytes;
} Measure;

static gboolean
measure (SobanStore *store, gpointer data, GError **error)
{
  Measure *all = data;
  SobanDatabase *database = store->db_thread.database;

  return soban_database_read_int (database, "SELECT count(*) FROM attachment", &all->count, error)
         && soban_database_read_int (database, "SELECT coalesce(sum(bytes), 0) FROM attachment", &all->bytes, error);
}

gboolean
soban_store_measure_attachments (SobanStore *store, guint *ret_count, guint64 *ret_bytes, GError **error)
{
  Measure all = { 0 };

  if (!soban_store_read (store, measure, &all, error))
    return FALSE;
  *ret_count = (guint) all.count;
  *ret_bytes = (guint64) all.bytes;
  return TRUE;
}

gboolean
soban_store_count_attachments (SobanStore *store, guint *ret_waiting, guint64 *ret_waiting_bytes, GError **error)
{
  g_autoptr (GPtrArray) list = soban_store_list_waiting_attachments (store, error);

  if (!list)
    return FALSE;
  *ret_waiting = list->len;
  *ret_waiting_bytes = 0;
  for (guint i = 0; i < list->len; i++)
    *ret_waiting_bytes += ((const SobanWaitingAttachment *) g_ptr_array_index (list, i))->bytes;
  return TRUE;
}

/* ---- receipts (5) ---- */

static gboolean
mark_received (SobanStore *store, gpointer data, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "UPDATE attachment SET received = 1 WHERE name = :name AND received = 0", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":name", data);
  if (!soban_run (statement, error))
    return FALSE;
  store->db_thread.shown_changed |= soban_database_changes (store->db_thread.database) > 0;
  return TRUE;
}

gboolean
soban_store_mark_attachment_received (SobanStore *store, const char *name, GError **error)
{
  if (!soban_store_write (store, mark_received, (gpointer) name, error)) {
    g_prefix_error (error, _("Keeping what was received: "));
    return FALSE;
  }
  return TRUE;
}

gboolean
soban_attachments_forget_received (SobanStore *store, GError **error)
{
  return soban_database_execute (store->db_thread.database, "UPDATE attachment SET received = 0 WHERE received = 1", error);
}

/* ---- check ---- */

/* (1) for one after another: only one is in memory at a time. */
gboolean
soban_attachments_check (SobanStore *store, GPtrArray *sentences, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, "SELECT name FROM attachment ORDER BY key", error);
  gboolean row = TRUE;

  while (statement && row) {
    if (!soban_step (statement, &row, error))
      return FALSE;
    if (row)
      g_ptr_array_add (names, g_strdup (soban_column_text (statement, 0)));
  }
  if (!statement)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    ReadJob job = { .name = name, .length = SOBAN_ATTACHMENT_BYTES_MAX };
    g_autoptr (GByteArray) content = NULL;

    if (!read_piece (store, &job, error))
      return FALSE;
    content = job.content;
    if (content->len != job.bytes || !soban_attachment_name_is_valid (name) || !soban_attachment_name_fits (name, content->data, content->len))
      g_ptr_array_add (sentences, g_strdup_printf (_("The file %s is damaged"), name));
  }
  return TRUE;
}
