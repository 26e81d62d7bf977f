/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HELLO, REPLY, ADJUSTMENTS, ERROR; and the known answers of tests/fixtures/wire. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "protocol/message.h"
#include "wire-sample.h"

static SobanHello *
make_hello (void)
{
  SobanHello *hello = soban_hello_new ();

  hello->device = 17;
  hello->incarnation = G_GUINT64_CONSTANT (0x1d2c3b4a59687706);
  hello->last_number = 300;
  hello->wall_ms = G_GINT64_CONSTANT (1763774000123);
  hello->program = g_strdup ("soban 0.1.0");
  hello->boot_id = g_strdup ("2f6a1c0e-7f5b-4c7e-9d1e-0a1b2c3d4e5f");
  hello->boottime_ms = 86400000;
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new ("02947@2025-07-01", 4711));
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new ("02950@2025-07-01", 0));
  return hello;
}

static SobanReply *
make_reply (void)
{
  SobanReply *reply = soban_reply_new ();
  SobanScopeCursor *cursor = soban_scope_cursor_new ("02947@2025-07-01", 4800);

  reply->collector_ms = G_GINT64_CONSTANT (1763774000456);
  reply->acked_number = 300;
  reply->ack_state = SOBAN_ACK_GAP;
  reply->floor = SOBAN_STAMP (1763774000456, 3);
  cursor->own = 12;
  cursor->more = TRUE;
  g_ptr_array_add (reply->cursors, cursor);
  return reply;
}

static GArray *
make_adjustments (void)
{
  GArray *adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  const SobanStampAdjustment items[] = {
    { 3, SOBAN_STAMP (1763774000000, 0) },
    { 4, SOBAN_STAMP (1763773999000, 65535) },
    { 300, SOBAN_STAMP (1763774000456, 2) },
  };

  g_array_append_vals (adjustments, items, G_N_ELEMENTS (items));
  return adjustments;
}

/* The text and numbers that the reader below is checked against. */
static gboolean
decode_hello (GBytes *body, GError **error)
{
  g_autoptr (SobanHello) expected = make_hello ();
  g_autoptr (SobanHello) hello = soban_hello_decode (body, error);

  if (hello == NULL)
    return FALSE;
  g_assert_cmpuint (hello->device, ==, expected->device);
  g_assert_cmpuint (hello->incarnation, ==, expected->incarnation);
  g_assert_cmpuint (hello->last_number, ==, expected->last_number);
  g_assert_cmpint (hello->wall_ms, ==, expected->wall_ms);
  g_assert_cmpstr (hello->program, ==, expected->program);
  g_assert_cmpstr (hello->boot_id, ==, expected->boot_id);
  g_assert_cmpint (hello->boottime_ms, ==, expected->boottime_ms);
  g_assert_cmpuint (hello->cursors->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (hello->cursors, i);
    const SobanScopeCursor *wanted = g_ptr_array_index (expected->cursors, i);

    g_assert_cmpstr (cursor->scope, ==, wanted->scope);
    g_assert_cmpuint (cursor->number, ==, wanted->number);
  }
  return TRUE;
}

static gboolean
decode_reply (GBytes *body, GError **error)
{
  g_autoptr (SobanReply) expected = make_reply ();
  g_autoptr (SobanReply) reply = soban_reply_decode (body, error);
  const SobanScopeCursor *cursor;

  if (reply == NULL)
    return FALSE;
  g_assert_cmpint (reply->collector_ms, ==, expected->collector_ms);
  g_assert_cmpuint (reply->acked_number, ==, expected->acked_number);
  g_assert_cmpint (reply->ack_state, ==, expected->ack_state);
  g_assert_cmpuint (reply->floor, ==, expected->floor);
  g_assert_cmpuint (reply->cursors->len, ==, 1);
  cursor = g_ptr_array_index (reply->cursors, 0);
  g_assert_cmpstr (cursor->scope, ==, "02947@2025-07-01");
  g_assert_cmpuint (cursor->number, ==, 4800);
  g_assert_cmpuint (cursor->own, ==, 12);
  g_assert_true (cursor->more);
  return TRUE;
}

static gboolean
decode_adjustments (GBytes *body, GError **error)
{
  g_autoptr (GArray) expected = make_adjustments ();
  g_autoptr (GArray) adjustments = soban_adjustments_decode (body, NULL, error);

  if (adjustments == NULL)
    return FALSE;
  g_assert_cmpuint (adjustments->len, ==, expected->len);
  for (guint i = 0; i < expected->len; i++) {
    g_assert_cmpuint (g_array_index (adjustments, SobanStampAdjustment, i).number, ==,
                      g_array_index (expected, SobanStampAdjustment, i).number);
    g_assert_cmpuint (g_array_index (adjustments, SobanStampAdjustment, i).stamp, ==,
                      g_array_index (expected, SobanStampAdjustment, i).stamp);
  }
  return TRUE;
}

