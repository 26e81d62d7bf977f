/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash of a change and the chain of a sender: sync/README.md 4.8. */
#include "log/change.h"

void
soban_change_hash (const SobanChange *change, guint8 *ret_hash)
{
  SobanChange authored = *change;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = SOBAN_CHANGE_HASH_BYTES;

  authored.stamp = 0;
  authored.recorded_ms = 0;
  authored.time_quality = SOBAN_TIME_RAW;
  soban_change_encode (&authored, bytes);
  g_checksum_update (checksum, bytes->data, bytes->len);
  g_checksum_get_digest (checksum, ret_hash, &length);
}

guint64
soban_change_chain (guint64 chain, const guint8 *hash)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 link[SOBAN_CHANGE_HASH_BYTES];
  gsize length = sizeof link;
  SobanReader reader;

  soban_write_u64 (bytes, chain);
  g_byte_array_append (bytes, hash, SOBAN_CHANGE_HASH_BYTES);
  g_checksum_update (checksum, bytes->data, bytes->len);
  g_checksum_get_digest (checksum, link, &length);
  soban_reader_init (&reader, link, length);
  return soban_reader_u64 (&reader);
}
