/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "round-sample.h"

#include "message-sample.h"
#include "wire-sample.h"

/* The own chain after @number, as a device would have it: made up up to ROUND_SAMPLE_ACKED, real behind it. */
guint64
round_sample_own_chain (guint64 number)
{
  g_autoptr (GPtrArray) own = wire_sample_new_records (20, 1);
  guint64 chain = 0x7777;

  if (number == 0)
    return 0;
  g_assert (number >= ROUND_SAMPLE_ACKED);
  for (guint i = 0; i < number - ROUND_SAMPLE_ACKED; i++) {
    SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (own, i))->change;
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];

    change->id.number = ROUND_SAMPLE_ACKED + 1 + i;
    soban_change_hash (change, hash);
    chain = soban_change_chain (chain, hash);
  }
  return chain;
}

gboolean
round_sample_look_up_chain (guint64 number, guint64 *ret_chain, gpointer user_data)
{
  guint *calls = user_data;

  (*calls)++;
  *ret_chain = number < ROUND_SAMPLE_ACKED ? 0x1000 + number : round_sample_own_chain (number);
  return TRUE;
}

/* A round that gives 3 changes behind ROUND_SAMPLE_ACKED, of 10; asks for two scopes from 100 and 0. */
SobanSyncRound *
round_sample_new (guint n_changes)
{
  SobanHello *hello = soban_hello_new ();
  g_autoptr (GPtrArray) own = wire_sample_new_records (20, 1);
  SobanSyncRound *round;

  hello->device = 17;
  hello->incarnation = ROUND_SAMPLE_INCARNATION;
  hello->last_number = 17;
  hello->acked_number = ROUND_SAMPLE_ACKED;
  hello->chain = round_sample_own_chain (ROUND_SAMPLE_ACKED);
  hello->program = g_strdup ("test");
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (ROUND_SAMPLE_SCOPE, 100));
  g_ptr_array_add (hello->cursors, soban_scope_cursor_new (ROUND_SAMPLE_OTHER_SCOPE, 0));
  round = soban_sync_round_new (hello, ROUND_SAMPLE_ACKED);
  soban_sync_round_set_peer_minor (round, 1);
  for (guint i = 0; i < n_changes; i++) {
    SobanChange *change = soban_change_copy (((SobanNumberedChange *) g_ptr_array_index (own, i))->change);
    g_autoptr (GError) error = NULL;

    change->id.number = ROUND_SAMPLE_ACKED + 1 + i;
    g_assert_true (soban_sync_round_add (round, change, &error));
  }
  return round;
}

AnswerSample
answer_sample_new (guint64 acked_number)
{
  AnswerSample answer = {
    .reply = soban_reply_new (),
    .changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free),
    .adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment)),
    .times = g_array_new (FALSE, FALSE, sizeof (SobanTimeAdjustment)),
    .extra = g_byte_array_new (),
  };

  answer.reply->collector_ms = G_GINT64_CONSTANT (1763774000456);
  answer.reply->acked_number = acked_number;
  answer.reply->floor = SOBAN_STAMP (1763774000456, 0);
  answer.reply->chain = acked_number >= ROUND_SAMPLE_ACKED && acked_number <= 17 ? round_sample_own_chain (acked_number) : 0;
  return answer;
}

void
answer_sample_clear (AnswerSample *answer)
{
  soban_reply_free (answer->reply);
  g_ptr_array_unref (answer->changes);
  g_array_unref (answer->adjustments);
  g_array_unref (answer->times);
  g_byte_array_unref (answer->extra);
}

SobanScopeCursor *
answer_sample_add_cursor (AnswerSample *answer, const char *scope, guint64 number, guint64 own)
{
  SobanScopeCursor *cursor = soban_scope_cursor_new (scope, number);

  cursor->own = own;
  g_ptr_array_add (answer->reply->cursors, cursor);
  return cursor;
}

/* A change of another device; @record_first: the first byte of the record's id. */
SobanNumberedChange *
answer_sample_add_change (AnswerSample *answer, const char *scope, guint64 scope_number, guint8 record_first)
{
  g_autoptr (GPtrArray) made = wire_sample_new_edits (1, (guint32) scope_number + record_first);
  SobanNumberedChange *item = g_ptr_array_steal_index (made, 0);

  item->change->id.device = 99;
  item->change->record.bytes[0] = record_first;
  g_free (item->change->scope);
  item->change->scope = g_strdup (scope);
  item->scope_number = scope_number;
  g_ptr_array_add (answer->changes, item);
  return item;
}

void
answer_sample_adjust (AnswerSample *answer, guint64 number)
{
  SobanStampAdjustment stamp = { number, SOBAN_STAMP (1763774000000 + number, 0) };
  SobanTimeAdjustment time = { number, G_GINT64_CONSTANT (1763774000000), SOBAN_TIME_STEADY };

  g_array_append_val (answer->adjustments, stamp);
  g_array_append_val (answer->times, time);
}

static void
write_frame (GByteArray *out, SobanFrameType type, const GByteArray *body)
{
  soban_frame_write (out, type, body->data, body->len);
}

GByteArray *
answer_sample_write (const AnswerSample *answer)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();

  soban_stream_header_write (out);
  soban_reply_encode (answer->reply, body);
  write_frame (out, SOBAN_FRAME_REPLY, body);
  g_byte_array_set_size (body, 0);
  soban_adjustments_encode (answer->adjustments, answer->times, body);
  write_frame (out, SOBAN_FRAME_ADJUSTMENTS, body);
  /* Numbered ones and those of pages in frames of their own. */
  for (guint i = 0; i < answer->changes->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (answer->changes, i);
    const SobanNumberedChange *next = i + 1 < answer->changes->len ? g_ptr_array_index (answer->changes, i + 1) : NULL;

    g_ptr_array_add (batch, item);
    if (next != NULL && (next->scope_number != 0) == (item->scope_number != 0))
      continue;
    soban_changes_write_frames (out, batch, soban_changes_flags_down (1), 0);
    g_ptr_array_set_size (batch, 0);
  }
  g_byte_array_append (out, answer->extra->data, answer->extra->len);
  soban_frame_write (out, SOBAN_FRAME_END, NULL, 0);
  return out;
}

void
answer_sample_add_frame (AnswerSample *answer, const char *name)
{
  for (guint i = 0; i < message_samples_count; i++) {
    g_autoptr (GByteArray) body = g_byte_array_new ();

    if (!g_str_equal (message_samples[i].name, name))
      continue;
    message_samples[i].encode (body);
    write_frame (answer->extra, message_samples[i].type, body);
  }
}
