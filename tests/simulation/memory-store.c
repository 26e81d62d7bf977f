/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory-store-private.h"

#include <string.h>

#include "base/error.h"
#include "breach.h"
#include "change-key.h"

static void
free_change (gpointer data)
{
  if (--((StoredChange *) data)->references > 0)
    return;
  soban_change_free (((StoredChange *) data)->change);
  g_free (data);
}

static void
free_record (gpointer data)
{
  StoredRecord *record = data;

  g_free (record->scope);
  g_bytes_unref (record->state);
  g_free (record);
}

static void
init_layer (Layer *layer)
{
  layer->log = g_ptr_array_new_with_free_func (free_change);
  layer->changes = g_hash_table_new (change_key_hash, change_key_equal);
  layer->senders = g_hash_table_new_full (change_key_hash, change_key_equal, g_free, g_free);
  layer->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  layer->records = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, free_record);
}

static void
clear_layer (Layer *layer)
{
  g_hash_table_unref (layer->changes);
  g_hash_table_unref (layer->senders);
  g_hash_table_unref (layer->scopes);
  g_hash_table_unref (layer->records);
  g_ptr_array_unref (layer->log);
}

MemoryStore *
memory_store_new (guint64 *marks)
{
  MemoryStore *store = g_new0 (MemoryStore, 1);

  store->marks = marks;
  init_layer (&store->base);
  init_layer (&store->open);
  store->numbered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  store->floors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  store->locked = g_ptr_array_new_with_free_func (g_free);
  store->nothing = g_ptr_array_new ();
  store->calls_left = -1;
  return store;
}

void
memory_store_free (MemoryStore *store)
{
  if (store == NULL)
    return;
  clear_layer (&store->open);
  clear_layer (&store->base);
  g_hash_table_unref (store->numbered);
  g_hash_table_unref (store->floors);
  g_ptr_array_unref (store->locked);
  g_ptr_array_unref (store->nothing);
  g_free (store);
}

/* ---- what admission calls ---- */

static gboolean
enter (MemoryStore *store, GError **error)
{
  if (!store->in_transaction)
    return breach (error, "admission called its store outside a transaction");
  if (store->calls_left < 0 || store->calls_left-- > 0)
    return TRUE;
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL, "the disk is full");
  return FALSE;
}

static gboolean
get_sender (gpointer data, guint32 device, guint64 incarnation, SobanSenderMark *ret_mark, GError **error)
{
  MemoryStore *store = data;
  const SobanChangeId key = { device, incarnation, 0 };
  const SobanSenderMark *mark;

  if (!enter (store, error))
    return FALSE;
  mark = g_hash_table_lookup (store->open.senders, &key);
  if (mark == NULL)
    mark = g_hash_table_lookup (store->base.senders, &key);
  *ret_mark = mark != NULL ? *mark : (SobanSenderMark){ 0 };
  return TRUE;
}

static gboolean
put_sender (gpointer data, guint32 device, guint64 incarnation, const SobanSenderMark *mark, GError **error)
{
  MemoryStore *store = data;
  const SobanChangeId key = { device, incarnation, 0 };

  if (!enter (store, error))
    return FALSE;
  g_hash_table_replace (store->open.senders, g_memdup2 (&key, sizeof key), g_memdup2 (mark, sizeof *mark));
  return TRUE;
}

static gboolean
find_change (gpointer data, const SobanChangeId *id, gboolean *ret_found, SobanLogEntry *ret_entry, GError **error)
{
  MemoryStore *store = data;
  const StoredChange *stored;

  if (!enter (store, error))
    return FALSE;
  stored = g_hash_table_lookup (store->open.changes, id);
  if (stored == NULL)
    stored = g_hash_table_lookup (store->base.changes, id);
  *ret_found = stored != NULL;
  if (stored == NULL)
    return TRUE;
  memcpy (ret_entry->hash, stored->hash, sizeof ret_entry->hash);
  ret_entry->stamp = stored->change->stamp;
  ret_entry->scope_number = stored->scope_number;
  ret_entry->chain = stored->chain;
  return TRUE;
}

