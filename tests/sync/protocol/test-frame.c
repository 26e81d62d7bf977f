/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams and frames: the invariants of sync/protocol/frame.c. */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "protocol/dictionary.h"
#include "protocol/message.h"

static const char *const bodies[] = {
  "",
  "short",
  "a body that repeats itself, a body that repeats itself, a body that repeats itself, a body that repeats itself",
  "9f2c81 no gain by deflate: 0b7d5e31a94c66f20817d3",
};

static GByteArray *
make_stream (void)
{
  GByteArray *out = g_byte_array_new ();

  soban_stream_header_write (out);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    soban_frame_write (out, (SobanFrameType) (i + 1), (const guint8 *) bodies[i], strlen (bodies[i]));
  return out;
}

/* Reads all frames that are there; returns how many were the expected ones; FALSE in *ret_sound when the reader failed. */
static guint
read_frames (SobanFrameReader *reader, guint from, gboolean *ret_sound)
{
  *ret_sound = TRUE;
  for (guint count = from;; count++) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;
    gsize length;
    const char *data;

    if (!soban_frame_reader_next (reader, &type, &body, &error)) {
      g_assert_nonnull (error);
      *ret_sound = FALSE;
      return count;
    }
    if (body == NULL)
      return count;
    data = g_bytes_get_data (body, &length);
    g_assert_cmpuint (count, <, G_N_ELEMENTS (bodies));
    g_assert_cmpuint (type, ==, count + 1);
    g_assert_cmpmem (data, length, bodies[count], strlen (bodies[count]));
  }
}

static void
test_invariant_1_pieces_of_any_size (void)
{
  g_autoptr (GByteArray) stream = make_stream ();

  for (guint piece = 1; piece <= stream->len; piece++) {
    g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
    guint count = 0;
    gboolean sound;

    for (guint at = 0; at < stream->len; at += piece) {
      soban_frame_reader_feed (reader, stream->data + at, MIN (piece, stream->len - at));
      count = read_frames (reader, count, &sound);
      g_assert_true (sound);
    }
    g_assert_cmpuint (count, ==, G_N_ELEMENTS (bodies));
    g_assert_true (soban_frame_reader_is_whole (reader));
  }
}

static void
test_invariant_3_every_prefix (void)
{
  g_autoptr (GByteArray) stream = make_stream ();

  for (guint length = 0; length < stream->len; length++) {
    g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
    gboolean sound;

    soban_frame_reader_feed (reader, stream->data, length);
    g_assert_cmpuint (read_frames (reader, 0, &sound), <, G_N_ELEMENTS (bodies));
    g_assert_true (sound);
  }
}

/* A flipped bit may be announced or make the reader wait for more; it never brings a wrong body out. */
static void
test_invariant_2_every_flipped_bit (void)
{
  g_autoptr (GByteArray) stream = make_stream ();

  for (guint bit = 0; bit < stream->len * 8; bit++) {
    g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
    gboolean sound;
    guint count;

    if (bit / 8 == 5)
      continue; /* the minor version is informative */
    stream->data[bit / 8] ^= 1 << (bit % 8);
    soban_frame_reader_feed (reader, stream->data, stream->len);
    count = read_frames (reader, 0, &sound);
    g_assert_true (!sound || count < G_N_ELEMENTS (bodies));
    stream->data[bit / 8] ^= 1 << (bit % 8);
  }
}

static void
assert_refused (const guint8 *data, gsize length, int code, const char *part_of_message)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GBytes) body = NULL;
  SobanFrameType type;

  soban_frame_reader_feed (reader, data, length);
  /* Twice: invariant 4. */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (soban_frame_reader_next (reader, &type, &body, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, code);
    g_assert_nonnull (strstr (error->message, part_of_message));
    soban_frame_reader_feed (reader, data, length);
  }
  g_assert_false (soban_frame_reader_is_whole (reader));
}

static void
test_other_major_names_both (void)
{
  const guint8 header[] = { 'S', 'B', 'A', 'N', 9, 3 };

  assert_refused (header, sizeof header, SOBAN_SYNC_ERROR_PROTOCOL, "9.3");
  assert_refused (header, sizeof header, SOBAN_SYNC_ERROR_PROTOCOL, "1.1");
}

static void
test_other_minor_is_read (void)
{
  g_autoptr (GByteArray) stream = make_stream ();
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  gboolean sound;

  stream->data[5] = 200;
  soban_frame_reader_feed (reader, stream->data, stream->len);
  g_assert_cmpuint (read_frames (reader, 0, &sound), ==, G_N_ELEMENTS (bodies));
  g_assert_true (sound);
}

