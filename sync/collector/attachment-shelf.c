/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 *  T1 The chunks of an attachment lie without a gap from 0 to `have`; a piece is appended at that place or not at all, in one transaction with it.
 *  T2 It is received only when it is as long as announced and has the hash of its name, and from then on it never changes. `have` is `bytes` exactly
 *     when it is received: what is whole and wrong is dropped in the transaction that brought its last byte.
 *  T3 Only what a record names is taken in; what none names any more goes: at once when the record is erased, else by the night.
 */
#include "config.h"

#include "attachment-shelf.h"

#include <string.h>

#include "base/attachment-name.h"
#include "base/error.h"
#include "base/limits.h"

#define DAY_MS G_GINT64_CONSTANT (86400000)
#define BATCH_ROWS 500

gboolean
soban_attachment_shelf_find (SobanCollectorStore *store, const char *name, SobanAttachmentMark *ret_mark, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), error,
                                                     "SELECT bytes, have, received_ms FROM attachment WHERE name = ?1", "t", name);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  *ret_mark = (SobanAttachmentMark) { 0 };
  if (stepped == 1)
    *ret_mark = (SobanAttachmentMark) { TRUE, (guint64) soban_rows_get_int (rows, 0), (guint64) soban_rows_get_int (rows, 1),
                                        !soban_rows_is_null (rows, 2) };
  return stepped >= 0;
}

static gboolean
is_of_commune (const GPtrArray *scopes, const char *scope)
{
  for (guint i = 0; scopes != NULL && i < scopes->len; i++)
    if (strcmp (g_ptr_array_index (scopes, i), scope) == 0)
      return TRUE;
  return FALSE;
}

gboolean
soban_attachment_shelf_is_named (SobanCollectorStore *store, const SobanDevice *device, const char *name, gboolean *ret_is, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (
    soban_collector_store_get_database (store), error,
    "SELECT DISTINCT record.scope FROM attachment_use JOIN record ON record.id = attachment_use.record WHERE attachment_use.name = ?1", "t", name);
  int stepped;

  *ret_is = FALSE;
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    const char *scope = soban_rows_get_text (rows, 0);

    *ret_is |= is_of_commune (device->scopes, scope) || is_of_commune (device->former_scopes, scope);
  }
  return stepped == 0;
}

/* ---- taking in ---- */

static gboolean
drop (SobanDatabase *database, const char *name, GError **error)
{
  return soban_database_run (database, error, "DELETE FROM attachment_chunk WHERE attachment = (SELECT id FROM attachment WHERE name = ?1)", "t", name)
         && soban_database_run (database, error, "DELETE FROM attachment WHERE name = ?1", "t", name);
}

static gboolean
refuse_much (SobanDatabase *database, const SobanDevice *device, guint64 bytes, GError **error)
{
  gint64 sum;

  if (!soban_database_get_integer (database, error, 0, &sum, "SELECT CAST (coalesce (sum (bytes), 0) AS BIGINT) FROM attachment WHERE device = ?1", "i",
                                   (gint64) device->number))
    return FALSE;
  if (sum + (gint64) bytes <= SOBAN_ATTACHMENTS_DEVICE_BYTES_MAX)
    return TRUE;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, "the device has sent as many files as it may");
  return FALSE;
}

gboolean
soban_attachment_shelf_begin (SobanCollectorStore *store, const SobanDevice *device, const char *name, guint64 bytes,
                              SobanAttachmentMark *ret_mark, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);

  if (!soban_attachment_shelf_find (store, name, ret_mark, error))
    return FALSE;
  if (ret_mark->received || (ret_mark->found && ret_mark->bytes == bytes))
    return TRUE;
  if (ret_mark->found && !drop (database, name, error))
    return FALSE;
  /* Another collector on this database may announce it at the same time. */
  return refuse_much (database, device, bytes, error)
         && soban_database_run (database, error,
                                "INSERT INTO attachment (name, bytes, have, device, changed_ms) VALUES (?1, ?2, 0, ?3, ?4) ON CONFLICT (name) DO NOTHING",
                                "tiii", name, (gint64) bytes, (gint64) device->number, soban_collector_store_now (store))
         && soban_attachment_shelf_find (store, name, ret_mark, error);
}

/* (transfer full): all chunks in a row. */
static GByteArray *
join_chunks (SobanDatabase *database, const char *name, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (SobanRows) rows = soban_database_query (
    database, error, "SELECT content FROM attachment_chunk WHERE attachment = (SELECT id FROM attachment WHERE name = ?1) ORDER BY start", "t", name);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1)
    g_byte_array_append (content, soban_rows_get_blob (rows, 0), (guint) soban_rows_get_length (rows, 0));
  return stepped == 0 ? g_steal_pointer (&content) : NULL;
}

