/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One round of the device's side: sync/README.md 5. What the answer must satisfy is in sync-round-check.c.
 *
 *   FILLING --make_request--> WAITING --REPLY--> READING --END--> ENDED --finish--> CHECKED
 *   any breach, refusal or cut --> OVER
 *
 * Of a receipt (README 10.3) nothing is asked: it begins WAITING, and HELLO comes before REPLY.
 *
 * Invariants
 * 1. The request's own changes are numbered after + 1, after + 2 ... without a gap, within the bounds of a request.
 * 2. Nothing of an answer can be had before it was complete and every check of README 5.2 held.
 */
#include "config.h"

#include "protocol/sync-round-private.h"

#include "base/limits.h"

/* About how much a request carries before compression; README 5.1. */
#define REQUEST_WEIGHT_MAX (256 * 1024)

static SobanSyncRound *
new_round (void)
{
  SobanSyncRound *round = g_new0 (SobanSyncRound, 1);

  round->weight_max = REQUEST_WEIGHT_MAX;
  round->added = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  round->chains = g_array_new (FALSE, FALSE, sizeof (guint64));
  round->evidence = g_byte_array_new ();
  round->relayed = g_byte_array_new ();
  round->questions = g_byte_array_new ();
  round->ranges_asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  round->reader = soban_frame_reader_new ();
  round->adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  round->times = g_array_new (FALSE, FALSE, sizeof (SobanTimeAdjustment));
  round->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  round->range_answers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_ranges_answer_free);
  round->records = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_records_free);
  return round;
}

SobanSyncRound *
soban_sync_round_new (SobanHello *hello, guint64 after)
{
  SobanSyncRound *round = new_round ();

  round->hello = hello;
  round->after = round->last_added = after;
  if (hello->acked_number == after && (after == 0 || hello->chain != 0))
    g_array_append_val (round->chains, hello->chain);
  return round;
}

SobanSyncRound *
soban_sync_round_new_receipt (void)
{
  SobanSyncRound *round = new_round ();

  round->is_receipt = TRUE;
  round->state = WAITING;
  return round;
}

void
soban_sync_round_free (SobanSyncRound *round)
{
  if (round == NULL)
    return;
  g_clear_pointer (&round->hello, soban_hello_free);
  g_clear_pointer (&round->added, g_ptr_array_unref);
  g_clear_pointer (&round->chains, g_array_unref);
  g_clear_pointer (&round->evidence, g_byte_array_unref);
  g_clear_pointer (&round->relayed, g_byte_array_unref);
  g_clear_pointer (&round->questions, g_byte_array_unref);
  g_clear_pointer (&round->ranges_asked, g_hash_table_unref);
  g_clear_pointer (&round->reader, soban_frame_reader_free);
  g_clear_pointer (&round->reply, soban_reply_free);
  g_clear_pointer (&round->adjustments, g_array_unref);
  g_clear_pointer (&round->times, g_array_unref);
  g_clear_pointer (&round->changes, g_ptr_array_unref);
  g_clear_pointer (&round->keys, soban_keys_free);
  g_clear_pointer (&round->forms, g_ptr_array_unref);
  g_clear_pointer (&round->range_answers, g_ptr_array_unref);
  g_clear_pointer (&round->records, g_ptr_array_unref);
  g_free (round);
}

/* ---- the request ---- */

void
soban_sync_round_set_peer_minor (SobanSyncRound *round, guint minor)
{
  g_assert (round->state == FILLING);
  round->peer_minor = minor;
}

void
soban_sync_round_set_limits (SobanSyncRound *round, gsize request_bytes, gsize frame_bytes)
{
  g_assert (round->state == FILLING);
  round->weight_max = request_bytes > 0 ? MIN (request_bytes, REQUEST_WEIGHT_MAX) : REQUEST_WEIGHT_MAX;
  round->frame_bytes = frame_bytes;
}

void
soban_sync_round_set_chain_lookup (SobanSyncRound *round, SobanChainLookup lookup, gpointer user_data)
{
  round->lookup = lookup;
  round->lookup_data = user_data;
}

