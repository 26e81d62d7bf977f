/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ERROR body: sync/README.md 4.7. */
#include "protocol/message.h"

#include "base/limits.h"

#include <string.h>

/* The codes are on the wire and base/error.h may not renumber them. */
G_STATIC_ASSERT (SOBAN_SYNC_ERROR_OFFLINE == 0 && SOBAN_SYNC_ERROR_TIMEOUT == 1 && SOBAN_SYNC_ERROR_REFUSED == 2
                 && SOBAN_SYNC_ERROR_AUTH == 3 && SOBAN_SYNC_ERROR_KEY == 4 && SOBAN_SYNC_ERROR_PROTOCOL == 5
                 && SOBAN_SYNC_ERROR_TOO_LARGE == 6 && SOBAN_SYNC_ERROR_SERVER == 7 && SOBAN_SYNC_ERROR_CANCELLED == 8
                 && SOBAN_SYNC_ERROR_NOT_ENROLLED == 9);

void
soban_refusal_encode (SobanSyncError code, const char *message, GByteArray *body)
{
  /* A sentence that is too long is cut; the cut may fall into a character, whose rest make_valid replaces. */
  g_autofree char *sentence = g_utf8_make_valid (message, (gssize) MIN (strlen (message), SOBAN_SENTENCE_BYTES_MAX - 16));

  soban_write_varint (body, code);
  soban_write_text (body, sentence);
}

gboolean
soban_refusal_decode (GBytes *body, GError **ret_refusal, GError **error)
{
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  guint64 code;
  g_autofree char *message = NULL;

  soban_reader_init (&reader, data, length);
  code = soban_reader_varint (&reader);
  message = soban_reader_text (&reader, SOBAN_SENTENCE_BYTES_MAX);
  if (reader.failed) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the ERROR frame is damaged");
    return FALSE;
  }
  if (code > SOBAN_SYNC_ERROR_NOT_ENROLLED)
    code = SOBAN_SYNC_ERROR_REFUSED;
  g_set_error_literal (ret_refusal, SOBAN_SYNC_ERROR, (int) code, message);
  return TRUE;
}
