/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"

#include <string.h>

static void
test_varint_round_trip (void)
{
  static const guint64 values[] = { 0, 1, 127, 128, 300, G_MAXUINT32, G_MAXUINT64 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  SobanReader reader;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    soban_write_varint (out, values[i]);
    soban_write_zigzag (out, -(gint64) (values[i] / 2));
  }
  soban_reader_init (&reader, out->data, out->len);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_assert_cmpuint (soban_reader_varint (&reader), ==, values[i]);
    g_assert_cmpint (soban_reader_zigzag (&reader), ==, -(gint64) (values[i] / 2));
  }
  g_assert_false (reader.failed);
  g_assert_cmpuint (soban_reader_left (&reader), ==, 0);
}

static void
test_every_prefix_fails_cleanly (void)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  soban_write_u32 (out, 7);
  soban_write_text (out, "Bản Phìn Hồ");
  soban_write_u64 (out, 9);
  for (guint length = 0; length < out->len; length++) {
    SobanReader reader;
    g_autofree char *text = NULL;

    soban_reader_init (&reader, out->data, length);
    soban_reader_u32 (&reader);
    text = soban_reader_text (&reader, 100);
    soban_reader_u64 (&reader);
    g_assert_true (reader.failed);
  }
}

static void
test_bad_values_are_refused (void)
{
  static const guint8 too_long[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 };
  static const guint8 not_utf8[] = { 2, 0xc3, 0x28 };
  static const guint8 with_nul[] = { 2, 'a', 0 };
  SobanReader reader;

  soban_reader_init (&reader, too_long, sizeof too_long);
  soban_reader_varint (&reader);
  g_assert_true (reader.failed);
  soban_reader_init (&reader, not_utf8, sizeof not_utf8);
  g_assert_null (soban_reader_text (&reader, 100));
  soban_reader_init (&reader, with_nul, sizeof with_nul);
  g_assert_null (soban_reader_text (&reader, 100));
  soban_reader_init (&reader, (const guint8 *) "\x03" "abc", 4);
  g_assert_null (soban_reader_text (&reader, 2));
}

/* RFC 3720 B.4 */
static void
test_crc32c_known_answers (void)
{
  guint8 zeros[32] = { 0 };

  g_assert_cmphex (soban_crc32c (0, (const guint8 *) "123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (soban_crc32c (0, zeros, sizeof zeros), ==, 0x8a9136aa);
  g_assert_cmphex (soban_crc32c (soban_crc32c (0, (const guint8 *) "1234", 4), (const guint8 *) "56789", 5), ==, 0xe3069283);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bytes/varint-round-trip", test_varint_round_trip);
  g_test_add_func ("/bytes/every-prefix-fails-cleanly", test_every_prefix_fails_cleanly);
  g_test_add_func ("/bytes/bad-values-are-refused", test_bad_values_are_refused);
  g_test_add_func ("/bytes/crc32c-known-answers", test_crc32c_known_answers);
  return g_test_run ();
}
