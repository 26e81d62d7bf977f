/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/uuid.h"

/**
 * SobanDatabase: one connection to SQLite or PostgreSQL with its prepared statements. One thread at a time.
 *
 * One SQL text serves both, with parameters as ?1, ?2 ... (PostgreSQL gets $1, $2 ...). What the two word differently has a
 * name of its own: record-search.h (words in records), database.h's begin, lock and skip pieces. Integers are 64 bits, unsigned
 * ones have the same bits; 0 and 1 stand for no and yes; strpos (text, part) is in both.
 *
 * Debian 12's SQLite 3.40.1 can corrupt a WAL database when two connections checkpoint at once (DESIGN 5), so only the
 * OWNER does: the server's writer thread, or a command while no server runs. The others never do, not even when they close.
 * PostgreSQL makes no difference between OWNER and GUEST.
 *
 * A lost PostgreSQL connection is made anew where no transaction is open; what a transaction had begun has failed as a
 * whole. Faults that pass (a lock, a lost connection, a deadlock) are SOBAN_STORE_ERROR_BUSY.
 */
typedef struct _SobanDatabase SobanDatabase;
/* A query under way. */
typedef struct _SobanRows SobanRows;

typedef enum {
  SOBAN_DATABASE_SQLITE,
  SOBAN_DATABASE_POSTGRESQL,
} SobanDatabaseKind;

typedef enum {
  SOBAN_DATABASE_OWNER,  /* writes and checkpoints */
  SOBAN_DATABASE_GUEST,  /* writes, never checkpoints */
  SOBAN_DATABASE_READER, /* reads only */
} SobanDatabaseRole;

/* postgresql://... or postgres://...; anything else is SQLite's file. */
SobanDatabaseKind soban_database_kind_of (const char *address);
/* @create: SQLite makes the file; PostgreSQL's database must be there. */
SobanDatabase *soban_database_open (const char *address, SobanDatabaseRole role, gboolean create, GError **error);
void soban_database_close (SobanDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDatabase, soban_database_close)
SobanDatabaseKind soban_database_get_kind (SobanDatabase *database);

/* Several statements without parameters. */
gboolean soban_database_execute (SobanDatabase *database, const char *sql, GError **error);

/* A writing transaction: SQLite takes the one writer's place at once. */
gboolean soban_database_begin (SobanDatabase *database, GError **error);
/* One snapshot for all that is read until the commit. */
gboolean soban_database_begin_reading (SobanDatabase *database, GError **error);
/* FALSE: nothing was kept, or (a connection lost at that very moment) it is not known. The transaction is over in any case. */
gboolean soban_database_commit (SobanDatabase *database, GError **error);
void soban_database_roll_back (SobanDatabase *database);

/**
 * soban_database_query:
 * @sql: a constant text, kept prepared under it
 * @types: one letter a parameter: i gint64, d double, t text (nullable), b blob (const void *, gsize); for PostgreSQL alone I, T, B
 *   (SobanPostgresqlArray *)
 *
 * (transfer full) (nullable): what it answers. Free it before the same @sql is asked again; blobs and texts must live
 * until then. PostgreSQL brings all rows at once: what may be many has a LIMIT.
 */
SobanRows *soban_database_query (SobanDatabase *database, GError **error, const char *sql, const char *types, ...);
/* The same, stepped to the end. */
gboolean soban_database_run (SobanDatabase *database, GError **error, const char *sql, const char *types, ...);
/* The first column of the first row, or @otherwise when there is none. */
gboolean soban_database_get_integer (SobanDatabase *database, GError **error, gint64 otherwise, gint64 *ret_value, const char *sql,
                                     const char *types, ...);
/* Rows that the last run changed. */
gint64 soban_database_count_changed (SobanDatabase *database);

void soban_rows_free (SobanRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRows, soban_rows_free)
/* 1: a row stands ready; 0: no more; -1: an error. */
int soban_rows_step (SobanRows *rows, GError **error);
/* Of the row that stands ready; NULL reads as 0. */
gint64 soban_rows_get_int (SobanRows *rows, int column);
double soban_rows_get_double (SobanRows *rows, int column);
/* (transfer none): until the next step. Text is never NULL; a blob of no bytes may be. */
const char *soban_rows_get_text (SobanRows *rows, int column);
const guint8 *soban_rows_get_blob (SobanRows *rows, int column);
gsize soban_rows_get_length (SobanRows *rows, int column);
gboolean soban_rows_is_null (SobanRows *rows, int column);
/* All zero when the column has not 16 bytes. */
SobanUuid soban_rows_get_uuid (SobanRows *rows, int column);
