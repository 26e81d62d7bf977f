/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bodies of all frames but their inner bounds, and the known answers of tests/fixtures/wire: what 1.0 wrote (frozen), and in 1.1 what this
 * program writes. test-messages --write FOLDER writes the latter anew.
 */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "message-sample.h"
#include "protocol/erasure-signature.h"
#include "wire-sample.h"

/* ---- files ---- */

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

/* @name: "hello", or "1.1/hello". */
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

static GBytes *
load_bytes (const char *name)
{
  g_autofree char *hex = load_fixture (name);

  return g_byte_array_free_to_bytes (from_hex (hex));
}

/* ---- every message ---- */

static void
test_round_trip (gconstpointer data)
{
  const MessageSample *sample = data;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL, longer = NULL;
  g_autoptr (GError) error = NULL;

  sample->encode (encoded);
  body = g_bytes_new (encoded->data, encoded->len);
  g_assert_true (sample->decode (body, &error));
  g_assert_no_error (error);
  g_byte_array_append (encoded, (const guint8 *) "\001later", 6); /* README 3.6 */
  longer = g_bytes_new (encoded->data, encoded->len);
  g_assert_true (sample->decode (longer, &error));
  g_assert_no_error (error);
}

static void
test_every_prefix (gconstpointer data)
{
  const MessageSample *sample = data;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();

  sample->encode (encoded);
  for (guint length = 0; length < encoded->len; length++) {
    g_autofree guint8 *exact = g_memdup2 (encoded->data, length); /* for the sanitizer: nothing lies behind it */
    g_autoptr (GBytes) body = g_bytes_new_static (exact, length);
    g_autoptr (GError) error = NULL;
    gboolean whole = sample->measure_short != NULL && length == sample->measure_short ();

    g_assert_cmpint (sample->decode (body, &error), ==, whole);
    if (!whole)
      g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
  }
}

static void
test_flips (gconstpointer data)
{
  const MessageSample *sample = data;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (29);

  sample->encode (encoded);
  for (guint bit = 0; bit < encoded->len * 8; bit++) {
    g_autoptr (GBytes) body = NULL;

    encoded->data[bit / 8] ^= (guint8) (1 << bit % 8);
    body = g_bytes_new (encoded->data, encoded->len);
    message_sample_read_as_all (body);
    encoded->data[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  for (guint round = 0; round < 2000; round++) {
    g_autofree guint8 *damaged = g_memdup2 (encoded->data, encoded->len);
    g_autoptr (GBytes) body = NULL;

    for (gint32 left = g_rand_int_range (rand, 1, 4); left > 0; left--)
      damaged[g_rand_int_range (rand, 0, (gint32) encoded->len)] = (guint8) g_rand_int_range (rand, 0, 256);
    body = g_bytes_new (damaged, encoded->len);
    message_sample_read_as_all (body);
  }
}

static void
test_known_answer (gconstpointer data)
{
  const MessageSample *sample = data;
  g_autofree char *name = g_strconcat ("1.1/", sample->name, NULL);
  g_autofree char *known = load_fixture (name);
  g_autoptr (GBytes) body = load_bytes (name);
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autofree char *hex = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sample->decode (body, &error));
  g_assert_no_error (error);
  sample->encode (encoded);
  hex = to_hex (encoded->data, encoded->len);
  g_assert_cmpstr (hex, ==, known);
}

/* ---- forms ---- */

static void
test_hello_tells_its_forms (void)
{
  g_autoptr (SobanHello) hello = soban_hello_new ();
  g_autoptr (GByteArray) without = g_byte_array_new (), with = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (SobanHello) read = NULL;
  g_autoptr (GError) error = NULL;

  hello->forms = G_GUINT64_CONSTANT (0xfedcba9876543210);
  soban_hello_encode (hello, without);
  hello->flags = SOBAN_HELLO_TAKES_FORMS;
  soban_hello_encode (hello, with);
  g_assert_cmpuint (with->len, ==, without->len + 8);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&with));
  read = soban_hello_decode (body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->flags, ==, SOBAN_HELLO_TAKES_FORMS);
  g_assert_cmpuint (read->forms, ==, hello->forms);
}

