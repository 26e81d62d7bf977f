/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pull.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/limits.h"

#define BATCH_ROWS 500
#define PULL_BYTES_MAX (8 * 1024 * 1024)
#define FRAME_RAW_BYTES_MAX (1024 * 1024)

struct _SobanPull {
  SobanCollectorStore *store;
  guint32 device;
  guint64 incarnation;
  GPtrArray *changes; /* SobanNumberedChange, scope by scope, ascending */
  GArray *sizes;      /* gsize: stored bytes of each */
  gsize bytes;
};

SobanPull *
soban_pull_new (SobanCollectorStore *store, guint32 device, guint64 incarnation)
{
  SobanPull *self = g_new0 (SobanPull, 1);

  self->store = store;
  self->device = device;
  self->incarnation = incarnation;
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  self->sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  return self;
}

void
soban_pull_free (SobanPull *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->changes);
  g_array_unref (self->sizes);
  g_free (self);
}

static gboolean
add_change (SobanPull *self, SobanRows *query, GError **error)
{
  gsize length = soban_rows_get_length (query, 2);
  SobanChange *change = soban_change_decode (soban_rows_get_blob (query, 2), length, error);
  SobanNumberedChange *item;

  if (change == NULL)
    return FALSE;
  item = g_new0 (SobanNumberedChange, 1);
  item->change = change;
  item->scope_number = (guint64) soban_rows_get_int (query, 0);
  g_ptr_array_add (self->changes, item);
  g_array_append_val (self->sizes, length);
  self->bytes += length;
  return TRUE;
}

/* Sets a cursor that was never given back to 0 (sync/README.md 5.6): this store is an older state of what the device knew. */
static gboolean
check_cursor (SobanPull *self, SobanScopeCursor *cursor, guint64 *ret_last_number, gboolean *ret_known, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (self->store), error,
                                                     "SELECT last_number, last_stamp FROM scope WHERE uid = ?1", "t", cursor->scope);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped < 0)
    return FALSE;
  *ret_last_number = stepped == 1 ? (guint64) soban_rows_get_int (rows, 0) : 0;
  /* Another collector of the same database may have admitted it. */
  if (stepped == 1)
    soban_collector_store_note_stamp (self->store, (SobanStamp) soban_rows_get_int (rows, 1));
  *ret_known = cursor->number <= *ret_last_number;
  if (!*ret_known) {
    g_message ("Device %u has seen number %" G_GUINT64_FORMAT " of %s, here the last one is %" G_GUINT64_FORMAT ": was this data restored?",
               self->device, cursor->number, cursor->scope, *ret_last_number);
    cursor->number = 0;
  }
  return TRUE;
}

/* The next changes after the cursor. */
static gboolean
pull_some (SobanPull *self, SobanScopeCursor *cursor, GError **error)
{
  g_autoptr (SobanRows) query = soban_database_query (soban_collector_store_get_database (self->store), error,
    "SELECT number, device = ?3 AND incarnation = ?4, CASE WHEN device = ?3 AND incarnation = ?4 THEN NULL ELSE body END FROM change"
    " WHERE scope = ?1 AND number > ?2 ORDER BY number LIMIT ?5", "tiiii",
    cursor->scope, (gint64) MIN (cursor->number, G_MAXINT64), (gint64) self->device, (gint64) self->incarnation, (gint64) BATCH_ROWS);
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    gboolean own = soban_rows_get_int (query, 1) != 0;

    if (!own && (self->changes->len >= SOBAN_REPLY_CHANGES_MAX || self->bytes >= PULL_BYTES_MAX)) {
      cursor->more = TRUE;
      return TRUE;
    }
    if (own)
      cursor->own++;
    else if (!add_change (self, query, error))
      return FALSE;
    cursor->number = (guint64) soban_rows_get_int (query, 0);
  }
  return stepped == 0;
}

gboolean
soban_pull_scope (SobanPull *self, SobanScopeCursor *cursor, GError **error)
{
  guint64 last_number;
  gboolean known;

  if (!check_cursor (self, cursor, &last_number, &known, error))
    return FALSE;
  while (known && cursor->number < last_number && !cursor->more) {
    guint64 before = cursor->number;

    if (!pull_some (self, cursor, error))
      return FALSE;
    if (cursor->number == before && !cursor->more) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("The log of commune %s ends before its counter."), cursor->scope);
      return FALSE;
    }
  }
  return TRUE;
}

static void
write_frame (const GPtrArray *changes, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_changes_encode (changes, SOBAN_CHANGES_PLAIN, body);
  soban_frame_write (out, SOBAN_FRAME_CHANGES, body->data, body->len);
}

void
soban_pull_write (SobanPull *self, GByteArray *out)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();
  gsize bytes = 0;

  for (guint i = 0; i < self->changes->len; i++) {
    gsize size = g_array_index (self->sizes, gsize, i);

    if (batch->len > 0 && (batch->len >= SOBAN_FRAME_CHANGES_MAX || bytes + size > FRAME_RAW_BYTES_MAX)) {
      write_frame (batch, out);
      g_ptr_array_set_size (batch, 0);
      bytes = 0;
    }
    g_ptr_array_add (batch, g_ptr_array_index (self->changes, i));
    bytes += size;
  }
  if (batch->len > 0)
    write_frame (batch, out);
}
