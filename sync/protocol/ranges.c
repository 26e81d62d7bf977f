/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The RANGES bodies, up and down: sync/README.md 4.12.
 *
 * Invariants
 * 1. What is decoded has, in each answer, either parts or items; parts ascend strictly, items ascend strictly.
 * 2. All parts and items of a body together are within SOBAN_RANGE_ENTRIES_MAX.
 */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

#define ANSWER_PARTS 0
#define ANSWER_ITEMS 1
#define FINGERPRINT_BYTES 8
#define PART_BYTES_MIN (SOBAN_UUID_BYTES + 1 + FINGERPRINT_BYTES)
#define ITEM_BYTES (SOBAN_UUID_BYTES + FINGERPRINT_BYTES)
#define ANSWER_BYTES_MIN 2

const SobanUuid soban_range_end = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

SobanRangesQuery *
soban_ranges_query_new (const char *scope)
{
  SobanRangesQuery *query = g_new0 (SobanRangesQuery, 1);

  query->scope = g_strdup (scope);
  query->ranges = g_array_new (FALSE, FALSE, sizeof (SobanRecordRange));
  return query;
}

void
soban_ranges_query_free (SobanRangesQuery *query)
{
  if (query == NULL)
    return;
  g_free (query->scope);
  g_array_unref (query->ranges);
  g_free (query);
}

void
soban_ranges_query_encode (const SobanRangesQuery *query, GByteArray *body)
{
  g_assert (query->ranges->len <= SOBAN_RANGES_MAX);
  soban_write_text (body, query->scope);
  soban_write_varint (body, query->ranges->len);
  for (guint i = 0; i < query->ranges->len; i++) {
    const SobanRecordRange *range = &g_array_index (query->ranges, SobanRecordRange, i);

    soban_write_uuid (body, &range->from);
    soban_write_uuid (body, &range->to);
  }
}

SobanRangesQuery *
soban_ranges_query_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanRangesQuery) query = soban_ranges_query_new (NULL);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint count;

  soban_reader_init (&reader, data, length);
  query->scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
  count = soban_reader_count (&reader, 2 * SOBAN_UUID_BYTES, SOBAN_RANGES_MAX);
  for (guint i = 0; i < count && !reader.failed; i++) {
    SobanRecordRange range = { .from = soban_reader_uuid (&reader) };

    range.to = soban_reader_uuid (&reader);
    g_array_append_val (query->ranges, range);
  }
  return soban_body_check (&reader, "RANGES", error) ? g_steal_pointer (&query) : NULL;
}

static void
free_answer (gpointer data)
{
  SobanRangeAnswer *answer = data;

  g_clear_pointer (&answer->parts, g_array_unref);
  g_clear_pointer (&answer->items, g_array_unref);
  g_free (answer);
}

SobanRangesAnswer *
soban_ranges_answer_new (const char *scope)
{
  SobanRangesAnswer *answer = g_new0 (SobanRangesAnswer, 1);

  answer->scope = g_strdup (scope);
  answer->answers = g_ptr_array_new_with_free_func (free_answer);
  return answer;
}

void
soban_ranges_answer_free (SobanRangesAnswer *answer)
{
  if (answer == NULL)
    return;
  g_free (answer->scope);
  g_ptr_array_unref (answer->answers);
  g_free (answer);
}

SobanRangeAnswer *
soban_ranges_answer_add_parts (SobanRangesAnswer *answer)
{
  SobanRangeAnswer *added = g_new0 (SobanRangeAnswer, 1);

  added->parts = g_array_new (FALSE, FALSE, sizeof (SobanRangePart));
  g_ptr_array_add (answer->answers, added);
  return added;
}

SobanRangeAnswer *
soban_ranges_answer_add_items (SobanRangesAnswer *answer)
{
  SobanRangeAnswer *added = g_new0 (SobanRangeAnswer, 1);

  added->items = g_array_new (FALSE, FALSE, sizeof (SobanRangeRecord));
  g_ptr_array_add (answer->answers, added);
  return added;
}

static void
encode_answer (const SobanRangeAnswer *answer, GByteArray *body)
{
  g_assert ((answer->parts != NULL) != (answer->items != NULL));
  if (answer->parts != NULL) {
    soban_write_u8 (body, ANSWER_PARTS);
    soban_write_varint (body, answer->parts->len);
    for (guint i = 0; i < answer->parts->len; i++) {
      const SobanRangePart *part = &g_array_index (answer->parts, SobanRangePart, i);

      soban_write_uuid (body, &part->to);
      soban_write_varint (body, part->count);
      soban_write_u64 (body, part->fingerprint);
    }
    return;
  }
  soban_write_u8 (body, ANSWER_ITEMS);
  soban_write_varint (body, answer->items->len);
  for (guint i = 0; i < answer->items->len; i++) {
    const SobanRangeRecord *item = &g_array_index (answer->items, SobanRangeRecord, i);

    soban_write_uuid (body, &item->record);
    soban_write_u64 (body, item->fingerprint);
  }
}

void
soban_ranges_answer_encode (const SobanRangesAnswer *answer, GByteArray *body)
{
  g_assert (answer->answers->len <= SOBAN_RANGES_MAX);
  soban_write_text (body, answer->scope);
  soban_write_varint (body, answer->answers->len);
  for (guint i = 0; i < answer->answers->len; i++)
    encode_answer (g_ptr_array_index (answer->answers, i), body);
}

static void
decode_parts (SobanReader *reader, GArray *parts, guint *room)
{
  guint count = soban_reader_count (reader, PART_BYTES_MIN, *room);

  *room -= count;
  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanRangePart part = { .to = soban_reader_uuid (reader) };

    part.count = soban_reader_varint (reader);
    part.fingerprint = soban_reader_u64 (reader);
    if (i > 0 && soban_uuid_compare (&g_array_index (parts, SobanRangePart, i - 1).to, &part.to) >= 0)
      reader->failed = TRUE;
    g_array_append_val (parts, part);
  }
}

static void
decode_items (SobanReader *reader, GArray *items, guint *room)
{
  guint count = soban_reader_count (reader, ITEM_BYTES, *room);

  *room -= count;
  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanRangeRecord item = { .record = soban_reader_uuid (reader) };

    item.fingerprint = soban_reader_u64 (reader);
    if (i > 0 && soban_uuid_compare (&g_array_index (items, SobanRangeRecord, i - 1).record, &item.record) >= 0)
      reader->failed = TRUE;
    g_array_append_val (items, item);
  }
}

SobanRangesAnswer *
soban_ranges_answer_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_new (NULL);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint count, room = SOBAN_RANGE_ENTRIES_MAX;

  soban_reader_init (&reader, data, length);
  answer->scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
  count = soban_reader_count (&reader, ANSWER_BYTES_MIN, SOBAN_RANGES_MAX);
  for (guint i = 0; i < count && !reader.failed; i++) {
    guint8 kind = soban_reader_u8 (&reader);

    if (kind == ANSWER_PARTS)
      decode_parts (&reader, soban_ranges_answer_add_parts (answer)->parts, &room);
    else if (kind == ANSWER_ITEMS)
      decode_items (&reader, soban_ranges_answer_add_items (answer)->items, &room);
    else
      reader.failed = TRUE;
  }
  return soban_body_check (&reader, "RANGES", error) ? g_steal_pointer (&answer) : NULL;
}
