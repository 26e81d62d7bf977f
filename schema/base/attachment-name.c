/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/attachment-name.h"

#include "base/form-offer.h"

#include <string.h>

#define DIGITS (2 * SOBAN_SHA256_BYTES)

static gboolean
is_extension (const char *text)
{
  gsize length = 0;

  for (; g_ascii_islower (text[length]) || g_ascii_isdigit (text[length]); length++)
    if (length == SOBAN_ATTACHMENT_EXTENSION_BYTES_MAX)
      return FALSE;
  return length > 0 && text[length] == '\0';
}

gboolean
soban_attachment_name_is_valid (const char *name)
{
  /* Most values of a record end here at their first letter: this is asked of each one that comes. */
  for (guint i = 0; i < DIGITS; i++)
    if (!g_ascii_isdigit (name[i]) && !(name[i] >= 'a' && name[i] <= 'f'))
      return FALSE;
  return name[DIGITS] == '.' && is_extension (name + DIGITS + 1);
}

char *
soban_attachment_name_new (gconstpointer data, gsize length, const char *extension)
{
  g_autofree char *lower = g_ascii_strdown (extension, -1);
  g_autofree char *hex = NULL;
  guint8 sha256[SOBAN_SHA256_BYTES];

  if (!is_extension (lower))
    return NULL;
  soban_sha256_of (data, length, sha256);
  hex = soban_sha256_to_hex (sha256);
  return g_strconcat (hex, ".", lower, NULL);
}

gboolean
soban_attachment_name_fits (const char *name, gconstpointer data, gsize length)
{
  g_autofree char *hex = NULL;
  guint8 sha256[SOBAN_SHA256_BYTES];

  soban_sha256_of (data, length, sha256);
  hex = soban_sha256_to_hex (sha256);
  return strncmp (name, hex, DIGITS) == 0;
}

const char *
soban_attachment_name_get_extension (const char *name)
{
  return name + DIGITS + 1;
}
