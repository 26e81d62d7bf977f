/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The REPLY and ADJUSTMENTS bodies: sync/README.md 4.3 and 4.4. */
#include "protocol/message.h"

#include "base/limits.h"

#define SCOPE_HAS_MORE 1u
#define STAMP_COUNTER_MAX ((1u << SOBAN_STAMP_COUNTER_BITS) - 1)
#define STAMP_MS_MAX ((G_GINT64_CONSTANT (1) << 48) - 1)

SobanReply *
soban_reply_new (void)
{
  SobanReply *reply = g_new0 (SobanReply, 1);

  reply->cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  return reply;
}

void
soban_reply_free (SobanReply *reply)
{
  if (reply == NULL)
    return;
  g_clear_pointer (&reply->cursors, g_ptr_array_unref);
  g_free (reply);
}

void
soban_reply_encode (const SobanReply *reply, GByteArray *body)
{
  g_assert (reply->cursors->len <= SOBAN_SCOPES_PER_DEVICE_MAX);
  soban_write_zigzag (body, reply->collector_ms);
  soban_write_varint (body, reply->acked_number);
  soban_write_u8 (body, (guint8) reply->ack_state);
  soban_write_u64 (body, reply->floor);
  soban_write_varint (body, reply->cursors->len);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);

    soban_write_text (body, cursor->scope);
    soban_write_varint (body, cursor->number);
    soban_write_varint (body, cursor->own);
    soban_write_u8 (body, cursor->more ? SCOPE_HAS_MORE : 0);
  }
}

SobanReply *
soban_reply_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanReply) reply = soban_reply_new ();
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint8 state;
  guint64 count;

  soban_reader_init (&reader, data, length);
  reply->collector_ms = soban_reader_zigzag (&reader);
  reply->acked_number = soban_reader_varint (&reader);
  state = soban_reader_u8 (&reader);
  reply->ack_state = (SobanAckState) state;
  reply->floor = soban_reader_u64 (&reader);
  count = soban_reader_varint (&reader);
  if (state > SOBAN_ACK_FORK || count > SOBAN_SCOPES_PER_DEVICE_MAX)
    reader.failed = TRUE;
  for (guint64 i = 0; i < count && !reader.failed; i++) {
    SobanScopeCursor *cursor = soban_scope_cursor_new (NULL, 0);

    g_ptr_array_add (reply->cursors, cursor);
    cursor->scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
    cursor->number = soban_reader_varint (&reader);
    cursor->own = soban_reader_varint (&reader);
    cursor->more = (soban_reader_u8 (&reader) & SCOPE_HAS_MORE) != 0;
  }
  if (reader.failed) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the REPLY frame is damaged");
    return NULL;
  }
  return g_steal_pointer (&reply);
}

void
soban_adjustments_encode (const GArray *adjustments, GByteArray *body)
{
  guint64 number = 0;
  gint64 ms = 0;

  g_assert (adjustments->len <= SOBAN_REQUEST_CHANGES_MAX);
  soban_write_varint (body, adjustments->len);
  for (guint i = 0; i < adjustments->len; i++) {
    const SobanStampAdjustment *item = &g_array_index (adjustments, SobanStampAdjustment, i);

    g_assert (item->number > number);
    soban_write_varint (body, item->number - number);
    soban_write_zigzag (body, SOBAN_STAMP_MS (item->stamp) - ms);
    soban_write_varint (body, item->stamp & STAMP_COUNTER_MAX);
    number = item->number;
    ms = SOBAN_STAMP_MS (item->stamp);
  }
}

GArray *
soban_adjustments_decode (GBytes *body, GError **error)
{
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanStampAdjustment));
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint64 count, number = 0, ms = 0;

  soban_reader_init (&reader, data, length);
  count = soban_reader_varint (&reader);
  if (count > SOBAN_REQUEST_CHANGES_MAX)
    reader.failed = TRUE;
  for (guint64 i = 0; i < count && !reader.failed; i++) {
    guint64 step = soban_reader_varint (&reader);
    guint64 counter;
    SobanStampAdjustment item;

    /* Unsigned: a peer's steps may run over, which the bounds below tell. */
    ms += (guint64) soban_reader_zigzag (&reader);
    counter = soban_reader_varint (&reader);
    if (step == 0 || step > G_MAXUINT64 - number || ms > (guint64) STAMP_MS_MAX || counter > STAMP_COUNTER_MAX) {
      reader.failed = TRUE;
      break;
    }
    number += step;
    item.number = number;
    item.stamp = SOBAN_STAMP (ms, counter);
    g_array_append_val (adjustments, item);
  }
  if (reader.failed) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the ADJUSTMENTS frame is damaged");
    return NULL;
  }
  return g_steal_pointer (&adjustments);
}
