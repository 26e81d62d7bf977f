/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One round of the device's side: sync/README.md 5.
 *
 *   FILLING --make_request--> WAITING --REPLY--> READING --END--> ENDED --finish--> CHECKED
 *   any breach, refusal or cut --> OVER
 *
 * Invariants
 * 1. The request's changes are numbered after + 1, after + 2 ... without a gap, within the bounds of a request.
 * 2. Nothing of an answer can be had before it was complete and every check of README 5.2 held.
 * 3. Per scope: received + own = new cursor - old cursor, the numbers received ascend within (old, new]. Or the new cursor is
 *    0 where the old one was not: the collector never gave such a number (README 5.6), then nothing is received.
 * 4. The collector never acknowledges what was not given.
 * 5. A receipt counts up to the last change of the request: effective stamps are told for these alone. The collector may have
 *    more, from a longer request whose answer was lost; that is sent again and gets its stamps then.
 */
#include "config.h"

#include "protocol/sync-round.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"

/* About how much a request carries before compression; README 5.1. */
#define REQUEST_WEIGHT_MAX (256 * 1024)

typedef enum { FILLING, WAITING, READING, ENDED, CHECKED, OVER } State;

struct _SobanSyncRound {
  State state;
  SobanHello *hello;
  guint64 after, last_added;
  GPtrArray *added; /* (element-type SobanNumberedChange) */
  guint n_added;
  gsize weight;

  SobanFrameReader *reader;
  gsize answer_bytes;
  SobanReply *reply;
  GArray *adjustments;
  GPtrArray *changes;
};

SobanSyncRound *
soban_sync_round_new (SobanHello *hello, guint64 after)
{
  SobanSyncRound *round = g_new0 (SobanSyncRound, 1);

  round->hello = hello;
  round->after = round->last_added = after;
  round->added = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  round->reader = soban_frame_reader_new ();
  round->adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  round->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  return round;
}

void
soban_sync_round_free (SobanSyncRound *round)
{
  if (round == NULL)
    return;
  g_clear_pointer (&round->hello, soban_hello_free);
  g_clear_pointer (&round->added, g_ptr_array_unref);
  g_clear_pointer (&round->reader, soban_frame_reader_free);
  g_clear_pointer (&round->reply, soban_reply_free);
  g_clear_pointer (&round->adjustments, g_array_unref);
  g_clear_pointer (&round->changes, g_ptr_array_unref);
  g_free (round);
}

gboolean
soban_sync_round_has_room (const SobanSyncRound *round)
{
  return round->state == FILLING && round->n_added < SOBAN_REQUEST_CHANGES_MAX && round->weight < REQUEST_WEIGHT_MAX;
}

gboolean
soban_sync_round_add (SobanSyncRound *round, SobanChange *change, GError **error)
{
  g_assert (soban_sync_round_has_room (round));
  if (change->id.number != round->last_added + 1) {
    g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL,
                 "the own changes have a gap: %" G_GUINT64_FORMAT " follows %" G_GUINT64_FORMAT, change->id.number,
                 round->last_added);
    soban_change_free (change);
    return FALSE;
  }
  round->weight += soban_change_weigh (change);
  round->last_added = change->id.number;
  round->n_added++;
  g_ptr_array_add (round->added, soban_numbered_change_new (change, 0));
  return TRUE;
}

guint
soban_sync_round_count_added (const SobanSyncRound *round)
{
  return round->n_added;
}

GBytes *
soban_sync_round_make_request (SobanSyncRound *round)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_assert (round->state == FILLING);
  soban_stream_header_write (out);
  soban_hello_encode (round->hello, body);
  soban_frame_write (out, SOBAN_FRAME_HELLO, body->data, body->len);
  soban_changes_write_frames (out, round->added, SOBAN_CHANGES_PLAIN, 0);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
  g_ptr_array_set_size (round->added, 0);
  round->state = WAITING;
  return g_byte_array_free_to_bytes (out);
}

static gboolean
end_with (SobanSyncRound *round, int code, const char *message, GError **error)
{
  round->state = OVER;
  g_set_error_literal (error, SOBAN_SYNC_ERROR, code, message);
  return FALSE;
}

