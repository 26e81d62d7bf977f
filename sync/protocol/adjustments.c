/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ADJUSTMENTS body: sync/README.md 4.4. */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

#define STAMP_COUNTER_MAX ((1u << SOBAN_STAMP_COUNTER_BITS) - 1)
#define STAMP_MS_MAX ((G_GINT64_CONSTANT (1) << 48) - 1)
#define ENTRY_BYTES_MIN 3

static void
encode_times (const GArray *times, GByteArray *body)
{
  guint64 number = 0, ms = 0;

  g_assert (times->len <= SOBAN_REQUEST_CHANGES_MAX);
  soban_write_varint (body, times->len);
  for (guint i = 0; i < times->len; i++) {
    const SobanTimeAdjustment *item = &g_array_index (times, SobanTimeAdjustment, i);

    g_assert (item->number > number);
    soban_write_varint (body, item->number - number);
    soban_write_zigzag (body, (gint64) ((guint64) item->recorded_ms - ms));
    soban_write_varint (body, item->time_quality);
    number = item->number;
    ms = (guint64) item->recorded_ms;
  }
}

void
soban_adjustments_encode (const GArray *adjustments, const GArray *times, GByteArray *body)
{
  guint64 number = 0;
  gint64 ms = 0;

  g_assert (adjustments->len <= SOBAN_REQUEST_CHANGES_MAX);
  soban_write_varint (body, adjustments->len);
  for (guint i = 0; i < adjustments->len; i++) {
    const SobanStampAdjustment *item = &g_array_index (adjustments, SobanStampAdjustment, i);

    g_assert (item->number > number);
    soban_write_varint (body, item->number - number);
    soban_write_zigzag (body, SOBAN_STAMP_MS (item->stamp) - ms);
    soban_write_varint (body, item->stamp & STAMP_COUNTER_MAX);
    number = item->number;
    ms = SOBAN_STAMP_MS (item->stamp);
  }
  if (times != NULL)
    encode_times (times, body);
}

/* Adds the next step to @number: ascending, without running over. */
static void
read_step (SobanReader *reader, guint64 *number)
{
  guint64 step = soban_reader_varint (reader);

  if (step == 0 || step > G_MAXUINT64 - *number)
    reader->failed = TRUE;
  *number += step;
}

static void
decode_stamps (SobanReader *reader, GArray *adjustments)
{
  guint count = soban_reader_count (reader, ENTRY_BYTES_MIN, SOBAN_REQUEST_CHANGES_MAX);
  guint64 number = 0, ms = 0;

  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanStampAdjustment item;
    guint64 counter;

    read_step (reader, &number);
    /* Unsigned: a peer's steps may run over, which the bounds below tell. */
    ms += (guint64) soban_reader_zigzag (reader);
    counter = soban_reader_varint (reader);
    if (ms > (guint64) STAMP_MS_MAX || counter > STAMP_COUNTER_MAX)
      reader->failed = TRUE;
    item.number = number;
    item.stamp = SOBAN_STAMP (ms, counter);
    g_array_append_val (adjustments, item);
  }
}

static void
decode_times (SobanReader *reader, GArray *times)
{
  guint count = soban_reader_count (reader, ENTRY_BYTES_MIN, SOBAN_REQUEST_CHANGES_MAX);
  guint64 number = 0, ms = 0;

  for (guint i = 0; i < count && !reader->failed; i++) {
    SobanTimeAdjustment item;
    guint64 quality;

    read_step (reader, &number);
    ms += (guint64) soban_reader_zigzag (reader);
    quality = soban_reader_varint (reader);
    if (quality > SOBAN_TIME_BEFORE)
      reader->failed = TRUE;
    item.number = number;
    item.recorded_ms = (gint64) ms;
    item.time_quality = (SobanTimeQuality) quality;
    g_array_append_val (times, item);
  }
}

GArray *
soban_adjustments_decode (GBytes *body, GArray **ret_times, GError **error)
{
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (SobanTimeAdjustment));
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);

  soban_reader_init (&reader, data, length);
  decode_stamps (&reader, adjustments);
  if (!reader.failed && soban_reader_left (&reader) > 0)
    decode_times (&reader, times);
  if (!soban_body_check (&reader, "ADJUSTMENTS", error))
    return NULL;
  if (ret_times != NULL)
    *ret_times = g_steal_pointer (&times);
  return g_steal_pointer (&adjustments);
}
