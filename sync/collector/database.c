/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "database.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

#define BUSY_TIMEOUT_MS 20000

struct _SobanDatabase {
  sqlite3 *handle;
  GHashTable *statements; /* sql -> sqlite3_stmt */
};

static SobanStoreError
classify (int code)
{
  switch (code & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return SOBAN_STORE_ERROR_BUSY;
  case SQLITE_FULL:
    return SOBAN_STORE_ERROR_FULL;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return SOBAN_STORE_ERROR_CORRUPT;
  case SQLITE_CONSTRAINT:
    return SOBAN_STORE_ERROR_CONSTRAINT;
  case SQLITE_TOOBIG:
    return SOBAN_STORE_ERROR_LIMIT;
  default:
    return SOBAN_STORE_ERROR_IO;
  }
}

static gboolean
fail (SobanDatabase *self, GError **error)
{
  int code = sqlite3_extended_errcode (self->handle);

  g_set_error (error, SOBAN_STORE_ERROR, classify (code), _ ("The database says: %s"), sqlite3_errmsg (self->handle));
  return FALSE;
}

static gboolean
prepare_connection (SobanDatabase *self, SobanDatabaseRole role, GError **error)
{
  int in_force;

  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (role == SOBAN_DATABASE_READER)
    return soban_database_execute (self, "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0", error)
           && sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &in_force) == SQLITE_OK;
  if (!soban_database_execute (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", error))
    return FALSE;
  if (role == SOBAN_DATABASE_GUEST)
    return soban_database_execute (self, "PRAGMA wal_autocheckpoint = 0", error)
           && sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &in_force) == SQLITE_OK;
  return TRUE;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

SobanDatabase *
soban_database_open (const char *path, SobanDatabaseRole role, gboolean create, GError **error)
{
  g_autoptr (SobanDatabase) self = g_new0 (SobanDatabase, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);

  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  if (sqlite3_open_v2 (path, &self->handle, flags, NULL) != SQLITE_OK || !prepare_connection (self, role, error)) {
    if (error != NULL && *error == NULL)
      fail (self, error);
    g_prefix_error (error, _ ("Cannot open %s: "), path);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
soban_database_close (SobanDatabase *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self);
}

gboolean
soban_database_execute (SobanDatabase *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail (self, error);
}

static int
bind_one (sqlite3_stmt *statement, int index, char type, va_list *arguments)
{
  const char *text;
  const void *blob;

  switch (type) {
  case 'i':
    return sqlite3_bind_int64 (statement, index, va_arg (*arguments, gint64));
  case 'd':
    return sqlite3_bind_double (statement, index, va_arg (*arguments, double));
  case 't':
    text = va_arg (*arguments, const char *);
    return sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
  case 'b':
    blob = va_arg (*arguments, const void *);
    return sqlite3_bind_blob64 (statement, index, blob, va_arg (*arguments, gsize), SQLITE_STATIC);
  default:
    g_assert_not_reached ();
  }
}

static sqlite3_stmt *
query_valist (SobanDatabase *self, const char *sql, const char *types, va_list *arguments, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement == NULL) {
    if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
      fail (self, error);
      return NULL;
    }
    g_hash_table_insert (self->statements, g_strdup (sql), statement);
  }
  g_assert (!sqlite3_stmt_busy (statement));
  for (int i = 0; types[i] != '\0'; i++) {
    if (bind_one (statement, i + 1, types[i], arguments) != SQLITE_OK) {
      fail (self, error);
      soban_statement_release (statement);
      return NULL;
    }
  }
  return statement;
}

sqlite3_stmt *
soban_database_query (SobanDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  va_list arguments;
  sqlite3_stmt *statement;

  va_start (arguments, types);
  statement = query_valist (self, sql, types, &arguments, error);
  va_end (arguments);
  return statement;
}

int
soban_database_step (SobanDatabase *self, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  fail (self, error);
  return -1;
}

gboolean
soban_database_run (SobanDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list arguments;
  int stepped;

  va_start (arguments, types);
  statement = query_valist (self, sql, types, &arguments, error);
  va_end (arguments);
  if (statement == NULL)
    return FALSE;
  while ((stepped = soban_database_step (self, statement, error)) == 1)
    continue;
  return stepped == 0;
}

gboolean
soban_database_get_integer (SobanDatabase *self, GError **error, gint64 otherwise, gint64 *ret_value, const char *sql,
                            const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list arguments;
  int stepped;

  va_start (arguments, types);
  statement = query_valist (self, sql, types, &arguments, error);
  va_end (arguments);
  if (statement == NULL || (stepped = soban_database_step (self, statement, error)) < 0)
    return FALSE;
  *ret_value = stepped == 1 ? sqlite3_column_int64 (statement, 0) : otherwise;
  return TRUE;
}

gint64
soban_database_get_last_row (SobanDatabase *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

gint64
soban_database_count_changed (SobanDatabase *self)
{
  return sqlite3_changes64 (self->handle);
}

void
soban_statement_release (sqlite3_stmt *statement)
{
  if (statement == NULL)
    return;
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

const char *
soban_statement_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}
