/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-collector.h"

#include <string.h>

#include "base/error.h"
#include "fake-state.h"

FakeCollector *
fake_collector_new (void)
{
  FakeCollector *collector = g_new0 (FakeCollector, 1);

  collector->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  collector->received = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  collector->now_ms = g_get_real_time () / 1000;
  collector->page = 100;
  collector->page_records = 10;
  collector->items_max = 8;
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
  GPtrArray *changes;  /* (element-type SobanNumberedChange) */
  GPtrArray *queries;  /* (element-type SobanRangesQuery) */
  GPtrArray *wanted;   /* (element-type SobanWanted) */
  guint reports;       /* digests that differ, as the device says */
  guint evidence;      /* frames of it */
} Request;

static void
take_frame (Request *request, SobanFrameType type, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reports = NULL;

  switch (type) {
  case SOBAN_FRAME_HELLO:
    request->hello = soban_hello_decode (body, &error);
    break;
  case SOBAN_FRAME_CHANGES:
    g_ptr_array_extend_and_steal (request->changes, soban_changes_decode (body, &error));
    break;
  case SOBAN_FRAME_CLOCK_EVIDENCE:
    soban_clock_evidence_free (soban_clock_evidence_decode (body, &error));
    request->evidence++;
    break;
  case SOBAN_FRAME_DIGESTS:
    reports = soban_digest_reports_decode (body, &error);
    request->reports = reports->len;
    break;
  case SOBAN_FRAME_RANGES:
    g_ptr_array_add (request->queries, soban_ranges_query_decode (body, &error));
    break;
  case SOBAN_FRAME_WANTED:
    g_ptr_array_add (request->wanted, soban_wanted_decode (body, &error));
    break;
  default:
    g_assert_cmpint (type, ==, SOBAN_FRAME_END);
  }
  g_assert_no_error (error);
}

static void
read_request (GBytes *bytes, Request *ret_request)
{
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  SobanFrameType type = SOBAN_FRAME_HELLO;

  *ret_request = (Request) { 0 };
  ret_request->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  ret_request->queries = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_ranges_query_free);
  ret_request->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_wanted_free);
  soban_frame_reader_feed (reader, data, length);
  while (type != SOBAN_FRAME_END) {
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (soban_frame_reader_next (reader, &type, &body, &error));
    g_assert_no_error (error);
    g_assert_nonnull (body);
    take_frame (ret_request, type, body);
  }
  g_assert_true (soban_frame_reader_is_whole (reader));
  g_assert_nonnull (ret_request->hello);
}

static void
clear_request (Request *request)
{
  soban_hello_free (request->hello);
  g_ptr_array_unref (request->changes);
  g_ptr_array_unref (request->queries);
  g_ptr_array_unref (request->wanted);
}

static guint64
compute_chain (const GPtrArray *received, guint64 number)
{
  guint64 chain = 0;

  for (guint i = 0; i < number && i < received->len; i++) {
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];

    soban_change_hash (g_ptr_array_index (received, i), hash);
    chain = soban_change_chain (chain, hash);
  }
  return chain;
}

/* An answer on its way. */
typedef struct {
  SobanReply *reply;
  GArray *adjustments;
  GPtrArray *changes;
} Answer;

static void
admit (FakeCollector *collector, const Request *request, Answer *answer)
{
  SobanReply *reply = answer->reply;
  GPtrArray *received = get_received (collector, request->hello->device, request->hello->incarnation);

  if (collector->forks > 0) {
    collector->forks -= collector->forks < G_MAXUINT;
    reply->ack_state = SOBAN_ACK_FORK;
    reply->acked_number = MIN (request->hello->acked_number, received->len);
    reply->chain = compute_chain (received, reply->acked_number);
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
    if (SOBAN_STAMP_MS (copy->stamp) > collector->now_ms)
      copy->stamp = SOBAN_STAMP (collector->now_ms, copy->id.number);
    g_ptr_array_add (get_scope (collector, copy->scope), copy);
    g_ptr_array_add (received, copy);
  }
  reply->acked_number = reply->told_number = collector->stuck ? 0 : received->len;
  reply->chain = compute_chain (received, reply->acked_number) + collector->wrong_chain;
  for (guint64 number = request->hello->acked_number + 1; number <= reply->acked_number; number++) {
    SobanStampAdjustment adjustment = { number, ((const SobanChange *) g_ptr_array_index (received, number - 1))->stamp };

    g_array_append_val (answer->adjustments, adjustment);
  }
}

