/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector.h"

#include "admission.h"
#include "sync-request.h"

Collector *
collector_new (guint page)
{
  Collector *collector = g_new0 (Collector, 1);

  collector->store = memory_store_new ();
  collector->enrolled = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  collector->page = page;
  collector->fail_after = -1;
  return collector;
}

void
collector_free (Collector *collector)
{
  if (collector == NULL)
    return;
  memory_store_free (collector->store);
  g_hash_table_unref (collector->enrolled);
  g_free (collector);
}

void
collector_enrol (Collector *collector, guint32 device, GPtrArray *scopes)
{
  g_hash_table_insert (collector->enrolled, GUINT_TO_POINTER (device), g_ptr_array_ref (scopes));
}

void
collector_restart (Collector *collector)
{
  collector->now_ms = SOBAN_STAMP_MS (collector->last_stamp);
}

static GBytes *
write_refusal (const GError *refusal)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new ();

  soban_refusal_encode (refusal->domain == SOBAN_SYNC_ERROR ? refusal->code : SOBAN_SYNC_ERROR_SERVER, refusal->message,
                        body);
  soban_stream_header_write (answer);
  soban_frame_write (answer, SOBAN_FRAME_ERROR, body->data, body->len);
  return g_byte_array_free_to_bytes (answer);
}

/* What one answer sends: README 4.3, with a small bound so that there are many pages. */
static void
pull (Collector *collector, const SobanHello *hello, const GPtrArray *scopes, SobanReply *reply, GPtrArray *out)
{
  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *asked = g_ptr_array_index (hello->cursors, i);
    const GPtrArray *numbered = memory_store_get_scope (collector->store, asked->scope);
    SobanScopeCursor *cursor;

    if (!g_ptr_array_find_with_equal_func ((GPtrArray *) scopes, asked->scope, g_str_equal, NULL))
      continue;
    cursor = soban_scope_cursor_new (asked->scope, asked->number);
    g_ptr_array_add (reply->cursors, cursor);
    while (cursor->number < numbered->len && !cursor->more) {
      const StoredChange *stored = g_ptr_array_index (numbered, cursor->number);
      const SobanChangeId *id = &stored->change->id;
      gboolean own = id->device == hello->device && id->incarnation == hello->incarnation;

      cursor->more = !own && out->len >= collector->page;
      if (cursor->more)
        break;
      cursor->number++;
      if (own)
        cursor->own++;
      else
        g_ptr_array_add (out, soban_numbered_change_new (soban_change_copy (stored->change), cursor->number));
    }
  }
}

static GBytes *
write_answer (Collector *collector, const SobanHello *hello, const GPtrArray *scopes,
              const SobanAdmissionResult *result)
{
  g_autoptr (SobanReply) reply = soban_reply_new ();
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new ();

  reply->collector_ms = collector->now_ms;
  reply->acked_number = result->acked_number;
  reply->ack_state = result->ack_state;
  reply->floor = MAX (collector->last_stamp, SOBAN_STAMP (collector->now_ms, 0));
  pull (collector, hello, scopes, reply, out);
  soban_stream_header_write (answer);
  soban_reply_encode (reply, body);
  soban_frame_write (answer, SOBAN_FRAME_REPLY, body->data, body->len);
  if (result->adjustments->len > 0) {
    g_byte_array_set_size (body, 0);
    soban_adjustments_encode (result->adjustments, NULL, body);
    soban_frame_write (answer, SOBAN_FRAME_ADJUSTMENTS, body->data, body->len);
  }
  soban_changes_write_frames (answer, out, SOBAN_CHANGES_PLAIN, 0);
  soban_frame_write (answer, SOBAN_FRAME_END, NULL, 0);
  return g_byte_array_free_to_bytes (answer);
}

/* TRUE in *ret_committed unless the disk was full. */
static gboolean
admit (Collector *collector, const SobanAdmissionRequest *request, SobanAdmissionResult *result, GError **ret_full,
       GError **error)
{
  SobanAdmissionStore admission = memory_store_get_admission (collector->store);
  g_autoptr (GError) failure = NULL;

  memory_store_begin (collector->store);
  if (collector->fail_after >= 0)
    memory_store_fail_after (collector->store, (guint) collector->fail_after);
  collector->fail_after = -1;
  if (soban_admit (&admission, request, result, &failure)) {
    collector->last_stamp = MAX (collector->last_stamp, result->last_stamp);
    collector->restamped += result->adjustments->len;
    return memory_store_commit (collector->store, error);
  }
  memory_store_roll_back (collector->store);
  if (g_error_matches (failure, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL))
    g_propagate_error (ret_full, g_steal_pointer (&failure));
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return *error == NULL;
}

gboolean
collector_receive (Collector *collector, gint64 wall_ms, const guint8 *data, gsize length, GBytes **ret_answer,
                   GError **error)
{
  g_autoptr (SobanSyncRequest) request = soban_sync_request_new ();
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (GError) full = NULL;
  GPtrArray *scopes;
  gboolean whole;

  *ret_answer = NULL;
  collector->now_ms = MAX (collector->now_ms, wall_ms);
  soban_admission_result_init (&result);
  whole = soban_sync_request_feed (request, data, length, NULL) && soban_sync_request_finish (request, NULL);
  if (request->hello == NULL)
    return TRUE;
  scopes = g_hash_table_lookup (collector->enrolled, GUINT_TO_POINTER (request->hello->device));
  g_assert (scopes != NULL);
  if (!admit (collector,
              &(SobanAdmissionRequest){
                  .device = request->hello->device,
                  .incarnation = request->hello->incarnation,
                  .scopes = scopes,
                  .changes = request->changes,
                  .now_ms = collector->now_ms,
              },
              &result, &full, error))
    return FALSE;
  if (!whole)
    return TRUE;
  if (full != NULL || result.refusal != NULL)
    *ret_answer = write_refusal (full != NULL ? full : result.refusal);
  else
    *ret_answer = write_answer (collector, request->hello, scopes, &result);
  return TRUE;
}
