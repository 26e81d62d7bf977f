/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a bundle's file: format and invariants stand in envelope-format.h. */
#include "config.h"

#include "protocol/envelope.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "protocol/envelope-format.h"

#define VERSION_PLACE SOBAN_ENVELOPE_MAGIC_BYTES
#define KIND_PLACE (VERSION_PLACE + 1)
#define VARINT_BYTES_MAX 10
#define HEAD_BYTES_MAX \
  (KIND_PLACE + 1 + VARINT_BYTES_MAX + SOBAN_PUBLIC_KEY_BYTES + 2 + SOBAN_SCOPE_BYTES_MAX + SOBAN_ENVELOPE_SEALED_KEY_BYTES \
   + SOBAN_ENVELOPE_STREAM_HEADER_BYTES)

typedef enum { HEAD, CHUNKS, SIGNATURE, VERIFIED, FAILED } State;

struct _SobanEnvelopeReader {
  State state;
  SobanEnvelopeFindKeys find_keys;
  gpointer find_data;
  SobanEnvelopeHead head;
  guint8 signer_key[SOBAN_PUBLIC_KEY_BYTES]; /* whose signature is asked for */
  GByteArray *buffer; /* what is not used yet */
  gsize used;
  guint64 fed_bytes;
  crypto_sign_state signing;
  crypto_secretstream_xchacha20poly1305_state stream;
  GError *failure;    /* invariant 4 */
};

SobanEnvelopeReader *
soban_envelope_reader_new (SobanEnvelopeFindKeys find_keys, gpointer data)
{
  SobanEnvelopeReader *reader = g_new0 (SobanEnvelopeReader, 1);

  reader->find_keys = find_keys;
  reader->find_data = data;
  reader->buffer = g_byte_array_new ();
  crypto_sign_init (&reader->signing);
  return reader;
}

void
soban_envelope_reader_free (SobanEnvelopeReader *reader)
{
  if (reader == NULL)
    return;
  g_byte_array_unref (reader->buffer);
  g_free (reader->head.scope);
  g_clear_error (&reader->failure);
  sodium_memzero (reader, sizeof *reader);
  g_free (reader);
}

const SobanEnvelopeHead *
soban_envelope_reader_get_head (const SobanEnvelopeReader *reader)
{
  return reader->head.scope != NULL ? &reader->head : NULL;
}

/* @failure: (transfer full). */
static gboolean
fail_with (SobanEnvelopeReader *reader, GError *failure, GError **error)
{
  reader->state = FAILED;
  g_clear_error (&reader->failure);
  reader->failure = failure;
  g_propagate_error (error, g_error_copy (failure));
  return FALSE;
}

static gboolean
fail (SobanEnvelopeReader *reader, SobanBundleError code, const char *message, GError **error)
{
  return fail_with (reader, g_error_new_literal (SOBAN_BUNDLE_ERROR, code, message), error);
}

static const guint8 *
get_rest (const SobanEnvelopeReader *reader, gsize *ret_length)
{
  *ret_length = reader->buffer->len - reader->used;
  return reader->buffer->data + reader->used;
}

static void
use (SobanEnvelopeReader *reader, gsize length)
{
  crypto_sign_update (&reader->signing, reader->buffer->data + reader->used, length);
  reader->used += length;
}

/* What is told before the whole head is there: that it is none. */
static gboolean
check_begin (SobanEnvelopeReader *reader, const guint8 *data, gsize length, GError **error)
{
  if (memcmp (data, SOBAN_ENVELOPE_MAGIC, MIN (length, SOBAN_ENVELOPE_MAGIC_BYTES)) != 0)
    return fail (reader, SOBAN_BUNDLE_ERROR_FOREIGN, _("this file is none of Sổ Bản's"), error);
  if (length > VERSION_PLACE && data[VERSION_PLACE] != SOBAN_ENVELOPE_VERSION) {
    g_autofree char *message = g_strdup_printf (_("the file is of version %d, this program knows version %d"), data[VERSION_PLACE],
                                                SOBAN_ENVELOPE_VERSION);

    return fail (reader, SOBAN_BUNDLE_ERROR_TOO_NEW, message, error);
  }
  if (length > KIND_PLACE && (data[KIND_PLACE] < SOBAN_BUNDLE_UP || data[KIND_PLACE] > SOBAN_BUNDLE_EXCHANGE))
    return fail (reader, SOBAN_BUNDLE_ERROR_TOO_NEW, _("the file is of a kind that this program does not know"), error);
  return TRUE;
}

