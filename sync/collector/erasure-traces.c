/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "erasure-traces.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

/* On disk: never renamed. The value is another one after each erasure: what is noted while traces are removed stays noted. */
#define TRACES_KEY "erasure-traces"

/* Each alone: such a statement cannot be part of a transaction. */
static const char *const postgresql_steps[] = {
  "VACUUM (FULL, ANALYZE) change", "VACUUM (FULL, ANALYZE) fork", "VACUUM (FULL, ANALYZE) record", "VACUUM (FULL, ANALYZE) record_text",
  "VACUUM (FULL, ANALYZE) fact",
};
static const char *const sqlite_steps[] = { "INSERT INTO record_text (record_text) VALUES ('optimize')", "VACUUM" };

gboolean
soban_erasure_traces_note (SobanCollectorStore *store, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();

  return soban_collector_store_put_setting (store, TRACES_KEY, id, error);
}

gboolean
soban_erasure_traces_are_left (SobanCollectorStore *store, gboolean *ret_left, GError **error)
{
  gint64 count;

  if (!soban_database_get_integer (soban_collector_store_get_database (store), error, 0, &count, "SELECT count (*) FROM setting WHERE key = ?1",
                                   "t", TRACES_KEY))
    return FALSE;
  *ret_left = count > 0;
  return TRUE;
}

static gboolean
run_steps (SobanDatabase *database, const char *const *steps, guint n_steps, GError **error)
{
  for (guint i = 0; i < n_steps; i++) {
    if (!soban_database_execute (database, steps[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
empty_log (SobanDatabase *database, GError **error)
{
  gint64 busy;

  if (!soban_database_get_integer (database, error, 1, &busy, "PRAGMA wal_checkpoint (TRUNCATE)", ""))
    return FALSE;
  if (busy == 0)
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY, _ ("The database is being read for a long time."));
  return FALSE;
}

gboolean
soban_erasure_traces_remove (SobanCollectorStore *store, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autofree char *noted = soban_collector_store_get_setting (store, TRACES_KEY);
  gboolean removed;

  if (noted == NULL)
    return TRUE;
  if (soban_database_get_kind (database) == SOBAN_DATABASE_SQLITE)
    removed = run_steps (database, sqlite_steps, G_N_ELEMENTS (sqlite_steps), error) && empty_log (database, error);
  else
    removed = run_steps (database, postgresql_steps, G_N_ELEMENTS (postgresql_steps), error);
  return removed && soban_database_run (database, error, "DELETE FROM setting WHERE key = ?1 AND value = ?2", "tt", TRACES_KEY, noted);
}