/* The generation costs nothing until a tablet was revoked, and three bytes at most after that. */
static void
test_hello_tells_the_generation_of_its_keys (void)
{
  g_autoptr (SobanHello) hello = soban_hello_new ();
  g_autoptr (SobanKeys) keys = soban_keys_new (), kept = NULL;
  g_autoptr (GByteArray) without = g_byte_array_new (), with = g_byte_array_new (), plain = g_byte_array_new (), numbered = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL, keys_body = NULL;
  g_autoptr (SobanHello) read = NULL;
  g_autoptr (GError) error = NULL;

  hello->keys = (1 << 21) - 1;
  soban_hello_encode (hello, without);
  hello->flags = SOBAN_HELLO_TELLS_KEYS;
  soban_hello_encode (hello, with);
  g_assert_cmpuint (with->len, ==, without->len + 3);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&with));
  read = soban_hello_decode (body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->keys, ==, hello->keys);

  soban_keys_encode (keys, plain);
  keys->generation = hello->keys;
  soban_keys_encode (keys, numbered);
  g_assert_cmpuint (numbered->len, ==, plain->len + 3);
  keys_body = g_byte_array_free_to_bytes (g_steal_pointer (&numbered));
  kept = soban_keys_decode (keys_body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kept->generation, ==, hello->keys);
}

/* Of the collector whose seed is 32 bytes of 7, for the record of 16 bytes of 9 in 02947@2025-07-01; also in README 5.13. */
#define KNOWN_ERASURE "hKmt1/1rvuvQoASV6ImsO8/RST4WXCCnyyjGh+mDcbizGMWcr4o7rcwn5xt/6nGwys/kpUs7zFvS/gU2i1iJBg=="

/* ---- the signature of an erasure (README 5.13) ---- */

static void
test_an_erasure_is_signed_for_its_record_alone (void)
{
  g_autoptr (SobanChange) change = soban_change_new ();
  g_auto (SobanSigningKeys) keys = { 0 }, others = { 0 };
  g_autofree char *proof = NULL;
  guint8 seed[SOBAN_KEY_SEED_BYTES];

  memset (seed, 7, sizeof seed);
  soban_signing_keys_from_seed (seed, &keys);
  seed[0]++;
  soban_signing_keys_from_seed (seed, &others);
  memset (change->record.bytes, 9, SOBAN_UUID_BYTES);
  change->scope = g_strdup ("02947@2025-07-01");
  proof = soban_erasure_sign (&change->record, change->scope, &keys);
  g_assert_cmpstr (proof, ==, KNOWN_ERASURE);
  g_assert_false (soban_erasure_is_signed (change, keys.public_key));
  soban_change_assign (change, SOBAN_FIELD_ERASED, "1");
  g_assert_false (soban_erasure_is_signed (change, keys.public_key));
  soban_change_assign (change, SOBAN_FIELD_ERASED, proof);
  g_assert_true (soban_erasure_is_signed (change, keys.public_key));
  g_assert_false (soban_erasure_is_signed (change, others.public_key));
  change->id.device = 1;
  g_assert_false (soban_erasure_is_signed (change, keys.public_key));
  change->id.device = 0;
  change->record.bytes[15]++;
  g_assert_false (soban_erasure_is_signed (change, keys.public_key));
  change->record.bytes[15]--;
  change->scope[4] = '8';
  g_assert_false (soban_erasure_is_signed (change, keys.public_key));
}

