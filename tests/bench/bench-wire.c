/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes on the wire per record, and how fast batches are written and read: frames as they are sent, with type, length and checksum.
 * New records have 12 fields, Vietnamese text, time-ordered ids; edits change one field of somebody else's record. To a 1.0 reader: CHANGES; to
 * one of 1.1: what is shorter, CHANGES or DENSE_CHANGES (sync/README.md 4.13). Down: with scope numbers and corrected times. Named: each change says
 * who made it, one of two who share the tablet.
 */
#include <math.h>

#include "protocol/message.h"
#include "wire-sample.h"

#define RECORDS 10000
#define BYTES_OF_LONE_RECORD_TARGET 160.0
#define BYTES_PER_RECORD_TARGET 55.0
#define BYTES_PER_EDIT_TARGET 40.0

typedef GPtrArray *(*Maker) (guint count, guint32 seed);

/* What the collector adds to changes that it hands out. */
static void
number (GPtrArray *numbered)
{
  for (guint i = 0; i < numbered->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (numbered, i);

    item->scope_number = 4712 + i;
    item->change->recorded_ms = item->change->wall_ms;
    item->change->time_quality = SOBAN_TIME_STEADY;
  }
}

/* They take turns. */
static GPtrArray *
name_persons (GPtrArray *numbered)
{
  for (guint i = 0; i < numbered->len; i++)
    soban_change_assign (((SobanNumberedChange *) g_ptr_array_index (numbered, i))->change, SOBAN_FIELD_PERSON,
                         i / 7 % 2 == 0 ? "Lò Thị Thu Thủy" : "Giàng A Páo");
  return numbered;
}

static GPtrArray *
new_named_records (guint count, guint32 seed)
{
  return name_persons (wire_sample_new_records (count, seed));
}

static GPtrArray *
new_named_edits (guint count, guint32 seed)
{
  return name_persons (wire_sample_new_edits (count, seed));
}

/* Bytes a record, at @batch records a frame. */
static double
measure_bytes (Maker make, guint batch, SobanChangesFlags flags)
{
  guint batches = MAX (1, RECORDS / batch / 10);
  gsize bytes = 0;

  for (guint i = 0; i < batches; i++) {
    g_autoptr (GPtrArray) numbered = make (batch, i);
    g_autoptr (GByteArray) frames = g_byte_array_new ();

    if (flags & SOBAN_CHANGES_TIMES)
      number (numbered);
    soban_changes_write_frames (frames, numbered, flags, 0);
    bytes += frames->len;
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
measure_speed (guint batch, SobanChangesFlags flags, const char *what)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_records (batch, 1);
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  guint rounds = RECORDS / batch;
  gint64 start = g_get_monotonic_time (), written, read;

  for (guint i = 0; i < rounds; i++) {
    g_byte_array_set_size (stream, 0);
    soban_stream_header_write (stream);
    soban_changes_write_frames (stream, numbered, flags, 0);
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
  g_print ("# %-48s %7.0f records/s written, %.0f read\n", what, RECORDS * 1e6 / (double) (written - start),
           RECORDS * 1e6 / (double) (read - written));
}

static void
test_bytes (void)
{
  const SobanChangesFlags old = soban_changes_flags_up (0), up = soban_changes_flags_up (1), down = soban_changes_flags_down (1);
  gboolean good = TRUE;

  good &= print_bytes ("a new 12-field record, alone", measure_bytes (wire_sample_new_records, 1, up), BYTES_OF_LONE_RECORD_TARGET);
  print_bytes ("a new 12-field record, alone, to 1.0", measure_bytes (wire_sample_new_records, 1, old), NAN);
  print_bytes ("a new 12-field record, alone, down", measure_bytes (wire_sample_new_records, 1, down), NAN);
  print_bytes ("a new 12-field record, 10 a frame", measure_bytes (wire_sample_new_records, 10, up), NAN);
  good &= print_bytes ("a new 12-field record, named, alone", measure_bytes (new_named_records, 1, up), BYTES_OF_LONE_RECORD_TARGET);
  good &= print_bytes ("a new 12-field record, named, 100 a frame", measure_bytes (new_named_records, 100, up), BYTES_PER_RECORD_TARGET);
  good &= print_bytes ("a new 12-field record, 100 a frame", measure_bytes (wire_sample_new_records, 100, up), BYTES_PER_RECORD_TARGET);
  print_bytes ("a new 12-field record, 100 a frame, to 1.0", measure_bytes (wire_sample_new_records, 100, old), NAN);
  print_bytes ("a new 12-field record, 100 a frame, down", measure_bytes (wire_sample_new_records, 100, down), NAN);
  print_bytes ("a new 12-field record, 1000 a frame", measure_bytes (wire_sample_new_records, 1000, up), NAN);
  print_bytes ("an edit of one field, alone", measure_bytes (wire_sample_new_edits, 1, up), NAN);
  print_bytes ("an edit of one field, named, alone", measure_bytes (new_named_edits, 1, up), NAN);
  good &= print_bytes ("an edit of one field, named, 50 a frame", measure_bytes (new_named_edits, 50, up), BYTES_PER_EDIT_TARGET);
  good &= print_bytes ("an edit of one field, 50 a frame", measure_bytes (wire_sample_new_edits, 50, up), BYTES_PER_EDIT_TARGET);
  g_assert_true (good);
}

static void
test_speed (void)
{
  measure_speed (100, soban_changes_flags_up (0), "frames of 100, to 1.0");
  measure_speed (100, soban_changes_flags_up (1), "frames of 100");
  measure_speed (1, soban_changes_flags_up (1), "frames of 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/wire/bytes", test_bytes);
  g_test_add_func ("/bench/wire/speed", test_speed);
  return g_test_run ();
}