void
soban_sync_round_set_evidence (SobanSyncRound *round, const SobanClockEvidence *evidence)
{
  g_assert (round->state == FILLING);
  g_byte_array_set_size (round->evidence, 0);
  soban_clock_evidence_encode (evidence, round->evidence);
}

gboolean
soban_sync_round_has_room (const SobanSyncRound *round)
{
  return round->state == FILLING && round->n_added + round->n_relayed < SOBAN_REQUEST_CHANGES_MAX && round->weight < round->weight_max;
}

/* Goes on with the own chain, where it is known. */
static void
extend_chain (SobanSyncRound *round, const SobanChange *change)
{
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  guint64 chain;

  if (round->chains->len == 0)
    return;
  soban_change_hash (change, hash);
  chain = soban_change_chain (g_array_index (round->chains, guint64, round->chains->len - 1), hash);
  g_array_append_val (round->chains, chain);
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
  extend_chain (round, change);
  g_ptr_array_add (round->added, soban_numbered_change_new (change, 0));
  return TRUE;
}

static void
write_frame (GByteArray *out, SobanFrameType type, const GByteArray *body)
{
  soban_frame_write (out, type, body->data, body->len);
}

void
soban_sync_round_add_relayed (SobanSyncRound *round, const SobanClockEvidence *evidence, const GPtrArray *changes)
{
  g_autoptr (GPtrArray) numbered = g_ptr_array_new_with_free_func (g_free);

  g_assert (soban_sync_round_has_room (round) && round->peer_minor >= 1);
  g_assert (changes->len > 0 && changes->len <= SOBAN_FRAME_CHANGES_MAX);
  if (evidence != NULL) {
    g_autoptr (GByteArray) body = g_byte_array_new ();

    soban_clock_evidence_encode (evidence, body);
    write_frame (round->relayed, SOBAN_FRAME_CLOCK_EVIDENCE, body);
  }
  for (guint i = 0; i < changes->len; i++) {
    SobanChange *change = g_ptr_array_index (changes, i);

    g_ptr_array_add (numbered, soban_numbered_change_new (change, 0));
    round->weight += soban_change_weigh (change);
  }
  round->n_relayed += changes->len;
  soban_changes_write_frames (round->relayed, numbered, soban_changes_flags_up (round->peer_minor), round->frame_bytes);
}

guint
soban_sync_round_count_added (const SobanSyncRound *round)
{
  return round->n_added;
}

void
soban_sync_round_report_digests (SobanSyncRound *round, const GPtrArray *reports)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_assert (round->state == FILLING);
  soban_digest_reports_encode (reports, body);
  write_frame (round->questions, SOBAN_FRAME_DIGESTS, body);
}

void
soban_sync_round_ask_ranges (SobanSyncRound *round, const SobanRangesQuery *query)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_assert (round->state == FILLING && !g_hash_table_contains (round->ranges_asked, query->scope));
  soban_ranges_query_encode (query, body);
  write_frame (round->questions, SOBAN_FRAME_RANGES, body);
  g_hash_table_insert (round->ranges_asked, g_strdup (query->scope), GUINT_TO_POINTER (query->ranges->len));
}

void
soban_sync_round_ask_records (SobanSyncRound *round, const SobanWanted *wanted)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_assert (round->state == FILLING);
  soban_wanted_encode (wanted, body);
  write_frame (round->questions, SOBAN_FRAME_WANTED, body);
}

GBytes *
soban_sync_round_make_request (SobanSyncRound *round)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_assert (round->state == FILLING);
  soban_stream_header_write (out);
  soban_hello_encode (round->hello, body);
  write_frame (out, SOBAN_FRAME_HELLO, body);
  g_byte_array_append (out, round->relayed->data, round->relayed->len);
  if (round->n_added > 0 && round->evidence->len > 0)
    write_frame (out, SOBAN_FRAME_CLOCK_EVIDENCE, round->evidence);
  soban_changes_write_frames (out, round->added, soban_changes_flags_up (round->peer_minor), round->frame_bytes);
  g_byte_array_append (out, round->questions->data, round->questions->len);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
  g_ptr_array_set_size (round->added, 0);
  round->state = WAITING;
  return g_byte_array_free_to_bytes (out);
}

