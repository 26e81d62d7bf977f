/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-collector.h"

#include <string.h>

#include "base/error.h"

FakeCollector *
fake_collector_new (void)
{
  FakeCollector *collector = g_new0 (FakeCollector, 1);

  collector->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  collector->received = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  collector->now_ms = g_get_real_time () / 1000;
  collector->page = 100;
  collector->cut_at = collector->flip_at = -1;
  collector->refusal = SOBAN_SYNC_ERROR_REFUSED;
  return collector;
}

void
fake_collector_free (FakeCollector *collector)
{
  if (collector == NULL)
    return;
  g_hash_table_unref (collector->received);
  g_hash_table_unref (collector->scopes);
  g_free (collector);
}

static GPtrArray *
get_scope (FakeCollector *collector, const char *scope)
{
  GPtrArray *changes = g_hash_table_lookup (collector->scopes, scope);

  if (changes == NULL) {
    changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
    g_hash_table_insert (collector->scopes, g_strdup (scope), changes);
  }
  return changes;
}

static GPtrArray *
get_received (FakeCollector *collector, guint32 device, guint64 incarnation)
{
  g_autofree char *key = g_strdup_printf ("%u/%" G_GUINT64_FORMAT, device, incarnation);
  GPtrArray *changes = g_hash_table_lookup (collector->received, key);

  if (changes == NULL) {
    changes = g_ptr_array_new ();
    g_hash_table_insert (collector->received, g_steal_pointer (&key), changes);
  }
  return changes;
}

guint
fake_collector_count (FakeCollector *collector)
{
  GHashTableIter iter;
  gpointer value;
  guint count = 0;

  g_hash_table_iter_init (&iter, collector->scopes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    count += ((GPtrArray *) value)->len;
  return count;
}

void
fake_collector_forget_received (FakeCollector *collector, guint keep)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, collector->received);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (((GPtrArray *) value)->len > keep)
      g_ptr_array_set_size (value, (gint) keep);
  }
}

void
fake_collector_restore (FakeCollector *collector, guint keep)
{
  GHashTableIter iter;
  gpointer value;

  fake_collector_forget_received (collector, 0);
  g_hash_table_iter_init (&iter, collector->scopes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GPtrArray *changes = value;

    if (changes->len > keep)
      g_ptr_array_set_size (changes, (gint) keep);
    for (guint i = 0; i < changes->len; i++) {
      SobanChange *change = g_ptr_array_index (changes, i);

      g_ptr_array_add (get_received (collector, change->id.device, change->id.incarnation), change);
    }
  }
}

/* A request, read. */
typedef struct {
  SobanHello *hello;
  GPtrArray *changes;
} Request;

static void
read_request (GBytes *bytes, Request *ret_request)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gboolean ended = FALSE;

  ret_request->hello = NULL;
  ret_request->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  soban_frame_reader_feed (reader, data, length);
  while (!ended) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;
    SobanFrameType type;

    g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
    g_assert_nonnull (body);
    if (type == SOBAN_FRAME_HELLO) {
      ret_request->hello = soban_hello_decode (body, &error);
    } else if (type == SOBAN_FRAME_CHANGES) {
      GPtrArray *batch = soban_changes_decode (body, &error);

      g_ptr_array_extend_and_steal (ret_request->changes, batch);
    }
    g_assert_no_error (error);
    ended = type == SOBAN_FRAME_END;
  }
  g_assert_true (soban_frame_reader_is_whole (reader));
  g_assert_nonnull (ret_request->hello);
}

static void
admit (FakeCollector *collector, const Request *request, SobanReply *reply, GArray *adjustments)
{
  GPtrArray *received = get_received (collector, request->hello->device, request->hello->incarnation);

  if (collector->fork) {
    reply->ack_state = SOBAN_ACK_FORK;
    return;
  }
  for (guint i = 0; i < request->changes->len && !collector->stuck; i++) {
    const SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (request->changes, i))->change;
    SobanChange *copy;

    g_assert_cmpuint (change->id.device, ==, request->hello->device);
    g_assert_cmpuint (change->id.incarnation, ==, request->hello->incarnation);
    if (change->id.number > received->len + 1) {
      reply->ack_state = SOBAN_ACK_GAP;
      break;
    }
    if (change->id.number <= received->len)
      continue;
    copy = soban_change_copy (change);
    if (SOBAN_STAMP_MS (copy->stamp) > collector->now_ms) {
      SobanStampAdjustment adjustment = { copy->id.number, SOBAN_STAMP (collector->now_ms, copy->id.number) };

      copy->stamp = adjustment.stamp;
      g_array_append_val (adjustments, adjustment);
    }
    g_ptr_array_add (get_scope (collector, copy->scope), copy);
    g_ptr_array_add (received, copy);
  }
  reply->acked_number = collector->stuck ? 0 : received->len;
}

