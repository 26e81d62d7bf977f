/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/uuid.h"

/* A 128-bit additive digest of winning states (PROTOCOL 8, sync/README.md 4.10): the sum mod 2^128 of what each record gives. */
typedef struct {
  guint64 low, high;
} SobanDigest;

#define SOBAN_DIGEST_BYTES 16

/* What one record gives: @state is its packed state (record-state.c), of @length bytes; nothing (0) when @length is 0. Pure. */
SobanDigest soban_digest_of_record (const SobanUuid *record, const guint8 *state, gsize length);
void soban_digest_add (SobanDigest *digest, const SobanDigest *term);
void soban_digest_subtract (SobanDigest *digest, const SobanDigest *term);
gboolean soban_digest_equal (const SobanDigest *a, const SobanDigest *b);
/* 16 bytes: low, high, little-endian. */
void soban_digest_to_bytes (const SobanDigest *digest, guint8 *ret_bytes);
SobanDigest soban_digest_from_bytes (const guint8 *bytes);
/* The month, in UTC, of a record's id: (year * 12 + month 0..11). Windows begin with a month, so digests are kept by month. */
guint soban_digest_month (const SobanUuid *record);
guint soban_digest_month_of_ms (gint64 ms);
