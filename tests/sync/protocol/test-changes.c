/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CHANGES body: the invariants of changes-encode.c, changes-decode.c and column.c. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "protocol/message.h"
#include "wire-sample.h"

static GPtrArray *
decode (const guint8 *data, gsize length, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (data, length);

  return soban_changes_decode (body, error);
}

static void
assert_round_trip (const GPtrArray *numbered, SobanChangesFlags flags)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;

  soban_changes_encode (numbered, flags, body);
  again = decode (body->data, body->len, &error);
  g_assert_no_error (error);
  wire_sample_assert_equal (numbered, again);
}

static void
test_invariant_1_records_come_back (void)
{
  for (guint count = 1; count <= 1000; count = count * 3 + 1) {
    g_autoptr (GPtrArray) records = wire_sample_new_records (count, count);
    g_autoptr (GPtrArray) edits = wire_sample_new_edits (count, count);

    assert_round_trip (records, SOBAN_CHANGES_PLAIN);
    assert_round_trip (edits, SOBAN_CHANGES_TIMES | SOBAN_CHANGES_BASES);
  }
}

/* Values that look like what a numeric column can carry, and are not. */
static const char *const odd_values[] = {
  "0", "-0", "00", "007", "7", "-7", "+7", "1e3", "12345678901234567", "999999999999999999", "1000000000000000000",
  "-999999999999999999", "18446744073709551616", "0.5", "-0.5", "0.50", ".5", "5.", "1.000001", "12.5", "-12.25", "00.5", "1.2.3",
  "0.000000000000000001", "123456789012.1234567", "2025-11-22", "2025-02-29", "2024-02-29", "2025-2-3", "0001-01-01", "9999-12-31",
  "0000-01-01", "1970-01-01", "1969-12-31", "2025-11-22T10:00", "", " ", "-", ".", "male", "Đường Hoà", "ẻ",
  "\001", "a\nb\tc", "21.0285 105.8542 12 4.5",
};

static void
test_invariant_1_odd_values_in_every_mix (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);

  for (guint round = 0; round < 4000; round++) {
    guint count = (guint) g_rand_int_range (rand, 1, 9);
    guint span = (guint) g_rand_int_range (rand, 1, 4);
    guint first = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (odd_values) - span + 1);
    g_autoptr (GPtrArray) numbered = wire_sample_new_edits (count, round);

    for (guint i = 0; i < count; i++) {
      SobanNumberedChange *item = g_ptr_array_index (numbered, i);

      soban_change_assign (item->change, "odd", odd_values[first + (guint) g_rand_int_range (rand, 0, (gint32) span)]);
    }
    assert_round_trip (numbered, SOBAN_CHANGES_PLAIN);
  }
}

static char *
make_path (GRand *rand)
{
  if (g_rand_boolean (rand))
    return g_strdup_printf ("opinion[00000000-0000-7000-8000-%012x]/f%d", (guint) g_rand_int_range (rand, 0, 50),
                            g_rand_int_range (rand, 0, 4));
  return g_strdup_printf ("f%d", g_rand_int_range (rand, 0, 30));
}