static const SobanScopePage *
find_page (const SobanHello *hello, const char *scope)
{
  for (guint i = 0; i < hello->pages->len; i++) {
    const SobanScopePage *page = g_ptr_array_index (hello->pages, i);

    if (g_str_equal (page->scope, scope))
      return page;
  }
  return NULL;
}

/* Below the floor: the next page of a snapshot. */
static void
pull_page (FakeCollector *collector, const Request *request, SobanScopeCursor *cursor, GPtrArray *out)
{
  const GPtrArray *log = get_scope (collector, cursor->scope);
  const SobanScopePage *page = find_page (request->hello, cursor->scope);
  guint64 top = page != NULL ? page->page_top : log->len;

  cursor->is_page = TRUE;
  cursor->has_page = fake_state_take_page (log, top, page != NULL && !collector->page_again ? &page->page : NULL, collector->page_records, out,
                                           &cursor->page);
  if (cursor->has_page)
    cursor->page_top = top;
  else
    cursor->number = top;
  cursor->more = cursor->has_page || top < log->len;
}

static SobanNumberedChange *
copy_pulled (const FakeCollector *collector, const SobanChange *change, guint64 number)
{
  SobanChange *copy = soban_change_copy (change);

  for (guint i = 0; i < copy->assignments->len && collector->spoil; i++) {
    SobanAssignment *assignment = g_ptr_array_index (copy->assignments, i);

    if (g_str_equal (assignment->path, "total")) {
      g_free (assignment->value);
      assignment->value = g_strdup ("999");
    }
  }
  return soban_numbered_change_new (copy, number);
}

static void
pull_changes (FakeCollector *collector, const Request *request, SobanScopeCursor *cursor, GPtrArray *out)
{
  const GPtrArray *log = get_scope (collector, cursor->scope);
  gboolean hidden = FALSE;

  while (cursor->number < log->len && out->len < collector->page) {
    const SobanChange *change = g_ptr_array_index (log, cursor->number);
    gboolean own = change->id.device == request->hello->device && change->id.incarnation == request->hello->incarnation;

    cursor->number++;
    if (collector->hide_change && !own && !hidden) {
      hidden = TRUE;
      continue;
    }
    if (own && !collector->send_back_own)
      cursor->own++;
    else
      g_ptr_array_add (out, copy_pulled (collector, change, cursor->number));
  }
  cursor->skipped = collector->wrong_skipped && cursor->number > 0;
  cursor->more = cursor->number < log->len || collector->stuck;
  cursor->left = log->len - cursor->number;
  cursor->has_digest = !cursor->more;
  cursor->digest = fake_state_digest (log);
  cursor->digest.low += collector->wrong_digest;
}

static void
pull (FakeCollector *collector, const Request *request, Answer *answer)
{
  for (guint i = 0; i < request->hello->cursors->len; i++) {
    const SobanScopeCursor *old = g_ptr_array_index (request->hello->cursors, i);
    SobanScopeCursor *cursor = soban_scope_cursor_new (old->scope, old->number);

    g_ptr_array_add (answer->reply->cursors, cursor);
    if (cursor->number > get_scope (collector, old->scope)->len) /* never given by this state */
      cursor->number = 0;
    else if (cursor->number < collector->floor && get_scope (collector, old->scope)->len > 0)
      pull_page (collector, request, cursor, answer->changes);
    else
      pull_changes (collector, request, cursor, answer->changes);
  }
}