static gboolean
fits (const char *name, const GByteArray *content, guint64 bytes)
{
  return content->len == bytes && soban_attachment_name_fits (name, content->data, content->len);
}

/* (T2) */
static gboolean
complete (SobanCollectorStore *store, const char *name, guint64 bytes, SobanAttachmentOutcome *ret_outcome, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (GByteArray) content = join_chunks (database, name, error);

  if (content == NULL)
    return FALSE;
  if (fits (name, content, bytes))
    return soban_database_run (database, error, "UPDATE attachment SET received_ms = ?2 WHERE name = ?1", "ti", name, soban_collector_store_now (store));
  *ret_outcome = SOBAN_ATTACHMENT_WRONG;
  return drop (database, name, error);
}

/* (T1): the row is locked by its new length, and nothing is kept where it was another one. */
static gboolean
append_chunk (SobanCollectorStore *store, const char *name, guint64 offset, GBytes *piece, gboolean *ret_appended, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  gsize length;
  gconstpointer data = g_bytes_get_data (piece, &length);

  if (!soban_database_run (database, error,
                           "UPDATE attachment SET have = have + ?3, changed_ms = ?4 WHERE name = ?1 AND have = ?2 AND bytes >= ?5", "tiiii", name,
                           (gint64) offset, (gint64) length, soban_collector_store_now (store), (gint64) (offset + length)))
    return FALSE;
  *ret_appended = soban_database_count_changed (database) == 1;
  return !*ret_appended
         || soban_database_run (database, error,
                                "INSERT INTO attachment_chunk (attachment, start, content) SELECT id, ?2, ?3 FROM attachment WHERE name = ?1", "tib", name,
                                (gint64) offset, data, length);
}

gboolean
soban_attachment_shelf_append (SobanCollectorStore *store, const char *name, guint64 offset, GBytes *piece, SobanAttachmentOutcome *ret_outcome,
                               SobanAttachmentMark *ret_mark, GError **error)
{
  gsize length = g_bytes_get_size (piece);
  gboolean appended = FALSE;

  *ret_outcome = SOBAN_ATTACHMENT_APPENDED;
  /* Beyond the bound an offset is not even counted with. */
  if (length > 0 && offset <= SOBAN_ATTACHMENT_BYTES_MAX && !append_chunk (store, name, offset, piece, &appended, error))
    return FALSE;
  if (!soban_attachment_shelf_find (store, name, ret_mark, error))
    return FALSE;
  if (appended && ret_mark->have == ret_mark->bytes)
    return complete (store, name, ret_mark->bytes, ret_outcome, error) && soban_attachment_shelf_find (store, name, ret_mark, error);
  if (!ret_mark->found)
    *ret_outcome = SOBAN_ATTACHMENT_UNKNOWN;
  else if (!appended && (length > 0 || ret_mark->have != offset))
    *ret_outcome = SOBAN_ATTACHMENT_OTHER_OFFSET;
  return TRUE;
}

gboolean
soban_attachment_shelf_read (SobanCollectorStore *store, const char *name, GBytes **ret_bytes, GError **error)
{
  SobanAttachmentMark mark;
  GByteArray *content;

  *ret_bytes = NULL;
  if (!soban_attachment_shelf_find (store, name, &mark, error))
    return FALSE;
  if (!mark.received)
    return TRUE;
  content = join_chunks (soban_collector_store_get_database (store), name, error);
  if (content == NULL)
    return FALSE;
  *ret_bytes = g_byte_array_free_to_bytes (content);
  return TRUE;
}

/* ---- what names it ---- */

gboolean
soban_attachment_shelf_note_uses (SobanDatabase *database, const SobanChange *change, GError **error)
{
  for (guint i = 0; i < change->assignments->len; i++) {
    const char *value = ((const SobanAssignment *) g_ptr_array_index (change->assignments, i))->value;

    if (value != NULL && soban_attachment_name_is_valid (value)
        && !soban_database_run (database, error, "INSERT INTO attachment_use (name, record) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "tb", value,
                                change->record.bytes, (gsize) SOBAN_UUID_BYTES))
      return FALSE;
  }
  return TRUE;
}

