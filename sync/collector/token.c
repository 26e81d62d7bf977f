/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "token.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32

char *
soban_token_new (const SobanEntropy *entropy)
{
  guint8 bytes[TOKEN_BYTES];
  char *text = g_malloc0 (sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING));

  soban_entropy_fill (entropy, bytes, sizeof bytes);
  sodium_bin2base64 (text, sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING), bytes, sizeof bytes,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (bytes, sizeof bytes);
  return text;
}

void
soban_token_hash (const char *token, guint8 *ret_hash)
{
  crypto_hash_sha256 (ret_hash, (const guint8 *) token, strlen (token));
}
