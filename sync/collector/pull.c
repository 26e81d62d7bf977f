/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pull.h"

#include <string.h>

#include "base/limits.h"
#include "snapshot.h"

#define BYTES_MAX (8 * 1024 * 1024)
#define BATCH_ROWS 500
#define ROWS_MAX 20000
#define CHANGES_MAX (SOBAN_REPLY_CHANGES_MAX - 1000) /* the record that is one too many has its place */
/* Changes are written to the answer when so much waits; what they were and what they became tells how much more fits. */
#define BATCH_RAW_BYTES (128 * 1024)
#define RATIO_AT_FIRST 0.35

struct _SobanPull {
  SobanCollectorStore *store;
  const SobanPullOptions *options;
  GPtrArray *batch;   /* (element-type SobanNumberedChange): not written yet; all have numbers or none */
  gsize batch_bytes;  /* about */
  GByteArray *frames; /* written */
  gsize raw_bytes;    /* of what was written, before it was */
  guint count, passed;
};

SobanPullOptions
soban_pull_options_of (const SobanHello *hello, guint minor, const SobanRegistries *registries)
{
  gboolean agreed = registries != NULL && registries->check == hello->registries;
  gboolean windowed = minor >= 1 && hello->window_ms > 0;

  return (SobanPullOptions) {
    .device = hello->device,
    .incarnation = hello->incarnation,
    .minor = minor,
    .bytes_max = minor >= 1 ? hello->reply_bytes_max : 0,
    .from_month = windowed && agreed ? soban_digest_month_of_ms (hello->window_ms) : 0,
    .registries = registries,
    .gives_digests = minor >= 1 && (!windowed || agreed),
  };
}

gboolean
soban_pull_options_want (const SobanPullOptions *options, const SobanUuid *record, const char *form)
{
  g_autofree char *word = NULL;

  if (options->from_month == 0 || soban_digest_month (record) >= options->from_month)
    return TRUE;
  word = g_strdup_printf (" %s ", form);
  return strstr (options->registries->ids, word) != NULL;
}

SobanPull *
soban_pull_new (SobanCollectorStore *store, const SobanPullOptions *options)
{
  SobanPull *self = g_new0 (SobanPull, 1);

  self->store = store;
  self->options = options;
  self->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  self->frames = g_byte_array_new ();
  return self;
}

void
soban_pull_free (SobanPull *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->batch);
  g_byte_array_unref (self->frames);
  g_free (self);
}

SobanCollectorStore *
soban_pull_get_store (SobanPull *self)
{
  return self->store;
}

const SobanPullOptions *
soban_pull_get_options (SobanPull *self)
{
  return self->options;
}

static void
write_batch (SobanPull *self)
{
  soban_changes_write_frames (self->frames, self->batch, soban_changes_flags_down (self->options->minor), 0);
  self->raw_bytes += self->batch_bytes;
  self->batch_bytes = 0;
  g_ptr_array_set_size (self->batch, 0);
}

void
soban_pull_add (SobanPull *self, SobanChange *change, guint64 scope_number, gsize length)
{
  const SobanNumberedChange *first = self->batch->len > 0 ? g_ptr_array_index (self->batch, 0) : NULL;

  if (first != NULL && (first->scope_number == 0) != (scope_number == 0))
    write_batch (self);
  g_ptr_array_add (self->batch, soban_numbered_change_new (change, scope_number));
  self->batch_bytes += length;
  self->count++;
  if (self->batch->len >= SOBAN_FRAME_CHANGES_MAX || self->batch_bytes >= BATCH_RAW_BYTES)
    write_batch (self);
}

gboolean
soban_pull_is_full (const SobanPull *self, guint count)
{
  guint64 bytes_max = self->options->bytes_max != 0 ? MIN (self->options->bytes_max, BYTES_MAX) : BYTES_MAX;
  double ratio = self->raw_bytes > 0 ? (double) self->frames->len / (double) self->raw_bytes : RATIO_AT_FIRST;

  if (self->count > 0
      && (self->count + count > CHANGES_MAX || (double) self->frames->len + (double) self->batch_bytes * ratio >= (double) bytes_max))
    return TRUE;
  return self->passed >= ROWS_MAX;
}

void
soban_pull_pass (SobanPull *self)
{
  self->passed++;
}

typedef struct {
  guint64 last_number, floor;
} ScopeRow;

static gboolean
read_scope (SobanPull *self, const char *scope, ScopeRow *ret_row, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (self->store), error,
                                                     "SELECT last_number, floor FROM scope WHERE uid = ?1", "t", scope);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  *ret_row = (ScopeRow) { 0 };
  if (stepped == 1)
    *ret_row = (ScopeRow) { (guint64) soban_rows_get_int (rows, 0), (guint64) soban_rows_get_int (rows, 1) };
  return stepped >= 0;
}

/* P2: whether a snapshot begins here. */
static gboolean
choose_snapshot (SobanPull *self, const SobanScopeCursor *cursor, const ScopeRow *scope, gboolean *ret_chosen, GError **error)
{
  gint64 records;

  *ret_chosen = FALSE;
  if (self->options->minor == 0 || cursor->number >= scope->floor)
    return TRUE;
  if (!soban_database_get_integer (soban_collector_store_get_database (self->store), error, 0, &records,
                                   "SELECT CAST (coalesce (sum (count), 0) AS BIGINT) FROM digest WHERE scope = ?1", "t", cursor->scope))
    return FALSE;
  *ret_chosen = scope->last_number - cursor->number >= (guint64) records;
  return TRUE;
}

