/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes on the wire per record, and how fast batches are written and read: frames as they are sent, with type, length and checksum.
 * New records have 12 fields, Vietnamese text, time-ordered ids; edits change one field of somebody else's record.
 */
#include <math.h>

#include "protocol/message.h"
#include "wire-sample.h"

#define RECORDS 10000
#define BYTES_PER_RECORD_TARGET 55.0
#define BYTES_PER_EDIT_TARGET 40.0

typedef GPtrArray *(*Maker) (guint count, guint32 seed);

/* Bytes a record, at @batch records a frame. */
static double
measure_bytes (Maker make, guint batch)
{
  guint batches = MAX (1, RECORDS / batch / 10);
  gsize bytes = 0;

  for (guint i = 0; i < batches; i++) {
    g_autoptr (GPtrArray) numbered = make (batch, i);
    g_autoptr (GByteArray) body = g_byte_array_new ();
    g_autoptr (GByteArray) frame = g_byte_array_new ();

    soban_changes_encode (numbered, SOBAN_CHANGES_PLAIN, body);
    soban_frame_write (frame, SOBAN_FRAME_CHANGES, body->data, body->len);
    bytes += frame->len;
  }
  return (double) bytes / (batch * batches);
}

static gboolean
print_bytes (const char *what, double bytes, double target)
{
  if (isnan (target)) {
    g_print ("# %-48s %7.1f B\n", what, bytes);
    return TRUE;
  }
  g_print ("# %-48s %7.1f B   target at most %.0f B%s\n", what, bytes, target, bytes <= target ? "" : "   MISSED");
  return bytes <= target;
}

/* Records a second, frames of @batch. */
static void
measure_speed (guint batch)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_records (batch, 1);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  guint rounds = RECORDS / batch;
  gint64 start = g_get_monotonic_time (), written, read;

  for (guint i = 0; i < rounds; i++) {
    g_byte_array_set_size (body, 0);
    g_byte_array_set_size (stream, 0);
    soban_stream_header_write (stream);
    soban_changes_encode (numbered, SOBAN_CHANGES_PLAIN, body);
    soban_frame_write (stream, SOBAN_FRAME_CHANGES, body->data, body->len);
  }
  written = g_get_monotonic_time ();
  for (guint i = 0; i < rounds; i++) {
    g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GPtrArray) again = NULL;
    SobanFrameType type;

    soban_frame_reader_feed (reader, stream->data, stream->len);
    g_assert_true (soban_frame_reader_next (reader, &type, &bytes, NULL));
    again = soban_changes_decode (bytes, NULL);
    g_assert_nonnull (again);
  }
  read = g_get_monotonic_time ();
  g_print ("# %-48s %7.0f records/s written, %.0f read\n", "frames of 100", RECORDS * 1e6 / (double) (written - start),
           RECORDS * 1e6 / (double) (read - written));
}

static void
test_bytes (void)
{
  gboolean good;

  print_bytes ("a new 12-field record, alone", measure_bytes (wire_sample_new_records, 1), NAN);
  print_bytes ("a new 12-field record, 10 a frame", measure_bytes (wire_sample_new_records, 10), NAN);
  good = print_bytes ("a new 12-field record, 100 a frame", measure_bytes (wire_sample_new_records, 100), BYTES_PER_RECORD_TARGET);
  print_bytes ("a new 12-field record, 1000 a frame", measure_bytes (wire_sample_new_records, 1000), NAN);
  good &= print_bytes ("an edit of one field, 50 a frame", measure_bytes (wire_sample_new_edits, 50), BYTES_PER_EDIT_TARGET);
  g_assert_true (good);
}

static void
test_speed (void)
{
  measure_speed (100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/wire/bytes", test_bytes);
  g_test_add_func ("/bench/wire/speed", test_speed);
  return g_test_run ();
}
