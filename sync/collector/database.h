/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/**
 * SobanDatabase: one SQLite connection with its prepared statements. One thread at a time.
 *
 * Debian 12's SQLite 3.40.1 can corrupt a WAL database when two connections checkpoint at once (DESIGN 5), so only the
 * OWNER does: the server's writer thread, or a command while no server runs. The others never do, not even when they close.
 */
typedef struct _SobanDatabase SobanDatabase;

typedef enum {
  SOBAN_DATABASE_OWNER,  /* writes and checkpoints */
  SOBAN_DATABASE_GUEST,  /* writes, never checkpoints */
  SOBAN_DATABASE_READER, /* reads only */
} SobanDatabaseRole;

SobanDatabase *soban_database_open (const char *path, SobanDatabaseRole role, gboolean create, GError **error);
void soban_database_close (SobanDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDatabase, soban_database_close)

gboolean soban_database_execute (SobanDatabase *database, const char *sql, GError **error);

/**
 * soban_database_query:
 * @sql: kept prepared under its text
 * @types: one letter a parameter: i gint64, d double, t text (nullable), b blob (const void *, gsize)
 *
 * (transfer none) (nullable): the statement, bound. Release it with soban_statement_release() (or g_autoptr) before the
 * same @sql is asked again; blobs and texts must live until then.
 */
sqlite3_stmt *soban_database_query (SobanDatabase *database, GError **error, const char *sql, const char *types, ...);
/* 1: a row stands ready; 0: no more; -1: an error. */
int soban_database_step (SobanDatabase *database, sqlite3_stmt *statement, GError **error);
/* The same as query and step to the end. */
gboolean soban_database_run (SobanDatabase *database, GError **error, const char *sql, const char *types, ...);
/* The first column of the first row, or @otherwise when there is none. */
gboolean soban_database_get_integer (SobanDatabase *database, GError **error, gint64 otherwise, gint64 *ret_value, const char *sql,
                                     const char *types, ...);
gint64 soban_database_get_last_row (SobanDatabase *database);
gint64 soban_database_count_changed (SobanDatabase *database);

void soban_statement_release (sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, soban_statement_release)
/* (transfer none): never NULL; until the next step. */
const char *soban_statement_text (sqlite3_stmt *statement, int column);