static void
test_unknown_type_is_given_out (void)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  SobanFrameType type;

  soban_stream_header_write (out);
  soban_frame_write (out, (SobanFrameType) 127, (const guint8 *) "later", 5);
  soban_frame_reader_feed (reader, out->data, out->len);
  g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
  g_assert_cmpuint (type, ==, 127);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 5);
}

static void
test_garbage (void)
{
  const char *page = "<!DOCTYPE html><html>Sign in</html>";
  guint8 endless[6 + 12] = { 'S', 'B', 'A', 'N', SOBAN_PROTOCOL_MAJOR, 0 };
  guint8 huge[6 + 6] = { 'S', 'B', 'A', 'N', SOBAN_PROTOCOL_MAJOR, 0, SOBAN_FRAME_CHANGES, 0xff, 0xff, 0xff, 0xff, 0x0f };

  assert_refused ((const guint8 *) page, strlen (page), SOBAN_SYNC_ERROR_PROTOCOL, "SBAN");
  assert_refused ((const guint8 *) page, 1, SOBAN_SYNC_ERROR_PROTOCOL, "SBAN");
  memset (endless + 6, 0xff, sizeof endless - 6);
  assert_refused (endless, sizeof endless, SOBAN_SYNC_ERROR_TOO_LARGE, "bound");
  assert_refused (huge, sizeof huge, SOBAN_SYNC_ERROR_TOO_LARGE, "bound");
}

/* A frame whose check is right but whose deflated body is not what it says. */
static void
assert_deflate_refused (guint64 announced, const guint8 *deflated, gsize length)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint start;

  soban_stream_header_write (out);
  start = out->len;
  soban_write_varint (body, announced);
  g_byte_array_append (body, deflated, (guint) length);
  soban_write_u8 (out, SOBAN_FRAME_CHANGES | 0x80);
  soban_write_varint (out, body->len);
  g_byte_array_append (out, body->data, body->len);
  soban_write_u32 (out, soban_crc32c (0, out->data + start, out->len - start));
  assert_refused (out->data, out->len, SOBAN_SYNC_ERROR_PROTOCOL, "deflated");
}

static void
test_deflate_lies (void)
{
  const guint8 five[] = { 0x01, 5, 0, 0xfa, 0xff, 'h', 'e', 'l', 'l', 'o' }; /* RFC 1951: one stored block */

  assert_deflate_refused (4, five, sizeof five);
  assert_deflate_refused (6, five, sizeof five);
  assert_deflate_refused (0, five, sizeof five);
  assert_deflate_refused (5, five, sizeof five - 1);
  assert_deflate_refused ((guint64) SOBAN_FRAME_INFLATED_BYTES_MAX + 1, five, sizeof five);
  assert_deflate_refused (G_MAXUINT64, five, sizeof five);
  assert_deflate_refused (5, (const guint8 *) bodies[3], strlen (bodies[3]));
}

/* ---- DENSE_CHANGES: README 4.13 ---- */

static void
test_dictionary_is_frozen (void)
{
  gsize length;
  const guint8 *dictionary = soban_dictionary_get (&length);

  g_assert_cmpuint (length, ==, 9809);
  g_assert_cmphex (soban_crc32c (0, dictionary, length), ==, 0xf6a90b38);
}

/* One frame of CHANGES after a stream header. */
static GByteArray *
make_dense_stream (const guint8 *body, gsize length)
{
  GByteArray *stream = g_byte_array_new ();

  soban_stream_header_write (stream);
  soban_frame_write_changes (stream, body, length);
  return stream;
}

static GBytes *
read_one (const GByteArray *stream, SobanFrameType *ret_type, guint8 *ret_coded_type, GError **error)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  GBytes *body;
  gsize length;

  soban_frame_reader_feed (reader, stream->data, stream->len);
  if (!soban_frame_reader_next (reader, ret_type, &body, error))
    return NULL;
  *ret_coded_type = soban_frame_reader_get_coded_type (reader, &length);
  if (body != NULL)
    g_assert_cmpuint (length, ==, stream->len - 6);
  return body;
}