/* ---- the answer ---- */

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
  g_autoptr (GArray) times = NULL;
  g_autoptr (GArray) items = soban_adjustments_decode (body, &times, error);
  guint64 bound = round->is_receipt ? round->last_added - round->after : SOBAN_REQUEST_CHANGES_MAX;

  if (items == NULL)
    return FALSE;
  if (round->adjustments->len + items->len > bound || round->times->len + times->len > bound)
    return end_with (round, SOBAN_SYNC_ERROR_TOO_LARGE, "the answer adjusts more changes than the bound", error);
  if (items->len > 0)
    g_array_append_vals (round->adjustments, items->data, items->len);
  if (times->len > 0)
    g_array_append_vals (round->times, times->data, times->len);
  return TRUE;
}

/* Counts @count more changes of the answer: of CHANGES and of RECORDS each on its own. */
static gboolean
count_changes (SobanSyncRound *round, guint *counted, guint count, GError **error)
{
  if (count > SOBAN_REPLY_CHANGES_MAX - *counted)
    return end_with (round, SOBAN_SYNC_ERROR_TOO_LARGE, "the answer holds more changes than the bound", error);
  *counted += count;
  return TRUE;
}

static gboolean
take_changes (SobanSyncRound *round, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) items = soban_changes_decode (body, error);

  if (items == NULL || !count_changes (round, &round->n_changes, items->len, error))
    return FALSE;
  g_ptr_array_extend_and_steal (round->changes, g_steal_pointer (&items));
  return TRUE;
}

static gboolean
take_keys (SobanSyncRound *round, GBytes *body, GError **error)
{
  if (round->keys != NULL)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer holds two KEYS frames", error);
  round->keys = soban_keys_decode (body, error);
  return round->keys != NULL;
}

static gboolean
take_forms (SobanSyncRound *round, GBytes *body, GError **error)
{
  if (round->forms != NULL)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer holds two FORMS frames", error);
  round->forms = soban_forms_decode (body, error);
  return round->forms != NULL;
}

static gboolean
take_ranges (SobanSyncRound *round, GBytes *body, GError **error)
{
  g_autoptr (SobanRangesAnswer) answer = soban_ranges_answer_decode (body, error);
  gpointer asked;

  if (answer == NULL)
    return FALSE;
  if (!g_hash_table_lookup_extended (round->ranges_asked, answer->scope, NULL, &asked) || GPOINTER_TO_UINT (asked) != answer->answers->len)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer's ranges are not those asked for", error);
  g_ptr_array_add (round->range_answers, g_steal_pointer (&answer));
  return TRUE;
}

/* Puts what the last frame brought and @more, of the same scope, together: a log may go on from one to the other (README 4.12). */
static void
join_records (SobanRecords *records, SobanRecords *more)
{
  const GArray *named = records->records;
  gboolean goes_on = named->len > 0 && more->records->len > 0
                     && soban_uuid_equal (&g_array_index (named, SobanUuid, named->len - 1), &g_array_index (more->records, SobanUuid, 0));

  for (guint i = goes_on ? 1 : 0; i < more->records->len; i++)
    g_array_append_val (records->records, g_array_index (more->records, SobanUuid, i));
  g_ptr_array_extend_and_steal (records->changes, g_steal_pointer (&more->changes));
  more->changes = g_ptr_array_new ();
}

