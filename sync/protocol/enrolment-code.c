/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The enrolment code: sync/README.md 6.2.
 *
 *   code = secret (12 characters, 60 random bits) + key half (12 characters, the first 60 bits of the SHA-256 of the SPKI)
 *
 * Crockford's base 32: no letter that is taken for a digit, so a code can be read out over the phone.
 */
#include "config.h"

#include "protocol/enrolment-code.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define HALF_LENGTH SOBAN_ENROLMENT_SECRET_LENGTH
#define CODE_LENGTH (2 * HALF_LENGTH)
#define GROUP_LENGTH 4
#define BITS_PER_CHARACTER 5
#define PIN_PREFIX "sha256//"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The first 60 bits of @bytes, most significant first. */
static char *
write_half (const guint8 *bytes)
{
  char half[HALF_LENGTH + 1] = { 0 };
  guint64 bits = 0;

  for (guint i = 0; i < 8; i++)
    bits = bits << 8 | bytes[i];
  for (guint i = 0; i < HALF_LENGTH; i++)
    half[i] = alphabet[bits >> (64 - BITS_PER_CHARACTER * (i + 1)) & 31];
  return g_strdup (half);
}

/* (nullable) (transfer full): upper case, look-alikes replaced, hyphens and blanks left out; NULL when another character is there. */
static char *
normalize (const char *text, gsize length)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++) {
    char letter = g_ascii_toupper (*at);

    if (letter == '-' || g_ascii_isspace (letter))
      continue;
    if (letter == 'O')
      letter = '0';
    else if (letter == 'I' || letter == 'L')
      letter = '1';
    if (strchr (alphabet, letter) == NULL || plain->len == length)
      return NULL;
    g_string_append_c (plain, letter);
  }
  return plain->len == length ? g_string_free (g_steal_pointer (&plain), FALSE) : NULL;
}

char *
soban_enrolment_secret_draw (const SobanEntropy *entropy)
{
  guint8 bytes[8];

  soban_entropy_fill (entropy, bytes, sizeof bytes);
  return write_half (bytes);
}

char *
soban_enrolment_secret_normalize (const char *text)
{
  return normalize (text, HALF_LENGTH);
}

char *
soban_enrolment_code_make (const char *secret, const guint8 key_hash[SOBAN_KEY_HASH_BYTES])
{
  g_autofree char *key_half = write_half (key_hash);
  g_autofree char *plain = g_strconcat (secret, key_half, NULL);
  GString *code = g_string_new (NULL);

  g_assert (strlen (secret) == HALF_LENGTH);
  for (guint i = 0; i < CODE_LENGTH; i += GROUP_LENGTH) {
    if (i > 0)
      g_string_append_c (code, '-');
    g_string_append_len (code, plain + i, GROUP_LENGTH);
  }
  return g_string_free (code, FALSE);
}

gboolean
soban_enrolment_code_parse (const char *text, char **ret_secret, char **ret_key_half, GError **error)
{
  g_autofree char *plain = normalize (text, CODE_LENGTH);

  if (plain == NULL) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED,
                         _("this is not an enrolment code: it has six groups of four letters and digits"));
    return FALSE;
  }
  *ret_secret = g_strndup (plain, HALF_LENGTH);
  *ret_key_half = g_strdup (plain + HALF_LENGTH);
  return TRUE;
}

gboolean
soban_enrolment_code_names_key (const char *key_half, const guint8 key_hash[SOBAN_KEY_HASH_BYTES])
{
  g_autofree char *expected = write_half (key_hash);

  return g_strcmp0 (key_half, expected) == 0;
}

char *
soban_key_pin_format (const guint8 key_hash[SOBAN_KEY_HASH_BYTES])
{
  g_autofree char *base64 = g_base64_encode (key_hash, SOBAN_KEY_HASH_BYTES);

  return g_strconcat (PIN_PREFIX, base64, NULL);
}

gboolean
soban_key_pin_parse (const char *pin, guint8 ret_hash[SOBAN_KEY_HASH_BYTES])
{
  g_autofree char *plain = g_strstrip (g_strdup (pin));
  g_autofree guchar *hash = NULL;
  g_autofree char *again = NULL;
  gsize length = 0;

  if (!g_str_has_prefix (plain, PIN_PREFIX))
    return FALSE;
  hash = g_base64_decode (plain + strlen (PIN_PREFIX), &length);
  if (hash == NULL || length != SOBAN_KEY_HASH_BYTES)
    return FALSE;
  /* g_base64_decode skips what is no base 64: only the text that encoding gives is a pin. */
  again = soban_key_pin_format (hash);
  if (strcmp (again, plain) != 0)
    return FALSE;
  memcpy (ret_hash, hash, SOBAN_KEY_HASH_BYTES);
  return TRUE;
}
