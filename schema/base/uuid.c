/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/uuid.h"

#include <string.h>

static void
set_version (SobanUuid *uuid, guint8 version)
{
  uuid->bytes[6] = (guint8) ((uuid->bytes[6] & 0x0f) | (version << 4));
  uuid->bytes[8] = (guint8) ((uuid->bytes[8] & 0x3f) | 0x80);
}

SobanUuid
soban_uuid_new_v7 (gint64 ms, const SobanEntropy *entropy)
{
  SobanUuid uuid;

  g_assert (ms >= 0 && ms < (G_GINT64_CONSTANT (1) << 48));
  soban_entropy_fill (entropy, uuid.bytes, sizeof uuid.bytes);
  for (guint i = 0; i < 6; i++)
    uuid.bytes[i] = (guint8) (ms >> (8 * (5 - i)));
  set_version (&uuid, 7);
  return uuid;
}

SobanUuid
soban_uuid_new_v4 (const SobanEntropy *entropy)
{
  SobanUuid uuid;

  soban_entropy_fill (entropy, uuid.bytes, sizeof uuid.bytes);
  set_version (&uuid, 4);
  return uuid;
}

gint64
soban_uuid_get_ms (const SobanUuid *uuid)
{
  gint64 ms = 0;

  for (guint i = 0; i < 6; i++)
    ms = (ms << 8) | uuid->bytes[i];
  return ms;
}

char *
soban_uuid_to_string (const SobanUuid *uuid)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (SOBAN_UUID_TEXT_LENGTH + 1);
  char *at = text;

  for (guint i = 0; i < SOBAN_UUID_BYTES; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      *at++ = '-';
    *at++ = digits[uuid->bytes[i] >> 4];
    *at++ = digits[uuid->bytes[i] & 0x0f];
  }
  *at = '\0';
  return text;
}

gboolean
soban_uuid_parse (const char *text, SobanUuid *ret_uuid)
{
  SobanUuid uuid;

  if (text == NULL || strlen (text) != SOBAN_UUID_TEXT_LENGTH)
    return FALSE;
  for (guint i = 0; i < SOBAN_UUID_BYTES; i++) {
    int high, low;

    if (i == 4 || i == 6 || i == 8 || i == 10) {
      if (*text++ != '-')
        return FALSE;
    }
    high = g_ascii_xdigit_value (text[0]);
    low = g_ascii_xdigit_value (text[1]);
    if (high < 0 || low < 0)
      return FALSE;
    uuid.bytes[i] = (guint8) ((high << 4) | low);
    text += 2;
  }
  *ret_uuid = uuid;
  return TRUE;
}

int
soban_uuid_compare (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, SOBAN_UUID_BYTES);
}

guint
soban_uuid_hash (gconstpointer uuid)
{
  guint32 parts[4];

  memcpy (parts, uuid, sizeof parts);
  return parts[0] ^ (parts[1] * 31) ^ (parts[2] * 131) ^ (parts[3] * 1313);
}

gboolean
soban_uuid_equal (gconstpointer a, gconstpointer b)
{
  return soban_uuid_compare (a, b) == 0;
}
