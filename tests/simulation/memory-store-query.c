/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read of a store that is at rest, and copies of it. */
#include "memory-store-private.h"

#include <string.h>

const GPtrArray *
memory_store_get_log (MemoryStore *store)
{
  return store->base.log;
}

const GPtrArray *
memory_store_get_scope (MemoryStore *store, const char *scope)
{
  const GPtrArray *numbered = g_hash_table_lookup (store->numbered, scope);

  return numbered != NULL ? numbered : store->nothing;
}

const StoredChange *
memory_store_find (MemoryStore *store, const SobanChangeId *id)
{
  return g_hash_table_lookup (store->base.changes, id);
}

SobanRecordState *
memory_store_get_state (MemoryStore *store, const SobanUuid *record)
{
  const StoredRecord *stored = g_hash_table_lookup (store->base.records, record);
  gsize length;
  const guint8 *bytes;

  if (stored == NULL)
    return NULL;
  bytes = g_bytes_get_data (stored->state, &length);
  return soban_record_state_decode (bytes, length, NULL);
}

guint64
memory_store_get_floor (MemoryStore *store, const char *scope)
{
  const guint64 *floor = g_hash_table_lookup (store->floors, scope);

  return floor != NULL ? *floor : 0;
}

void
memory_store_raise_floor (MemoryStore *store, const char *scope, guint64 number)
{
  number = MAX (number, memory_store_get_floor (store, scope));
  g_hash_table_replace (store->floors, g_strdup (scope), g_memdup2 (&number, sizeof number));
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return soban_uuid_compare (a, b);
}

GArray *
memory_store_list_records (MemoryStore *store, const char *scope)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  GHashTableIter iter;
  gpointer id, record;

  g_hash_table_iter_init (&iter, store->base.records);
  while (g_hash_table_iter_next (&iter, &id, &record)) {
    if (g_str_equal (((StoredRecord *) record)->scope, scope))
      g_array_append_vals (ids, id, 1);
  }
  g_array_sort (ids, compare_ids);
  return ids;
}

SobanDigest
memory_store_get_digest (MemoryStore *store, const SobanUuid *record)
{
  const StoredRecord *stored = g_hash_table_lookup (store->base.records, record);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (stored->state, &length);

  return soban_digest_of_record (record, bytes, length);
}

static void
copy_table (GHashTable *from, GHashTable *to, gsize key_bytes, gsize value_bytes)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (to, key_bytes > 0 ? g_memdup2 (key, key_bytes) : g_strdup (key),
                         g_memdup2 (value, value_bytes));
}

static void
copy_log (MemoryStore *from, MemoryStore *to)
{
  for (guint i = 0; i < from->base.log->len; i++) {
    StoredChange *stored = g_ptr_array_index (from->base.log, i);
    g_autoptr (GError) error = NULL;

    stored->references++;
    memory_store_keep (to, stored, &error);
    g_assert_no_error (error);
  }
}

MemoryStore *
memory_store_copy (MemoryStore *store)
{
  MemoryStore *copy = memory_store_new (store->marks);
  GHashTableIter iter;
  gpointer key, value;

  g_assert (!store->in_transaction);
  copy_table (store->base.senders, copy->base.senders, sizeof (SobanChangeId), sizeof (SobanSenderMark));
  copy_table (store->base.scopes, copy->base.scopes, 0, sizeof (guint64));
  copy_table (store->floors, copy->floors, 0, sizeof (guint64));
  copy_log (store, copy);
  g_hash_table_iter_init (&iter, store->base.records);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const StoredRecord *record = value;
    StoredRecord *same = g_new0 (StoredRecord, 1);

    same->scope = g_strdup (record->scope);
    same->state = g_bytes_ref (record->state);
    g_hash_table_insert (copy->base.records, g_memdup2 (key, sizeof (SobanUuid)), same);
  }
  return copy;
}