/* (transfer full) (element-type SobanChange): the next ones of the log; *place moves on. */
static GPtrArray *
read_log (SobanDatabase *database, gint64 *place, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (SobanRows) rows = soban_database_query (database, error, "SELECT id, body FROM change WHERE id > ?1 ORDER BY id LIMIT ?2", "ii", *place,
                                                     (gint64) BATCH_ROWS);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanChange *change = soban_change_decode (soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1), error);

    if (change == NULL)
      return NULL;
    *place = soban_rows_get_int (rows, 0);
    g_ptr_array_add (changes, change);
  }
  return stepped == 0 ? g_steal_pointer (&changes) : NULL;
}

gboolean
soban_attachment_shelf_note_log (SobanDatabase *database, GError **error)
{
  gint64 place = -1;
  guint read;

  do {
    g_autoptr (GPtrArray) changes = read_log (database, &place, error);

    if (changes == NULL)
      return FALSE;
    for (guint i = 0; i < changes->len; i++)
      if (!soban_attachment_shelf_note_uses (database, g_ptr_array_index (changes, i), error))
        return FALSE;
    read = changes->len;
  } while (read > 0);
  return TRUE;
}

/* (transfer full) (element-type utf8): the texts of the first column; @rows (nullable) (transfer full) */
static GPtrArray *
list_names (SobanRows *rows, GError **error)
{
  g_autoptr (SobanRows) owned = rows;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1)
    g_ptr_array_add (names, g_strdup (soban_rows_get_text (rows, 0)));
  return stepped == 0 ? g_steal_pointer (&names) : NULL;
}

/* (T3) */
static gboolean
drop_unnamed (SobanDatabase *database, const GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    gint64 uses;

    if (!soban_database_get_integer (database, error, 0, &uses, "SELECT count (*) FROM attachment_use WHERE name = ?1", "t", name)
        || (uses == 0 && !drop (database, name, error)))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_attachment_shelf_release (SobanCollectorStore *store, const SobanUuid *record, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (GPtrArray) names = list_names (soban_database_query (database, error, "SELECT name FROM attachment_use WHERE record = ?1", "b",
                                                                  record->bytes, (gsize) SOBAN_UUID_BYTES), error);

  return names != NULL
         && soban_database_run (database, error, "DELETE FROM attachment_use WHERE record = ?1", "b", record->bytes, (gsize) SOBAN_UUID_BYTES)
         && drop_unnamed (database, names, error);
}

gboolean
soban_attachment_shelf_sweep (SobanCollectorStore *store, guint *ret_swept, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  gint64 before_ms = soban_collector_store_now (store) - SOBAN_ATTACHMENT_UNFINISHED_DAYS * DAY_MS;
  g_autoptr (GPtrArray) names = list_names (
    soban_database_query (database, error,
                          "SELECT name FROM attachment WHERE changed_ms < ?1 AND (received_ms IS NULL OR NOT EXISTS"
                          " (SELECT 1 FROM attachment_use WHERE attachment_use.name = attachment.name)) LIMIT ?2", "ii", before_ms, (gint64) BATCH_ROWS),
    error);

  *ret_swept = 0;
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!drop (database, g_ptr_array_index (names, i), error))
      return FALSE;
  *ret_swept = names->len;
  return TRUE;
}

/* ---- check ---- */

static gboolean
is_sound (SobanDatabase *database, const char *name, gboolean *ret_sound, GError **error)
{
  g_autoptr (GByteArray) content = join_chunks (database, name, error);
  g_autoptr (SobanRows) rows = NULL;
  int stepped;

  if (content == NULL)
    return FALSE;
  rows = soban_database_query (database, error, "SELECT bytes, have, received_ms FROM attachment WHERE name = ?1", "t", name);
  stepped = rows != NULL ? soban_rows_step (rows, error) : -1;
  if (stepped < 0)
    return FALSE;
  *ret_sound = stepped == 1 && content->len == (guint64) soban_rows_get_int (rows, 1)
               && (soban_rows_is_null (rows, 2) ? content->len < (guint64) soban_rows_get_int (rows, 0)
                                                : fits (name, content, (guint64) soban_rows_get_int (rows, 0)));
  return TRUE;
}

GPtrArray *
soban_attachment_shelf_list_damaged (SobanDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (soban_database_query (database, error, "SELECT name FROM attachment ORDER BY name", ""), error);
  g_autoptr (GPtrArray) damaged = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    gboolean sound;

    if (!is_sound (database, g_ptr_array_index (names, i), &sound, error))
      return NULL;
    if (!sound)
      g_ptr_array_add (damaged, g_strdup (g_ptr_array_index (names, i)));
  }
  return names != NULL ? g_steal_pointer (&damaged) : NULL;
}