static gboolean
read_change (gpointer data, const SobanChangeId *id, SobanChange **ret_change, GError **error)
{
  MemoryStore *store = data;
  const StoredChange *stored;

  *ret_change = NULL;
  if (!enter (store, error))
    return FALSE;
  stored = g_hash_table_lookup (store->open.changes, id);
  if (stored == NULL)
    stored = g_hash_table_lookup (store->base.changes, id);
  if (stored != NULL)
    *ret_change = soban_change_copy (stored->change);
  return TRUE;
}

static gboolean
lock_scope (gpointer data, const char *scope, guint64 *ret_last_number, GError **error)
{
  MemoryStore *store = data;
  const guint64 *number;

  if (!enter (store, error))
    return FALSE;
  if (store->locked->len > 0 && strcmp (g_ptr_array_index (store->locked, store->locked->len - 1), scope) >= 0)
    return breach (error, "scope %s was not locked in ascending order", scope);
  g_ptr_array_add (store->locked, g_strdup (scope));
  number = g_hash_table_lookup (store->base.scopes, scope);
  *ret_last_number = number != NULL ? *number : 0;
  return TRUE;
}

static gboolean
put_scope (gpointer data, const char *scope, guint64 last_number, GError **error)
{
  MemoryStore *store = data;

  if (!enter (store, error))
    return FALSE;
  if (!g_ptr_array_find_with_equal_func (store->locked, scope, g_str_equal, NULL))
    return breach (error, "scope %s was written without a lock", scope);
  g_hash_table_replace (store->open.scopes, g_strdup (scope), g_memdup2 (&last_number, sizeof last_number));
  return TRUE;
}

static const StoredRecord *
find_record (MemoryStore *store, const SobanUuid *record)
{
  const StoredRecord *stored = g_hash_table_lookup (store->open.records, record);

  return stored != NULL ? stored : g_hash_table_lookup (store->base.records, record);
}

static gboolean
get_record (gpointer data, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error)
{
  const StoredRecord *stored;
  gsize length;
  const guint8 *bytes;

  *ret_scope = NULL;
  *ret_state = NULL;
  if (!enter (data, error))
    return FALSE;
  stored = find_record (data, record);
  if (stored == NULL)
    return TRUE;
  bytes = g_bytes_get_data (stored->state, &length);
  *ret_state = soban_record_state_decode (bytes, length, error);
  if (*ret_state == NULL)
    return FALSE;
  *ret_scope = g_strdup (stored->scope);
  return TRUE;
}

static gboolean
append (gpointer data, const SobanAdmittedChange *admitted, const SobanRecordState *state, gboolean created,
        GError **error)
{
  MemoryStore *store = data;
  const SobanChange *change = admitted->change;
  GByteArray *packed = g_byte_array_new ();
  StoredChange *stored;
  StoredRecord *record;

  soban_record_state_encode (state, packed);
  record = g_new0 (StoredRecord, 1);
  record->scope = g_strdup (change->scope);
  record->state = g_byte_array_free_to_bytes (packed);
  if (!enter (store, error)) {
    free_record (record);
    return FALSE;
  }
  if (created != (find_record (store, &change->record) == NULL)) {
    free_record (record);
    return breach (error, "change %" G_GUINT64_FORMAT ": admission is wrong about the record being new",
                   change->id.number);
  }
  g_hash_table_replace (store->open.records, g_memdup2 (&change->record, sizeof change->record), record);

  stored = g_new0 (StoredChange, 1);
  stored->references = 1;
  stored->change = soban_change_copy (change);
  stored->provisional = admitted->provisional;
  stored->scope_number = admitted->scope_number;
  stored->admitted_ms = admitted->admitted_ms;
  stored->chain = admitted->chain;
  memcpy (stored->hash, admitted->hash, sizeof stored->hash);
  g_ptr_array_add (store->open.log, stored);
  g_hash_table_insert (store->open.changes, &stored->change->id, stored);
  return TRUE;
}

static gboolean
put_fork (gpointer data, const SobanChange *change, const guint8 *hash, gint64 now_ms, GError **error)
{
  MemoryStore *store = data;

  if (!enter (store, error))
    return FALSE;
  store->open.forks++;
  return TRUE;
}

