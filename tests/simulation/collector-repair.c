/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a tablet differs: sync/README.md 4.12, 5.10. Small parts, so that there are many rounds of them. */
#include "collector.h"

#include "base/limits.h"

#define ITEMS_MAX 3
#define PARTS 3

static gboolean
is_inside (const SobanRecordRange *range, const SobanUuid *id)
{
  return soban_uuid_compare (id, &range->from) >= 0
         && (soban_uuid_compare (id, &range->to) < 0 || soban_uuid_equal (&range->to, &soban_range_end));
}

/* (element-type SobanRangeRecord): the records of the range, ascending. */
static GArray *
list_items (Collector *collector, const char *scope, const SobanRecordRange *range)
{
  g_autoptr (GArray) all = memory_store_list_records (collector->store, scope);
  GArray *items = g_array_new (FALSE, FALSE, sizeof (SobanRangeRecord));

  for (guint i = 0; i < all->len; i++) {
    const SobanUuid *id = &g_array_index (all, SobanUuid, i);
    SobanRangeRecord item = { *id, memory_store_get_digest (collector->store, id).low };

    if (is_inside (range, id))
      g_array_append_val (items, item);
  }
  return items;
}

static void
add_parts (SobanRangesAnswer *answer, const SobanRecordRange *range, const GArray *items)
{
  SobanRangeAnswer *one = soban_ranges_answer_add_parts (answer);

  for (guint part = 0; part < PARTS; part++) {
    const guint first = items->len * part / PARTS, end = items->len * (part + 1) / PARTS;
    SobanRangePart sum = { range->to, end - first, 0 };

    if (part + 1 < PARTS)
      sum.to = g_array_index (items, SobanRangeRecord, end).record;
    for (guint i = first; i < end; i++)
      sum.fingerprint += g_array_index (items, SobanRangeRecord, i).fingerprint;
    g_array_append_val (one->parts, sum);
  }
}

static void
write_ranges (Collector *collector, const SobanRangesQuery *query, GByteArray *out)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_new (query->scope);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  for (guint i = 0; i < query->ranges->len; i++) {
    const SobanRecordRange *range = &g_array_index (query->ranges, SobanRecordRange, i);
    g_autoptr (GArray) items = list_items (collector, query->scope, range);

    if (items->len > ITEMS_MAX)
      add_parts (answer, range, items);
    else
      g_array_append_vals (soban_ranges_answer_add_items (answer)->items, items->data, items->len);
  }
  soban_ranges_answer_encode (answer, body);
  soban_frame_write (out, SOBAN_FRAME_RANGES, body->data, body->len);
}

/* (transfer full) (element-type SobanNumberedChange): the whole log of a record. */
static GPtrArray *
list_log (Collector *collector, const char *scope, const SobanUuid *id)
{
  const GPtrArray *numbered = memory_store_get_scope (collector->store, scope);
  GPtrArray *log = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);

  for (guint i = 0; i < numbered->len; i++) {
    const StoredChange *stored = g_ptr_array_index (numbered, i);

    if (soban_uuid_equal (&stored->change->record, id))
      g_ptr_array_add (log, soban_numbered_change_new (soban_change_copy (stored->change), stored->scope_number));
  }
  return log;
}

/* A log that is too long for a frame goes on in the next, which names the record again. */
static void
write_log (const char *scope, const SobanUuid *id, GPtrArray *log, GByteArray *out)
{
  do {
    g_autoptr (SobanRecords) records = soban_records_new (scope);
    g_autoptr (GByteArray) body = g_byte_array_new ();

    g_array_append_vals (records->records, id, 1);
    while (log->len > 0 && records->changes->len < SOBAN_FRAME_CHANGES_MAX)
      g_ptr_array_add (records->changes, g_ptr_array_steal_index (log, 0));
    soban_records_encode (records, body);
    soban_frame_write (out, SOBAN_FRAME_RECORDS, body->data, body->len);
  } while (log->len > 0);
}

/* Up to what an answer may bring: the tablet asks for the others again. */
static void
write_records (Collector *collector, const SobanWanted *wanted, GByteArray *out)
{
  guint written = 0;

  for (guint i = 0; i < wanted->records->len; i++) {
    const SobanUuid *id = &g_array_index (wanted->records, SobanUuid, i);
    g_autoptr (GPtrArray) log = list_log (collector, wanted->scope, id);

    if (written > 0 && written + log->len > SOBAN_REPLY_CHANGES_MAX)
      break;
    written += log->len;
    write_log (wanted->scope, id, log, out);
  }
}

void
collector_write_repair (Collector *collector, const SobanSyncRequest *request, GByteArray *out)
{
  for (guint i = 0; i < request->ranges->len; i++)
    write_ranges (collector, g_ptr_array_index (request->ranges, i), out);
  for (guint i = 0; i < request->wanted->len; i++)
    write_records (collector, g_ptr_array_index (request->wanted, i), out);
}