/* Many senders, forms, scopes; removed values; scope numbers; clocks that jump. */
static GPtrArray *
make_mixture (GRand *rand, gboolean with_numbers)
{
  guint count = (guint) g_rand_int_range (rand, 1, 60);
  GPtrArray *numbered = wire_sample_new_edits (count, g_rand_int (rand));
  guint64 scope_numbers[4] = { 0 };

  for (guint i = 0; i < count; i++) {
    SobanNumberedChange *item = g_ptr_array_index (numbered, i);
    SobanChange *change = item->change;
    guint scope = (guint) g_rand_int_range (rand, 0, 4);
    guint fields = (guint) g_rand_int_range (rand, 0, 20);

    change->id.device = (guint32) g_rand_int_range (rand, 1, 5);
    change->id.incarnation = (guint64) g_rand_int_range (rand, 0, 2) << 60 | 1;
    change->id.number = (guint64) g_rand_int_range (rand, 1, 100000);
    g_free (change->scope);
    change->scope = g_strdup_printf ("%05u@2025-07-01", scope);
    g_free (change->form);
    change->form = g_strdup_printf ("form_%d", g_rand_int_range (rand, 0, 3));
    change->stamp = SOBAN_STAMP (g_rand_int (rand), g_rand_int_range (rand, 0, 65536));
    change->wall_ms = g_rand_boolean (rand) ? (gint64) g_rand_int (rand) - G_MAXINT32 : G_MININT64 + g_rand_int (rand);
    change->boottime_ms = g_rand_boolean (rand) ? g_rand_int (rand) : G_MAXINT64;
    change->seen = g_rand_boolean (rand) ? g_rand_int (rand) : 0;
    for (guint j = 0; j < fields; j++) {
      g_autofree char *path = make_path (rand);

      soban_change_assign (change, path, g_rand_int_range (rand, 0, 5) == 0 ? NULL : odd_values[g_rand_int_range (rand, 0, 8)]);
    }
    if (with_numbers)
      item->scope_number = scope_numbers[scope] += (guint64) g_rand_int_range (rand, 1, 4);
  }
  return numbered;
}

#define ALL_FLAGS (SOBAN_CHANGES_TIMES | SOBAN_CHANGES_BASES)

/* What 1.1 added: corrected times of any size, bases of some. */
static void
add_times_and_bases (GRand *rand, GPtrArray *numbered)
{
  for (guint i = 0; i < numbered->len; i++) {
    SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (numbered, i))->change;
    guint n_bases = g_rand_boolean (rand) ? 0 : (guint) g_rand_int_range (rand, 1, 4);

    change->recorded_ms = g_rand_boolean (rand) ? change->wall_ms : g_rand_boolean (rand) ? 0 : G_MININT64 + i;
    change->time_quality = (SobanTimeQuality) g_rand_int_range (rand, 0, SOBAN_TIME_BEFORE + 1);
    for (guint j = 0; j < n_bases; j++) {
      SobanChangeId base = { (guint32) g_rand_int_range (rand, 1, 9), j, G_MAXUINT64 - g_rand_int (rand) };

      soban_change_add_base (change, &base);
    }
  }
}

static void
test_invariant_1_mixtures (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 300; round++) {
    g_autoptr (GPtrArray) numbered = make_mixture (rand, round % 2 == 0);

    assert_round_trip (numbered, SOBAN_CHANGES_PLAIN);
    add_times_and_bases (rand, numbered);
    assert_round_trip (numbered, ALL_FLAGS);
  }
}

/* To a reader of 1.0 nothing is written that it would refuse. */
static void
test_plain_leaves_out_what_is_new (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (19);
  g_autoptr (GPtrArray) numbered = make_mixture (rand, TRUE);
  g_autoptr (GByteArray) before = g_byte_array_new ();
  g_autoptr (GByteArray) after = g_byte_array_new ();

  soban_changes_encode (numbered, soban_changes_flags_down (0), before);
  add_times_and_bases (rand, numbered);
  soban_changes_encode (numbered, soban_changes_flags_down (0), after);
  g_assert_cmpmem (before->data, before->len, after->data, after->len);
  g_byte_array_set_size (after, 0);
  soban_changes_encode (numbered, soban_changes_flags_down (1), after);
  g_assert_cmpuint (after->len, >, before->len);
}

