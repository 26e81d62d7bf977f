/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/limits.h"
#include "ranges.h"
#include "record-log.h"

#define FRAME_RAW_BYTES_MAX (1024 * 1024)
#define BYTES_MAX (8 * 1024 * 1024)

/* The frames of one answer while they are filled. */
typedef struct {
  SobanDatabase *database;
  const SobanPullOptions *options;
  const char *scope;
  SobanRecords *records; /* of the frame that is filled */
  gsize raw_bytes;
  GByteArray *out;
  guint start;           /* of these frames in @out */
  guint *room;           /* changes that the answer may still hold in such frames */
  gboolean full;
} Frames;

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const SobanNumberedChange *first = *(SobanNumberedChange *const *) a, *second = *(SobanNumberedChange *const *) b;

  return (first->scope_number > second->scope_number) - (first->scope_number < second->scope_number);
}

static void
write_frame (Frames *frames)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (frames->records->records->len == 0)
    return;
  /* In one batch a scope's numbers ascend (sync/README.md 4.2). */
  g_ptr_array_sort (frames->records->changes, compare_numbers);
  soban_records_encode (frames->records, body);
  soban_frame_write (frames->out, SOBAN_FRAME_RECORDS, body->data, body->len);
  soban_records_free (frames->records);
  frames->records = soban_records_new (frames->scope);
  frames->raw_bytes = 0;
}

static gsize
weigh (const GPtrArray *log)
{
  gsize bytes = 0;

  for (guint i = 0; i < log->len; i++)
    bytes += soban_change_weigh (((SobanNumberedChange *) g_ptr_array_index (log, i))->change);
  return bytes;
}

/* Names the record and adds its log; one that is too long for a frame goes on in the next, which names it first. */
static void
add_log (Frames *frames, const SobanUuid *record, GPtrArray *log)
{
  g_array_append_val (frames->records->records, *record);
  while (log->len > 0) {
    SobanNumberedChange *item = g_ptr_array_steal_index (log, 0);
    gsize bytes = soban_change_weigh (item->change);

    if (frames->records->changes->len > 0
        && (frames->records->changes->len == SOBAN_FRAME_CHANGES_MAX || frames->raw_bytes + bytes > FRAME_RAW_BYTES_MAX)) {
      write_frame (frames);
      g_array_append_val (frames->records->records, *record);
    }
    g_ptr_array_add (frames->records->changes, item);
    frames->raw_bytes += bytes;
  }
}

static gboolean
add_record (Frames *frames, const SobanUuid *record, GError **error)
{
  guint64 bytes_max = frames->options->bytes_max != 0 ? MIN (frames->options->bytes_max, BYTES_MAX) : BYTES_MAX;
  g_autoptr (GPtrArray) log = soban_record_log_read (frames->database, record, frames->scope, error);
  gsize bytes;

  if (log == NULL)
    return FALSE;
  bytes = weigh (log);
  if (log->len > SOBAN_REPLY_CHANGES_MAX || bytes > BYTES_MAX) {
    g_message ("The log of a record is longer than an answer may be: device %u cannot get it", frames->options->device);
    return TRUE;
  }
  if (frames->records->changes->len + log->len > SOBAN_FRAME_CHANGES_MAX || frames->raw_bytes + bytes > FRAME_RAW_BYTES_MAX
      || frames->records->records->len == SOBAN_WANTED_RECORDS_MAX)
    write_frame (frames);
  frames->full = frames->out->len - frames->start >= bytes_max || log->len > *frames->room;
  if (frames->full)
    return TRUE;
  *frames->room -= log->len;
  add_log (frames, record, log);
  return TRUE;
}

gboolean
soban_wanted_write (SobanCollectorStore *store, const SobanPullOptions *options, const SobanWanted *wanted, guint *room, GByteArray *out,
                    GError **error)
{
  Frames frames = {
    .database = soban_collector_store_get_database (store),
    .options = options,
    .scope = wanted->scope,
    .records = soban_records_new (wanted->scope),
    .out = out,
    .start = out->len,
    .room = room,
  };
  gboolean added = TRUE;

  for (guint i = 0; i < wanted->records->len && added && !frames.full; i++)
    added = add_record (&frames, &g_array_index (wanted->records, SobanUuid, i), error);
  if (added)
    write_frame (&frames);
  soban_records_free (frames.records);
  return added;
}
