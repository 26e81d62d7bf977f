/* SPDX-License-Identifier: GPL-3.0-or-later */
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
  return soban_run (statement, error);
}

typedef struct {
  const char *key;
  const char *value;
  char *ret_value;
} SettingJob;

static gboolean
get_setting (SobanStore *store, gpointer data, GError **error)
{
  SettingJob *job = data;

  return soban_settings_get (store, job->key, &job->ret_value, error);
}

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
  SettingJob job = { .key = key };
  g_autoptr (GError) error = NULL;

  if (!soban_store_read (store, get_setting, &job, &error))
    g_warning ("Reading the setting %s: %s", key, error->message);
  return job.ret_value;
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
      store->db_thread.database, "SELECT device, incarnation, last_number, acked_number, stamp FROM identity", error);
  gboolean row;

  if (!statement || !soban_step (statement, &row, error))
    return FALSE;
  if (!row)
    return make_identity (store, error);
  store->db_thread.identity.device = soban_column_int (statement, 0);
  store->db_thread.identity.incarnation = (guint64) soban_column_int (statement, 1);
  store->db_thread.identity.last_number = (guint64) soban_column_int (statement, 2);
  store->db_thread.identity.acked_number = (guint64) soban_column_int (statement, 3);
  store->db_thread.clock.last = (SobanStamp) soban_column_int (statement, 4);
  return TRUE;
}

gboolean
soban_identity_save (SobanStore *store, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "UPDATE identity SET device = :device, incarnation = :incarnation, last_number = :last, acked_number = :acked, "
      "stamp = :stamp",
      error);

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64) identity->incarnation);
  soban_bind_int (statement, ":last", (gint64) identity->last_number);
  soban_bind_int (statement, ":acked", (gint64) identity->acked_number);
  soban_bind_int (statement, ":stamp", (gint64) store->db_thread.clock.last);
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
