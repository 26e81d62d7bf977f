/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ranges.h"

#include <string.h>

#define ITEMS_MAX 32
#define PARTS 24
#define BATCH_RECORDS 1000

/* One range while its records go by in ascending order. */
typedef struct {
  SobanRangeAnswer *answer;
  guint part_records; /* that a part has; 0: the records themselves are listed */
  SobanRangePart part;
  SobanUuid last;     /* record of the part that is filled */
} Walk;

static SobanUuid
find_border (const SobanUuid *before, const SobanUuid *after)
{
  SobanUuid border = { 0 };
  guint same = 0;

  while (same < SOBAN_UUID_BYTES - 1 && before->bytes[same] == after->bytes[same])
    same++;
  memcpy (border.bytes, after->bytes, same + 1);
  return border;
}

static void
take_record (Walk *walk, const SobanUuid *record, guint64 fingerprint)
{
  if (walk->part_records == 0) {
    SobanRangeRecord item = { *record, fingerprint };

    g_array_append_val (walk->answer->items, item);
    return;
  }
  if (walk->part.count >= walk->part_records && walk->answer->parts->len < PARTS - 1) {
    walk->part.to = find_border (&walk->last, record);
    g_array_append_val (walk->answer->parts, walk->part);
    walk->part = (SobanRangePart) { 0 };
  }
  walk->part.count++;
  walk->part.fingerprint += fingerprint;
  walk->last = *record;
}

/* The end of the ids belongs to a range that ends there. */
static gboolean
is_inside (const SobanRecordRange *range, const SobanUuid *record)
{
  return soban_uuid_compare (record, &range->to) < 0 || soban_uuid_equal (&range->to, &soban_range_end);
}

static gboolean
walk_some (SobanDatabase *database, const SobanPullOptions *options, const char *scope, const SobanRecordRange *range, const SobanUuid *from,
           Walk *walk, SobanUuid *ret_next, gboolean *ret_left, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT id, digest, form FROM record WHERE scope = ?1 AND id >= ?2 ORDER BY id LIMIT ?3", "tbi", scope, from->bytes,
    (gsize) SOBAN_UUID_BYTES, (gint64) BATCH_RECORDS + 1);
  guint count = 0;
  int stepped;

  *ret_left = FALSE;
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanUuid record = soban_rows_get_uuid (rows, 0);

    if (!is_inside (range, &record))
      return TRUE;
    if (count++ == BATCH_RECORDS) {
      *ret_next = record;
      *ret_left = TRUE;
      return TRUE;
    }
    if (soban_rows_get_length (rows, 1) == SOBAN_DIGEST_BYTES && soban_pull_options_want (options, &record, soban_rows_get_text (rows, 2)))
      take_record (walk, &record, soban_digest_from_bytes (soban_rows_get_blob (rows, 1)).low);
  }
  return stepped == 0;
}

static gboolean
count_records (SobanDatabase *database, const char *scope, const SobanRecordRange *range, gint64 *ret_count, GError **error)
{
  if (soban_uuid_equal (&range->to, &soban_range_end))
    return soban_database_get_integer (database, error, 0, ret_count, "SELECT count (*) FROM record WHERE scope = ?1 AND id >= ?2", "tb", scope,
                                       range->from.bytes, (gsize) SOBAN_UUID_BYTES);
  return soban_database_get_integer (database, error, 0, ret_count, "SELECT count (*) FROM record WHERE scope = ?1 AND id >= ?2 AND id < ?3",
                                     "tbb", scope, range->from.bytes, (gsize) SOBAN_UUID_BYTES, range->to.bytes, (gsize) SOBAN_UUID_BYTES);
}

static gboolean
add_answer (SobanDatabase *database, const SobanPullOptions *options, const char *scope, const SobanRecordRange *range,
            SobanRangesAnswer *answer, GError **error)
{
  Walk walk = { 0 };
  SobanUuid from = range->from, next = { 0 };
  gboolean left = TRUE;
  gint64 count;

  if (!count_records (database, scope, range, &count, error))
    return FALSE;
  walk.part_records = count > ITEMS_MAX ? (guint) ((count + PARTS - 1) / PARTS) : 0;
  walk.answer = walk.part_records == 0 ? soban_ranges_answer_add_items (answer) : soban_ranges_answer_add_parts (answer);
  while (left) {
    if (!walk_some (database, options, scope, range, &from, &walk, &next, &left, error))
      return FALSE;
    from = next;
  }
  if (walk.part_records > 0) {
    walk.part.to = range->to;
    g_array_append_val (walk.answer->parts, walk.part);
  }
  return TRUE;
}

SobanRangesAnswer *
soban_ranges_find (SobanCollectorStore *store, const SobanPullOptions *options, const SobanRangesQuery *query, GError **error)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_new (query->scope);

  for (guint i = 0; i < query->ranges->len; i++) {
    if (!add_answer (soban_collector_store_get_database (store), options, query->scope, &g_array_index (query->ranges, SobanRecordRange, i), answer,
                     error))
      return NULL;
  }
  return g_steal_pointer (&answer);
}
