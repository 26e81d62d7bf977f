/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/uuid.h"

#include <gio/gio.h>
#include <sqlite3.h>

/*
 * Small verbs over prepared statements. Parameters go by name; bound text and bytes must live until the statement was
 * stepped. Statements come from soban_database_prepare() and stay the database's: g_autoptr gives them back (reset,
 * unbound).
 */
void soban_statement_release (sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, soban_statement_release)

void soban_bind_text (sqlite3_stmt *statement, const char *name, const char *text); /* (nullable) */
void soban_bind_int (sqlite3_stmt *statement, const char *name, gint64 value);
void soban_bind_double (sqlite3_stmt *statement, const char *name, double value);
void soban_bind_uuid (sqlite3_stmt *statement, const char *name, const SobanUuid *uuid);
void soban_bind_bytes (sqlite3_stmt *statement, const char *name, gconstpointer bytes, gsize length);

/* TRUE with *ret_row TRUE: a row stands there; *ret_row FALSE: no more. FALSE: @error, by what the caller can do
 * about it. */
gboolean soban_step (sqlite3_stmt *statement, gboolean *ret_row, GError **error);
/* Runs a statement that gives no rows, and resets it: it may be bound and run again. */
gboolean soban_run (sqlite3_stmt *statement, GError **error);

const char *soban_column_text (sqlite3_stmt *statement, int column); /* (nullable) until the next step */
gint64 soban_column_int (sqlite3_stmt *statement, int column);
gboolean soban_column_uuid (sqlite3_stmt *statement, int column, SobanUuid *ret_uuid);
gconstpointer soban_column_bytes (sqlite3_stmt *statement, int column, gsize *ret_length);

/* Sets @error from a result code of SQLite and the connection's last message. */
void soban_set_sqlite_error (GError **error, sqlite3 *db, int code);