/* What is out of order, twice, a path in place of a name, or beyond a bound is no list. */
static void
test_bad_forms (gconstpointer data)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
  SobanFormOffer *one = soban_form_offer_new ("b", "1"), *two = soban_form_offer_new ("c", "1");
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (offers, one);
  g_ptr_array_add (offers, two);
  soban_form_offer_add_file (one, "a.png")->bytes = SOBAN_FORM_FILE_BYTES_MAX;
  switch (GPOINTER_TO_INT (data)) {
  case 0: /* good */
    break;
  case 1:
    two->id[0] = 'a';
    break;
  case 2:
    two->id[0] = 'b';
    break;
  case 3:
    soban_form_offer_add_file (one, "b/../a.png");
    break;
  case 4:
    soban_form_offer_add_file (one, "a.png");
    break;
  case 5:
    one->bytes = SOBAN_FORM_BYTES_MAX + 1;
    break;
  case 6:
    soban_form_offer_add_file (one, "b.png")->bytes = (guint64) SOBAN_FORM_FILE_BYTES_MAX + 1;
    break;
  case 7: /* together */
    for (char name[] = "b"; name[0] <= 'e'; name[0]++)
      soban_form_offer_add_file (one, name)->bytes = SOBAN_FORM_FILE_BYTES_MAX;
    break;
  default:
    one->id[0] = '\0';
    break;
  }
  soban_forms_encode (offers, encoded);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&encoded));
  g_ptr_array_set_size (offers, 0);
  g_clear_pointer (&offers, g_ptr_array_unref);
  offers = soban_forms_decode (body, &error);
  g_assert_cmpint (offers != NULL, ==, data == NULL);
  if (data != NULL)
    g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
}

static void
test_fingerprint_tells_lists_apart (void)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
  SobanFormOffer *offer = soban_form_offer_new ("b", "1");
  guint64 before;

  g_assert_cmpuint (soban_forms_fingerprint (offers), ==, 0);
  g_ptr_array_add (offers, offer);
  before = soban_forms_fingerprint (offers);
  g_assert_cmpuint (before, !=, 0);
  offer->withdrawn = TRUE;
  g_assert_cmpuint (soban_forms_fingerprint (offers), !=, before);
  offer->withdrawn = FALSE;
  g_assert_cmpuint (soban_forms_fingerprint (offers), ==, before);
  offer->sha256[31] ^= 1;
  g_assert_cmpuint (soban_forms_fingerprint (offers), !=, before);
}

/* ---- what 1.0 wrote ---- */

static const MessageSample *
find_sample (const char *name)
{
  for (guint i = 0; i < message_samples_count; i++) {
    if (g_str_equal (message_samples[i].name, name))
      return &message_samples[i];
  }
  g_assert_not_reached ();
}

/* A 1.0 body is read; and a 1.0 reader reads what is written now: it begins with what 1.0 wrote. */
static void
test_1_0_body (gconstpointer data)
{
  const MessageSample *sample = find_sample (data);
  g_autoptr (GBytes) old = load_bytes (sample->name);
  g_autoptr (GByteArray) now = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (old, &length);

  g_assert_true (sample->decode (old, &error));
  g_assert_no_error (error);
  sample->encode (now);
  g_assert_cmpuint (now->len, >=, length);
  g_assert_cmpmem (now->data, length, bytes, length);
}

static void
test_1_0_reply (void)
{
  g_autoptr (GBytes) old = load_bytes ("reply");
  g_autoptr (GByteArray) now = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanReply) reply = soban_reply_decode (old, &error);
  const SobanScopeCursor *cursor;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (old, &length);

  g_assert_no_error (error);
  g_assert_cmpuint (reply->minor, ==, 0);
  g_assert_cmpint (reply->collector_ms, ==, G_GINT64_CONSTANT (1763774000456));
  g_assert_cmpuint (reply->acked_number, ==, 300);
  g_assert_cmpint (reply->ack_state, ==, SOBAN_ACK_GAP);
  g_assert_cmpuint (reply->floor, ==, SOBAN_STAMP (1763774000456, 3));
  g_assert_cmpuint (reply->cursors->len, ==, 1);
  cursor = g_ptr_array_index (reply->cursors, 0);
  g_assert_cmpstr (cursor->scope, ==, "02947@2025-07-01");
  g_assert_cmpuint (cursor->number, ==, 4800);
  g_assert_cmpuint (cursor->own, ==, 12);
  g_assert_true (cursor->more);
  g_assert_false (cursor->has_digest || cursor->has_page || cursor->is_page || cursor->skipped > 0);
  soban_reply_encode (reply, now);
  g_assert_cmpmem (now->data, length, bytes, length);
}

