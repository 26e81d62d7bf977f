/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log/change.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

static SobanChange *
make_change (void)
{
  SobanChange *change = soban_change_new ();

  change->id = (SobanChangeId){ 7, G_GUINT64_CONSTANT (0xf123456789abcdef), 42 };
  memset (change->record.bytes, 0xa5, SOBAN_UUID_BYTES);
  change->form = g_strdup ("communication_session");
  change->form_version = g_strdup ("2026-11-01");
  change->scope = g_strdup ("02947@2025-07-01");
  change->seen = 99;
  change->stamp = SOBAN_STAMP (1700000000000, 3);
  change->wall_ms = -5;
  change->boottime_ms = 123456;
  soban_change_assign (change, "total", "12");
  soban_change_assign (change, "village_new", "Bản Đường Hoà");
  soban_change_assign (change, "note", NULL);
  soban_change_assign (change, "empty", "");
  return change;
}

static GBytes *
encode (const SobanChange *change)
{
  GByteArray *out = g_byte_array_new ();

  soban_change_encode (change, out);
  return g_byte_array_free_to_bytes (out);
}

static void
test_round_trip (void)
{
  g_autoptr (SobanChange) change = make_change ();
  g_autoptr (GBytes) bytes = encode (change);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanChange) back = soban_change_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_autoptr (GBytes) again = NULL;
  const SobanAssignment *note;

  g_assert_no_error (error);
  again = encode (back);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpuint (back->id.incarnation, ==, change->id.incarnation);
  g_assert_cmpint (back->wall_ms, ==, -5);
  g_assert_cmpuint (back->assignments->len, ==, 4);
  note = g_ptr_array_index (back->assignments, 1);
  g_assert_cmpstr (note->path, ==, "note");
  g_assert_null (note->value);
}

/* Every prefix is refused, and every single wrong byte ends with a valid change or an error. */
static void
test_prefixes_and_garbage (void)
{
  g_autoptr (SobanChange) change = make_change ();
  g_autoptr (GBytes) bytes = encode (change);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize cut = 0; cut < length; cut++) {
    g_autofree guint8 *prefix = g_memdup2 (data, cut);
    g_autoptr (GError) error = NULL;
    SobanChange *none = soban_change_decode (prefix, cut, &error);

    g_assert_null (none);
    g_assert_nonnull (error);
  }
  for (gsize at = 0; at < length; at++)
    for (guint flip = 1; flip < 256; flip += 2) {
      g_autofree guint8 *copy = g_memdup2 (data, length);
      g_autoptr (GError) error = NULL;
      g_autoptr (SobanChange) decoded = NULL;

      copy[at] ^= flip;
      decoded = soban_change_decode (copy, length, &error);
      g_assert_true ((decoded != NULL) != (error != NULL));
      if (decoded) {
        g_autoptr (GBytes) again = encode (decoded);

        g_assert_true (soban_change_check_shape (decoded, NULL));
        g_assert_cmpuint (g_bytes_get_size (again), <=, length);
      }
    }
}

static void
test_random_bytes (void)
{
  for (guint round = 0; round < 20000; round++) {
    guint8 data[64];
    gsize length = g_test_rand_int_range (0, sizeof data);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanChange) decoded = NULL;

    for (gsize i = 0; i < length; i++)
      data[i] = g_test_rand_int_range (0, 256);
    if (length > 0)
      data[0] = 1;
    decoded = soban_change_decode (data, length, &error);
    g_assert_true ((decoded != NULL) != (error != NULL));
  }
}

static void
test_not_utf8 (void)
{
  g_autoptr (SobanChange) change = make_change ();
  g_autoptr (GError) error = NULL;

  soban_change_assign (change, "total", "\xff\xfe");
  g_assert_false (soban_change_check (change, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
}

static void
test_not_nfc (void)
{
  g_autoptr (SobanChange) change = make_change ();
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_change_check (change, NULL));
  soban_change_assign (change, "village_new", "Hoa\xcc\x80"); /* a, then a combining grave */
  g_assert_false (soban_change_check (change, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_true (soban_change_check_shape (change, NULL));
}

static void
test_bounds (void)
{
  g_autoptr (SobanChange) change = make_change ();
  g_autofree char *longest = g_strnfill (SOBAN_VALUE_BYTES_MAX, 'x');
  g_autofree char *too_long = g_strnfill (SOBAN_VALUE_BYTES_MAX + 1, 'x');
  g_autoptr (GError) error = NULL;

  soban_change_assign (change, "total", longest);
  g_assert_true (soban_change_check (change, NULL));
  soban_change_assign (change, "total", too_long);
  g_assert_false (soban_change_check (change, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT);
}

static void
test_same_path_twice (void)
{
  g_autoptr (SobanChange) change = make_change ();
  guint before = change->assignments->len;
  const SobanAssignment *assignment;

  soban_change_assign (change, "total", "13");
  g_assert_cmpuint (change->assignments->len, ==, before);
  assignment = g_ptr_array_index (change->assignments, 2);
  g_assert_cmpstr (assignment->path, ==, "total");
  g_assert_cmpstr (assignment->value, ==, "13");
  g_free (((SobanAssignment *) g_ptr_array_index (change->assignments, 1))->path);
  ((SobanAssignment *) g_ptr_array_index (change->assignments, 1))->path = g_strdup ("total");
  g_assert_false (soban_change_check (change, NULL));
}

static void
test_copy_and_diff (void)
{
  g_autoptr (SobanChange) change = make_change ();
  g_autoptr (SobanChange) copy = soban_change_copy (change);
  g_autoptr (GBytes) a = encode (change);
  g_autoptr (GBytes) b = encode (copy);
  g_autoptr (SobanFieldMap) before = soban_field_map_new ();
  g_autoptr (SobanFieldMap) after = soban_field_map_new ();
  g_autoptr (SobanChange) diff = soban_change_new ();

  g_assert_true (g_bytes_equal (a, b));
  soban_field_map_set (before, "same", "1");
  soban_field_map_set (before, "gone", "1");
  soban_field_map_set (after, "same", "1");
  soban_change_assign_diff (diff, before, before);
  g_assert_true (soban_change_is_empty (diff));
  soban_field_map_set (after, "new", "2");
  soban_change_assign_diff (diff, before, after);
  g_assert_cmpuint (diff->assignments->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change/codec/round-trip", test_round_trip);
  g_test_add_func ("/change/codec/every-prefix-and-wrong-byte", test_prefixes_and_garbage);
  g_test_add_func ("/change/codec/random-bytes", test_random_bytes);
  g_test_add_func ("/change/check/not-utf8-refused", test_not_utf8);
  g_test_add_func ("/change/check/nfc", test_not_nfc);
  g_test_add_func ("/change/check/bounds", test_bounds);
  g_test_add_func ("/change/check/no-path-twice", test_same_path_twice);
  g_test_add_func ("/change/copy-and-diff", test_copy_and_diff);
  return g_test_run ();
}
