/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The WANTED and RECORDS bodies: sync/README.md 4.12.
 *
 * Invariant
 * 1. What is decoded as RECORDS has changes of the records that it names and of its scope alone, each with a number of the scope.
 */
#include "protocol/message.h"

#include "base/limits.h"
#include "protocol/body.h"

SobanWanted *
soban_wanted_new (const char *scope)
{
  SobanWanted *wanted = g_new0 (SobanWanted, 1);

  wanted->scope = g_strdup (scope);
  wanted->records = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  return wanted;
}

void
soban_wanted_free (SobanWanted *wanted)
{
  if (wanted == NULL)
    return;
  g_free (wanted->scope);
  g_array_unref (wanted->records);
  g_free (wanted);
}

static void
encode_records (const char *scope, const GArray *records, GByteArray *body)
{
  g_assert (records->len <= SOBAN_WANTED_RECORDS_MAX);
  soban_write_text (body, scope);
  soban_write_varint (body, records->len);
  for (guint i = 0; i < records->len; i++)
    soban_write_uuid (body, &g_array_index (records, SobanUuid, i));
}

static char *
decode_records (SobanReader *reader, GArray *records)
{
  char *scope = soban_reader_text (reader, SOBAN_SCOPE_BYTES_MAX);
  guint count = soban_reader_count (reader, SOBAN_UUID_BYTES, SOBAN_WANTED_RECORDS_MAX);

  for (guint i = 0; i < count; i++) {
    SobanUuid record = soban_reader_uuid (reader);

    g_array_append_val (records, record);
  }
  return scope;
}

void
soban_wanted_encode (const SobanWanted *wanted, GByteArray *body)
{
  encode_records (wanted->scope, wanted->records, body);
}

SobanWanted *
soban_wanted_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanWanted) wanted = soban_wanted_new (NULL);
  SobanReader reader;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);

  soban_reader_init (&reader, data, length);
  wanted->scope = decode_records (&reader, wanted->records);
  return soban_body_check (&reader, "WANTED", error) ? g_steal_pointer (&wanted) : NULL;
}

SobanRecords *
soban_records_new (const char *scope)
{
  SobanRecords *records = g_new0 (SobanRecords, 1);

  records->scope = g_strdup (scope);
  records->records = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  records->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  return records;
}

void
soban_records_free (SobanRecords *records)
{
  if (records == NULL)
    return;
  g_free (records->scope);
  g_array_unref (records->records);
  g_ptr_array_unref (records->changes);
  g_free (records);
}

void
soban_records_encode (const SobanRecords *records, GByteArray *body)
{
  encode_records (records->scope, records->records, body);
  if (records->changes->len > 0)
    soban_changes_encode (records->changes, SOBAN_CHANGES_TIMES | SOBAN_CHANGES_BASES, body);
}

/* Invariant 1. */
static gboolean
check_changes (const SobanRecords *records)
{
  g_autoptr (GHashTable) named = g_hash_table_new (soban_uuid_hash, soban_uuid_equal);

  for (guint i = 0; i < records->records->len; i++)
    g_hash_table_add (named, &g_array_index (records->records, SobanUuid, i));
  for (guint i = 0; i < records->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (records->changes, i);

    if (item->scope_number == 0 || !g_str_equal (item->change->scope, records->scope)
        || !g_hash_table_contains (named, &item->change->record))
      return FALSE;
  }
  return TRUE;
}

SobanRecords *
soban_records_decode (GBytes *body, GError **error)
{
  g_autoptr (SobanRecords) records = soban_records_new (NULL);
  SobanReader reader;
  gsize length, left;
  const guint8 *data = g_bytes_get_data (body, &length);

  soban_reader_init (&reader, data, length);
  records->scope = decode_records (&reader, records->records);
  left = soban_reader_left (&reader);
  if (!reader.failed && left > 0) {
    g_autoptr (GBytes) inner = g_bytes_new_from_bytes (body, length - left, left);
    GPtrArray *changes = soban_changes_decode (inner, error);

    if (changes == NULL) {
      g_prefix_error (error, "the RECORDS frame: ");
      return NULL;
    }
    g_ptr_array_unref (records->changes);
    records->changes = changes;
    if (!check_changes (records))
      reader.failed = TRUE;
  }
  return soban_body_check (&reader, "RECORDS", error) ? g_steal_pointer (&records) : NULL;
}
