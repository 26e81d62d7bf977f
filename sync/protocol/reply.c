/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The REPLY body: sync/README.md 4.3. */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

#define SCOPE_HAS_MORE 1u

/* Bits of the part that 1.1 appended; on the wire: append only. */
#define SCOPE_HAS_DIGEST 1u
#define SCOPE_SKIPS 2u
#define SCOPE_HAS_PAGE 4u
#define SCOPE_IS_PAGE 8u

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

/* What is left to pull comes last of all, and only where there is anything. */
static void
encode_left (const SobanReply *reply, GByteArray *body)
{
  guint64 sum = 0;

  for (guint i = 0; i < reply->cursors->len; i++)
    sum |= ((const SobanScopeCursor *) g_ptr_array_index (reply->cursors, i))->left;
  for (guint i = 0; i < reply->cursors->len && sum > 0; i++)
    soban_write_varint (body, ((const SobanScopeCursor *) g_ptr_array_index (reply->cursors, i))->left);
}

static void
encode_extension (const SobanReply *reply, GByteArray *body)
{
  soban_write_u64 (body, reply->chain);
  soban_write_varint (body, reply->told_number);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);

    soban_write_u8 (body, (guint8) ((cursor->has_digest ? SCOPE_HAS_DIGEST : 0) | (cursor->skipped > 0 ? SCOPE_SKIPS : 0)
                                    | (cursor->has_page ? SCOPE_HAS_PAGE : 0)
                                    | (cursor->is_page || cursor->has_page ? SCOPE_IS_PAGE : 0)));
    if (cursor->has_digest)
      soban_write_digest (body, &cursor->digest);
    if (cursor->skipped > 0)
      soban_write_varint (body, cursor->skipped);
    if (cursor->has_page) {
      soban_write_uuid (body, &cursor->page);
      soban_write_varint (body, cursor->page_top);
    }
  }
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
  encode_extension (reply, body);
  encode_left (reply, body);
}

static void
decode_extension (SobanReply *reply, SobanReader *reader)
{
  reply->minor = 1;
  reply->chain = soban_reader_u64 (reader);
  reply->told_number = soban_reader_varint (reader);
  for (guint i = 0; i < reply->cursors->len && !reader->failed; i++) {
    SobanScopeCursor *cursor = g_ptr_array_index (reply->cursors, i);
    guint8 bits = soban_reader_u8 (reader);

    /* Bits that are not known here would mean fields that are not known here. */
    if ((bits & ~(SCOPE_HAS_DIGEST | SCOPE_SKIPS | SCOPE_HAS_PAGE | SCOPE_IS_PAGE)) != 0)
      reader->failed = TRUE;
    cursor->has_digest = (bits & SCOPE_HAS_DIGEST) != 0;
    if (cursor->has_digest)
      cursor->digest = soban_reader_digest (reader);
    if (bits & SCOPE_SKIPS)
      cursor->skipped = soban_reader_varint (reader);
    cursor->has_page = (bits & SCOPE_HAS_PAGE) != 0;
    cursor->is_page = cursor->has_page || (bits & SCOPE_IS_PAGE) != 0;
    if (cursor->has_page) {
      cursor->page = soban_reader_uuid (reader);
      cursor->page_top = soban_reader_varint (reader);
    }
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
  if (!reader.failed && soban_reader_left (&reader) > 0)
    decode_extension (reply, &reader);
  for (guint i = 0; i < reply->cursors->len && !reader.failed && soban_reader_left (&reader) > 0; i++)
    ((SobanScopeCursor *) g_ptr_array_index (reply->cursors, i))->left = soban_reader_varint (&reader);
  return soban_body_check (&reader, "REPLY", error) ? g_steal_pointer (&reply) : NULL;
}