static void
test_1_0_changes (void)
{
  g_autoptr (GPtrArray) expected = wire_sample_new_records (3, 1);
  g_autoptr (GBytes) old = load_bytes ("changes");
  g_autoptr (GByteArray) now = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) numbered = soban_changes_decode (old, &error);
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  guint64 chain = 0;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (old, &length);

  g_assert_no_error (error);
  wire_sample_assert_equal (expected, numbered);
  soban_changes_encode (expected, soban_changes_flags_up (0), now);
  g_assert_cmpmem (now->data, now->len, bytes, length);
  for (guint i = 0; i < numbered->len; i++) {
    soban_change_hash (((SobanNumberedChange *) g_ptr_array_index (numbered, i))->change, hash);
    chain = soban_change_chain (chain, hash);
  }
  g_assert_cmphex (chain, ==, G_GUINT64_CONSTANT (0xf86a6488f817ebda)); /* as second_reader.py has it from README 4.8 */
}

/* ---- streams ---- */

/* Reads a stream of known bodies; returns the types as they stood on the wire. */
static char *
read_stream (const char *name, guint minor, guint *ret_changes)
{
  g_autoptr (GBytes) stream = load_bytes (name);
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  GString *types = g_string_new (NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (stream, &length);

  *ret_changes = 0;
  soban_frame_reader_feed (reader, data, length);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;
    gsize frame_bytes;

    g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
    g_assert_cmpuint (soban_frame_reader_get_minor (reader), ==, minor);
    if (body == NULL)
      break;
    g_string_append_printf (types, "%u ", soban_frame_reader_get_coded_type (reader, &frame_bytes));
    g_assert_cmpuint (frame_bytes, >=, 6);
    if (type == SOBAN_FRAME_CHANGES) {
      g_autoptr (GPtrArray) numbered = soban_changes_decode (body, &error);

      g_assert_no_error (error);
      *ret_changes += numbered->len;
    } else if (type == SOBAN_FRAME_HELLO) {
      g_assert_true (find_sample ("hello")->decode (body, &error));
    }
  }
  g_assert_true (soban_frame_reader_is_whole (reader));
  return g_string_free (types, FALSE);
}

/* Read only: deflate may choose other bytes for the same text. */
static void
test_known_streams (void)
{
  guint changes;
  g_autofree char *old = read_stream ("stream", 0, &changes);
  g_autofree char *request = NULL, *answer = NULL;

  g_assert_cmpstr (old, ==, "129 130 99 5 ");
  g_assert_cmpuint (changes, ==, 3);
  request = read_stream ("1.1/request", 1, &changes);
  g_assert_cmpstr (request, ==, "129 7 14 7 130 14 136 139 140 99 5 ");
  g_assert_cmpuint (changes, ==, 1 + 30 + 2);
  answer = read_stream ("1.1/answer", 1, &changes);
  g_assert_cmpstr (answer, ==, "131 4 138 14 139 141 5 ");
  g_assert_cmpuint (changes, ==, 4);
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
assert_damaged (const GByteArray *encoded, GPtrArray *(*decode) (GBytes *body, GError **error))
{
  g_autoptr (GBytes) body = g_bytes_new (encoded->data, encoded->len);
  g_autoptr (GError) error = NULL;

  g_assert_null (decode (body, &error));
  g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
}

/* Any decoder, as one that gives a pointer. */
static GPtrArray *
decode_hello (GBytes *body, GError **error)
{
  g_autoptr (SobanHello) hello = soban_hello_decode (body, error);

  return hello != NULL ? g_ptr_array_new () : NULL;
}

static GPtrArray *
decode_records (GBytes *body, GError **error)
{
  g_autoptr (SobanRecords) records = soban_records_decode (body, error);

  return records != NULL ? g_ptr_array_new () : NULL;
}

static void
test_scope_or_page_twice_is_refused (void)
{
  g_autoptr (SobanHello) hello = message_sample_make_hello ();
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  const SobanUuid page = { { 1 } };

  g_ptr_array_add (hello->pages, soban_scope_page_new ("02950@2025-07-01", &page, 1));
  soban_hello_encode (hello, encoded);
  assert_damaged (encoded, decode_hello);
  g_ptr_array_set_size (hello->pages, 0);
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new ("02947@2025-07-01", 1));
  g_byte_array_set_size (encoded, 0);
  soban_hello_encode (hello, encoded);
  assert_damaged (encoded, decode_hello);
}

