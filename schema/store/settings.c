/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings and identity
 *
 * Invariants:
 *  (1) Settings are few and small: all are in memory from the opening on, so that reading one cannot fail. What a transaction
 *      sets is seen by others when it has come off.
 *  (2) `identity` is one row, written by each save and each result of a sync.
 */
#include "config.h"

#include "store/store-private.h"

gboolean
soban_settings_get (SobanStore *store, const char *key, char **ret_value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT value FROM setting WHERE key = :key", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":key", key);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_value = row ? g_strdup (soban_column_text (statement, 0)) : NULL;
  return TRUE;
}

gboolean
soban_settings_set (SobanStore *store, const char *key, const char *value, GError **error)
{
  const char *sql = value ? "INSERT OR REPLACE INTO setting (key, value) VALUES (:key, :value)"
                          : "DELETE FROM setting WHERE key = :key";
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, sql, error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":key", key);
  if (value)
    soban_bind_text (statement, ":value", value);
  g_hash_table_insert (store->db_thread.settings, g_strdup (key), g_strdup (value));
  /* The first page says when all was received, and comes to it before this is kept. */
  store->db_thread.shown_changed |= g_str_equal (key, SOBAN_SETTING_LAST_SYNC_MS);
  return soban_run (statement, error);
}

gboolean
soban_settings_load (SobanStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT key, value FROM setting", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    if (!row)
      return TRUE;
    g_mutex_lock (&store->shared.lock);
    g_hash_table_insert (store->shared.settings, g_strdup (soban_column_text (statement, 0)),
                         g_strdup (soban_column_text (statement, 1)));
    g_mutex_unlock (&store->shared.lock);
  }
  return FALSE;
}

void
soban_settings_publish (SobanStore *store, gboolean committed)
{
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&store->shared.lock);
  g_hash_table_iter_init (&iter, store->db_thread.settings);
  while (committed && g_hash_table_iter_next (&iter, &key, &value)) {
    if (value)
      g_hash_table_insert (store->shared.settings, g_strdup (key), g_strdup (value));
    else
      g_hash_table_remove (store->shared.settings, key);
  }
  g_mutex_unlock (&store->shared.lock);
  g_hash_table_remove_all (store->db_thread.settings);
}

void
soban_settings_remember (SobanStore *store, const char *key, const char *value)
{
  g_mutex_lock (&store->shared.lock);
  if (value)
    g_hash_table_insert (store->shared.settings, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (store->shared.settings, key);
  g_mutex_unlock (&store->shared.lock);
}

typedef struct {
  const char *key;
  const char *value;
} SettingJob;

static gboolean
set_setting (SobanStore *store, gpointer data, GError **error)
{
  SettingJob *job = data;

  /* It keeps the values that it has handed out. */
  g_clear_pointer (&store->db_thread.form_host, soban_store_form_host_free);
  return soban_settings_set (store, job->key, job->value, error);
}

char *
soban_store_get_setting (SobanStore *store, const char *key)
{
  char *value;

  g_mutex_lock (&store->shared.lock);
  value = g_strdup (g_hash_table_lookup (store->shared.settings, key));
  g_mutex_unlock (&store->shared.lock);
  return value;
}

gboolean
soban_store_set_setting (SobanStore *store, const char *key, const char *value, GError **error)
{
  SettingJob job = { .key = key, .value = value };
  g_autofree char *present = soban_store_get_setting (store, key);

  if (g_strcmp0 (present, value) == 0)
    return TRUE;
  return soban_store_write (store, set_setting, &job, error);
}

static gboolean
make_identity (SobanStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "INSERT INTO identity (one, device, incarnation, last_number, acked_number, stamp) "
                              "VALUES (1, 0, :incarnation, 0, 0, 0)",
                              error);
  guint64 incarnation;

  if (!statement)
    return FALSE;
  soban_entropy_fill (store->entropy, (guint8 *) &incarnation, sizeof incarnation);
  store->db_thread.identity = (SobanIdentity){ .incarnation = incarnation };
  store->db_thread.clock.last = 0;
  soban_bind_int (statement, ":incarnation", (gint64) incarnation);
  return soban_run (statement, error);
}

gboolean
soban_identity_load (SobanStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT device, incarnation, last_number, acked_number, stamp, chain, acked_chain, collector_minor, boottime_ms, window_ms "
      "FROM identity",
      error);
  SobanIdentity *identity = &store->db_thread.identity;
  gboolean row;

  if (!statement || !soban_step (statement, &row, error))
    return FALSE;
  if (!row)
    return make_identity (store, error);
  identity->device = soban_column_int (statement, 0);
  identity->incarnation = (guint64) soban_column_int (statement, 1);
  identity->last_number = (guint64) soban_column_int (statement, 2);
  identity->acked_number = (guint64) soban_column_int (statement, 3);
  store->db_thread.clock.last = (SobanStamp) soban_column_int (statement, 4);
  identity->chain = (guint64) soban_column_int (statement, 5);
  identity->acked_chain = (guint64) soban_column_int (statement, 6);
  identity->collector_minor = (guint) soban_column_int (statement, 7);
  store->db_thread.boottime_ms = soban_column_int (statement, 8);
  store->db_thread.window_ms = soban_column_int (statement, 9);
  return TRUE;
}

gboolean
soban_identity_save (SobanStore *store, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE identity SET device = :device, incarnation = :incarnation, last_number = :last, acked_number = :acked, "
      "stamp = :stamp, chain = :chain, acked_chain = :acked_chain, collector_minor = :minor, boottime_ms = :boottime, "
      "window_ms = :window",
      error);

  if (!statement || !soban_evidence_store_boot (store, error))
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64) identity->incarnation);
  soban_bind_int (statement, ":last", (gint64) identity->last_number);
  soban_bind_int (statement, ":acked", (gint64) identity->acked_number);
  soban_bind_int (statement, ":stamp", (gint64) store->db_thread.clock.last);
  soban_bind_int (statement, ":chain", (gint64) identity->chain);
  soban_bind_int (statement, ":acked_chain", (gint64) identity->acked_chain);
  soban_bind_int (statement, ":minor", identity->collector_minor);
  soban_bind_int (statement, ":boottime", store->db_thread.boottime_ms);
  soban_bind_int (statement, ":window", store->db_thread.window_ms);
  return soban_run (statement, error);
}

gboolean
soban_scope_get_cursor (SobanStore *store, const char *scope, guint64 *ret_cursor, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT cursor FROM scope WHERE scope = :scope", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", scope);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_cursor = row ? (guint64) soban_column_int (statement, 0) : 0;
  return TRUE;
}

static gboolean
get_identity (SobanStore *store, gpointer data, GError **error)
{
  SobanIdentity *ret_identity = data;

  *ret_identity = store->db_thread.identity;
  return TRUE;
}

gboolean
soban_store_get_identity (SobanStore *store, SobanIdentity *ret_identity, GError **error)
{
  return soban_store_read (store, get_identity, ret_identity, error);
}