typedef struct {
  SobanEnvelopeHead head;
  const guint8 *key;
  const guint8 *header;
  gsize length;
} HeadView;

/* FALSE: not all of it is there. */
static gboolean
cut_head (const guint8 *data, gsize length, HeadView *ret_view)
{
  SobanReader reader;
  const guint8 *sender_key;
  guint64 sender;
  gsize key_bytes;

  soban_reader_init (&reader, data, length);
  soban_reader_bytes (&reader, KIND_PLACE);
  ret_view->head.kind = (SobanBundleKind) soban_reader_u8 (&reader);
  key_bytes = ret_view->head.kind == SOBAN_BUNDLE_EXCHANGE ? SOBAN_ENVELOPE_BOXED_KEY_BYTES : SOBAN_ENVELOPE_SEALED_KEY_BYTES;
  sender = soban_reader_varint (&reader);
  sender_key = soban_reader_bytes (&reader, SOBAN_PUBLIC_KEY_BYTES);
  ret_view->head.scope = soban_reader_text (&reader, SOBAN_SCOPE_BYTES_MAX);
  ret_view->key = soban_reader_bytes (&reader, key_bytes);
  ret_view->header = soban_reader_bytes (&reader, SOBAN_ENVELOPE_STREAM_HEADER_BYTES);
  if (reader.failed || sender > G_MAXUINT32) {
    g_clear_pointer (&ret_view->head.scope, g_free);
    return FALSE;
  }
  ret_view->head.sender = (guint32) sender;
  memcpy (ret_view->head.sender_key, sender_key, SOBAN_PUBLIC_KEY_BYTES);
  ret_view->length = length - soban_reader_left (&reader);
  return TRUE;
}

static gboolean
open_sealed_key (const guint8 *sealed, const SobanSigningKeys *keys, guint8 *ret_stream_key)
{
  guint8 public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];
  gboolean opened;

  if (crypto_sign_ed25519_pk_to_curve25519 (public_key, keys->public_key) != 0
      || crypto_sign_ed25519_sk_to_curve25519 (secret_key, keys->secret_key) != 0)
    return FALSE;
  opened = crypto_box_seal_open (ret_stream_key, sealed, SOBAN_ENVELOPE_SEALED_KEY_BYTES, public_key, secret_key) == 0;
  sodium_memzero (secret_key, sizeof secret_key);
  return opened;
}

static gboolean
open_boxed_key (const guint8 *boxed, const guint8 *exchange_key, guint8 *ret_stream_key)
{
  return crypto_secretbox_open_easy (ret_stream_key, boxed + crypto_secretbox_NONCEBYTES,
                                     SOBAN_ENVELOPE_BOXED_KEY_BYTES - crypto_secretbox_NONCEBYTES, boxed, exchange_key) == 0;
}

static gboolean
open_stream (SobanEnvelopeReader *reader, const HeadView *view, GError **error)
{
  SobanEnvelopeKeys keys = { 0 };
  GError *refusal = NULL;
  guint8 stream_key[SOBAN_ENVELOPE_STREAM_KEY_BYTES];
  gboolean opened;

  if (!reader->find_keys (&reader->head, reader->find_data, &keys, &refusal))
    return fail_with (reader, refusal, error);
  if (keys.sender_key != NULL && memcmp (keys.sender_key, reader->head.sender_key, SOBAN_PUBLIC_KEY_BYTES) != 0)
    return fail (reader, SOBAN_BUNDLE_ERROR_OTHER_SENDER, _("the file is not signed with its sender's key"), error);
  memcpy (reader->signer_key, reader->head.sender_key, SOBAN_PUBLIC_KEY_BYTES);
  opened = reader->head.kind == SOBAN_BUNDLE_EXCHANGE ? open_boxed_key (view->key, keys.exchange_key, stream_key)
                                                      : open_sealed_key (view->key, keys.receiver_keys, stream_key);
  if (opened)
    opened = crypto_secretstream_xchacha20poly1305_init_pull (&reader->stream, view->header, stream_key) == 0;
  sodium_memzero (stream_key, sizeof stream_key);
  return opened || fail (reader, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _("the file is sealed to somebody else"), error);
}

static gboolean
take_head (SobanEnvelopeReader *reader, gboolean *ret_again, GError **error)
{
  HeadView view = { 0 };
  gsize length;
  const guint8 *data = get_rest (reader, &length);

  if (!check_begin (reader, data, length, error))
    return FALSE;
  if (!cut_head (data, length, &view))
    return length < HEAD_BYTES_MAX || fail (reader, SOBAN_BUNDLE_ERROR_DAMAGED, _("the file's first part is damaged"), error);
  reader->head = view.head;
  if (!open_stream (reader, &view, error))
    return FALSE;
  use (reader, view.length);
  reader->state = CHUNKS;
  *ret_again = TRUE;
  return TRUE;
}