/* records.c, invariant 1: each change is of a record that is named, of the scope, and has a number. */
static void
test_records_hold_what_they_name (void)
{
  for (guint breach = 0; breach < 4; breach++) {
    g_autoptr (SobanRecords) records = soban_records_new ("02947@2025-07-01");
    g_autoptr (GByteArray) encoded = g_byte_array_new ();
    SobanNumberedChange *item;

    g_ptr_array_unref (records->changes);
    records->changes = wire_sample_new_records (1, 1);
    item = g_ptr_array_index (records->changes, 0);
    item->scope_number = breach == 1 ? 0 : 5;
    if (breach == 2)
      item->change->scope[0] = '1';
    if (breach != 3)
      g_array_append_val (records->records, item->change->record);
    soban_records_encode (records, encoded);
    if (breach > 0) {
      assert_damaged (encoded, decode_records);
    } else {
      g_autoptr (GBytes) body = g_bytes_new (encoded->data, encoded->len);
      g_autoptr (GPtrArray) good = decode_records (body, NULL);

      g_assert_nonnull (good);
    }
  }
}

/* What is oldest is left out, and anchors still point at their boots. */
static void
test_evidence_beyond_the_bound (void)
{
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_new (1, 2);
  g_autoptr (SobanClockEvidence) again = NULL;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SOBAN_EVIDENCE_READINGS_MAX + 10; i++) {
    SobanBoot boot = { .first_number = i + 1, .boottime_ms = i };
    SobanAnchor anchor = { .boot = i, .boottime_ms = i, .true_ms = 1000 + i };

    g_array_append_val (evidence->boots, boot);
    if (i % 2 == 0)
      g_array_append_val (evidence->anchors, anchor);
  }
  soban_clock_evidence_encode (evidence, encoded);
  body = g_bytes_new (encoded->data, encoded->len);
  again = soban_clock_evidence_decode (body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->boots->len, ==, SOBAN_EVIDENCE_READINGS_MAX);
  g_assert_cmpuint (g_array_index (again->boots, SobanBoot, 0).first_number, ==, 11);
  for (guint i = 0; i < again->anchors->len; i++) {
    const SobanAnchor *anchor = &g_array_index (again->anchors, SobanAnchor, i);

    g_assert_cmpint (g_array_index (again->boots, SobanBoot, anchor->boot).boottime_ms, ==, anchor->boottime_ms);
    g_assert_cmpint (anchor->true_ms, ==, 1000 + anchor->boottime_ms);
  }
}

/* ---- writing the fixtures ---- */

static void
write_hex (const char *folder, const char *name, const GByteArray *bytes)
{
  g_autofree char *file = g_strconcat (name, ".hex", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *hex = to_hex (bytes->data, bytes->len);

  g_assert_true (g_file_set_contents (path, hex, -1, NULL));
}

static void
write_sample (GByteArray *stream, const char *name)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  find_sample (name)->encode (body);
  soban_frame_write (stream, find_sample (name)->type, body->data, body->len);
}

