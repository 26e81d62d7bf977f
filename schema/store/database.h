/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/statement.h"

/**
 * SobanDatabase: the one connection to the store's file. Belongs to the store thread.
 */
typedef struct _SobanDatabase SobanDatabase;

/* Opens (or makes, mode 0600) and locks the file; nothing is written to one that is no sound SQLite file. */
SobanDatabase *soban_database_open (const char *path, GError **error);
/* @sound: FALSE leaves the file exactly as it is, write-ahead log included. */
void soban_database_close (SobanDatabase *database, gboolean sound);

/* (transfer none): @sql must be a literal: its address is the key of the cache. A statement is in use once at a
 * time. */
sqlite3_stmt *soban_database_prepare (SobanDatabase *database, const char *sql, GError **error);
gboolean soban_database_execute (SobanDatabase *database, const char *sql, GError **error);
gboolean soban_database_read_int (SobanDatabase *database, const char *sql, gint64 *ret_value, GError **error);
/* Rows changed by the last statement. */
gint64 soban_database_changes (SobanDatabase *database);

gboolean soban_database_begin (SobanDatabase *database, GError **error);
/* On failure the transaction is rolled back. */
gboolean soban_database_commit (SobanDatabase *database, GError **error);
void soban_database_roll_back (SobanDatabase *database);

/* Copies the write-ahead log into the file when it has at least @pages_min pages. Done when idle, so that a save
 * costs one fsync. */
void soban_database_checkpoint (SobanDatabase *database, guint pages_min);
/* Lets go of the pages that it holds only for speed. */
void soban_database_spare_memory (SobanDatabase *database);
