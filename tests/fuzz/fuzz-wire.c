/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "message-sample.h"
#include "mutation.h"
#include "protocol/sync-round.h"
#include "wire-sample.h"

/*
 * Damaged bodies, streams and answers: what comes out satisfies its bounds or is an error of SOBAN_SYNC_ERROR, never a crash. A bound for each, so
 * that the whole is over in seconds.
 */

#define SECONDS_MAX 2

/* Pieces that a reader counts or measures by. */
static const char *const words[] = {
  "\x01",
  "\x7f",
  "\xff",
  "\xff\xff\xff\xff\x0f",
  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
  "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02",
  "\x10" "02947@2025-07-01",
  "household",
  "\x04" "head",
  "\xc3",
  "\xe1\xbb",
  "SBAN\x01\x01",
  NULL,
};

static char *
mutate_sample (FuzzBudget *budget, const MessageSample *sample, gsize *ret_length)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  sample->encode (body);
  return fuzz_mutate (budget, (const char *) body->data, body->len, words, ret_length);
}

static void
test_bodies (void)
{
  g_auto (FuzzBudget) budget = { 0 };
  guint accepted = 0, refused = 0;

  fuzz_budget_init (&budget, 60000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    const MessageSample *sample = &message_samples[budget.rounds_left % message_samples_count];
    gsize length;
    char *text = mutate_sample (&budget, sample, &length);
    g_autoptr (GBytes) body = g_bytes_new_take (text, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) changes = soban_changes_decode (body, &error);

    message_sample_read_as_all (body);
    g_assert_true ((changes != NULL) == (error == NULL));
    accepted += changes != NULL ? 1 : 0;
    refused += changes == NULL ? 1 : 0;
  }
  g_test_message ("bodies of changes: %u accepted, %u refused", accepted, refused);
  g_assert_cmpuint (accepted, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

/* A body that was accepted is the same after writing and reading it again. */
static void
test_accepted_changes_come_back (void)
{
  g_auto (FuzzBudget) budget = { 0 };
  const MessageSample *sample = message_samples;
  guint accepted = 0;

  while (sample->type != SOBAN_FRAME_CHANGES)
    sample++;
  fuzz_budget_init (&budget, 20000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    gsize length;
    char *text = mutate_sample (&budget, sample, &length);
    g_autoptr (GBytes) body = g_bytes_new_take (text, length);
    g_autoptr (GPtrArray) changes = soban_changes_decode (body, NULL);
    g_autoptr (GByteArray) encoded = g_byte_array_new ();
    g_autoptr (GBytes) again_body = NULL;
    g_autoptr (GPtrArray) again = NULL;
    g_autoptr (GError) error = NULL;

    if (changes == NULL)
      continue;
    accepted++;
    soban_changes_encode (changes, SOBAN_CHANGES_TIMES | SOBAN_CHANGES_BASES, encoded);
    again_body = g_bytes_new (encoded->data, encoded->len);
    again = soban_changes_decode (again_body, &error);
    g_assert_no_error (error);
    wire_sample_assert_equal (changes, again);
  }
  g_assert_cmpuint (accepted, >, 0);
}

/* A frame with any bytes in it and the right check: what a peer could send. */
static void
forge_frame (GByteArray *stream, guint8 coded_type, const char *body, gsize length)
{
  guint start = stream->len;

  soban_write_u8 (stream, coded_type);
  soban_write_varint (stream, length);
  g_byte_array_append (stream, (const guint8 *) body, (guint) length);
  soban_write_u32 (stream, soban_crc32c (0, stream->data + start, stream->len - start));
}

static void
test_deflated_frames (void)
{
  g_autoptr (GPtrArray) records = wire_sample_new_records (3, 1);
  g_autoptr (GByteArray) dense = g_byte_array_new ();
  g_auto (FuzzBudget) budget = { 0 };
  guint opened = 0, refused = 0;

  soban_changes_write_frames (dense, records, soban_changes_flags_up (1), 0);
  g_assert_cmpuint (dense->data[0], ==, SOBAN_FRAME_DENSE_CHANGES);
  fuzz_budget_init (&budget, 20000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    gsize length;
    /* Behind the type and a length of two bytes, before the check. */
    g_autofree char *text = fuzz_mutate (&budget, (const char *) dense->data + 3, dense->len - 3 - 4, words, &length);
    g_autoptr (GByteArray) stream = g_byte_array_new ();
    g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;

    soban_stream_header_write (stream);
    forge_frame (stream, budget.rounds_left % 2 == 0 ? SOBAN_FRAME_DENSE_CHANGES : 0x80 | SOBAN_FRAME_CHANGES, text, length);
    soban_frame_reader_feed (reader, stream->data, stream->len);
    if (soban_frame_reader_next (reader, &type, &body, &error)) {
      g_assert_cmpuint (g_bytes_get_size (body), <=, SOBAN_FRAME_INFLATED_BYTES_MAX);
      message_sample_read_as_all (body);
      opened++;
    } else {
      g_assert_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL);
      refused++;
    }
  }
  g_test_message ("deflated frames: %u opened, %u refused", opened, refused);
  g_assert_cmpuint (opened, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

/* Whole answers of damaged bodies: a device that applies one has had it checked. */
static void
check_result (SobanSyncRound *round)
{
  const SobanReply *reply = soban_sync_round_get_reply (round);
  GPtrArray *changes = soban_sync_round_get_changes (round);

  g_assert_cmpuint (reply->acked_number, <=, 300);
  for (guint i = 0; i < changes->len; i++)
    g_assert_true (soban_change_check (((SobanNumberedChange *) g_ptr_array_index (changes, i))->change, NULL));
  for (guint i = 0; i < reply->cursors->len; i++)
    g_assert_nonnull (((SobanScopeCursor *) g_ptr_array_index (reply->cursors, i))->scope);
  soban_sync_round_has_more (round);
  soban_sync_round_was_set_back (round);
  soban_sync_round_made_progress (round);
}

static void
test_answers (void)
{
  g_auto (FuzzBudget) budget = { 0 };
  guint accepted = 0, refused = 0;

  fuzz_budget_init (&budget, 20000, SECONDS_MAX);
  while (fuzz_budget_next (&budget)) {
    g_autoptr (SobanSyncRound) round = soban_sync_round_new (message_sample_make_hello (), 250);
    g_autoptr (GBytes) request = soban_sync_round_make_request (round);
    g_autoptr (GByteArray) stream = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    gboolean good;

    soban_stream_header_write (stream);
    for (guint i = 0; i < message_samples_count; i++) {
      const MessageSample *sample = &message_samples[i];
      gboolean first = sample->type == SOBAN_FRAME_REPLY;
      gsize length;
      g_autofree char *text = NULL;

      if (!first && (stream->len == 6 || g_rand_int_range (budget.random, 0, 4) > 0))
        continue;
      text = mutate_sample (&budget, sample, &length);
      forge_frame (stream, sample->type, text, length);
    }
    soban_frame_write (stream, SOBAN_FRAME_END, NULL, 0);
    good = soban_sync_round_feed (round, stream->data, stream->len, &error) && soban_sync_round_finish (round, &error);
    g_assert_true (good == (error == NULL));
    if (good)
      check_result (round);
    else
      g_assert_true (error->domain == SOBAN_SYNC_ERROR);
    accepted += good ? 1 : 0;
    refused += good ? 0 : 1;
  }
  g_test_message ("answers: %u accepted, %u refused", accepted, refused);
  g_assert_cmpuint (accepted, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fuzz/wire/bodies", test_bodies);
  g_test_add_func ("/fuzz/wire/accepted-changes-come-back", test_accepted_changes_come_back);
  g_test_add_func ("/fuzz/wire/deflated-frames", test_deflated_frames);
  g_test_add_func ("/fuzz/wire/answers", test_answers);
  return g_test_run ();
}