static gboolean
decode_refusal (GBytes *body, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (!soban_refusal_decode (body, &refusal, error))
    return FALSE;
  g_assert_error (refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH);
  g_assert_cmpstr (refusal->message, ==, "token unknown");
  return TRUE;
}

static gboolean
decode_changes (GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) expected = wire_sample_new_records (3, 1);
  g_autoptr (GPtrArray) numbered = soban_changes_decode (body, error);

  if (numbered == NULL)
    return FALSE;
  wire_sample_assert_equal (expected, numbered);
  return TRUE;
}

static void
encode_hello (GByteArray *body)
{
  g_autoptr (SobanHello) hello = make_hello ();

  soban_hello_encode (hello, body);
}

static void
encode_reply (GByteArray *body)
{
  g_autoptr (SobanReply) reply = make_reply ();

  soban_reply_encode (reply, body);
}

static void
encode_adjustments (GByteArray *body)
{
  g_autoptr (GArray) adjustments = make_adjustments ();

  soban_adjustments_encode (adjustments, NULL, body);
}

static void
encode_refusal (GByteArray *body)
{
  soban_refusal_encode (SOBAN_SYNC_ERROR_AUTH, "token unknown", body);
}

static void
encode_changes (GByteArray *body)
{
  g_autoptr (GPtrArray) numbered = wire_sample_new_records (3, 1);

  soban_changes_encode (numbered, SOBAN_CHANGES_PLAIN, body);
}

typedef struct {
  const char *name;
  SobanFrameType type;
  void (*encode) (GByteArray *body);
  gboolean (*decode) (GBytes *body, GError **error);
} Message;

static const Message messages[] = {
  { "hello", SOBAN_FRAME_HELLO, encode_hello, decode_hello },
  { "reply", SOBAN_FRAME_REPLY, encode_reply, decode_reply },
  { "adjustments", SOBAN_FRAME_ADJUSTMENTS, encode_adjustments, decode_adjustments },
  { "error", SOBAN_FRAME_ERROR, encode_refusal, decode_refusal },
  { "changes", SOBAN_FRAME_CHANGES, encode_changes, decode_changes },
};

static void
test_round_trip (gconstpointer data)
{
  const Message *message = data;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  message->encode (encoded);
  g_byte_array_append (encoded, (const guint8 *) "\001later", 6); /* README 3.6 */
  body = g_bytes_new (encoded->data, encoded->len);
  g_assert_true (message->decode (body, &error));
  g_assert_no_error (error);
}

static void
test_every_prefix (gconstpointer data)
{
  const Message *message = data;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();

  message->encode (encoded);
  for (guint length = 0; length < encoded->len; length++) {
    g_autoptr (GBytes) body = g_bytes_new (encoded->data, length);
    g_autoptr (GError) error = NULL;

    g_assert_false (message->decode (body, &error));
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  }
}

static void
test_random_flips (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (29);

  for (guint m = 0; m < G_N_ELEMENTS (messages); m++) {
    g_autoptr (GByteArray) encoded = g_byte_array_new ();

    messages[m].encode (encoded);
    for (guint round = 0; round < 5000; round++) {
      g_autofree guint8 *damaged = g_memdup2 (encoded->data, encoded->len);
      g_autoptr (GBytes) body = NULL;
      g_autoptr (SobanHello) hello = NULL;
      g_autoptr (SobanReply) reply = NULL;
      g_autoptr (GArray) adjustments = NULL;
      g_autoptr (GError) refusal = NULL;

      damaged[g_rand_int_range (rand, 0, (gint32) encoded->len)] ^= (guint8) g_rand_int_range (rand, 1, 256);
      body = g_bytes_new (damaged, encoded->len);
      /* All of them on each: a body of the wrong kind is garbage, too. */
      hello = soban_hello_decode (body, NULL);
      reply = soban_reply_decode (body, NULL);
      adjustments = soban_adjustments_decode (body, NULL, NULL);
      soban_refusal_decode (body, &refusal, NULL);
      if (hello != NULL)
        g_assert_cmpuint (hello->cursors->len, <=, SOBAN_SCOPES_PER_DEVICE_MAX);
      if (adjustments != NULL)
        g_assert_cmpuint (adjustments->len, <=, SOBAN_REQUEST_CHANGES_MAX);
    }
  }
}

static void
test_unknown_code_reads_as_refused (void)
{
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autofree char *long_sentence = g_strnfill (2 * SOBAN_SENTENCE_BYTES_MAX, 'x');

  soban_refusal_encode ((SobanSyncError) 77, long_sentence, encoded);
  body = g_bytes_new (encoded->data, encoded->len);
  g_assert_true (soban_refusal_decode (body, &refusal, NULL));
  g_assert_error (refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);
}

