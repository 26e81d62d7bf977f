/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The key pair that signs a bundle, and to whose public half a bundle is sealed: sync/README.md 10.1. Pure; any thread. */

#define SOBAN_PUBLIC_KEY_BYTES 32
#define SOBAN_SECRET_KEY_BYTES 64
#define SOBAN_KEY_SEED_BYTES 32
#define SOBAN_EXCHANGE_KEY_BYTES 32

/* Ed25519. */
typedef struct {
  guint8 public_key[SOBAN_PUBLIC_KEY_BYTES];
  guint8 secret_key[SOBAN_SECRET_KEY_BYTES];
} SobanSigningKeys;

void soban_signing_keys_from_seed (const guint8 *seed, SobanSigningKeys *ret_keys);
/* A device's pair: both sides derive it from the token, so nothing more has to be handed over at enrolment. */
void soban_signing_keys_from_token (const char *token, SobanSigningKeys *ret_keys);
/* Overwrites the secret half, too. */
void soban_signing_keys_clear (SobanSigningKeys *keys);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanSigningKeys, soban_signing_keys_clear)

/* (transfer full): @length bytes as lower-case hexadecimal digits: how keys stand in settings. */
char *soban_key_format (const guint8 *key, gsize length);
/* FALSE and @ret_key untouched when @text is not exactly @length bytes so written. */
gboolean soban_key_parse (const char *text, gsize length, guint8 *ret_key);