static void
write_ranges (FakeCollector *collector, const SobanRangesQuery *query, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (SobanRangesAnswer) answer = NULL;

  if (!collector->endless_ranges) {
    answer = fake_state_answer_ranges (get_scope (collector, query->scope), query, collector->items_max);
  } else {
    answer = soban_ranges_answer_new (query->scope);
    for (guint i = 0; i < query->ranges->len; i++) {
      SobanRangePart part = { g_array_index (query->ranges, SobanRecordRange, i).to, 7, 7 };

      g_array_append_val (soban_ranges_answer_add_parts (answer)->parts, part);
    }
  }
  soban_ranges_answer_encode (answer, body);
  soban_frame_write (out, SOBAN_FRAME_RANGES, body->data, body->len);
}

static void
write_some_records (const SobanRecords *records, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_records_encode (records, body);
  soban_frame_write (out, SOBAN_FRAME_RECORDS, body->data, body->len);
}

/* A frame for each change, as for logs that are too long for one. */
static void
write_records_in_pieces (const SobanRecords *records, GByteArray *out)
{
  for (guint i = 0; i < records->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (records->changes, i);
    g_autoptr (SobanRecords) piece = soban_records_new (records->scope);

    g_array_append_val (piece->records, item->change->record);
    g_ptr_array_add (piece->changes, soban_numbered_change_new (soban_change_copy (item->change), item->scope_number));
    write_some_records (piece, out);
  }
}

static void
write_records (FakeCollector *collector, const SobanWanted *wanted, GByteArray *out)
{
  g_autoptr (SobanRecords) records = fake_state_answer_wanted (get_scope (collector, wanted->scope), wanted);

  if (collector->stray_records) {
    g_array_index (records->records, SobanUuid, 0).bytes[0] ^= 1;
    g_ptr_array_set_size (records->changes, 0);
  }
  if (collector->records_in_pieces)
    write_records_in_pieces (records, out);
  else
    write_some_records (records, out);
}

static void
write_keys (const Request *request, GByteArray *out)
{
  g_autoptr (SobanKeys) keys = soban_keys_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  memset (keys->public_key, 7, sizeof keys->public_key);
  for (guint i = 0; i < request->hello->cursors->len; i++) {
    guint8 key[SOBAN_EXCHANGE_KEY_BYTES] = { (guint8) (i + 1) };

    soban_keys_add (keys, ((const SobanScopeCursor *) g_ptr_array_index (request->hello->cursors, i))->scope, key);
  }
  soban_keys_encode (keys, body);
  soban_frame_write (out, SOBAN_FRAME_KEYS, body->data, body->len);
}

static void
write_answer (FakeCollector *collector, const Request *request, const Answer *answer, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_stream_header_write (out);
  soban_reply_encode (answer->reply, body);
  soban_frame_write (out, SOBAN_FRAME_REPLY, body->data, body->len);
  if (answer->adjustments->len > 0) {
    g_byte_array_set_size (body, 0);
    soban_adjustments_encode (answer->adjustments, NULL, body);
    soban_frame_write (out, SOBAN_FRAME_ADJUSTMENTS, body->data, body->len);
  }
  if (request->hello->flags & SOBAN_HELLO_WANTS_KEYS && collector->gives_keys)
    write_keys (request, out);
  soban_changes_write_frames (out, answer->changes, SOBAN_CHANGES_PLAIN, 0);
  for (guint i = 0; i < request->queries->len && !collector->mute_ranges; i++)
    write_ranges (collector, g_ptr_array_index (request->queries, i), out);
  for (guint i = 0; i < request->wanted->len && !collector->mute_ranges; i++)
    write_records (collector, g_ptr_array_index (request->wanted, i), out);
  soban_frame_write (out, (SobanFrameType) 99, (const guint8 *) "of a later version", 18);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
}

static GByteArray *
answer_request (FakeCollector *collector, const Request *request)
{
  g_autoptr (SobanReply) reply = soban_reply_new ();
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  GByteArray *out = g_byte_array_new ();
  Answer answer = { reply, adjustments, changes };

  collector->last_changes = request->changes->len;
  collector->reports += request->reports;
  collector->evidence += request->evidence;
  reply->collector_ms = collector->now_ms;
  reply->floor = SOBAN_STAMP (collector->now_ms, 0xffff);
  admit (collector, request, &answer);
  pull (collector, request, &answer);
  write_answer (collector, request, &answer, out);
  return out;
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
    clear_request (&read);
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
