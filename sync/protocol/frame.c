/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Streams and frames: sync/README.md 3.
 *
 *   stream = "SBAN" major minor, frame*
 *   frame  = type (bit 7: deflated), varint length, body, u32 CRC-32C of all before it in the frame
 *
 * DENSE_CHANGES is CHANGES, deflated with a preset dictionary (4.13): a writer takes it where it is shorter, a reader gives it out as CHANGES.
 *
 * Invariants
 * 1. What a writer wrote, a reader fed in pieces of any size gives back, frame by frame.
 * 2. A reader gives out a body only when its CRC is right and, deflated, when it inflates to exactly the announced length.
 * 3. No prefix and no garbage makes a reader read outside what it was fed, or hold more than a frame's bound.
 * 4. After garbage a reader stays failed: what follows cannot be trusted to start on a frame.
 */
#include "config.h"

#include "protocol/frame.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "protocol/dictionary.h"
#include "protocol/message.h"

#define HEADER_BYTES 6
#define FRAME_DEFLATED 0x80
#define FRAME_CHECK_BYTES 4
#define VARINT_BYTES_MAX 10
/* Shorter bodies never gain by deflate. */
#define DEFLATE_BYTES_MIN 48

static const guint8 magic[4] = { 'S', 'B', 'A', 'N' };

struct _SobanFrameReader {
  GByteArray *buffer;
  gsize used;           /* bytes of the buffer that were given out */
  gboolean header_read;
  guint minor;
  guint64 place;        /* of the next frame in the stream */
  guint8 given_type;    /* of the frame given out last, as it stood on the wire */
  gsize given_bytes;    /* its length, from type to check */
  GError *failure;      /* invariant 4 */
};

/* (nullable): the deflated form of @body with its length before it (3.4), @dense: with the preset dictionary (4.13); NULL when that is not
 * shorter. */
static GByteArray *
deflate_body (const guint8 *body, gsize length, gboolean dense)
{
  z_stream stream = { 0 };
  g_autoptr (GByteArray) out = NULL;
  guint head_length;
  gsize room, dictionary_length;
  int status;

  if (length < DEFLATE_BYTES_MIN && !dense)
    return NULL;
  out = g_byte_array_new ();
  soban_write_varint (out, length);
  head_length = out->len;
  status = deflateInit2 (&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
  g_assert (status == Z_OK);
  if (dense) {
    const guint8 *dictionary = soban_dictionary_get (&dictionary_length);

    status = deflateSetDictionary (&stream, dictionary, (uInt) dictionary_length);
    g_assert (status == Z_OK);
  }
  room = deflateBound (&stream, (uLong) length);
  g_byte_array_set_size (out, head_length + (guint) room);
  stream.next_in = (Bytef *) body;
  stream.avail_in = (uInt) length;
  stream.next_out = out->data + head_length;
  stream.avail_out = (uInt) room;
  status = deflate (&stream, Z_FINISH);
  g_assert (status == Z_STREAM_END);
  g_byte_array_set_size (out, head_length + (guint) stream.total_out);
  deflateEnd (&stream);
  return out->len < length ? g_steal_pointer (&out) : NULL;
}

/* @coded_type: as it stands on the wire. */
static void
write_frame (GByteArray *out, guint8 coded_type, const guint8 *body, gsize length)
{
  guint start = out->len;

  soban_write_u8 (out, coded_type);
  soban_write_varint (out, length);
  if (length > 0)
    g_byte_array_append (out, body, (guint) length);
  g_assert (out->len - start <= SOBAN_FRAME_BYTES_MAX);
  soban_write_u32 (out, soban_crc32c (0, out->data + start, out->len - start));
}

void
soban_frame_write (GByteArray *out, SobanFrameType type, const guint8 *body, gsize length)
{
  g_autoptr (GByteArray) deflated = NULL;

  g_assert (type < FRAME_DEFLATED && type != SOBAN_FRAME_DENSE_CHANGES);
  g_assert (length <= SOBAN_FRAME_INFLATED_BYTES_MAX);
  deflated = deflate_body (body, length, FALSE);
  if (deflated != NULL)
    write_frame (out, (guint8) (type | FRAME_DEFLATED), deflated->data, deflated->len);
  else
    write_frame (out, (guint8) type, body, length);
}

void
soban_frame_write_changes (GByteArray *out, const guint8 *body, gsize length)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) deflated = NULL;
  g_autoptr (GByteArray) dense = g_byte_array_new ();

  soban_frame_write (plain, SOBAN_FRAME_CHANGES, body, length);
  deflated = deflate_body (body, length, TRUE);
  if (deflated != NULL)
    write_frame (dense, SOBAN_FRAME_DENSE_CHANGES, deflated->data, deflated->len);
  if (deflated != NULL && dense->len < plain->len)
    g_byte_array_append (out, dense->data, dense->len);
  else
    g_byte_array_append (out, plain->data, plain->len);
}

