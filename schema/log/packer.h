/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/*
 * Writing many small values at the end of a byte array: the merge encodes a dozen fields a record, and a call of
 * g_byte_array_append() for each of their pieces would be most of its work. The bytes are those of base/bytes.h.
 */
typedef struct {
  GByteArray *out;
  guint8 *at;
  guint8 *end;
} SobanPacker;

#define SOBAN_VARINT_BYTES_MAX 10
#define SOBAN_PACKER_STEP_BYTES 1024

static inline void
soban_packer_begin (SobanPacker *packer, GByteArray *out)
{
  guint8 *end = out->len > 0 ? out->data + out->len : out->data; /* an array that is new has no data at all */

  *packer = (SobanPacker){ out, end, end };
}

/* Makes sure that @bytes more can be packed. */
static inline void
soban_packer_need (SobanPacker *packer, gsize bytes)
{
  gsize used = packer->at - packer->out->data;

  if ((gsize) (packer->end - packer->at) >= bytes)
    return;
  g_byte_array_set_size (packer->out, used + bytes + SOBAN_PACKER_STEP_BYTES);
  packer->at = packer->out->data + used;
  packer->end = packer->out->data + packer->out->len;
}

static inline void
soban_packer_finish (SobanPacker *packer)
{
  g_assert (packer->at <= packer->end);
  g_byte_array_set_size (packer->out, packer->at - packer->out->data);
}

static inline void
soban_pack_varint (SobanPacker *packer, guint64 value)
{
  while (value >= 0x80) {
    *packer->at++ = (guint8) (value | 0x80);
    value >>= 7;
  }
  *packer->at++ = (guint8) value;
}

static inline void
soban_pack_zigzag (SobanPacker *packer, gint64 value)
{
  soban_pack_varint (packer, ((guint64) value << 1) ^ (value < 0 ? G_MAXUINT64 : 0));
}

static inline void
soban_pack_u64 (SobanPacker *packer, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (packer->at, &value, sizeof value);
  packer->at += sizeof value;
}

static inline void
soban_pack_bytes (SobanPacker *packer, gconstpointer bytes, gsize length)
{
  memcpy (packer->at, bytes, length);
  packer->at += length;
}

/* @counted: the length as it is written; @length: how many bytes follow. Makes its own room. */
static inline void
soban_pack_text (SobanPacker *packer, const char *text, gsize length, guint64 counted)
{
  soban_packer_need (packer, length + SOBAN_VARINT_BYTES_MAX);
  soban_pack_varint (packer, counted);
  memcpy (packer->at, text, length);
  packer->at += length;
}
