/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a bundle's file: format and invariants stand in envelope-format.h. */
#include "config.h"

#include "protocol/envelope.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "protocol/envelope-format.h"

struct _SobanEnvelopeWriter {
  crypto_sign_state signing;
  crypto_secretstream_xchacha20poly1305_state stream;
  SobanSigningKeys keys;
  GByteArray *chunk;    /* plain bytes that wait for a full chunk */
  gsize head_bytes;
  guint64 plain_bytes;
  gboolean finished;
};

static guint64
measure (guint64 head_bytes, guint64 plain_bytes)
{
  guint64 chunks = plain_bytes / SOBAN_BUNDLE_CHUNK_BYTES_MAX + (plain_bytes % SOBAN_BUNDLE_CHUNK_BYTES_MAX != 0);

  /* An empty bundle has one chunk, too: the last one carries the tag. */
  chunks = MAX (chunks, 1);
  return head_bytes + plain_bytes + chunks * (SOBAN_ENVELOPE_CHUNK_HEAD_BYTES + SOBAN_ENVELOPE_CHUNK_EXTRA_BYTES)
         + SOBAN_ENVELOPE_SIGNATURE_BYTES;
}

static void
write_open_head (const SobanEnvelopeAddress *address, GByteArray *out)
{
  g_byte_array_append (out, (const guint8 *) SOBAN_ENVELOPE_MAGIC, SOBAN_ENVELOPE_MAGIC_BYTES);
  soban_write_u8 (out, SOBAN_ENVELOPE_VERSION);
  soban_write_u8 (out, (guint8) address->kind);
  soban_write_varint (out, address->sender);
  g_byte_array_append (out, address->sender_keys->public_key, SOBAN_PUBLIC_KEY_BYTES);
  soban_write_text (out, address->kind == SOBAN_BUNDLE_EXCHANGE ? address->scope : "");
}

guint64
soban_envelope_measure (const SobanEnvelopeAddress *address, guint64 plain_bytes)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  gsize key = address->kind == SOBAN_BUNDLE_EXCHANGE ? SOBAN_ENVELOPE_BOXED_KEY_BYTES : SOBAN_ENVELOPE_SEALED_KEY_BYTES;

  write_open_head (address, head);
  return measure (head->len + key + SOBAN_ENVELOPE_STREAM_HEADER_BYTES, plain_bytes);
}

/*
 * crypto_box_seal() by its documented construction (ephemeral key, box under BLAKE2b-192 of both public keys as nonce), because it takes its
 * ephemeral key from libsodium's own generator: invariant 6. crypto_box_seal_open() reads it; a test proves that.
 */
static gboolean
seal_key (const guint8 *stream_key, const guint8 *receiver_key, const SobanEntropy *entropy, GByteArray *out)
{
  guint8 seed[crypto_box_SEEDBYTES], receiver[crypto_box_PUBLICKEYBYTES], nonce[crypto_box_NONCEBYTES];
  guint8 public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];
  guint8 sealed[crypto_box_MACBYTES + SOBAN_ENVELOPE_STREAM_KEY_BYTES];
  crypto_generichash_state state;
  gboolean boxed;

  if (crypto_sign_ed25519_pk_to_curve25519 (receiver, receiver_key) != 0)
    return FALSE;
  soban_entropy_fill (entropy, seed, sizeof seed);
  crypto_box_seed_keypair (public_key, secret_key, seed);
  crypto_generichash_init (&state, NULL, 0, sizeof nonce);
  crypto_generichash_update (&state, public_key, sizeof public_key);
  crypto_generichash_update (&state, receiver, sizeof receiver);
  crypto_generichash_final (&state, nonce, sizeof nonce);
  boxed = crypto_box_easy (sealed, stream_key, SOBAN_ENVELOPE_STREAM_KEY_BYTES, nonce, receiver, secret_key) == 0;
  sodium_memzero (seed, sizeof seed);
  sodium_memzero (secret_key, sizeof secret_key);
  g_byte_array_append (out, public_key, sizeof public_key);
  g_byte_array_append (out, sealed, sizeof sealed);
  return boxed;
}

static void
box_key (const guint8 *stream_key, const guint8 *exchange_key, const SobanEntropy *entropy, GByteArray *out)
{
  guint8 nonce[crypto_secretbox_NONCEBYTES];
  guint8 boxed[crypto_secretbox_MACBYTES + SOBAN_ENVELOPE_STREAM_KEY_BYTES];

  soban_entropy_fill (entropy, nonce, sizeof nonce);
  crypto_secretbox_easy (boxed, stream_key, SOBAN_ENVELOPE_STREAM_KEY_BYTES, nonce, exchange_key);
  g_byte_array_append (out, nonce, sizeof nonce);
  g_byte_array_append (out, boxed, sizeof boxed);
}