void
soban_stream_header_write (GByteArray *out)
{
  g_byte_array_append (out, magic, sizeof magic);
  soban_write_u8 (out, SOBAN_PROTOCOL_MAJOR);
  soban_write_u8 (out, SOBAN_PROTOCOL_MINOR);
}

SobanFrameReader *
soban_frame_reader_new (void)
{
  SobanFrameReader *reader = g_new0 (SobanFrameReader, 1);

  reader->buffer = g_byte_array_new ();
  return reader;
}

void
soban_frame_reader_free (SobanFrameReader *reader)
{
  if (reader == NULL)
    return;
  g_byte_array_unref (reader->buffer);
  g_clear_error (&reader->failure);
  g_free (reader);
}

void
soban_frame_reader_feed (SobanFrameReader *reader, const guint8 *data, gsize length)
{
  g_assert (length <= G_MAXUINT / 2);
  if (reader->failure != NULL || length == 0)
    return;
  if (reader->used > 0) {
    g_byte_array_remove_range (reader->buffer, 0, (guint) reader->used);
    reader->used = 0;
  }
  g_byte_array_append (reader->buffer, data, (guint) length);
}

gboolean
soban_frame_reader_is_whole (const SobanFrameReader *reader)
{
  return reader->failure == NULL && reader->header_read && reader->used == reader->buffer->len;
}

guint
soban_frame_reader_get_minor (const SobanFrameReader *reader)
{
  return reader->minor;
}

guint64
soban_frame_reader_get_place (const SobanFrameReader *reader)
{
  return reader->place;
}

guint8
soban_frame_reader_get_coded_type (const SobanFrameReader *reader, gsize *ret_length)
{
  *ret_length = reader->given_bytes;
  return reader->given_type;
}

static gboolean
fail (SobanFrameReader *reader, int code, const char *message, GError **error)
{
  g_clear_error (&reader->failure);
  reader->failure = g_error_new_literal (SOBAN_SYNC_ERROR, code, message);
  g_propagate_error (error, g_error_copy (reader->failure));
  return FALSE;
}

/* Also tells garbage before all six bytes are there. */
static gboolean
read_header (SobanFrameReader *reader, GError **error)
{
  gsize left = reader->buffer->len - reader->used;
  const guint8 *at;
  g_autofree char *message = NULL;

  if (left == 0)
    return TRUE;
  at = reader->buffer->data + reader->used;
  if (memcmp (at, magic, MIN (left, sizeof magic)) != 0)
    return fail (reader, SOBAN_SYNC_ERROR_PROTOCOL, "not a sync stream: it does not begin with SBAN", error);
  if (left < HEADER_BYTES)
    return TRUE;
  if (at[4] != SOBAN_PROTOCOL_MAJOR) {
    message = g_strdup_printf (_("the other side speaks version %d.%d of the protocol, this program version %d.%d"),
                               at[4], at[5], SOBAN_PROTOCOL_MAJOR, SOBAN_PROTOCOL_MINOR);
    return fail (reader, SOBAN_SYNC_ERROR_PROTOCOL, message, error);
  }
  reader->minor = at[5];
  reader->used += HEADER_BYTES;
  reader->place += HEADER_BYTES;
  reader->header_read = TRUE;
  return TRUE;
}