static gboolean
take_adjustments (SobanSyncRound *round, GBytes *body, GError **error)
{
  g_autoptr (GArray) items = soban_adjustments_decode (body, NULL, error);

  if (items == NULL)
    return FALSE;
  if (round->adjustments->len + items->len > SOBAN_REQUEST_CHANGES_MAX)
    return end_with (round, SOBAN_SYNC_ERROR_TOO_LARGE, "the answer adjusts more changes than the bound", error);
  if (items->len > 0)
    g_array_append_vals (round->adjustments, items->data, items->len);
  return TRUE;
}

static gboolean
take_changes (SobanSyncRound *round, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) items = soban_changes_decode (body, error);

  if (items == NULL)
    return FALSE;
  if (round->changes->len + items->len > SOBAN_REPLY_CHANGES_MAX)
    return end_with (round, SOBAN_SYNC_ERROR_TOO_LARGE, "the answer holds more changes than the bound", error);
  g_ptr_array_extend_and_steal (round->changes, g_steal_pointer (&items));
  return TRUE;
}

static gboolean
take_refusal (GBytes *body, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (soban_refusal_decode (body, &refusal, error))
    g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static gboolean
take_frame (SobanSyncRound *round, SobanFrameType type, GBytes *body, GError **error)
{
  if (type == SOBAN_FRAME_ERROR)
    return take_refusal (body, error);
  if (round->state == ENDED)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "a frame follows the END of the answer", error);
  switch (type) {
  case SOBAN_FRAME_REPLY:
    if (round->state != WAITING)
      return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer holds two REPLY frames", error);
    round->reply = soban_reply_decode (body, error);
    round->state = READING;
    return round->reply != NULL;
  case SOBAN_FRAME_ADJUSTMENTS:
  case SOBAN_FRAME_CHANGES:
  case SOBAN_FRAME_END:
    if (round->state != READING)
      return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer does not begin with a REPLY frame", error);
    if (type == SOBAN_FRAME_ADJUSTMENTS)
      return take_adjustments (round, body, error);
    if (type == SOBAN_FRAME_CHANGES)
      return take_changes (round, body, error);
    round->state = ENDED;
    return TRUE;
  case SOBAN_FRAME_HELLO:
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer holds a HELLO frame", error);
  default: /* README 3.6 */
    return TRUE;
  }
}

gboolean
soban_sync_round_feed (SobanSyncRound *round, const guint8 *data, gsize length, GError **error)
{
  g_assert (round->state != FILLING && round->state != CHECKED);
  if (round->state == OVER)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the round is over", error);
  if (length > SOBAN_REPLY_BYTES_MAX - round->answer_bytes)
    return end_with (round, SOBAN_SYNC_ERROR_TOO_LARGE, "the answer is longer than the bound", error);
  round->answer_bytes += length;
  soban_frame_reader_feed (round->reader, data, length);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;

    if (!soban_frame_reader_next (round->reader, &type, &body, error)
        || (body != NULL && !take_frame (round, type, body, error))) {
      round->state = OVER;
      return FALSE;
    }
    if (body == NULL)
      return TRUE;
  }
}

/* (nullable): the cursor that was asked for. */
static const SobanScopeCursor *
find_cursor (const GPtrArray *cursors, const char *scope)
{
  for (guint i = 0; i < cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (cursors, i);

    if (g_str_equal (cursor->scope, scope))
      return cursor;
  }
  return NULL;
}

/* What was received of a scope. */
typedef struct {
  const SobanScopeCursor *old, *new;
  guint64 received, last;
} Tally;

/* (nullable): scope -> Tally, after checking the reply's scopes against those asked for. */
static GHashTable *
make_tallies (SobanSyncRound *round, GError **error)
{
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *new = g_ptr_array_index (round->reply->cursors, i);
    const SobanScopeCursor *old = find_cursor (round->hello->cursors, new->scope);
    Tally *tally;

    if (old == NULL || (new->number < old->number && new->number != 0) || g_hash_table_contains (tallies, new->scope)) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the answer's cursor of %s does not fit the request",
                   new->scope);
      return NULL;
    }
    tally = g_new0 (Tally, 1);
    tally->old = old;
    tally->new = new;
    /* Set back: no number fits. */
    tally->last = new->number < old->number ? G_MAXUINT64 : old->number;
    g_hash_table_insert (tallies, new->scope, tally);
  }
  return g_steal_pointer (&tallies);
}

