/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connection
 * ==============
 *
 * Invariants:
 *  (1) One connection writes and checkpoints (SQLite 3.40.1 can corrupt a WAL database when two connections
 *      checkpoint at once): the lock is exclusive, so a second program gets BUSY; no shared memory, no mmap.
 *  (2) journal_mode = WAL, synchronous = FULL: a commit is one fsync of the log, and what was committed survives a
 *      power cut.
 *  (3) Checkpoints happen between transactions, never inside a commit.
 *  (4) Until the file has proved to be ours and sound nothing is written to it, not even at closing.
 */
#include "config.h"

#include "store/database.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 3000
#define CACHE_KIBIBYTES 4096

struct _SobanDatabase {
  sqlite3 *db;
  GHashTable *statements; /* address of the SQL text -> sqlite3_stmt */
  guint wal_pages;
};

static int
on_wal_commit (gpointer data, sqlite3 *db, const char *name, int pages)
{
  SobanDatabase *database = data;

  database->wal_pages = pages;
  return SQLITE_OK;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

/* SQLite gives its other files the mode of this one. */
static gboolean
make_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO, _("Cannot make the folder %s: %s"), folder,
                 g_strerror (errno));
    return FALSE;
  }
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    g_set_error (error, SOBAN_STORE_ERROR, errno == ENOSPC ? SOBAN_STORE_ERROR_FULL : SOBAN_STORE_ERROR_IO,
                 _("Cannot open %s: %s"), path, g_strerror (errno));
    return FALSE;
  }
  close (fd);
  return TRUE;
}

static gboolean
configure (SobanDatabase *database, GError **error)
{
  g_autofree char *cache = g_strdup_printf ("PRAGMA cache_size = -%d", CACHE_KIBIBYTES);
  gint64 tables;

  sqlite3_busy_timeout (database->db, BUSY_TIMEOUT_MS);
  sqlite3_db_config (database->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_db_config (database->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (database->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_extended_result_codes (database->db, 0);
  /* The lock must be exclusive before the first read, else SQLite maps a shared index. */
  return soban_database_execute (database, "PRAGMA locking_mode = EXCLUSIVE", error)
         && soban_database_execute (database, "PRAGMA mmap_size = 0", error)
         && soban_database_execute (database, "PRAGMA temp_store = MEMORY", error)
         && soban_database_execute (database, cache, error)
         && soban_database_execute (database, "PRAGMA cell_size_check = ON", error)
         /* What the law makes it forget is not to be read from the file's free pages. */
         && soban_database_execute (database, "PRAGMA secure_delete = ON", error)
         && soban_database_read_int (database, "SELECT count(*) FROM sqlite_schema", &tables, error)
         && soban_database_execute (database, "PRAGMA synchronous = FULL", error);
}

SobanDatabase *
soban_database_open (const char *path, GError **error)
{
  SobanDatabase *database;
  int code;

  if (!make_file (path, error))
    return NULL;
  /* SQLite's memory statistics take a lock for every allocation; without effect when another store is open already. */
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  database = g_new0 (SobanDatabase, 1);
  database->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
  code = sqlite3_open_v2 (path, &database->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    soban_set_sqlite_error (error, database->db, code);
  if (code != SQLITE_OK || !configure (database, error)) {
    soban_database_close (database, FALSE);
    return NULL;
  }
  /* This also puts off SQLite's own checkpoints, which are such a hook. */
  sqlite3_wal_hook (database->db, on_wal_commit, database);
  return database;
}

void
soban_database_close (SobanDatabase *database, gboolean sound)
{
  if (!database)
    return;
  g_hash_table_unref (database->statements);
  sqlite3_db_config (database->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, sound ? 0 : 1, NULL);
  sqlite3_close (database->db);
  g_free (database);
}

sqlite3_stmt *
soban_database_prepare (SobanDatabase *database, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (database->statements, sql);
  int code;

  if (statement) {
    g_assert (!sqlite3_stmt_busy (statement));
    return statement;
  }
  code = sqlite3_prepare_v3 (database->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (code != SQLITE_OK) {
    soban_set_sqlite_error (error, database->db, code);
    return NULL;
  }
  g_hash_table_insert (database->statements, (gpointer) sql, statement);
  return statement;
}

gboolean
soban_database_execute (SobanDatabase *database, const char *sql, GError **error)
{
  int code = sqlite3_exec (database->db, sql, NULL, NULL, NULL);

  if (code != SQLITE_OK)
    soban_set_sqlite_error (error, database->db, code);
  return code == SQLITE_OK;
}

gboolean
soban_database_read_int (SobanDatabase *database, const char *sql, gint64 *ret_value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean row = FALSE;
  int code = sqlite3_prepare_v2 (database->db, sql, -1, &statement, NULL);

  if (code != SQLITE_OK) {
    soban_set_sqlite_error (error, database->db, code);
    return FALSE;
  }
  if (soban_step (statement, &row, error))
    *ret_value = row ? soban_column_int (statement, 0) : 0;
  else
    code = SQLITE_ERROR;
  sqlite3_finalize (statement);
  return code == SQLITE_OK;
}

gint64
soban_database_changes (SobanDatabase *database)
{
  return sqlite3_changes64 (database->db);
}

gboolean
soban_database_begin (SobanDatabase *database, GError **error)
{
  g_assert (sqlite3_get_autocommit (database->db));
  return soban_database_execute (database, "BEGIN IMMEDIATE", error);
}

gboolean
soban_database_commit (SobanDatabase *database, GError **error)
{
  if (soban_database_execute (database, "COMMIT", error))
    return TRUE;
  soban_database_roll_back (database);
  return FALSE;
}

void
soban_database_roll_back (SobanDatabase *database)
{
  /* A full disk may have rolled back already. */
  if (!sqlite3_get_autocommit (database->db))
    sqlite3_exec (database->db, "ROLLBACK", NULL, NULL, NULL);
}

void
soban_database_checkpoint (SobanDatabase *database, guint pages_min)
{
  int code;

  if (database->wal_pages < pages_min)
    return;
  code = sqlite3_wal_checkpoint_v2 (database->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  /* Nothing is lost by a checkpoint that does not come off: the log keeps it all, and the next try comes. */
  if (code != SQLITE_OK)
    g_debug ("Checkpoint put off: %s", sqlite3_errstr (code));
  database->wal_pages = 0;
}

void
soban_database_spare_memory (SobanDatabase *database)
{
  sqlite3_db_release_memory (database->db);
}
