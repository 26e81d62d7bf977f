/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CLOCK_EVIDENCE body: sync/README.md 4.6. */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

#define ENTRY_BYTES_MIN 4

/* Sums and differences of a peer's clock readings may run over without harm. */
static gint64
subtract (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a - (guint64) b);
}

static gint64
add (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a + (guint64) b);
}

/* The first of @length that is within the bound: what is oldest says least. */
static guint
find_first (guint length)
{
  return length > SOBAN_EVIDENCE_READINGS_MAX ? length - SOBAN_EVIDENCE_READINGS_MAX : 0;
}

static void
encode_anchors (const SobanClockEvidence *evidence, guint first_boot, GByteArray *body)
{
  const GArray *anchors = evidence->anchors;
  guint first = find_first (anchors->len);

  while (first < anchors->len && g_array_index (anchors, SobanAnchor, first).boot < first_boot)
    first++;
  soban_write_varint (body, anchors->len - first);
  for (guint i = first; i < anchors->len; i++) {
    const SobanAnchor *anchor = &g_array_index (anchors, SobanAnchor, i);

    soban_write_varint (body, anchor->boot - first_boot);
    soban_write_zigzag (body, anchor->boottime_ms);
    soban_write_zigzag (body, subtract (anchor->wall_ms, anchor->boottime_ms));
    soban_write_zigzag (body, subtract (anchor->true_ms, anchor->boottime_ms));
  }
}

void
soban_clock_evidence_encode (const SobanClockEvidence *evidence, GByteArray *body)
{
  const GArray *boots = evidence->boots;
  guint first = find_first (boots->len);
  guint64 number = 0;

  soban_write_varint (body, evidence->device);
  soban_write_u64 (body, evidence->incarnation);
  soban_write_varint (body, boots->len - first);
  for (guint i = first; i < boots->len; i++) {
    const SobanBoot *boot = &g_array_index (boots, SobanBoot, i);

    g_assert (boot->first_number >= number);
    soban_write_varint (body, boot->first_number - number);
    soban_write_zigzag (body, boot->boottime_ms);
    soban_write_varint (body, (guint64) MAX (boot->ran_ms, 0));
    soban_write_zigzag (body, subtract (boot->wall_ms, boot->boottime_ms));
    number = boot->first_number;
  }
  encode_anchors (evidence, first, body);
}

static void
decode_boots (SobanReader *reader, GArray *boots)
{
  guint count = soban_reader_count (reader, ENTRY_BYTES_MIN, SOBAN_EVIDENCE_READINGS_MAX);
  guint64 number = 0;

  for (guint i = 0; i < count && !reader->failed; i++) {
    guint64 step = soban_reader_varint (reader);
    SobanBoot boot = { .boottime_ms = soban_reader_zigzag (reader) };
    guint64 ran_ms = soban_reader_varint (reader);

    boot.wall_ms = add (soban_reader_zigzag (reader), boot.boottime_ms);
    if (step > G_MAXUINT64 - number || ran_ms > G_MAXINT64)
      reader->failed = TRUE;
    boot.first_number = number += step;
    boot.ran_ms = (gint64) ran_ms;
    g_array_append_val (boots, boot);
  }
}

static void
decode_anchors (SobanReader *reader, guint n_boots, GArray *anchors)
{
  guint count = soban_reader_count (reader, ENTRY_BYTES_MIN, SOBAN_EVIDENCE_READINGS_MAX);

  for (guint i = 0; i < count && !reader->failed; i++) {
    guint64 boot = soban_reader_varint (reader);
    SobanAnchor anchor = { .boottime_ms = soban_reader_zigzag (reader) };

    anchor.wall_ms = add (soban_reader_zigzag (reader), anchor.boottime_ms);
    anchor.true_ms = add (soban_reader_zigzag (reader), anchor.boottime_ms);
    if (boot >= n_boots)
      reader->failed = TRUE;
    anchor.boot = (guint) boot;
    g_array_append_val (anchors, anchor);
  }
}

SobanClockEvidence *
soban_clock_evidence_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanClockEvidence) evidence = NULL;
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint64 device, incarnation;

  soban_reader_init (&reader, data, length);
  device = soban_reader_varint (&reader);
  incarnation = soban_reader_u64 (&reader);
  if (device > G_MAXUINT32)
    reader.failed = TRUE;
  evidence = soban_clock_evidence_new ((guint32) device, incarnation);
  decode_boots (&reader, evidence->boots);
  decode_anchors (&reader, evidence->boots->len, evidence->anchors);
  return soban_body_check (&reader, "CLOCK_EVIDENCE", error) ? g_steal_pointer (&evidence) : NULL;
}
