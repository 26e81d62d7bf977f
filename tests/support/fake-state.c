/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-state.h"

#include <string.h>

#include "log/record-state.h"

static SobanDigest
digest_record (const GPtrArray *log, const SobanUuid *id)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < log->len; i++) {
    const SobanChange *change = g_ptr_array_index (log, i);

    if (soban_uuid_equal (&change->record, id))
      soban_record_state_merge (state, change);
  }
  soban_record_state_encode (state, bytes);
  return soban_digest_of_record (id, bytes->data, bytes->len);
}

/* (transfer full) (element-type SobanUuid): ascending, each once. */
static GArray *
list_ids (const GPtrArray *log, guint64 top)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));

  for (guint i = 0; i < log->len && i < top; i++)
    g_array_append_val (ids, ((const SobanChange *) g_ptr_array_index (log, i))->record);
  g_array_sort (ids, soban_uuid_compare);
  for (guint i = 1; i < ids->len;) {
    if (soban_uuid_equal (&g_array_index (ids, SobanUuid, i - 1), &g_array_index (ids, SobanUuid, i)))
      g_array_remove_index (ids, i);
    else
      i++;
  }
  return ids;
}

GArray *
fake_state_list_records (const GPtrArray *log)
{
  g_autoptr (GArray) ids = list_ids (log, G_MAXUINT64);
  GArray *records = g_array_new (FALSE, FALSE, sizeof (SobanRangeRecord));

  for (guint i = 0; i < ids->len; i++) {
    const SobanUuid *id = &g_array_index (ids, SobanUuid, i);
    SobanRangeRecord record = { *id, digest_record (log, id).low };

    g_array_append_val (records, record);
  }
  return records;
}

SobanDigest
fake_state_digest (const GPtrArray *log)
{
  g_autoptr (GArray) ids = list_ids (log, G_MAXUINT64);
  SobanDigest sum = { 0 };

  for (guint i = 0; i < ids->len; i++) {
    SobanDigest digest = digest_record (log, &g_array_index (ids, SobanUuid, i));

    soban_digest_add (&sum, &digest);
  }
  return sum;
}

static gboolean
is_in_range (const SobanRecordRange *range, const SobanUuid *id)
{
  return soban_uuid_compare (&range->from, id) <= 0
         && (soban_uuid_equal (&range->to, &soban_range_end) || soban_uuid_compare (id, &range->to) < 0);
}

static void
answer_by_parts (SobanRangeAnswer *answer, const SobanRecordRange *range, const GArray *items)
{
  guint step = MAX (items->len / 4, 1);

  for (guint i = 0; i < items->len; i += step) {
    SobanRangePart part = { .to = range->to };

    for (guint k = i; k < MIN (i + step, items->len); k++) {
      part.count++;
      part.fingerprint += g_array_index (items, SobanRangeRecord, k).fingerprint;
    }
    if (i + step < items->len)
      part.to = g_array_index (items, SobanRangeRecord, i + step).record;
    g_array_append_val (answer->parts, part);
  }
}

SobanRangesAnswer *
fake_state_answer_ranges (const GPtrArray *log, const SobanRangesQuery *query, guint items_max)
{
  g_autoptr (GArray) records = fake_state_list_records (log);
  SobanRangesAnswer *answer = soban_ranges_answer_new (query->scope);

  for (guint i = 0; i < query->ranges->len; i++) {
    const SobanRecordRange *range = &g_array_index (query->ranges, SobanRecordRange, i);
    g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SobanRangeRecord));

    for (guint k = 0; k < records->len; k++) {
      if (is_in_range (range, &g_array_index (records, SobanRangeRecord, k).record))
        g_array_append_val (items, g_array_index (records, SobanRangeRecord, k));
    }
    if (items->len > items_max)
      answer_by_parts (soban_ranges_answer_add_parts (answer), range, items);
    else if (items->len > 0)
      g_array_append_vals (soban_ranges_answer_add_items (answer)->items, items->data, items->len);
    else
      soban_ranges_answer_add_items (answer);
  }
  return answer;
}

SobanRecords *
fake_state_answer_wanted (const GPtrArray *log, const SobanWanted *wanted)
{
  SobanRecords *records = soban_records_new (wanted->scope);

  g_array_append_vals (records->records, wanted->records->data, wanted->records->len);
  for (guint i = 0; i < log->len; i++) {
    const SobanChange *change = g_ptr_array_index (log, i);

    for (guint k = 0; k < wanted->records->len; k++) {
      if (soban_uuid_equal (&change->record, &g_array_index (wanted->records, SobanUuid, k)))
        g_ptr_array_add (records->changes, soban_numbered_change_new (soban_change_copy (change), i + 1));
    }
  }
  return records;
}

gboolean
fake_state_take_page (const GPtrArray *log, guint64 top, const SobanUuid *after, guint n_records, GPtrArray *out, SobanUuid *ret_last)
{
  g_autoptr (GArray) ids = list_ids (log, top);
  guint place = 0;

  while (after != NULL && place < ids->len && soban_uuid_compare (&g_array_index (ids, SobanUuid, place), after) <= 0)
    place++;
  for (guint n = 0; n < n_records && place < ids->len; n++, place++) {
    *ret_last = g_array_index (ids, SobanUuid, place);
    for (guint i = 0; i < log->len && i < top; i++) {
      const SobanChange *change = g_ptr_array_index (log, i);

      if (soban_uuid_equal (&change->record, ret_last))
        g_ptr_array_add (out, soban_numbered_change_new (soban_change_copy (change), 0));
    }
  }
  return place < ids->len;
}
