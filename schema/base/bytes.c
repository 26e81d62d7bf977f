/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"

#include <string.h>

#define VARINT_BYTES_MAX 10
#define CRC32C_POLYNOMIAL 0x82f63b78u /* reflected */

void
soban_reader_init (SobanReader *reader, const guint8 *data, gsize length)
{
  reader->at = data;
  reader->end = data + length;
  reader->failed = FALSE;
}

gsize
soban_reader_left (const SobanReader *reader)
{
  return reader->failed ? 0 : (gsize) (reader->end - reader->at);
}

const guint8 *
soban_reader_bytes (SobanReader *reader, gsize length)
{
  const guint8 *bytes = reader->at;

  if (reader->failed || length > (gsize) (reader->end - reader->at)) {
    reader->failed = TRUE;
    return NULL;
  }
  reader->at += length;
  return bytes;
}

guint8
soban_reader_u8 (SobanReader *reader)
{
  const guint8 *bytes = soban_reader_bytes (reader, 1);

  return bytes != NULL ? bytes[0] : 0;
}

guint32
soban_reader_u32 (SobanReader *reader)
{
  const guint8 *bytes = soban_reader_bytes (reader, 4);
  guint32 value;

  if (bytes == NULL)
    return 0;
  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

guint64
soban_reader_u64 (SobanReader *reader)
{
  const guint8 *bytes = soban_reader_bytes (reader, 8);
  guint64 value;

  if (bytes == NULL)
    return 0;
  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_LE (value);
}

guint64
soban_reader_varint (SobanReader *reader)
{
  guint64 value = 0;

  for (guint i = 0; i < VARINT_BYTES_MAX; i++) {
    guint8 byte = soban_reader_u8 (reader);

    /* The tenth byte holds one bit: more would be cut off silently. */
    if (reader->failed || (i == VARINT_BYTES_MAX - 1 && byte > 1))
      break;
    value |= (guint64) (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0)
      return value;
  }
  reader->failed = TRUE;
  return 0;
}

gint64
soban_reader_zigzag (SobanReader *reader)
{
  guint64 value = soban_reader_varint (reader);

  return (gint64) (value >> 1) ^ -(gint64) (value & 1);
}

char *
soban_reader_text (SobanReader *reader, gsize bytes_max)
{
  guint64 length = soban_reader_varint (reader);
  const guint8 *bytes;

  if (reader->failed || length > bytes_max) {
    reader->failed = TRUE;
    return NULL;
  }
  bytes = soban_reader_bytes (reader, (gsize) length);
  if (bytes == NULL || !g_utf8_validate_len ((const char *) bytes, (gsize) length, NULL)) {
    reader->failed = TRUE;
    return NULL;
  }
  return g_strndup ((const char *) bytes, (gsize) length);
}

void
soban_write_u8 (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

void
soban_write_u32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

void
soban_write_u64 (GByteArray *out, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

void
soban_write_varint (GByteArray *out, guint64 value)
{
  guint8 bytes[VARINT_BYTES_MAX];
  guint length = 0;

  while (value >= 0x80) {
    bytes[length++] = (guint8) (value | 0x80);
    value >>= 7;
  }
  bytes[length++] = (guint8) value;
  g_byte_array_append (out, bytes, length);
}

void
soban_write_zigzag (GByteArray *out, gint64 value)
{
  soban_write_varint (out, ((guint64) value << 1) ^ (guint64) (value >> 63));
}

void
soban_write_text (GByteArray *out, const char *text)
{
  gsize length = strlen (text);

  soban_write_varint (out, length);
  g_byte_array_append (out, (const guint8 *) text, (guint) length);
}

typedef struct {
  guint32 of[256];
} CrcTable;

static const CrcTable *
get_crc_table (void)
{
  static CrcTable table;
  static gsize ready = 0;

  if (g_once_init_enter (&ready)) {
    for (guint32 byte = 0; byte < 256; byte++) {
      guint32 crc = byte;

      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? CRC32C_POLYNOMIAL : 0);
      table.of[byte] = crc;
    }
    g_once_init_leave (&ready, 1);
  }
  return &table;
}

guint32
soban_crc32c (guint32 crc, const guint8 *data, gsize length)
{
  const CrcTable *table = get_crc_table ();

  crc = ~crc;
  for (gsize i = 0; i < length; i++)
    crc = (crc >> 8) ^ table->of[(crc ^ data[i]) & 0xff];
  return ~crc;
}