/* A frame of a given size: each is about that, but for a change that is larger alone (README 5.11). */
static void
test_frames_of_a_given_size (void)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_records (200, 5);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  const gsize sizes[] = { 1, 1000, 10000 };
  guint frames_before = G_MAXUINT;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GByteArray) out = g_byte_array_new ();
    g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
    guint frames = 0;

    g_ptr_array_set_size (all, 0);
    soban_stream_header_write (out);
    soban_changes_write_frames (out, numbered, soban_changes_flags_up (1), sizes[i]);
    soban_frame_reader_feed (reader, out->data, out->len);
    for (;; frames++) {
      g_autoptr (GBytes) body = NULL;
      SobanFrameType type;
      GPtrArray *batch;
      gsize frame_bytes;

      g_assert_true (soban_frame_reader_next (reader, &type, &body, NULL));
      if (body == NULL)
        break;
      soban_frame_reader_get_coded_type (reader, &frame_bytes);
      batch = soban_changes_decode (body, NULL);
      g_ptr_array_add (batches, batch);
      g_assert_true (batch->len == 1 || frame_bytes <= sizes[i]);
      for (guint j = 0; j < batch->len; j++)
        g_ptr_array_add (all, g_ptr_array_index (batch, j));
    }
    wire_sample_assert_equal (numbered, all);
    g_assert_cmpuint (frames, <, frames_before);
    frames_before = frames;
    if (sizes[i] == 1)
      g_assert_cmpuint (frames, ==, 200);
  }
}

/* Whatever comes out of a damaged body satisfies the bounds. */
static void
assert_sound_or_refused (const guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) numbered = decode (data, length, &error);

  if (numbered == NULL) {
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
    return;
  }
  for (guint i = 0; i < numbered->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (numbered, i);

    g_assert_true (soban_change_check (item->change, NULL));
  }
}

static void
test_every_prefix_is_refused (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (GPtrArray) numbered = make_mixture (rand, TRUE);
  g_autoptr (GByteArray) body = g_byte_array_new ();

  add_times_and_bases (rand, numbered);
  soban_changes_encode (numbered, ALL_FLAGS, body);
  for (guint length = 0; length < body->len; length++) {
    g_autofree guint8 *exact = g_memdup2 (body->data, length); /* for the sanitizer: nothing lies behind it */
    g_autoptr (GError) error = NULL;

    g_assert_null (decode (exact, length, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  }
}

static void
test_random_flips_survive (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);

  for (guint round = 0; round < 40; round++) {
    g_autoptr (GPtrArray) numbered = make_mixture (rand, round % 2 == 0);
    g_autoptr (GByteArray) body = g_byte_array_new ();

    add_times_and_bases (rand, numbered);
    soban_changes_encode (numbered, round % 3 == 0 ? SOBAN_CHANGES_PLAIN : ALL_FLAGS, body);
    for (guint i = 0; i < 200; i++) {
      g_autofree guint8 *damaged = g_memdup2 (body->data, body->len);
      guint flips = (guint) g_rand_int_range (rand, 1, 5);

      for (guint j = 0; j < flips; j++)
        damaged[g_rand_int_range (rand, 0, (gint32) body->len)] ^= (guint8) g_rand_int_range (rand, 1, 256);
      assert_sound_or_refused (damaged, body->len);
    }
  }
}

static void
test_random_bytes_survive (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);

  for (guint round = 0; round < 20000; round++) {
    guint8 bytes[64];
    guint length = (guint) g_rand_int_range (rand, 0, sizeof bytes);

    for (guint i = 0; i < length; i++)
      bytes[i] = (guint8) g_rand_int_range (rand, 0, g_rand_boolean (rand) ? 4 : 256);
    assert_sound_or_refused (bytes, length);
  }
}

static void
test_trailing_bytes_are_skipped (void)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_records (3, 1);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GPtrArray) again = NULL;

  soban_changes_encode (numbered, SOBAN_CHANGES_PLAIN, body);
  g_byte_array_append (body, (const guint8 *) "a later column", 14);
  again = decode (body->data, body->len, NULL);
  g_assert_nonnull (again);
  wire_sample_assert_equal (numbered, again);
}