/* Invariant 3, first half. */
static gboolean
count_received (SobanSyncRound *round, GHashTable *tallies, GError **error)
{
  for (guint i = 0; i < round->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (round->changes, i);
    const SobanChangeId *id = &item->change->id;
    Tally *tally = g_hash_table_lookup (tallies, item->change->scope);

    if (tally == NULL || item->scope_number <= tally->last || item->scope_number > tally->new->number) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "change %" G_GUINT64_FORMAT " of %s is out of order",
                   item->scope_number, item->change->scope);
      return FALSE;
    }
    if (id->device == round->hello->device && id->incarnation == round->hello->incarnation) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the answer sends back the own change %" G_GUINT64_FORMAT,
                   id->number);
      return FALSE;
    }
    tally->last = item->scope_number;
    tally->received++;
  }
  return TRUE;
}

static gboolean
check_arithmetic (SobanSyncRound *round, GError **error)
{
  g_autoptr (GHashTable) tallies = make_tallies (round, error);
  GHashTableIter iter;
  gpointer value;

  if (tallies == NULL || !count_received (round, tallies, error))
    return FALSE;
  g_hash_table_iter_init (&iter, tallies);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Tally *tally = value;
    guint64 span = tally->new->number - MIN (tally->old->number, tally->new->number);

    if (tally->received > span || tally->new->own != span - tally->received) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL,
                   "changes of %s are missing: received %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT " own, of %" G_GUINT64_FORMAT,
                   tally->new->scope, tally->received, tally->new->own, span);
      return FALSE;
    }
  }
  return TRUE;
}

/* Invariant 4. More than this request brought may be acknowledged: an earlier answer was lost. More than was ever given is a fork. */
static gboolean
check_acknowledgement (SobanSyncRound *round, GError **error)
{
  if (round->reply->ack_state == SOBAN_ACK_FORK || round->reply->acked_number > MAX (round->after, round->hello->last_number))
    return end_with (round, SOBAN_SYNC_ERROR_REFUSED,
                     _("the server knows this tablet with other records: was it copied, or restored from a backup?"), error);
  for (guint i = 0; i < round->adjustments->len; i++) {
    const SobanStampAdjustment *item = &g_array_index (round->adjustments, SobanStampAdjustment, i);

    if (item->number > round->reply->acked_number)
      return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer adjusts a change that it does not acknowledge", error);
  }
  return TRUE;
}

gboolean
soban_sync_round_finish (SobanSyncRound *round, GError **error)
{
  if (round->state != ENDED || !soban_frame_reader_is_whole (round->reader))
    return end_with (round, SOBAN_SYNC_ERROR_TIMEOUT, "the answer was cut before its end", error);
  if (!check_acknowledgement (round, error) || !check_arithmetic (round, error)) {
    round->state = OVER;
    return FALSE;
  }
  round->reply->acked_number = MIN (round->reply->acked_number, round->last_added);
  round->state = CHECKED;
  return TRUE;
}

const SobanReply *
soban_sync_round_get_reply (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->reply;
}

GArray *
soban_sync_round_get_adjustments (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->adjustments;
}

GPtrArray *
soban_sync_round_get_changes (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->changes;
}

gboolean
soban_sync_round_has_more (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (round->reply->cursors, i);

    if (cursor->more)
      return TRUE;
  }
  return FALSE;
}

gboolean
soban_sync_round_was_set_back (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  if (round->reply->acked_number < round->after)
    return TRUE;
  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (round->reply->cursors, i);

    if (cursor->number < find_cursor (round->hello->cursors, cursor->scope)->number)
      return TRUE;
  }
  return FALSE;
}

gboolean
soban_sync_round_made_progress (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  if (round->reply->acked_number > round->after)
    return TRUE;
  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (round->reply->cursors, i);

    if (cursor->number > find_cursor (round->hello->cursors, cursor->scope)->number)
      return TRUE;
  }
  return FALSE;
}
