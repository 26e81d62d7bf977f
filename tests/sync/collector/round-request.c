/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "round-request.h"

#define MINOR_PLACE 5

Request *
request_new (guint32 device, guint64 incarnation, const char *scope, guint64 cursor)
{
  Request *self = g_new0 (Request, 1);

  self->minor = SOBAN_PROTOCOL_MINOR;
  self->hello = soban_hello_new ();
  self->hello->device = device;
  self->hello->incarnation = incarnation;
  self->hello->last_number = 100000;
  self->hello->wall_ms = TEST_NOW_MS;
  self->hello->program = g_strdup ("test");
  self->hello->boot_id = g_strdup ("boot");
  g_ptr_array_add (self->hello->cursors, soban_scope_cursor_new (scope, cursor));
  self->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->ranges = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_ranges_query_free);
  self->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_wanted_free);
  self->reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);
  return self;
}

void
request_free (Request *self)
{
  soban_hello_free (self->hello);
  g_clear_pointer (&self->evidence, soban_clock_evidence_free);
  g_ptr_array_unref (self->batches);
  g_ptr_array_unref (self->ranges);
  g_ptr_array_unref (self->wanted);
  g_ptr_array_unref (self->reports);
  g_free (self);
}

static void
write_frame (GByteArray *stream, SobanFrameType type, GByteArray *body)
{
  soban_frame_write (stream, type, body->data, body->len);
  g_byte_array_set_size (body, 0);
}

static void
write_questions (const Request *self, GByteArray *stream, GByteArray *body)
{
  if (self->reports->len > 0) {
    soban_digest_reports_encode (self->reports, body);
    write_frame (stream, SOBAN_FRAME_DIGESTS, body);
  }
  for (guint i = 0; i < self->ranges->len; i++) {
    soban_ranges_query_encode (g_ptr_array_index (self->ranges, i), body);
    write_frame (stream, SOBAN_FRAME_RANGES, body);
  }
  for (guint i = 0; i < self->wanted->len; i++) {
    soban_wanted_encode (g_ptr_array_index (self->wanted, i), body);
    write_frame (stream, SOBAN_FRAME_WANTED, body);
  }
}

GByteArray *
request_write (const Request *self)
{
  GByteArray *stream = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_stream_header_write (stream);
  stream->data[MINOR_PLACE] = self->minor;
  soban_hello_encode (self->hello, body);
  write_frame (stream, SOBAN_FRAME_HELLO, body);
  if (self->evidence != NULL) {
    soban_clock_evidence_encode (self->evidence, body);
    write_frame (stream, SOBAN_FRAME_CLOCK_EVIDENCE, body);
  }
  for (guint i = 0; i < self->batches->len; i++) {
    soban_changes_encode (g_ptr_array_index (self->batches, i), SOBAN_CHANGES_PLAIN, body);
    write_frame (stream, SOBAN_FRAME_CHANGES, body);
  }
  write_questions (self, stream, body);
  if (!self->cut)
    write_frame (stream, SOBAN_FRAME_END, body);
  return stream;
}

void
answer_free (Answer *self)
{
  g_clear_pointer (&self->reply, soban_reply_free);
  g_clear_pointer (&self->adjustments, g_array_unref);
  g_clear_pointer (&self->times, g_array_unref);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->ranges);
  g_ptr_array_unref (self->records);
  g_free (self);
}

const SobanScopeCursor *
answer_get_cursor (const Answer *self)
{
  g_assert_cmpuint (self->reply->cursors->len, ==, 1);
  return g_ptr_array_index (self->reply->cursors, 0);
}

static void
read_frame (Answer *self, SobanFrameType type, GBytes *body)
{
  g_autoptr (GError) error = NULL;

  switch (type) {
  case SOBAN_FRAME_REPLY:
    self->reply = soban_reply_decode (body, &error);
    break;
  case SOBAN_FRAME_ADJUSTMENTS:
    self->adjustments = soban_adjustments_decode (body, &self->times, &error);
    break;
  case SOBAN_FRAME_CHANGES:
    g_ptr_array_extend_and_steal (self->changes, soban_changes_decode (body, &error));
    break;
  case SOBAN_FRAME_RANGES:
    g_ptr_array_add (self->ranges, soban_ranges_answer_decode (body, &error));
    break;
  case SOBAN_FRAME_RECORDS:
    g_ptr_array_add (self->records, soban_records_decode (body, &error));
    break;
  default:
    g_assert_cmpint (type, ==, SOBAN_FRAME_END);
  }
  g_assert_no_error (error);
}

static Answer *
read_answer (GByteArray *stream)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GError) error = NULL;
  Answer *self = g_new0 (Answer, 1);

  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  self->ranges = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_ranges_answer_free);
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_records_free);
  self->bytes = stream->len;
  soban_frame_reader_feed (reader, stream->data, stream->len);
  while (TRUE) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;

    soban_frame_reader_next (reader, &type, &body, &error);
    g_assert_no_error (error);
    if (body == NULL)
      return self;
    read_frame (self, type, body);
  }
}

guint32
add_device (Fixture *fixture, const char *token, const char *scope)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  guint32 number;

  g_ptr_array_add (scopes, (gpointer) scope);
  soban_devices_add (fixture->store, token, "member", scopes, token, &number, &error);
  g_assert_no_error (error);
  return number;
}

SobanRound *
take_round (Fixture *fixture, const char *token, GByteArray *stream, const SobanRegistries *registries)
{
  SobanSyncRequest *request = soban_sync_request_new ();
  g_autoptr (GError) error = NULL;
  SobanRound *round;

  round = soban_round_new (soban_devices_find_by_token (fixture->store, token, &error), request);
  g_assert_no_error (error);
  round->arrived_ms = fixture->now_ms;
  round->registries = registries;
  soban_sync_request_feed (request, stream->data, stream->len, &error);
  g_assert_no_error (error);
  soban_round_load (round);
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_round_take (round, fixture->store, &error));
  g_assert_no_error (error);
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  return round;
}

Answer *
ask_round (Fixture *fixture, const char *token, const Request *request, const SobanRegistries *registries)
{
  g_autoptr (GByteArray) stream = request_write (request);
  g_autoptr (SobanRound) round = take_round (fixture, token, stream, registries);
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_round_answer (round, fixture->store, &error));
  g_assert_no_error (error);
  g_assert_no_error (round->refusal);
  return read_answer (round->answer);
}
