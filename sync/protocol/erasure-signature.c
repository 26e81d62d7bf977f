/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "protocol/erasure-signature.h"

#include <sodium.h>

#include "log/erasure-proof.h"

G_STATIC_ASSERT (SOBAN_ERASURE_PROOF_BYTES == crypto_sign_BYTES);

char *
soban_erasure_sign (const SobanUuid *record, const char *scope, const SobanSigningKeys *keys)
{
  g_autoptr (GByteArray) message = soban_erasure_proof_message (record, scope);
  guint8 signature[SOBAN_ERASURE_PROOF_BYTES];

  crypto_sign_detached (signature, NULL, message->data, message->len, keys->secret_key);
  return soban_erasure_proof_format (signature);
}

gboolean
soban_erasure_is_signed (const SobanChange *change, const guint8 *public_key)
{
  g_autoptr (GByteArray) message = NULL;
  guint8 signature[SOBAN_ERASURE_PROOF_BYTES];

  if (!soban_erasure_proof_find (change, signature))
    return FALSE;
  message = soban_erasure_proof_message (&change->record, change->scope);
  return crypto_sign_verify_detached (signature, message->data, message->len, public_key) == 0;
}
