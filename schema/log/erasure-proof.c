/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "log/erasure-proof.h"

#include <string.h>

#define COLLECTOR_DEVICE 0
#define PURPOSE "soban erasure 1"

GByteArray *
soban_erasure_proof_message (const SobanUuid *record, const char *scope)
{
  GByteArray *message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) PURPOSE, strlen (PURPOSE));
  g_byte_array_append (message, record->bytes, SOBAN_UUID_BYTES);
  return g_byte_array_append (message, (const guint8 *) scope, (guint) strlen (scope));
}

char *
soban_erasure_proof_format (const guint8 *signature)
{
  return g_base64_encode (signature, SOBAN_ERASURE_PROOF_BYTES);
}

static gboolean
parse (const char *value, guint8 *ret_signature)
{
  g_autofree guint8 *decoded = NULL;
  gsize length;

  if (value == NULL || *value == '\0')
    return FALSE;
  decoded = g_base64_decode (value, &length);
  if (length != SOBAN_ERASURE_PROOF_BYTES)
    return FALSE;
  memcpy (ret_signature, decoded, SOBAN_ERASURE_PROOF_BYTES);
  return TRUE;
}

gboolean
soban_erasure_proof_find (const SobanChange *change, guint8 *ret_signature)
{
  if (change->id.device != COLLECTOR_DEVICE)
    return FALSE;
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    if (strcmp (assignment->path, SOBAN_FIELD_ERASED) == 0)
      return parse (assignment->value, ret_signature);
  }
  return FALSE;
}

gboolean
soban_erasure_blank (SobanChange *change)
{
  gboolean blanked = FALSE;

  for (guint i = 0; i < change->assignments->len; i++) {
    SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    if (assignment->value == NULL || strcmp (assignment->path, SOBAN_FIELD_DELETED) == 0 || strcmp (assignment->path, SOBAN_FIELD_ERASED) == 0)
      continue;
    g_clear_pointer (&assignment->value, g_free);
    blanked = TRUE;
  }
  return blanked;
}