/* Its record may have changed its form since: the record's is the one that digests count. */
static gboolean
is_wanted (SobanPull *self, const SobanUuid *record, gboolean *ret_wanted, GError **error)
{
  const SobanPullOptions *options = self->options;
  g_autoptr (SobanRows) rows = NULL;
  int stepped;

  *ret_wanted = options->from_month == 0 || soban_digest_month (record) >= options->from_month;
  if (*ret_wanted)
    return TRUE;
  rows = soban_database_query (soban_collector_store_get_database (self->store), error, "SELECT form FROM record WHERE id = ?1", "b",
                               record->bytes, (gsize) SOBAN_UUID_BYTES);
  stepped = rows != NULL ? soban_rows_step (rows, error) : -1;
  if (stepped == 1)
    *ret_wanted = soban_pull_options_want (options, record, soban_rows_get_text (rows, 0));
  return stepped >= 0;
}

static gboolean
take_row (SobanPull *self, SobanRows *rows, SobanScopeCursor *cursor, GError **error)
{
  gsize length = soban_rows_get_length (rows, 2);
  SobanUuid record = soban_rows_get_uuid (rows, 3);
  SobanChange *change;
  gboolean wanted;

  if (soban_rows_get_int (rows, 1) != 0) {
    cursor->own++;
    soban_pull_pass (self);
    return TRUE;
  }
  if (!is_wanted (self, &record, &wanted, error))
    return FALSE;
  if (!wanted) {
    cursor->skipped++;
    soban_pull_pass (self);
    return TRUE;
  }
  change = soban_change_decode (soban_rows_get_blob (rows, 2), length, error);
  if (change == NULL)
    return FALSE;
  soban_pull_add (self, change, (guint64) soban_rows_get_int (rows, 0), length);
  return TRUE;
}

/* @ret_rows: how many were there, 0 when the answer is full. */
static gboolean
pull_some (SobanPull *self, SobanScopeCursor *cursor, guint *ret_rows, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (self->store), error,
    "SELECT number, device = ?3 AND incarnation = ?4, CASE WHEN device = ?3 AND incarnation = ?4 THEN NULL ELSE body END, record FROM change"
    " WHERE scope = ?1 AND number > ?2 ORDER BY number LIMIT ?5", "tiiii", cursor->scope, (gint64) cursor->number,
    (gint64) self->options->device, (gint64) self->options->incarnation, (gint64) BATCH_ROWS);
  int stepped;

  *ret_rows = 0;
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    if (soban_pull_is_full (self, 1)) {
      *ret_rows = 0;
      return TRUE;
    }
    if (!take_row (self, rows, cursor, error))
      return FALSE;
    cursor->number = (guint64) soban_rows_get_int (rows, 0);
    (*ret_rows)++;
  }
  return stepped == 0;
}

static gboolean
pull_log (SobanPull *self, guint64 last_number, SobanScopeCursor *cursor, GError **error)
{
  guint rows = BATCH_ROWS;

  while (rows == BATCH_ROWS && cursor->number < last_number) {
    if (!pull_some (self, cursor, &rows, error))
      return FALSE;
  }
  cursor->more = cursor->number < last_number;
  cursor->left = last_number - cursor->number;
  return TRUE;
}

static gboolean
add_digest (SobanPull *self, SobanScopeCursor *cursor, GError **error)
{
  const SobanPullOptions *options = self->options;

  if (!options->gives_digests || cursor->more || cursor->has_page)
    return TRUE;
  cursor->has_digest = TRUE;
  return soban_scope_digest_read (soban_collector_store_get_database (self->store), cursor->scope, options->from_month,
                                  options->registries != NULL ? options->registries->ids : NULL, &cursor->digest, error);
}

gboolean
soban_pull_scope (SobanPull *self, const SobanScopePage *page, SobanScopeCursor *cursor, GError **error)
{
  ScopeRow scope;
  gboolean snapshot;

  if (!read_scope (self, cursor->scope, &scope, error))
    return FALSE;
  if (cursor->number > scope.last_number) {
    /* Never given: this store is an older state of what the device knew (sync/README.md 5.6). */
    g_message ("Device %u has seen number %" G_GUINT64_FORMAT " of %s, here the last one is %" G_GUINT64_FORMAT ": was this data restored?",
               self->options->device, cursor->number, cursor->scope, scope.last_number);
    cursor->number = 0;
    return TRUE;
  }
  if (page != NULL && (self->options->minor == 0 || page->page_top > scope.last_number || page->page_top < cursor->number))
    page = NULL; /* of another state of this collector: the snapshot begins anew */
  if (page == NULL && !choose_snapshot (self, cursor, &scope, &snapshot, error))
    return FALSE;
  if (page != NULL || snapshot) {
    if (!soban_snapshot_pull (self, page, scope.last_number, cursor, error))
      return FALSE;
  } else if (!pull_log (self, scope.last_number, cursor, error)) {
    return FALSE;
  }
  return add_digest (self, cursor, error);
}

void
soban_pull_write (SobanPull *self, GByteArray *out)
{
  if (self->batch->len > 0)
    write_batch (self);
  if (self->frames->len > 0)
    g_byte_array_append (out, self->frames->data, self->frames->len);
}
