/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "database-private.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>
#include <string.h>

#include "base/error.h"

#define BUSY_TIMEOUT_MS 20000

typedef struct {
  SobanRows rows;
  sqlite3_stmt *statement;
} Statement;

typedef struct {
  SobanDatabase database;
  sqlite3 *handle;
  GHashTable *statements; /* sql -> Statement */
  GHashTable *places;     /* where a text was last asked from -> Statement: long texts need not be hashed each time */
} Connection;

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
fail (Connection *self, GError **error)
{
  int code = sqlite3_extended_errcode (self->handle);

  g_set_error (error, SOBAN_STORE_ERROR, classify (code), _ ("The database says: %s"), sqlite3_errmsg (self->handle));
  return FALSE;
}

static gboolean
execute (SobanDatabase *database, const char *sql, GError **error)
{
  Connection *self = (Connection *) database;

  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail (self, error);
}

static gboolean
begin (SobanDatabase *database, gboolean reading, GError **error)
{
  return execute (database, reading ? "BEGIN" : "BEGIN IMMEDIATE", error);
}

static gboolean
commit (SobanDatabase *database, GError **error)
{
  return execute (database, "COMMIT", error);
}

static gboolean
roll_back (SobanDatabase *database, GError **error)
{
  return execute (database, "ROLLBACK", error);
}

/* strpos (text, part), as PostgreSQL has it. */
static void
find_part (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]), *part = (const char *) sqlite3_value_text (values[1]);
  const char *at = text != NULL && part != NULL ? strstr (text, part) : NULL;

  if (text == NULL || part == NULL)
    sqlite3_result_null (context);
  else
    sqlite3_result_int64 (context, at != NULL ? g_utf8_pointer_to_offset (text, at) + 1 : 0);
}

static gboolean
prepare_connection (Connection *self, SobanDatabaseRole role, GError **error)
{
  SobanDatabase *database = &self->database;
  int in_force;

  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (sqlite3_create_function (self->handle, "strpos", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, find_part, NULL, NULL)
      != SQLITE_OK)
    return fail (self, error);
  if (role == SOBAN_DATABASE_READER)
    return execute (database, "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0", error)
           && sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &in_force) == SQLITE_OK;
  if (!execute (database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", error))
    return FALSE;
  if (role == SOBAN_DATABASE_GUEST)
    return execute (database, "PRAGMA wal_autocheckpoint = 0", error)
           && sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &in_force) == SQLITE_OK;
  /* A group of batches changes more pages than the 2 MB that SQLite keeps, and most of them again in the next group. */
  return execute (database, "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8000", error);
}

static void
close_connection (SobanDatabase *database)
{
  Connection *self = (Connection *) database;

  g_hash_table_unref (self->places);
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self);
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

static void
release (SobanRows *rows)
{
  Statement *self = (Statement *) rows;

  sqlite3_reset (self->statement);
  sqlite3_clear_bindings (self->statement);
}

static void
free_statement (gpointer data)
{
  Statement *statement = data;

  sqlite3_finalize (statement->statement);
  g_free (statement);
}

static Statement *
prepare (Connection *self, const char *sql, GError **error)
{
  Statement *statement = g_new0 (Statement, 1);

  statement->rows.database = &self->database;
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->statement, NULL) != SQLITE_OK) {
    fail (self, error);
    free_statement (statement);
    return NULL;
  }
  g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

/* (nullable) */
static Statement *
find_statement (Connection *self, const char *sql, GError **error)
{
  Statement *statement = g_hash_table_lookup (self->places, sql);

  if (statement != NULL && strcmp (sqlite3_sql (statement->statement), sql) == 0)
    return statement;
  statement = g_hash_table_lookup (self->statements, sql);
  if (statement == NULL && (statement = prepare (self, sql, error)) == NULL)
    return NULL;
  g_hash_table_insert (self->places, (gpointer) sql, statement);
  return statement;
}

static SobanRows *
query (SobanDatabase *database, const char *sql, const char *types, va_list *arguments, GError **error)
{
  Connection *self = (Connection *) database;
  Statement *statement = find_statement (self, sql, error);

  if (statement == NULL)
    return NULL;
  g_assert (!sqlite3_stmt_busy (statement->statement));
  for (int i = 0; types[i] != '\0'; i++) {
    if (bind_one (statement->statement, i + 1, types[i], arguments) != SQLITE_OK) {
      fail (self, error);
      release (&statement->rows);
      return NULL;
    }
  }
  return &statement->rows;
}

static gint64
count_changed (SobanDatabase *database)
{
  return sqlite3_changes64 (((Connection *) database)->handle);
}

static int
step (SobanRows *rows, GError **error)
{
  int code = sqlite3_step (((Statement *) rows)->statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  fail ((Connection *) rows->database, error);
  return -1;
}

static gint64
get_int (SobanRows *rows, int column)
{
  return sqlite3_column_int64 (((Statement *) rows)->statement, column);
}

static double
get_double (SobanRows *rows, int column)
{
  return sqlite3_column_double (((Statement *) rows)->statement, column);
}

static const char *
get_text (SobanRows *rows, int column)
{
  return (const char *) sqlite3_column_text (((Statement *) rows)->statement, column);
}

static const guint8 *
get_blob (SobanRows *rows, int column)
{
  return sqlite3_column_blob (((Statement *) rows)->statement, column);
}

static gsize
get_length (SobanRows *rows, int column)
{
  return (gsize) sqlite3_column_bytes (((Statement *) rows)->statement, column);
}

static gboolean
is_null (SobanRows *rows, int column)
{
  return sqlite3_column_type (((Statement *) rows)->statement, column) == SQLITE_NULL;
}

static const SobanDatabaseClass class = {
  .kind = SOBAN_DATABASE_SQLITE,
  .close = close_connection,
  .execute = execute,
  .begin = begin,
  .commit = commit,
  .roll_back = roll_back,
  .query = query,
  .count_changed = count_changed,
  .step = step,
  .release = release,
  .get_int = get_int,
  .get_double = get_double,
  .get_text = get_text,
  .get_blob = get_blob,
  .get_length = get_length,
  .is_null = is_null,
};

SobanDatabase *
soban_database_open_sqlite (const char *path, SobanDatabaseRole role, gboolean create, GError **error)
{
  Connection *self = g_new0 (Connection, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);

  self->database.class = &class;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_statement);
  self->places = g_hash_table_new (NULL, NULL);
  if (sqlite3_open_v2 (path, &self->handle, flags, NULL) == SQLITE_OK && prepare_connection (self, role, error))
    return &self->database;
  if (error != NULL && *error == NULL)
    fail (self, error);
  g_prefix_error (error, _ ("Cannot open %s: "), path);
  close_connection (&self->database);
  return NULL;
}
