/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/*
 * What an erasure leaves behind in the files of the database: free pages, segments of the search index, the write-ahead log. A setting says that
 * there is some, from the transaction that erases until it is gone.
 */

/* Inside the transaction that erases. */
gboolean soban_erasure_traces_note (SobanCollectorStore *store, GError **error);
/* Reads only. */
gboolean soban_erasure_traces_are_left (SobanCollectorStore *store, gboolean *ret_left, GError **error);
/**
 * soban_erasure_traces_remove:
 * @store: of SQLite the OWNER: only one connection may checkpoint
 *
 * Outside of a transaction. SQLite: the search index is made one segment, the file written anew and the log emptied; nobody writes meanwhile.
 * PostgreSQL: the tables are written anew with their indexes and statistics; its own log and copies of it are its administrator's.
 * Where there is nothing to remove, nothing is done. Errors: also BUSY when a reader keeps the log: later.
 */
gboolean soban_erasure_traces_remove (SobanCollectorStore *store, GError **error);