/* A relayed change, own ones in a frame that plain deflate suits better and in a dense one, questions, an unknown frame. */
static void
write_request (GByteArray *stream)
{
  g_autoptr (GPtrArray) relayed = wire_sample_new_edits (1, 9);
  g_autoptr (GPtrArray) many = wire_sample_new_records (30, 4);
  g_autoptr (GPtrArray) few = wire_sample_new_records (2, 1);

  ((SobanNumberedChange *) g_ptr_array_index (relayed, 0))->change->id.device = 99;
  soban_stream_header_write (stream);
  write_sample (stream, "hello");
  write_sample (stream, "evidence");
  soban_changes_write_frames (stream, relayed, soban_changes_flags_up (1), 0);
  write_sample (stream, "evidence");
  soban_changes_write_frames (stream, many, soban_changes_flags_up (0), 0);
  soban_changes_write_frames (stream, few, soban_changes_flags_up (1), 0);
  write_sample (stream, "digests");
  write_sample (stream, "ranges-up");
  write_sample (stream, "wanted");
  soban_frame_write (stream, (SobanFrameType) 99, (const guint8 *) "later", 5);
  soban_frame_write (stream, SOBAN_FRAME_END, NULL, 0);
}

static void
write_answer (GByteArray *stream)
{
  g_autoptr (GPtrArray) changes = message_sample_make_changes ();

  soban_stream_header_write (stream);
  write_sample (stream, "reply");
  write_sample (stream, "adjustments");
  write_sample (stream, "keys");
  soban_changes_write_frames (stream, changes, soban_changes_flags_down (1), 0);
  write_sample (stream, "ranges-down");
  write_sample (stream, "records");
  soban_frame_write (stream, SOBAN_FRAME_END, NULL, 0);
}

/* The vectors of this minor version, into @folder: only what a minor version adds may change. */
static int
write_fixtures (const char *folder)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  for (guint i = 0; i < message_samples_count; i++) {
    g_autoptr (GByteArray) encoded = g_byte_array_new ();

    message_samples[i].encode (encoded);
    write_hex (folder, message_samples[i].name, encoded);
  }
  write_request (request);
  write_hex (folder, "request", request);
  write_answer (answer);
  write_hex (folder, "answer", answer);
  return 0;
}

static void
add_tests (const MessageSample *sample)
{
  static const struct {
    const char *name;
    GTestDataFunc test;
  } tests[] = {
    { "round-trip", test_round_trip }, { "every-prefix", test_every_prefix },
    { "flips", test_flips },           { "known-answer", test_known_answer },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strdup_printf ("/messages/%s/%s", sample->name, tests[i].name);

    g_test_add_data_func (path, sample, tests[i].test);
  }
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--write") == 0)
    return write_fixtures (argv[2]);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < message_samples_count; i++)
    add_tests (&message_samples[i]);
  g_test_add_func ("/messages/forms/hello", test_hello_tells_its_forms);
  g_test_add_func ("/messages/keys/generation", test_hello_tells_the_generation_of_its_keys);
  g_test_add_func ("/messages/erasure/signed", test_an_erasure_is_signed_for_its_record_alone);
  g_test_add_func ("/messages/forms/fingerprint", test_fingerprint_tells_lists_apart);
  for (int i = 0; i <= 8; i++) {
    g_autofree char *path = g_strdup_printf ("/messages/forms/bad/%d", i);

    g_test_add_data_func (path, GINT_TO_POINTER (i), test_bad_forms);
  }
  g_test_add_data_func ("/messages/1.0/hello", "hello", test_1_0_body);
  g_test_add_data_func ("/messages/1.0/adjustments", "adjustments", test_1_0_body);
  g_test_add_data_func ("/messages/1.0/error", "error", test_1_0_body);
  g_test_add_func ("/messages/1.0/reply", test_1_0_reply);
  g_test_add_func ("/messages/1.0/changes", test_1_0_changes);
  g_test_add_func ("/messages/known-streams", test_known_streams);
  g_test_add_func ("/messages/unknown-code-reads-as-refused", test_unknown_code_reads_as_refused);
  g_test_add_func ("/messages/scope-or-page-twice-is-refused", test_scope_or_page_twice_is_refused);
  g_test_add_func ("/messages/records-hold-what-they-name", test_records_hold_what_they_name);
  g_test_add_func ("/messages/evidence-beyond-the-bound", test_evidence_beyond_the_bound);
  return g_test_run ();
}