/* init_pull() with a header of our own gives the very state that init_push() gives with the one it draws: invariant 6. */
static void
begin_stream (SobanEnvelopeWriter *writer, const guint8 *stream_key, const SobanEntropy *entropy, GByteArray *out)
{
  guint8 header[SOBAN_ENVELOPE_STREAM_HEADER_BYTES];

  soban_entropy_fill (entropy, header, sizeof header);
  crypto_secretstream_xchacha20poly1305_init_pull (&writer->stream, header, stream_key);
  g_byte_array_append (out, header, sizeof header);
}

SobanEnvelopeWriter *
soban_envelope_writer_new (const SobanEnvelopeAddress *address, const SobanEntropy *entropy, GByteArray *out, GError **error)
{
  g_autoptr (SobanEnvelopeWriter) writer = g_new0 (SobanEnvelopeWriter, 1);
  guint8 stream_key[SOBAN_ENVELOPE_STREAM_KEY_BYTES];
  guint start = out->len;
  gboolean sealed = TRUE;

  g_assert (address->kind != SOBAN_BUNDLE_EXCHANGE || strlen (address->scope) <= SOBAN_SCOPE_BYTES_MAX);
  writer->chunk = g_byte_array_sized_new (SOBAN_BUNDLE_CHUNK_BYTES_MAX);
  writer->keys = *address->sender_keys;
  write_open_head (address, out);
  soban_entropy_fill (entropy, stream_key, sizeof stream_key);
  if (address->kind == SOBAN_BUNDLE_EXCHANGE)
    box_key (stream_key, address->exchange_key, entropy, out);
  else
    sealed = seal_key (stream_key, address->receiver_key, entropy, out);
  if (sealed)
    begin_stream (writer, stream_key, entropy, out);
  sodium_memzero (stream_key, sizeof stream_key);
  if (!sealed) {
    g_byte_array_set_size (out, start);
    g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _("the receiver's key is no key"));
    return NULL;
  }
  writer->head_bytes = out->len - start;
  crypto_sign_init (&writer->signing);
  crypto_sign_update (&writer->signing, out->data + start, writer->head_bytes);
  return g_steal_pointer (&writer);
}

void
soban_envelope_writer_free (SobanEnvelopeWriter *writer)
{
  if (writer == NULL)
    return;
  g_byte_array_unref (writer->chunk);
  sodium_memzero (writer, sizeof *writer);
  g_free (writer);
}

gboolean
soban_envelope_writer_has_room (const SobanEnvelopeWriter *writer, guint64 plain_bytes)
{
  return plain_bytes <= SOBAN_BUNDLE_BYTES_MAX
         && measure (writer->head_bytes, writer->plain_bytes + plain_bytes) <= SOBAN_BUNDLE_BYTES_MAX;
}

static void
push_chunk (SobanEnvelopeWriter *writer, guint8 tag, GByteArray *out)
{
  gsize sealed = writer->chunk->len + SOBAN_ENVELOPE_CHUNK_EXTRA_BYTES;
  guint start = out->len;

  soban_write_u32 (out, (guint32) sealed);
  g_byte_array_set_size (out, out->len + (guint) sealed);
  crypto_secretstream_xchacha20poly1305_push (&writer->stream, out->data + start + SOBAN_ENVELOPE_CHUNK_HEAD_BYTES, NULL,
                                              writer->chunk->data, writer->chunk->len, NULL, 0, tag);
  crypto_sign_update (&writer->signing, out->data + start, out->len - start);
  g_byte_array_set_size (writer->chunk, 0);
}

void
soban_envelope_writer_write (SobanEnvelopeWriter *writer, const guint8 *plain, gsize length, GByteArray *out)
{
  g_assert (!writer->finished);
  g_assert (soban_envelope_writer_has_room (writer, length));
  writer->plain_bytes += length;
  while (length > 0) {
    gsize piece = MIN (length, SOBAN_BUNDLE_CHUNK_BYTES_MAX - writer->chunk->len);

    /* A full chunk waits until more follows: only then is it known not to be the last. */
    if (piece == 0) {
      push_chunk (writer, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, out);
      continue;
    }
    g_byte_array_append (writer->chunk, plain, (guint) piece);
    plain += piece;
    length -= piece;
  }
}

void
soban_envelope_writer_finish (SobanEnvelopeWriter *writer, GByteArray *out)
{
  guint8 signature[SOBAN_ENVELOPE_SIGNATURE_BYTES];

  g_assert (!writer->finished);
  push_chunk (writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL, out);
  crypto_sign_final_create (&writer->signing, signature, NULL, writer->keys.secret_key);
  g_byte_array_append (out, signature, sizeof signature);
  writer->finished = TRUE;
}
