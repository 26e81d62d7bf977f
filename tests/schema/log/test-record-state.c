/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log/record-state.h"

#include "base/error.h"

static SobanRecordState *
make_state (void)
{
  SobanRecordState *state = soban_record_state_new ();

  for (guint i = 1; i <= 3; i++) {
    g_autoptr (SobanChange) change = soban_change_new ();

    change->id = (SobanChangeId){ i, i * G_GUINT64_CONSTANT (0x1000000000), i };
    change->stamp = SOBAN_STAMP (1700000000000, i);
    soban_change_assign (change, "overtaken", i == 3 ? NULL : "x");
    if (i != 2)
      soban_change_assign (change, i == 1 ? "commune" : "village", "Bản Đông");
    soban_record_state_merge (state, change);
  }
  return state;
}

static GBytes *
encode (const SobanRecordState *state)
{
  GByteArray *out = g_byte_array_new ();

  soban_record_state_encode (state, out);
  return g_byte_array_free_to_bytes (out);
}

/* Invariant 1: the second change won nothing, so its key is not in the bytes: two keys of 8+1+8+1 bytes each, less
 * one. */
static void
test_only_winning_keys (void)
{
  g_autoptr (SobanRecordState) state = make_state ();
  g_autoptr (GBytes) bytes = encode (state);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  g_autoptr (SobanRecordState) back = soban_record_state_decode (data, g_bytes_get_size (bytes), NULL);
  g_autoptr (GBytes) again = encode (back);

  g_assert_cmpuint (data[1], ==, 2);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_null (soban_record_state_get (back, "overtaken"));
  g_assert_cmpstr (soban_record_state_get (back, "commune"), ==, "Bản Đông");
  g_assert_cmpuint (soban_record_state_get_winner (back, "overtaken")->id.device, ==, 3);
  g_assert_null (soban_record_state_get_winner (back, "unknown"));
}

/* Invariant 2 */
static void
test_prefixes_and_garbage (void)
{
  g_autoptr (SobanRecordState) state = make_state ();
  g_autoptr (GBytes) bytes = encode (state);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize cut = 0; cut < length; cut++) {
    g_autofree guint8 *prefix = g_memdup2 (data, cut);
    g_autoptr (GError) error = NULL;

    g_assert_null (soban_record_state_decode (prefix, cut, &error));
    g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
  }
  for (gsize at = 0; at < length; at++)
    for (guint flip = 1; flip < 256; flip++) {
      g_autofree guint8 *copy = g_memdup2 (data, length);
      g_autoptr (SobanRecordState) decoded = NULL;

      copy[at] ^= flip;
      decoded = soban_record_state_decode (copy, length, NULL);
      if (decoded) {
        g_autoptr (GBytes) again = encode (decoded);

        g_assert_cmpuint (g_bytes_get_size (again), <=, length);
      }
    }
}

static void
test_empty (void)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (GBytes) bytes = encode (state);
  g_autoptr (SobanRecordState) back =
      soban_record_state_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  g_assert_nonnull (back);
  g_assert_cmpuint (soban_record_state_get_newest (back).stamp, ==, 0);
}

static void
test_fields_one_by_one (void)
{
  g_autoptr (SobanRecordState) state = make_state ();
  const struct {
    const char *path, *value;
    guint32 device;
  } expected[] = { { "commune", "Bản Đông", 1 }, { "overtaken", NULL, 3 }, { "village", "Bản Đông", 3 } };

  g_assert_cmpuint (soban_record_state_size (state), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    const char *path, *value;
    const SobanWriteKey *key = soban_record_state_nth (state, i, &path, &value);

    g_assert_cmpstr (path, ==, expected[i].path);
    g_assert_cmpstr (value, ==, expected[i].value);
    g_assert_cmpuint (key->id.device, ==, expected[i].device);
  }
}

static void
test_erased (void)
{
  g_autoptr (SobanRecordState) state = make_state ();
  g_autoptr (SobanChange) erasing = soban_change_new ();
  g_autoptr (SobanChange) undone = soban_change_new ();

  g_assert_false (soban_record_state_is_erased (state));
  erasing->id = (SobanChangeId){ 0, 1, 1 };
  erasing->stamp = SOBAN_STAMP (1700000000001, 0);
  soban_change_assign (erasing, SOBAN_FIELD_ERASED, "1");
  soban_record_state_merge (state, erasing);
  g_assert_true (soban_record_state_is_erased (state));
  undone->id = (SobanChangeId){ 0, 1, 2 };
  undone->stamp = SOBAN_STAMP (1700000000002, 0);
  soban_change_assign (undone, SOBAN_FIELD_ERASED, NULL);
  soban_record_state_merge (state, undone);
  g_assert_false (soban_record_state_is_erased (state));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-state/1/only-winning-keys", test_only_winning_keys);
  g_test_add_func ("/record-state/2/every-prefix-and-wrong-byte", test_prefixes_and_garbage);
  g_test_add_func ("/record-state/empty", test_empty);
  g_test_add_func ("/record-state/fields-one-by-one", test_fields_one_by_one);
  g_test_add_func ("/record-state/erased", test_erased);
  return g_test_run ();
}