/* A few kilobytes that describe gigabytes: 1000 changes of 5000 removed fields with long paths (README 4.2.5). */
static void
test_a_small_body_cannot_describe_too_much (void)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_edits (1000, 3);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *filler = g_strnfill (100, 'p');
  g_autoptr (GPtrArray) within = NULL;

  for (guint i = 0; i < 100; i++) {
    g_autofree char *path = g_strdup_printf ("%s%05u", filler, i);

    for (guint j = 0; j < numbered->len; j++)
      soban_change_assign (((SobanNumberedChange *) g_ptr_array_index (numbered, j))->change, path, NULL);
  }
  soban_changes_encode (numbered, SOBAN_CHANGES_PLAIN, body);
  g_assert_cmpuint (body->len, <, 64 * 1024);
  within = decode (body->data, body->len, &error); /* 13.7 MB */
  g_assert_nonnull (within);
  for (guint i = 100; i < 300; i++) {
    g_autofree char *path = g_strdup_printf ("%s%05u", filler, i);

    for (guint j = 0; j < numbered->len; j++)
      soban_change_assign (((SobanNumberedChange *) g_ptr_array_index (numbered, j))->change, path, NULL);
  }
  g_byte_array_set_size (body, 0);
  soban_changes_encode (numbered, SOBAN_CHANGES_PLAIN, body);
  g_assert_cmpuint (body->len, <, 128 * 1024);
  g_assert_null (decode (body->data, body->len, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
}

static void
test_invariant_2_frames_are_readable (void)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_records (2500, 5);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree char *big = g_malloc (SOBAN_VALUE_BYTES_MAX + 1);

  /* One change as large as a change may be, of text that does not compress well. */
  for (guint i = 0; i < SOBAN_VALUE_BYTES_MAX; i++)
    big[i] = (char) g_rand_int_range (rand, ' ', 127);
  big[SOBAN_VALUE_BYTES_MAX] = '\0';
  for (guint i = 0; i < 15; i++) {
    g_autofree char *path = g_strdup_printf ("long%u", i);

    soban_change_assign (((SobanNumberedChange *) g_ptr_array_index (numbered, 1200))->change, path, big);
  }
  soban_stream_header_write (out);
  soban_changes_write_frames (out, numbered, SOBAN_CHANGES_PLAIN, 0);
  soban_frame_reader_feed (reader, out->data, out->len);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    GPtrArray *batch;
    SobanFrameType type;

    g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
    if (body == NULL)
      break;
    g_assert_cmpuint (type, ==, SOBAN_FRAME_CHANGES);
    batch = soban_changes_decode (body, &error);
    g_assert_no_error (error);
    g_ptr_array_add (batches, batch);
    for (guint i = 0; i < batch->len; i++)
      g_ptr_array_add (all, g_ptr_array_index (batch, i));
  }
  g_assert_true (soban_frame_reader_is_whole (reader));
  g_assert_cmpuint (batches->len, >=, 4);
  wire_sample_assert_equal (numbered, all);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/changes/invariant-1-records-come-back", test_invariant_1_records_come_back);
  g_test_add_func ("/changes/invariant-1-odd-values-in-every-mix", test_invariant_1_odd_values_in_every_mix);
  g_test_add_func ("/changes/invariant-1-mixtures", test_invariant_1_mixtures);
  g_test_add_func ("/changes/plain-leaves-out-what-is-new", test_plain_leaves_out_what_is_new);
  g_test_add_func ("/changes/frames-of-a-given-size", test_frames_of_a_given_size);
  g_test_add_func ("/changes/invariant-2-frames-are-readable", test_invariant_2_frames_are_readable);
  g_test_add_func ("/changes/every-prefix-is-refused", test_every_prefix_is_refused);
  g_test_add_func ("/changes/random-flips-survive", test_random_flips_survive);
  g_test_add_func ("/changes/random-bytes-survive", test_random_bytes_survive);
  g_test_add_func ("/changes/trailing-bytes-are-skipped", test_trailing_bytes_are_skipped);
  g_test_add_func ("/changes/a-small-body-cannot-describe-too-much", test_a_small_body_cannot_describe_too_much);
  return g_test_run ();
}
