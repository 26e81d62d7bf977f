/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

/**
 * The words of records: folded by soban_text_fold() (no accents, small letters), looked up by their beginnings. SQLite keeps
 * them in FTS5, PostgreSQL in a text search vector; both cut words where a sign is neither letter nor digit.
 */

/* In the place of the words that were kept for the record @row. */
gboolean soban_record_search_put (SobanDatabase *database, gint64 row, const char *folded_text, GError **error);
gboolean soban_record_search_remove (SobanDatabase *database, gint64 row, GError **error);

/* (transfer full): what people typed, in the language of the database's search; "" when there is no word in it. */
char *soban_record_search_make_match (SobanDatabase *database, const char *text);

/* Conditions of SQL: the record of the column row matches ?3. */
#define SOBAN_RECORD_SEARCH_SQLITE "row IN (SELECT rowid FROM record_text WHERE record_text MATCH ?3)"
#define SOBAN_RECORD_SEARCH_POSTGRESQL "row IN (SELECT record FROM record_text WHERE words @@ CAST (?3 AS tsquery))"