static gboolean
take_chunk (SobanEnvelopeReader *reader, GByteArray *plain, gboolean *ret_again, GError **error)
{
  SobanReader cut;
  gsize length;
  const guint8 *data = get_rest (reader, &length);
  guint start = plain->len;
  guint32 sealed;
  guint8 tag;

  if (length < SOBAN_ENVELOPE_CHUNK_HEAD_BYTES)
    return TRUE;
  soban_reader_init (&cut, data, length);
  sealed = soban_reader_u32 (&cut);
  if (sealed < SOBAN_ENVELOPE_CHUNK_EXTRA_BYTES || sealed > SOBAN_BUNDLE_CHUNK_BYTES_MAX + SOBAN_ENVELOPE_CHUNK_EXTRA_BYTES)
    return fail (reader, SOBAN_BUNDLE_ERROR_DAMAGED, _("a part of the file is damaged"), error);
  if (soban_reader_left (&cut) < sealed)
    return TRUE;
  g_byte_array_set_size (plain, start + sealed - SOBAN_ENVELOPE_CHUNK_EXTRA_BYTES);
  if (crypto_secretstream_xchacha20poly1305_pull (&reader->stream, plain->data + start, NULL, &tag, cut.at, sealed, NULL, 0) != 0) {
    g_byte_array_set_size (plain, start);
    return fail (reader, SOBAN_BUNDLE_ERROR_DAMAGED, _("a part of the file is damaged"), error);
  }
  use (reader, SOBAN_ENVELOPE_CHUNK_HEAD_BYTES + sealed);
  if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL)
    reader->state = SIGNATURE;
  *ret_again = TRUE;
  return TRUE;
}

static gboolean
take_signature (SobanEnvelopeReader *reader, gboolean *ret_again, GError **error)
{
  gsize length;
  const guint8 *data = get_rest (reader, &length);

  if (length < SOBAN_ENVELOPE_SIGNATURE_BYTES)
    return TRUE;
  if (crypto_sign_final_verify (&reader->signing, data, reader->signer_key) != 0)
    return fail (reader, SOBAN_BUNDLE_ERROR_DAMAGED, _("the file's signature is wrong"), error);
  reader->used += SOBAN_ENVELOPE_SIGNATURE_BYTES;
  reader->state = VERIFIED;
  *ret_again = TRUE;
  return TRUE;
}

static gboolean
take (SobanEnvelopeReader *reader, GByteArray *plain, gboolean *ret_again, GError **error)
{
  switch (reader->state) {
  case HEAD:
    return take_head (reader, ret_again, error);
  case CHUNKS:
    return take_chunk (reader, plain, ret_again, error);
  case SIGNATURE:
    return take_signature (reader, ret_again, error);
  case VERIFIED:
    if (reader->used == reader->buffer->len)
      return TRUE;
    return fail (reader, SOBAN_BUNDLE_ERROR_DAMAGED, _("something follows the end of the file"), error);
  case FAILED:
    break;
  }
  g_propagate_error (error, g_error_copy (reader->failure));
  return FALSE;
}

gboolean
soban_envelope_reader_feed (SobanEnvelopeReader *reader, const guint8 *data, gsize length, GByteArray *plain, GError **error)
{
  gboolean again = TRUE;

  g_assert (length <= G_MAXUINT / 2);
  if (reader->state != FAILED) {
    g_byte_array_remove_range (reader->buffer, 0, (guint) reader->used);
    reader->used = 0;
    g_byte_array_append (reader->buffer, data, (guint) length);
    reader->fed_bytes += length;
    if (reader->fed_bytes > SOBAN_BUNDLE_BYTES_MAX)
      return fail (reader, SOBAN_BUNDLE_ERROR_TOO_LARGE, _("the file is longer than any of Sổ Bản's"), error);
  }
  while (again) {
    again = FALSE;
    if (!take (reader, plain, &again, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
soban_envelope_reader_finish (SobanEnvelopeReader *reader, GError **error)
{
  if (reader->state == VERIFIED)
    return TRUE;
  if (reader->state != FAILED)
    return fail (reader, SOBAN_BUNDLE_ERROR_CUT, _("the file ends before it is complete"), error);
  g_propagate_error (error, g_error_copy (reader->failure));
  return FALSE;
}
