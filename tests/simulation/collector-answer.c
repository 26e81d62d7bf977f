/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the collector answers: sync/README.md 4.3, 4.4, 5.3. */
#include "collector.h"

#include "base/limits.h"

static gboolean
is_own (const SobanHello *hello, const SobanChangeId *id)
{
  return id->device == hello->device && id->incarnation == hello->incarnation;
}

SobanDigest
collector_get_digest (Collector *collector, const char *scope)
{
  g_autoptr (GArray) records = memory_store_list_records (collector->store, scope);
  SobanDigest sum = { 0 };

  for (guint i = 0; i < records->len; i++) {
    const SobanDigest term = memory_store_get_digest (collector->store, &g_array_index (records, SobanUuid, i));

    soban_digest_add (&sum, &term);
  }
  return sum;
}

static SobanScopeCursor *
end_scope (Collector *collector, SobanScopeCursor *cursor)
{
  cursor->has_digest = !cursor->more;
  if (cursor->has_digest)
    cursor->digest = collector_get_digest (collector, cursor->scope);
  return cursor;
}

/* What one answer sends of a scope, with a small bound so that there are many pages. */
static SobanScopeCursor *
pull_scope (Collector *collector, const SobanHello *hello, const SobanScopeCursor *asked, GPtrArray *out,
            GPtrArray *pages)
{
  const GPtrArray *numbered = memory_store_get_scope (collector->store, asked->scope);
  SobanScopeCursor *cursor = soban_scope_cursor_new (asked->scope, asked->number);

  /* It never gave such a number: it was set back. */
  if (cursor->number > numbered->len)
    cursor->number = 0;
  else if (collector_pull_page (collector, hello, cursor, pages))
    return end_scope (collector, cursor);
  while (asked->number <= numbered->len && cursor->number < numbered->len && !cursor->more) {
    const StoredChange *stored = g_ptr_array_index (numbered, cursor->number);
    const gboolean own = is_own (hello, &stored->change->id);

    cursor->more = !own && out->len >= collector->page;
    if (cursor->more)
      break;
    cursor->number++;
    if (own)
      cursor->own++;
    else
      g_ptr_array_add (out, soban_numbered_change_new (soban_change_copy (stored->change), cursor->number));
  }
  cursor->more |= cursor->number < numbered->len;
  return end_scope (collector, cursor);
}

/* To a HELLO of 1.1: the stamps of all that it has not had a receipt for. All: the stamp that a change came with is not
 * always the one that its author has now. */
static GArray *
list_adjustments (Collector *collector, const SobanHello *hello, guint64 acked_number)
{
  GArray *adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  SobanChangeId id = { hello->device, hello->incarnation, hello->acked_number + 1 };

  for (; id.number <= acked_number; id.number++) {
    const StoredChange *stored = memory_store_find (collector->store, &id);

    /* Without the change the disk is broken, and the checks will say so. */
    if (stored != NULL) {
      const SobanStampAdjustment item = { id.number, stored->change->stamp };

      g_array_append_val (adjustments, item);
    }
  }
  return adjustments;
}

static void
write_adjustments (GByteArray *answer, const GArray *adjustments)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (adjustments->len == 0)
    return;
  soban_adjustments_encode (adjustments, NULL, body);
  soban_frame_write (answer, SOBAN_FRAME_ADJUSTMENTS, body->data, body->len);
}

static guint64
get_chain (Collector *collector, const SobanHello *hello, guint64 number)
{
  const SobanChangeId id = { hello->device, hello->incarnation, number };
  const StoredChange *stored = memory_store_find (collector->store, &id);

  return stored != NULL ? stored->chain : 0;
}

GBytes *
collector_write_answer (Collector *collector, const SobanSyncRequest *request, const GPtrArray *scopes,
                        const SobanAdmissionResult *result)
{
  const SobanHello *hello = request->hello;
  g_autoptr (SobanReply) reply = soban_reply_new ();
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (GArray) adjustments = NULL;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new ();

  reply->collector_ms = collector->now_ms;
  reply->ack_state = result->ack_state;
  reply->acked_number = MIN (result->acked_number, hello->acked_number + SOBAN_REQUEST_CHANGES_MAX);
  reply->chain = get_chain (collector, hello, reply->acked_number);
  collector->marks[MARK_OLD] += hello->minor == 0;
  reply->told_number = hello->minor > 0 ? reply->acked_number : 0;
  reply->floor = MAX (collector->last_stamp, SOBAN_STAMP (collector->now_ms, 0));
  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *asked = g_ptr_array_index (hello->cursors, i);

    if (g_ptr_array_find_with_equal_func ((GPtrArray *) scopes, asked->scope, g_str_equal, NULL))
      g_ptr_array_add (reply->cursors, pull_scope (collector, hello, asked, out, pages));
  }
  adjustments =
      hello->minor > 0 ? list_adjustments (collector, hello, reply->acked_number) : g_array_ref (result->adjustments);
  soban_stream_header_write (answer);
  if ((hello->flags & SOBAN_HELLO_IN_BUNDLE) != 0) {
    soban_hello_encode (hello, body);
    soban_frame_write (answer, SOBAN_FRAME_HELLO, body->data, body->len);
    g_byte_array_set_size (body, 0);
  }
  soban_reply_encode (reply, body);
  soban_frame_write (answer, SOBAN_FRAME_REPLY, body->data, body->len);
  write_adjustments (answer, adjustments);
  soban_changes_write_frames (answer, out, soban_changes_flags_down (hello->minor), 0);
  soban_changes_write_frames (answer, pages, soban_changes_flags_down (hello->minor), 0);
  collector_write_repair (collector, request, answer);
  soban_frame_write (answer, SOBAN_FRAME_END, NULL, 0);
  return g_byte_array_free_to_bytes (answer);
}
