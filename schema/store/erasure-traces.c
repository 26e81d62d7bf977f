/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an erasure leaves behind in the file: free pages, segments of the search index, the write-ahead log
 *
 * Invariants:
 *  (1) A setting says that there is some, from the transaction that erases until it is gone: a power cut between the
 * two leaves nothing behind for good. (2) It is removed between two transactions, when nobody waits, at the latest when
 * the store is closed. (3) Where that does not come off (a full disk) the store goes on, and it is tried again when the
 * file is opened the next time, or something more is erased.
 */
#include "config.h"

#include "store/store-private.h"

#include <glib/gi18n-lib.h>

gboolean
soban_traces_note (SobanStore *store, GError **error)
{
  store->db_thread.traces_stay = FALSE;
  return soban_settings_set (store, SOBAN_SETTING_ERASURE_TRACES, "1", error);
}

static gboolean
forget_note (SobanStore *store, gpointer data, GError **error)
{
  return soban_settings_set (store, SOBAN_SETTING_ERASURE_TRACES, NULL, error);
}

/* The file is written anew on disk, not in memory: it may be large. */
static gboolean
write_anew (SobanDatabase *database, GError **error)
{
  gboolean done = soban_database_execute (database, "INSERT INTO search (search) VALUES ('optimize'); PRAGMA temp_store = FILE; VACUUM", error);

  return soban_database_execute (database, "PRAGMA temp_store = MEMORY", done ? error : NULL) && done;
}

void
soban_traces_remove (SobanStore *store)
{
  SobanDatabase *database = store->db_thread.database;
  g_autofree char *noted = soban_store_get_setting (store, SOBAN_SETTING_ERASURE_TRACES);
  g_autoptr (GError) error = NULL;

  soban_store_assert_thread (store);
  if (!noted || store->db_thread.traces_stay)
    return;
  store->db_thread.traces_stay = !write_anew (database, &error)
                                 || !soban_database_execute (database, "PRAGMA wal_checkpoint (TRUNCATE)", &error)
                                 || !soban_store_write (store, forget_note, NULL, &error);
  if (error)
    g_message (_("Taking the traces of an erased record out of the file: %s"), error->message);
}
