/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a round answers (sync/README.md 4.3, 4.4, 5): after the commit, from one snapshot of the store. */
#include "config.h"

#include "admission.h"
#include "base/limits.h"
#include "form-shelf.h"
#include "key-ring.h"
#include "pull.h"
#include "ranges.h"
#include "round.h"

void
soban_round_write_refusal (GByteArray *out, const GError *refusal)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_refusal_encode (refusal->code, refusal->message, body);
  soban_stream_header_write (out);
  soban_frame_write (out, SOBAN_FRAME_ERROR, body->data, body->len);
}

static gboolean
is_enrolled_to (const SobanDevice *device, const char *scope)
{
  return g_ptr_array_find_with_equal_func (device->scopes, scope, g_str_equal, NULL);
}

/* (nullable) */
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

static gboolean
pull_scopes (SobanRound *self, SobanPull *pull, GPtrArray *cursors, GError **error)
{
  const SobanHello *hello = self->request->hello;

  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *asked = g_ptr_array_index (hello->cursors, i);
    SobanScopeCursor *cursor;

    if (!is_enrolled_to (self->device, asked->scope))
      continue;
    cursor = soban_scope_cursor_new (asked->scope, asked->number);
    g_ptr_array_add (cursors, cursor);
    if (!soban_pull_scope (pull, find_page (hello, asked->scope), cursor, error))
      return FALSE;
  }
  return TRUE;
}

/* Also a stamp that is the one it came with: after a set back the author may hold that of an earlier admission. */
static void
add_told (SobanRound *self, const SobanChange *change)
{
  SobanStampAdjustment adjustment = { .number = change->id.number, .stamp = change->stamp };
  SobanTimeAdjustment time = { .number = change->id.number, .recorded_ms = change->recorded_ms, .time_quality = change->time_quality };

  g_array_append_val (self->admission.adjustments, adjustment);
  if (soban_admission_must_tell_time (change, self->now_ms))
    g_array_append_val (self->admission.times, time);
}

/* A probe, or a request whose predecessor's answer was lost, learns what came before it of the changes that arrived (sync/README.md 5.3). */
static gboolean
tell_earlier (SobanRound *self, SobanCollectorStore *store, guint64 *ret_told, GError **error)
{
  const SobanHello *hello = self->request->hello;
  g_autoptr (SobanRows) rows = NULL;
  int stepped;

  *ret_told = 0;
  if (self->minor == 0 || self->own_count > 0 || hello->acked_number >= self->admission.acked_number)
    return TRUE;
  rows = soban_database_query (soban_collector_store_get_database (store), error,
    "SELECT change_number, body FROM change WHERE device = ?1 AND incarnation = ?2 AND change_number > ?3 AND change_number <= ?4"
    " ORDER BY change_number LIMIT ?5", "iiiii", (gint64) hello->device, (gint64) hello->incarnation, (gint64) hello->acked_number,
    (gint64) self->admission.acked_number, (gint64) SOBAN_REQUEST_CHANGES_MAX);
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    g_autoptr (SobanChange) change = soban_change_decode (soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1), error);

    if (change == NULL)
      return FALSE;
    add_told (self, change);
    *ret_told = (guint64) soban_rows_get_int (rows, 0);
  }
  return stepped == 0;
}

static gboolean
write_keys (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (SobanKeys) keys = NULL;

  if (!self->sends_keys)
    return TRUE;
  keys = soban_key_ring_list (store, self->device->scopes, error);
  if (keys == NULL)
    return FALSE;
  soban_keys_encode (keys, body);
  soban_frame_write (self->answer, SOBAN_FRAME_KEYS, body->data, body->len);
  return TRUE;
}

/* Where the device has other forms than it should have (sync/README.md 4.6a). */
static gboolean
write_forms (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  const SobanHello *hello = self->request->hello;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GPtrArray) offers = NULL;

  if (!(hello->flags & SOBAN_HELLO_TAKES_FORMS))
    return TRUE;
  offers = soban_form_shelf_list_for (store, self->device, error);
  if (offers == NULL)
    return FALSE;
  if (soban_forms_fingerprint (offers) == hello->forms)
    return TRUE;
  soban_forms_encode (offers, body);
  soban_frame_write (self->answer, SOBAN_FRAME_FORMS, body->data, body->len);
  return TRUE;
}

