/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * What the writer (envelope.c) and the reader (envelope-reader.c) share: sync/README.md 10.
 *
 *   "SBUN" u8 version · u8 kind · varint sender · 32 sender's key · text scope · 80 or 72 key of the stream · 24 stream header ·
 *   chunk* (u32 length, sealed bytes; the last one is tagged final) · 64 signature over all before it
 *
 * Invariants
 * 1. What a writer wrote, a reader fed in pieces of any size gives back, byte for byte.
 * 2. finish() says TRUE only for a whole file, no byte of which was altered, signed by the sender whose key was asked for.
 * 3. No prefix and no garbage makes a reader read outside what it was fed, or hold more than a chunk beside the piece at hand.
 * 4. After a failure a reader stays failed.
 * 5. No bundle is longer than SOBAN_BUNDLE_BYTES_MAX.
 * 6. The same randomness gives the same bytes: nothing is drawn but from the SobanEntropy.
 */

#include <sodium.h>

#include "base/limits.h"
#include "protocol/envelope.h"

#define SOBAN_ENVELOPE_MAGIC "SBUN"
#define SOBAN_ENVELOPE_MAGIC_BYTES 4
#define SOBAN_ENVELOPE_VERSION 1

#define SOBAN_ENVELOPE_STREAM_KEY_BYTES crypto_secretstream_xchacha20poly1305_KEYBYTES
#define SOBAN_ENVELOPE_STREAM_HEADER_BYTES crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define SOBAN_ENVELOPE_SEALED_KEY_BYTES (crypto_box_SEALBYTES + SOBAN_ENVELOPE_STREAM_KEY_BYTES)
#define SOBAN_ENVELOPE_BOXED_KEY_BYTES (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SOBAN_ENVELOPE_STREAM_KEY_BYTES)
#define SOBAN_ENVELOPE_CHUNK_HEAD_BYTES 4
#define SOBAN_ENVELOPE_CHUNK_EXTRA_BYTES crypto_secretstream_xchacha20poly1305_ABYTES
#define SOBAN_ENVELOPE_SIGNATURE_BYTES crypto_sign_BYTES

G_STATIC_ASSERT (SOBAN_ENVELOPE_SEALED_KEY_BYTES == 80);
G_STATIC_ASSERT (SOBAN_ENVELOPE_BOXED_KEY_BYTES == 72);
G_STATIC_ASSERT (SOBAN_ENVELOPE_STREAM_HEADER_BYTES == 24);
G_STATIC_ASSERT (SOBAN_ENVELOPE_SIGNATURE_BYTES == 64);