static void
test_scope_twice_is_refused (void)
{
  g_autoptr (SobanHello) hello = make_hello ();
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (hello->cursors, soban_scope_cursor_new ("02947@2025-07-01", 1));
  soban_hello_encode (hello, encoded);
  body = g_bytes_new (encoded->data, encoded->len);
  g_assert_null (soban_hello_decode (body, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
}

/* ---- known answers ---- */

static char *
to_hex (const guint8 *data, gsize length)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x%s", data[i], i % 32 == 31 ? "\n" : "");
  if (length % 32 != 0)
    g_string_append_c (hex, '\n');
  return g_string_free (hex, FALSE);
}

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (const char *at = hex; at[0] != '\0' && at[1] != '\0';) {
    guint8 byte;

    if (!g_ascii_isxdigit (*at)) {
      at++;
      continue;
    }
    byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
    g_byte_array_append (bytes, &byte, 1);
    at += 2;
  }
  return bytes;
}

static char *
load_fixture (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".hex", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "wire", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_known_body (gconstpointer data)
{
  const Message *message = data;
  g_autofree char *known = load_fixture (message->name);
  g_autoptr (GByteArray) bytes = from_hex (known);
  g_autoptr (GBytes) body = g_bytes_new (bytes->data, bytes->len);
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autofree char *hex = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (message->decode (body, &error));
  g_assert_no_error (error);
  message->encode (encoded);
  hex = to_hex (encoded->data, encoded->len);
  g_assert_cmpstr (hex, ==, known);
}

/* A whole stream with a deflated frame and one of an unknown type: read only, for deflate may choose other bytes for the same text. */
static void
test_known_stream (void)
{
  g_autofree char *known = load_fixture ("stream");
  g_autoptr (GByteArray) bytes = from_hex (known);
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  GString *types = g_string_new (NULL);

  soban_frame_reader_feed (reader, bytes->data, bytes->len);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;

    g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
    if (body == NULL)
      break;
    g_string_append_printf (types, "%u ", type);
    for (guint m = 0; m < G_N_ELEMENTS (messages); m++) {
      if (messages[m].type == type)
        g_assert_true (messages[m].decode (body, NULL));
    }
  }
  g_assert_true (soban_frame_reader_is_whole (reader));
  g_assert_cmpstr (types->str, ==, "1 2 99 5 ");
  g_string_free (types, TRUE);
}

/* Writes the fixtures anew into @folder: after a change of the format, which needs a new minor or major version. */
static int
write_fixtures (const char *folder)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();

  soban_stream_header_write (stream);
  for (guint m = 0; m < G_N_ELEMENTS (messages); m++) {
    g_autoptr (GByteArray) encoded = g_byte_array_new ();
    g_autofree char *file = g_strconcat (messages[m].name, ".hex", NULL);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autofree char *hex = NULL;

    messages[m].encode (encoded);
    hex = to_hex (encoded->data, encoded->len);
    g_assert_true (g_file_set_contents (path, hex, -1, NULL));
    if (messages[m].type == SOBAN_FRAME_HELLO || messages[m].type == SOBAN_FRAME_CHANGES)
      soban_frame_write (stream, messages[m].type, encoded->data, encoded->len);
  }
  soban_frame_write (stream, (SobanFrameType) 99, (const guint8 *) "later", 5);
  soban_frame_write (stream, SOBAN_FRAME_END, NULL, 0);
  {
    g_autofree char *path = g_build_filename (folder, "stream.hex", NULL);
    g_autofree char *hex = to_hex (stream->data, stream->len);

    g_assert_true (g_file_set_contents (path, hex, -1, NULL));
  }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--write") == 0)
    return write_fixtures (argv[2]);
  g_test_init (&argc, &argv, NULL);
  for (guint m = 0; m < G_N_ELEMENTS (messages); m++) {
    g_autofree char *trip = g_strdup_printf ("/messages/%s/round-trip", messages[m].name);
    g_autofree char *prefix = g_strdup_printf ("/messages/%s/every-prefix", messages[m].name);
    g_autofree char *known = g_strdup_printf ("/messages/%s/known-answer", messages[m].name);

    g_test_add_data_func (trip, &messages[m], test_round_trip);
    g_test_add_data_func (prefix, &messages[m], test_every_prefix);
    g_test_add_data_func (known, &messages[m], test_known_body);
  }
  g_test_add_func ("/messages/known-stream", test_known_stream);
  g_test_add_func ("/messages/random-flips", test_random_flips);
  g_test_add_func ("/messages/unknown-code-reads-as-refused", test_unknown_code_reads_as_refused);
  g_test_add_func ("/messages/scope-twice-is-refused", test_scope_twice_is_refused);
  return g_test_run ();
}