static gboolean
take_records (SobanSyncRound *round, GBytes *body, GError **error)
{
  g_autoptr (SobanRecords) records = soban_records_decode (body, error);
  SobanRecords *last = round->records->len > 0 ? g_ptr_array_index (round->records, round->records->len - 1) : NULL;

  if (records == NULL || !count_changes (round, &round->n_record_changes, records->changes->len, error))
    return FALSE;
  if (last != NULL && g_str_equal (last->scope, records->scope))
    join_records (last, records);
  else
    g_ptr_array_add (round->records, g_steal_pointer (&records));
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

/* A frame that may stand between REPLY and END. */
static gboolean
take_inner_frame (SobanSyncRound *round, SobanFrameType type, GBytes *body, GError **error)
{
  if (round->state != READING)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer does not begin with a REPLY frame", error);
  switch (type) {
  case SOBAN_FRAME_ADJUSTMENTS:
    return take_adjustments (round, body, error);
  case SOBAN_FRAME_CHANGES:
    return take_changes (round, body, error);
  case SOBAN_FRAME_KEYS:
    return take_keys (round, body, error);
  case SOBAN_FRAME_FORMS:
    return take_forms (round, body, error);
  case SOBAN_FRAME_RANGES:
    return take_ranges (round, body, error);
  case SOBAN_FRAME_RECORDS:
    return take_records (round, body, error);
  default:
    round->state = ENDED;
    return TRUE;
  }
}

/* Of a receipt: whether it speaks of the own changes is for who applies it to look at, by the chain. */
static gboolean
take_hello (SobanSyncRound *round, GBytes *body, GError **error)
{
  if (!round->is_receipt || round->hello != NULL || round->state != WAITING)
    return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the answer holds a HELLO frame", error);
  round->hello = soban_hello_decode (body, error);
  if (round->hello == NULL)
    return FALSE;
  round->after = round->hello->acked_number;
  round->last_added = MAX (round->after, round->hello->last_number);
  return TRUE;
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
    if (round->hello == NULL)
      return end_with (round, SOBAN_SYNC_ERROR_PROTOCOL, "the receipt does not begin with a HELLO frame", error);
    round->reply = soban_reply_decode (body, error);
    round->state = READING;
    return round->reply != NULL;
  case SOBAN_FRAME_ADJUSTMENTS:
  case SOBAN_FRAME_CHANGES:
  case SOBAN_FRAME_FORMS:
  case SOBAN_FRAME_KEYS:
  case SOBAN_FRAME_RANGES:
  case SOBAN_FRAME_RECORDS:
  case SOBAN_FRAME_END:
    return take_inner_frame (round, type, body, error);
  case SOBAN_FRAME_HELLO:
    return take_hello (round, body, error);
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
  if (!round->is_receipt && length > SOBAN_REPLY_BYTES_MAX - round->answer_bytes)
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

gboolean
soban_sync_round_finish (SobanSyncRound *round, GError **error)
{
  if (round->state != ENDED || !soban_frame_reader_is_whole (round->reader))
    return end_with (round, SOBAN_SYNC_ERROR_TIMEOUT, "the answer was cut before its end", error);
  if (!soban_sync_round_check (round, error)) {
    round->state = OVER;
    return FALSE;
  }
  round->state = CHECKED;
  return TRUE;
}

/* ---- the result ---- */

guint
soban_sync_round_get_peer_minor (const SobanSyncRound *round)
{
  guint said = soban_frame_reader_get_minor (round->reader);

  return said > 0 || round->reply != NULL ? said : round->peer_minor;
}

const SobanHello *
soban_sync_round_get_hello (const SobanSyncRound *round)
{
  g_assert (round->hello != NULL);
  return round->hello;
}

gboolean
soban_sync_round_was_forked (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->forked;
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

GArray *
soban_sync_round_get_times (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->times;
}

GPtrArray *
soban_sync_round_get_changes (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->changes;
}

const SobanKeys *
soban_sync_round_get_keys (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->keys;
}

GPtrArray *
soban_sync_round_get_forms (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->forms;
}

GPtrArray *
soban_sync_round_get_range_answers (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->range_answers;
}

GPtrArray *
soban_sync_round_get_records (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  return round->records;
}

gboolean
soban_sync_round_has_more (const SobanSyncRound *round)
{
  g_assert (round->state == CHECKED);
  for (guint i = 0; i < round->reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (round->reply->cursors, i);

    if (cursor->more || cursor->has_page)
      return TRUE;
  }
  return FALSE;
}
