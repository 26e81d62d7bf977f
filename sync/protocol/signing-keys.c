/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/signing-keys.h"

#include <sodium.h>
#include <string.h>

/* On the wire: both sides must derive the same. */
#define DEVICE_KEY_PREFIX "soban device key 1"

G_STATIC_ASSERT (SOBAN_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (SOBAN_SECRET_KEY_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT (SOBAN_KEY_SEED_BYTES == crypto_sign_SEEDBYTES);
G_STATIC_ASSERT (SOBAN_EXCHANGE_KEY_BYTES == crypto_secretbox_KEYBYTES);

void
soban_signing_keys_from_seed (const guint8 *seed, SobanSigningKeys *ret_keys)
{
  crypto_sign_seed_keypair (ret_keys->public_key, ret_keys->secret_key, seed);
}

void
soban_signing_keys_from_token (const char *token, SobanSigningKeys *ret_keys)
{
  crypto_generichash_state state;
  guint8 seed[SOBAN_KEY_SEED_BYTES];

  crypto_generichash_init (&state, NULL, 0, sizeof seed);
  crypto_generichash_update (&state, (const guint8 *) DEVICE_KEY_PREFIX, strlen (DEVICE_KEY_PREFIX));
  crypto_generichash_update (&state, (const guint8 *) token, strlen (token));
  crypto_generichash_final (&state, seed, sizeof seed);
  soban_signing_keys_from_seed (seed, ret_keys);
  sodium_memzero (seed, sizeof seed);
  sodium_memzero (&state, sizeof state);
}

void
soban_signing_keys_clear (SobanSigningKeys *keys)
{
  sodium_memzero (keys, sizeof *keys);
}

char *
soban_key_format (const guint8 *key, gsize length)
{
  char *text = g_malloc (length * 2 + 1);

  return sodium_bin2hex (text, length * 2 + 1, key, length);
}

gboolean
soban_key_parse (const char *text, gsize length, guint8 *ret_key)
{
  g_autofree guint8 *key = g_malloc (length);
  gsize written;

  if (strlen (text) != length * 2 || sodium_hex2bin (key, length, text, length * 2, NULL, &written, NULL) != 0 || written != length)
    return FALSE;
  memcpy (ret_key, key, length);
  sodium_memzero (key, length);
  return TRUE;
}