/* At most SOBAN_REQUEST_CHANGES_MAX of @items from @at on. */
static GArray *
slice (const GArray *items, guint at)
{
  guint count = at < items->len ? MIN (items->len - at, SOBAN_REQUEST_CHANGES_MAX) : 0;
  guint size = g_array_get_element_size ((GArray *) items);
  GArray *part = g_array_sized_new (FALSE, FALSE, size, count);

  if (count > 0)
    g_array_append_vals (part, items->data + (gsize) at * size, count);
  return part;
}

/* A bundle may bring more changes than one frame of adjustments holds (sync/README.md 10.2). */
static void
write_adjustments (SobanRound *self)
{
  const GArray *stamps = self->admission.adjustments, *times = self->admission.times;

  for (guint at = 0; at < MAX (stamps->len, times->len); at += SOBAN_REQUEST_CHANGES_MAX) {
    g_autoptr (GArray) some_stamps = slice (stamps, at);
    g_autoptr (GArray) some_times = slice (times, at);
    g_autoptr (GByteArray) body = g_byte_array_new ();

    soban_adjustments_encode (some_stamps, some_times, body);
    soban_frame_write (self->answer, SOBAN_FRAME_ADJUSTMENTS, body->data, body->len);
  }
}

static void
write_reply (SobanRound *self, const SobanReply *reply)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_stream_header_write (self->answer);
  soban_reply_encode (reply, body);
  soban_frame_write (self->answer, SOBAN_FRAME_REPLY, body->data, body->len);
  write_adjustments (self);
}

/* sync/README.md 4.12, 5.10 */
static gboolean
write_findings (SobanRound *self, SobanCollectorStore *store, const SobanPullOptions *options, GError **error)
{
  const SobanSyncRequest *request = self->request;
  guint room = SOBAN_REPLY_CHANGES_MAX;

  for (guint i = 0; i < request->ranges->len; i++) {
    const SobanRangesQuery *query = g_ptr_array_index (request->ranges, i);
    g_autoptr (SobanRangesAnswer) found = NULL;
    g_autoptr (GByteArray) body = g_byte_array_new ();

    if (!is_enrolled_to (self->device, query->scope))
      continue;
    found = soban_ranges_find (store, options, query, error);
    if (found == NULL)
      return FALSE;
    soban_ranges_answer_encode (found, body);
    soban_frame_write (self->answer, SOBAN_FRAME_RANGES, body->data, body->len);
  }
  for (guint i = 0; i < request->wanted->len; i++) {
    const SobanWanted *wanted = g_ptr_array_index (request->wanted, i);

    if (is_enrolled_to (self->device, wanted->scope) && !soban_wanted_write (store, options, wanted, &room, self->answer, error))
      return FALSE;
  }
  return TRUE;
}

/* After a fork nothing of the answer but the receipt is applied (sync/README.md 5.8). */
static gboolean
write_all (SobanRound *self, SobanCollectorStore *store, SobanReply *reply, GError **error)
{
  SobanPullOptions options = soban_pull_options_of (self->request->hello, self->minor, self->registries);
  g_autoptr (SobanPull) pull = soban_pull_new (store, &options);

  if (reply->ack_state != SOBAN_ACK_FORK
      && (!tell_earlier (self, store, &reply->told_number, error) || !pull_scopes (self, pull, reply->cursors, error)))
    return FALSE;
  write_reply (self, reply);
  soban_pull_write (pull, self->answer);
  if (!write_keys (self, store, error) || !write_forms (self, store, error) || (reply->ack_state != SOBAN_ACK_FORK && !write_findings (self, store, &options, error)))
    return FALSE;
  soban_frame_write (self->answer, SOBAN_FRAME_END, NULL, 0);
  return TRUE;
}

gboolean
soban_round_answer (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_autoptr (SobanReply) reply = NULL;
  gboolean written;

  if (self->refusal != NULL) {
    soban_round_write_refusal (self->answer, self->refusal);
    return TRUE;
  }
  reply = soban_reply_new ();
  reply->collector_ms = self->now_ms;
  reply->acked_number = self->admission.acked_number;
  reply->ack_state = self->admission.ack_state;
  reply->chain = self->admission.chain;
  reply->floor = self->floor;
  if (!soban_collector_store_begin_reading (store, error))
    return FALSE;
  written = write_all (self, store, reply, error);
  /* Nothing was written: only the snapshot is let go. */
  soban_database_roll_back (soban_collector_store_get_database (store));
  return written;
}