static void
pull (FakeCollector *collector, const Request *request, SobanReply *reply, GPtrArray *out)
{
  for (guint i = 0; i < request->hello->cursors->len; i++) {
    const SobanScopeCursor *old = g_ptr_array_index (request->hello->cursors, i);
    GPtrArray *changes = get_scope (collector, old->scope);
    SobanScopeCursor *cursor = soban_scope_cursor_new (old->scope, old->number);
    gboolean hidden = FALSE;

    if (cursor->number > changes->len) { /* never given by this state */
      cursor->number = 0;
      g_ptr_array_add (reply->cursors, cursor);
      continue;
    }
    while (cursor->number < changes->len && out->len < collector->page) {
      const SobanChange *change = g_ptr_array_index (changes, cursor->number);
      gboolean own = change->id.device == request->hello->device && change->id.incarnation == request->hello->incarnation;

      cursor->number++;
      if (collector->hide_change && !own && !hidden) {
        hidden = TRUE;
        continue;
      }
      if (own && !collector->send_back_own)
        cursor->own++;
      else
        g_ptr_array_add (out, soban_numbered_change_new (soban_change_copy (change), cursor->number));
    }
    cursor->more = cursor->number < changes->len || collector->stuck;
    g_ptr_array_add (reply->cursors, cursor);
  }
}

static GByteArray *
answer_request (FakeCollector *collector, const Request *request)
{
  g_autoptr (SobanReply) reply = soban_reply_new ();
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new ();

  reply->collector_ms = collector->now_ms;
  reply->floor = SOBAN_STAMP (collector->now_ms, 0xffff);
  admit (collector, request, reply, adjustments);
  pull (collector, request, reply, out);
  soban_stream_header_write (answer);
  soban_reply_encode (reply, body);
  soban_frame_write (answer, SOBAN_FRAME_REPLY, body->data, body->len);
  if (adjustments->len > 0) {
    g_byte_array_set_size (body, 0);
    soban_adjustments_encode (adjustments, NULL, body);
    soban_frame_write (answer, SOBAN_FRAME_ADJUSTMENTS, body->data, body->len);
  }
  soban_changes_write_frames (answer, out, SOBAN_CHANGES_PLAIN, 0);
  soban_frame_write (answer, (SobanFrameType) 99, (const guint8 *) "of a later version", 18);
  soban_frame_write (answer, SOBAN_FRAME_END, NULL, 0);
  return answer;
}

static GByteArray *
refuse (FakeCollector *collector)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new ();

  soban_stream_header_write (answer);
  soban_refusal_encode (collector->refusal, "the fake refuses", body);
  soban_frame_write (answer, SOBAN_FRAME_ERROR, body->data, body->len);
  return answer;
}

SobanAnswer *
fake_collector_exchange (const SobanRequest *request, gpointer data, GError **error)
{
  FakeCollector *collector = data;
  g_autoptr (GByteArray) bytes = NULL;
  SobanAnswer *answer;

  g_assert_cmpstr (request->path, ==, "/v1/sync");
  g_assert_cmpstr (request->content_type, ==, SOBAN_SYNC_CONTENT_TYPE);
  g_assert_nonnull (request->token);
  collector->requests++;
  if (collector->lose_request) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_OFFLINE, "no way");
    return NULL;
  }
  if (collector->status != 0) {
    bytes = refuse (collector);
  } else {
    Request read;

    read_request (request->body, &read);
    bytes = answer_request (collector, &read);
    soban_hello_free (read.hello);
    g_ptr_array_unref (read.changes);
  }
  if (collector->lose_answer) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT, "cut");
    return NULL;
  }
  collector->last_answer_bytes = bytes->len;
  if (collector->cut_at >= 0 && (gsize) collector->cut_at < bytes->len)
    g_byte_array_set_size (bytes, (guint) collector->cut_at);
  if (collector->flip_at >= 0 && (gsize) collector->flip_at < bytes->len)
    bytes->data[collector->flip_at] ^= 0x10;
  answer = g_new0 (SobanAnswer, 1);
  answer->status = collector->status != 0 ? collector->status : 200;
  answer->content_type = g_strdup (collector->content_type != NULL ? collector->content_type : SOBAN_SYNC_CONTENT_TYPE);
  answer->bytes_up = g_bytes_get_size (request->body);
  answer->bytes_down = bytes->len;
  answer->body = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return answer;
}