static gboolean
put_conflict (gpointer data, const SobanConflictNote *conflict, GError **error)
{
  MemoryStore *store = data;

  if (!enter (store, error))
    return FALSE;
  store->open.conflicts++;
  return TRUE;
}

static gboolean
settle_conflicts (gpointer data, const SobanUuid *record, const GPtrArray *paths, guint64 seen, gint64 now_ms,
                  GError **error)
{
  return enter (data, error);
}

static gboolean
put_incident (gpointer data, const SobanIncidentNote *note, GError **error)
{
  MemoryStore *store = data;

  if (!enter (store, error))
    return FALSE;
  store->open.incidents++;
  return TRUE;
}

SobanAdmissionStore
memory_store_get_admission (MemoryStore *store)
{
  return (SobanAdmissionStore){
    .get_sender = get_sender,
    .put_sender = put_sender,
    .find_change = find_change,
    .read_change = read_change,
    .lock_scope = lock_scope,
    .put_scope = put_scope,
    .get_record = get_record,
    .append = append,
    .put_fork = put_fork,
    .put_conflict = put_conflict,
    .settle_conflicts = settle_conflicts,
    .put_incident = put_incident,
    .data = store,
  };
}

/* ---- transactions ---- */

void
memory_store_begin (MemoryStore *store)
{
  g_assert (!store->in_transaction);
  store->in_transaction = TRUE;
}

void
memory_store_roll_back (MemoryStore *store)
{
  g_hash_table_remove_all (store->open.changes);
  g_hash_table_remove_all (store->open.senders);
  g_hash_table_remove_all (store->open.scopes);
  g_hash_table_remove_all (store->open.records);
  g_ptr_array_set_size (store->open.log, 0);
  g_ptr_array_set_size (store->locked, 0);
  store->open.conflicts = store->open.incidents = store->open.forks = 0;
  store->in_transaction = FALSE;
  store->calls_left = -1;
}

static void
move_all (GHashTable *from, GHashTable *to)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    g_hash_table_iter_steal (&iter);
    g_hash_table_replace (to, key, value);
  }
}

gboolean
memory_store_keep (MemoryStore *store, StoredChange *stored, GError **error)
{
  const char *scope = stored->change->scope;
  GPtrArray *numbered = g_hash_table_lookup (store->numbered, scope);

  if (numbered == NULL) {
    numbered = g_ptr_array_new ();
    g_hash_table_insert (store->numbered, g_strdup (scope), numbered);
  }
  g_ptr_array_add (store->base.log, stored);
  g_ptr_array_add (numbered, stored);
  if (stored->scope_number != numbered->len)
    return breach (error, "number %" G_GUINT64_FORMAT " of %s follows %u", stored->scope_number, scope,
                   numbered->len - 1);
  if (!g_hash_table_insert (store->base.changes, &stored->change->id, stored))
    return breach (error, "change %" G_GUINT64_FORMAT " of device %u is in the log twice", stored->change->id.number,
                   stored->change->id.device);
  return TRUE;
}

gboolean
memory_store_commit (MemoryStore *store, GError **error)
{
  gboolean good = TRUE;

  g_assert (store->in_transaction);
  if (store->lose_one && store->open.log->len > 0) {
    g_ptr_array_set_size (store->open.log, (gint) store->open.log->len - 1);
    store->lose_one = FALSE;
  }
  while (good && store->open.log->len > 0)
    good = memory_store_keep (store, g_ptr_array_steal_index (store->open.log, 0), error);
  move_all (store->open.senders, store->base.senders);
  move_all (store->open.scopes, store->base.scopes);
  move_all (store->open.records, store->base.records);
  store->marks[MARK_CONFLICT] += store->open.conflicts;
  store->marks[MARK_INCIDENT] += store->open.incidents;
  store->marks[MARK_FORK_KEPT_ASIDE] += store->open.forks;
  memory_store_roll_back (store);
  return good;
}

void
memory_store_fail_after (MemoryStore *store, guint calls)
{
  store->calls_left = (gint) calls;
}

void
memory_store_lose_one (MemoryStore *store)
{
  store->lose_one = TRUE;
}