/* (nullable): exactly the announced bytes, or NULL with a reason. @dense: with the preset dictionary. */
static GBytes *
inflate_body (const guint8 *body, gsize length, gboolean dense, const char **ret_reason)
{
  SobanReader reader;
  z_stream stream = { 0 };
  guint64 announced;
  g_autofree guint8 *out = NULL;
  int status;

  soban_reader_init (&reader, body, length);
  announced = soban_reader_varint (&reader);
  if (reader.failed || announced == 0 || announced > SOBAN_FRAME_INFLATED_BYTES_MAX) {
    *ret_reason = "a deflated frame announces a length beyond the bound";
    return NULL;
  }
  out = g_malloc ((gsize) announced);
  status = inflateInit2 (&stream, -MAX_WBITS);
  g_assert (status == Z_OK);
  if (dense) {
    gsize dictionary_length;
    const guint8 *dictionary = soban_dictionary_get (&dictionary_length);

    status = inflateSetDictionary (&stream, dictionary, (uInt) dictionary_length);
    g_assert (status == Z_OK);
  }
  stream.next_in = (Bytef *) reader.at;
  stream.avail_in = (uInt) soban_reader_left (&reader);
  stream.next_out = out;
  stream.avail_out = (uInt) announced;
  status = inflate (&stream, Z_FINISH);
  inflateEnd (&stream);
  if (status != Z_STREAM_END || stream.total_out != announced || stream.avail_in != 0) {
    *ret_reason = "a deflated frame does not inflate to its announced length";
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&out), (gsize) announced);
}

/* (nullable): the body of a frame whose check was right, and the type under which it is given out. */
static GBytes *
open_body (guint8 coded_type, const guint8 *body, gsize length, SobanFrameType *ret_type, const char **ret_reason)
{
  SobanFrameType type = (SobanFrameType) (coded_type & ~FRAME_DEFLATED);

  if (type == SOBAN_FRAME_DENSE_CHANGES) {
    *ret_type = SOBAN_FRAME_CHANGES;
    if ((coded_type & FRAME_DEFLATED) == 0)
      return inflate_body (body, length, TRUE, ret_reason);
    *ret_reason = "a DENSE_CHANGES frame is deflated twice";
    return NULL;
  }
  *ret_type = type;
  return coded_type & FRAME_DEFLATED ? inflate_body (body, length, FALSE, ret_reason) : g_bytes_new (body, length);
}

gboolean
soban_frame_reader_next (SobanFrameReader *reader, SobanFrameType *ret_type, GBytes **ret_body, GError **error)
{
  SobanReader cut;
  const guint8 *start, *body;
  guint8 type;
  guint64 length;
  guint32 check;
  const char *reason = NULL;
  GBytes *bytes;

  *ret_body = NULL;
  if (reader->failure != NULL) {
    g_propagate_error (error, g_error_copy (reader->failure));
    return FALSE;
  }
  if (!reader->header_read && !read_header (reader, error))
    return FALSE;
  if (!reader->header_read)
    return TRUE;

  start = reader->buffer->data + reader->used;
  soban_reader_init (&cut, start, reader->buffer->len - reader->used);
  if (soban_reader_left (&cut) < 2)
    return TRUE;
  type = soban_reader_u8 (&cut);
  length = soban_reader_varint (&cut);
  if (cut.failed && reader->buffer->len - reader->used <= VARINT_BYTES_MAX)
    return TRUE;
  if (cut.failed || length > SOBAN_FRAME_BYTES_MAX)
    return fail (reader, SOBAN_SYNC_ERROR_TOO_LARGE, "a frame is longer than the bound", error);
  if (soban_reader_left (&cut) < length + FRAME_CHECK_BYTES)
    return TRUE;
  body = soban_reader_bytes (&cut, (gsize) length);
  check = soban_reader_u32 (&cut);
  g_assert (!cut.failed);
  if (soban_crc32c (0, start, (gsize) (cut.at - start) - FRAME_CHECK_BYTES) != check)
    return fail (reader, SOBAN_SYNC_ERROR_PROTOCOL, "a frame is damaged: its checksum is wrong", error);

  bytes = open_body (type, body, (gsize) length, ret_type, &reason);
  if (bytes == NULL)
    return fail (reader, SOBAN_SYNC_ERROR_PROTOCOL, reason, error);
  reader->used += (gsize) (cut.at - start);
  reader->given_type = type;
  reader->given_bytes = (gsize) (cut.at - start);
  reader->place += reader->given_bytes;
  *ret_body = bytes;
  return TRUE;
}
