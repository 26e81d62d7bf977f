/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The frames that requests, replies and bundles are made of: sync/README.md. Values are on the wire: append only, never renumber. */
typedef enum {
  SOBAN_FRAME_HELLO = 1,
  SOBAN_FRAME_CHANGES = 2,
  SOBAN_FRAME_REPLY = 3,
  SOBAN_FRAME_ADJUSTMENTS = 4,
  SOBAN_FRAME_END = 5,
  SOBAN_FRAME_ERROR = 6,
  SOBAN_FRAME_CLOCK_EVIDENCE = 7,
  SOBAN_FRAME_DIGESTS = 8,
  SOBAN_FRAME_FORMS = 9,
  SOBAN_FRAME_KEYS = 10,
  SOBAN_FRAME_RANGES = 11,
  SOBAN_FRAME_WANTED = 12,
  SOBAN_FRAME_RECORDS = 13,
  SOBAN_FRAME_DENSE_CHANGES = 14, /* a reader gives it out as the CHANGES that it stands for */
} SobanFrameType;

/* Appends one frame: type, length, body, CRC32C. A body is compressed where that makes it shorter. */
void soban_frame_write (GByteArray *out, SobanFrameType type, const guint8 *body, gsize length);
/* The same for the body of CHANGES, to a reader of 1.1: as DENSE_CHANGES where that is shorter (README 4.13). */
void soban_frame_write_changes (GByteArray *out, const guint8 *body, gsize length);
/* Appends the stream header (magic, protocol major and minor) that opens each request and reply. */
void soban_stream_header_write (GByteArray *out);

/**
 * SobanFrameReader: cuts a byte stream that arrives in pieces into whole, checked frames. Each frame can be used alone: what
 * came before a cut is good (prefix commit).
 */
typedef struct _SobanFrameReader SobanFrameReader;
SobanFrameReader *soban_frame_reader_new (void);
void soban_frame_reader_free (SobanFrameReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFrameReader, soban_frame_reader_free)
void soban_frame_reader_feed (SobanFrameReader *reader, const guint8 *data, gsize length);
/* TRUE with *ret_body (transfer full) when a frame is complete; TRUE with *ret_body NULL when more bytes are needed; FALSE on garbage. */
gboolean soban_frame_reader_next (SobanFrameReader *reader, SobanFrameType *ret_type, GBytes **ret_body, GError **error);
/* TRUE when the stream ends on a frame border. */
gboolean soban_frame_reader_is_whole (const SobanFrameReader *reader);
/* The minor version that the stream's header said; 0 until it was read. */
guint soban_frame_reader_get_minor (const SobanFrameReader *reader);
/* Where in the stream, in bytes, the next frame begins: behind a failure, the one that is bad. */
guint64 soban_frame_reader_get_place (const SobanFrameReader *reader);
/* Of the frame given out last: its type byte as it stood on the wire, and its length there, from type to check. */
guint8 soban_frame_reader_get_coded_type (const SobanFrameReader *reader, gsize *ret_length);