static void
test_dense_where_it_is_shorter (void)
{
  static const char familiar[] = "\x15" "communication_session\x0a" "2026112201\x01\x10";
  guint8 random[60];
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  const struct {
    const guint8 *body;
    gsize length;
    guint8 coded_type;
  } cases[] = {
    { (const guint8 *) familiar, sizeof familiar - 1, SOBAN_FRAME_DENSE_CHANGES },
    { random, sizeof random, SOBAN_FRAME_CHANGES },
    { (const guint8 *) bodies[2], strlen (bodies[2]), 0x80 | SOBAN_FRAME_CHANGES },
  };

  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8) g_rand_int_range (rand, 0, 256);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) stream = make_dense_stream (cases[i].body, cases[i].length);
    g_autoptr (GByteArray) plain = g_byte_array_new ();
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;
    guint8 coded_type;

    soban_stream_header_write (plain);
    soban_frame_write (plain, SOBAN_FRAME_CHANGES, cases[i].body, cases[i].length);
    g_assert_cmpuint (stream->len, <=, plain->len);
    body = read_one (stream, &type, &coded_type, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (type, ==, SOBAN_FRAME_CHANGES);
    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), cases[i].body, cases[i].length);
    if (i < 2)
      g_assert_cmpuint (coded_type, ==, cases[i].coded_type);
  }
}

/* A frame with any type byte and body, and the right check. */
static GByteArray *
forge_frame (guint8 coded_type, const guint8 *body, gsize length)
{
  GByteArray *stream = g_byte_array_new ();
  guint start;

  soban_stream_header_write (stream);
  start = stream->len;
  soban_write_u8 (stream, coded_type);
  soban_write_varint (stream, length);
  g_byte_array_append (stream, body, (guint) length);
  soban_write_u32 (stream, soban_crc32c (0, stream->data + start, stream->len - start));
  return stream;
}

static void
test_damaged_dense_is_refused (void)
{
  static const char text[] = "communication_session communication_team activity_date";
  g_autoptr (GByteArray) good = make_dense_stream ((const guint8 *) text, sizeof text);
  const guint8 *deflated = good->data + 6 + 2; /* behind the header, the type and a length of one byte */
  gsize length = good->len - 6 - 2 - 4;

  g_assert_cmpuint (good->data[6], ==, SOBAN_FRAME_DENSE_CHANGES);
  for (gsize cut = 0; cut < length; cut++) {
    g_autoptr (GByteArray) stream = forge_frame (SOBAN_FRAME_DENSE_CHANGES, deflated, cut);

    assert_refused (stream->data, stream->len, SOBAN_SYNC_ERROR_PROTOCOL, "deflated");
  }
  {
    g_autoptr (GByteArray) twice = forge_frame (0x80 | SOBAN_FRAME_DENSE_CHANGES, deflated, length);

    assert_refused (twice->data, twice->len, SOBAN_SYNC_ERROR_PROTOCOL, "twice");
  }
  for (gsize bit = 0; bit < length * 8; bit++) {
    g_autofree guint8 *damaged = g_memdup2 (deflated, length);
    g_autoptr (GByteArray) stream = NULL;
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;
    guint8 coded_type;

    damaged[bit / 8] ^= (guint8) (1 << bit % 8);
    stream = forge_frame (SOBAN_FRAME_DENSE_CHANGES, damaged, length);
    body = read_one (stream, &type, &coded_type, NULL);
    if (body != NULL)
      g_assert_cmpuint (g_bytes_get_size (body), <=, SOBAN_FRAME_INFLATED_BYTES_MAX);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/invariant-1-pieces-of-any-size", test_invariant_1_pieces_of_any_size);
  g_test_add_func ("/frame/invariant-2-every-flipped-bit", test_invariant_2_every_flipped_bit);
  g_test_add_func ("/frame/invariant-3-every-prefix", test_invariant_3_every_prefix);
  g_test_add_func ("/frame/other-major-names-both", test_other_major_names_both);
  g_test_add_func ("/frame/other-minor-is-read", test_other_minor_is_read);
  g_test_add_func ("/frame/unknown-type-is-given-out", test_unknown_type_is_given_out);
  g_test_add_func ("/frame/garbage", test_garbage);
  g_test_add_func ("/frame/deflate-lies", test_deflate_lies);
  g_test_add_func ("/frame/dictionary-is-frozen", test_dictionary_is_frozen);
  g_test_add_func ("/frame/dense-where-it-is-shorter", test_dense_where_it_is_shorter);
  g_test_add_func ("/frame/damaged-dense-is-refused", test_damaged_dense_is_refused);
  return g_test_run ();
}
