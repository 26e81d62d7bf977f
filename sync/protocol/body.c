/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/body.h"

#include <string.h>

#include "base/error.h"

void
soban_write_uuid (GByteArray *out, const SobanUuid *uuid)
{
  g_byte_array_append (out, uuid->bytes, SOBAN_UUID_BYTES);
}

SobanUuid
soban_reader_uuid (SobanReader *reader)
{
  const guint8 *bytes = soban_reader_bytes (reader, SOBAN_UUID_BYTES);
  SobanUuid uuid = { { 0 } };

  if (bytes != NULL)
    memcpy (uuid.bytes, bytes, SOBAN_UUID_BYTES);
  return uuid;
}

void
soban_write_digest (GByteArray *out, const SobanDigest *digest)
{
  guint8 bytes[SOBAN_DIGEST_BYTES];

  soban_digest_to_bytes (digest, bytes);
  g_byte_array_append (out, bytes, sizeof bytes);
}

SobanDigest
soban_reader_digest (SobanReader *reader)
{
  const guint8 *bytes = soban_reader_bytes (reader, SOBAN_DIGEST_BYTES);

  return bytes != NULL ? soban_digest_from_bytes (bytes) : (SobanDigest) { 0 };
}

guint
soban_reader_count (SobanReader *reader, gsize bytes_min, gsize count_max)
{
  guint64 count = soban_reader_varint (reader);

  if (count > count_max || count > soban_reader_left (reader) / bytes_min)
    reader->failed = TRUE;
  return reader->failed ? 0 : (guint) count;
}

gboolean
soban_body_check (const SobanReader *reader, const char *frame, GError **error)
{
  if (!reader->failed)
    return TRUE;
  g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the %s frame is damaged", frame);
  return FALSE;
}
