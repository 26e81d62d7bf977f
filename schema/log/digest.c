/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests of winning states: PROTOCOL 8, sync/README.md 4.10.
 *
 * Invariants:
 *  (1) A sum, not an exclusive or: two equal terms do not cancel.
 *  (2) The order of the records does not matter; what was added can be taken off again.
 *  (3) Equal states give equal terms, since equal states have equal bytes (record-state.c).
 */
#include "log/digest.h"

#include "base/bytes.h"

#include <string.h>
#include <xxhash.h>

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
/* Days as GDate counts them. */
#define FIRST_OF_1970 719163
#define LAST_OF_9999 3652059

SobanDigest
soban_digest_of_record (const SobanUuid *record, const guint8 *state, gsize length)
{
  XXH128_hash_t hash;

  if (length == 0)
    return (SobanDigest) { 0 };
  hash = XXH3_128bits_withSeed (state, length, XXH3_64bits (record->bytes, SOBAN_UUID_BYTES));
  return (SobanDigest) { hash.low64, hash.high64 };
}

void
soban_digest_add (SobanDigest *digest, const SobanDigest *term)
{
  guint64 before = digest->low;

  digest->low += term->low;
  digest->high += term->high + (digest->low < before);
}

void
soban_digest_subtract (SobanDigest *digest, const SobanDigest *term)
{
  guint64 before = digest->low;

  digest->low -= term->low;
  digest->high -= term->high + (digest->low > before);
}

gboolean
soban_digest_equal (const SobanDigest *a, const SobanDigest *b)
{
  return a->low == b->low && a->high == b->high;
}

void
soban_digest_to_bytes (const SobanDigest *digest, guint8 *ret_bytes)
{
  guint64 low = GUINT64_TO_LE (digest->low), high = GUINT64_TO_LE (digest->high);

  memcpy (ret_bytes, &low, sizeof low);
  memcpy (ret_bytes + sizeof low, &high, sizeof high);
}

SobanDigest
soban_digest_from_bytes (const guint8 *bytes)
{
  SobanReader reader;
  SobanDigest digest;

  soban_reader_init (&reader, bytes, SOBAN_DIGEST_BYTES);
  digest.low = soban_reader_u64 (&reader);
  digest.high = soban_reader_u64 (&reader);
  return digest;
}

guint
soban_digest_month_of_ms (gint64 ms)
{
  gint64 day = ms / DAY_MS - (ms % DAY_MS < 0) + FIRST_OF_1970;
  GDate date;

  if (day < 1 || day > LAST_OF_9999)
    return 0;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) day);
  return g_date_get_year (&date) * 12 + g_date_get_month (&date) - 1;
}

guint
soban_digest_month (const SobanUuid *record)
{
  return soban_digest_month_of_ms (soban_uuid_get_ms (record));
}
