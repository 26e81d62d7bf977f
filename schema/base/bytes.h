/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Reading and writing binary values: varints (LEB128, 7 bits a byte, least first), zig-zag for signed, little-endian fixed. */

/* A bounds-checked reader over memory it does not own. After a failure every further read fails and @failed stays TRUE. */
typedef struct {
  const guint8 *at;
  const guint8 *end;
  gboolean failed;
} SobanReader;

void soban_reader_init (SobanReader *reader, const guint8 *data, gsize length);
gsize soban_reader_left (const SobanReader *reader);
guint8 soban_reader_u8 (SobanReader *reader);
guint32 soban_reader_u32 (SobanReader *reader);
guint64 soban_reader_u64 (SobanReader *reader);
guint64 soban_reader_varint (SobanReader *reader);
gint64 soban_reader_zigzag (SobanReader *reader);
/* (nullable) (transfer none): @length bytes in place. */
const guint8 *soban_reader_bytes (SobanReader *reader, gsize length);
/* (nullable) (transfer full): varint length, then that many bytes of UTF-8 without NUL; fails beyond @bytes_max. */
char *soban_reader_text (SobanReader *reader, gsize bytes_max);

/* Writers append to a GByteArray. */
void soban_write_u8 (GByteArray *out, guint8 value);
void soban_write_u32 (GByteArray *out, guint32 value);
void soban_write_u64 (GByteArray *out, guint64 value);
void soban_write_varint (GByteArray *out, guint64 value);
void soban_write_zigzag (GByteArray *out, gint64 value);
void soban_write_text (GByteArray *out, const char *text);

/* CRC-32C (Castagnoli), as in RFC 3720 B.4; @crc 0 to start, the previous result to go on. */
guint32 soban_crc32c (guint32 crc, const guint8 *data, gsize length);
