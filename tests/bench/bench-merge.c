/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records merged per second: 12 fields, batches of 1000 through soban_store_apply(), against a plain INSERT of the
 * same rows in the same run (one table, one column a field, batches of 1000, the same journal and fsyncs).
 *
 * Targets: 100,000 records/s and a third of the plain inserts. Prints the figures; fails only when something is wrong.
 */
#include "base/language.h"
#include "store/sync-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#define RECORDS 100000
#define BATCH 1000
#define FIELDS 12
#define START_MS G_GINT64_CONSTANT (1795305600000)
#define TARGET_RECORDS_PER_S 100000

static const char *const paths[FIELDS] = {
  "activity_date", "commune_id", "duration", "female", "leader", "male",
  "method",        "minority",   "team_id",  "topic",  "total",  "village_id",
};
static const char *const values[FIELDS] = {
  "2026-11-22",
  "02947@2025-07-01",
  "45",
  "23",
  "Lò Thị Hoa",
  "11",
  "loa truyền thanh",
  "30",
  "bản Mường Mươn",
  "bạo lực gia đình",
  "34",
  "0193a1c2-7f00-7000-8000-000000000001",
};

static GPtrArray *
make_batch (guint64 first)
{
  GPtrArray *changes = g_ptr_array_new_full (BATCH, (GDestroyNotify) soban_change_free);

  for (guint i = 0; i < BATCH; i++) {
    SobanChange *change = soban_change_new ();

    change->id = (SobanChangeId){ 1 + i % 8, 77, first + i };
    change->record = soban_uuid_new_v7 (START_MS + (gint64) (first + i), soban_entropy_system ());
    change->form = g_strdup ("communication_session");
    change->form_version = g_strdup ("2026112201");
    change->scope = g_strdup ("02947@2025-07-01");
    change->stamp = SOBAN_STAMP (START_MS + (gint64) (first + i), 0);
    for (guint f = 0; f < FIELDS; f++)
      soban_change_assign (change, paths[f], values[f]);
    g_ptr_array_add (changes, change);
  }
  return changes;
}

static gint64
merge_batch (SobanStore *store, GPtrArray *changes)
{
  SobanSyncResult result = { .changes = changes };
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_monotonic_time ();

  if (!soban_store_apply (store, &result, &error))
    g_error ("%s", error->message);
  return g_get_monotonic_time () - before;
}

static void
execute (sqlite3 *db, const char *sql)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
}

static gint64
insert_batch (sqlite3 *db, sqlite3_stmt *statement, const GPtrArray *changes)
{
  gint64 before = g_get_monotonic_time ();

  execute (db, "BEGIN IMMEDIATE");
  for (guint i = 0; i < changes->len; i++) {
    const SobanChange *change = g_ptr_array_index (changes, i);

    sqlite3_bind_blob (statement, 1, change->record.bytes, SOBAN_UUID_BYTES, SQLITE_STATIC);
    for (guint f = 0; f < FIELDS; f++) {
      const SobanAssignment *assignment = g_ptr_array_index (change->assignments, f);

      sqlite3_bind_text (statement, (int) f + 2, assignment->value, -1, SQLITE_STATIC);
    }
    if (sqlite3_step (statement) != SQLITE_DONE)
      g_error ("%s", sqlite3_errmsg (db));
    sqlite3_reset (statement);
  }
  execute (db, "COMMIT");
  return g_get_monotonic_time () - before;
}

static sqlite3_stmt *
open_plain (const char *path, sqlite3 **ret_db)
{
  sqlite3_stmt *statement;

  if (sqlite3_open (path, ret_db) != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (*ret_db));
  execute (*ret_db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  execute (*ret_db, "CREATE TABLE session (id BLOB PRIMARY KEY, a, b, c, d, e, f, g, h, i, j, k, l) WITHOUT ROWID");
  if (sqlite3_prepare_v2 (*ret_db, "INSERT INTO session VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &statement, NULL)
      != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (*ret_db));
  return statement;
}

int
main (void)
{
  g_autofree char *folder = g_dir_make_tmp ("soban-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  g_autofree char *plain_path = g_build_filename (folder, "plain.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanStore) store = soban_store_open (path, soban_data_dir (), NULL, &error);
  gint64 merged_us = 0, plain_us = 0;
  sqlite3_stmt *statement;
  double merged, plain;
  sqlite3 *db;

  if (!store)
    g_error ("%s", error->message);
  statement = open_plain (plain_path, &db);
  /* By turns, so that whatever else the machine does slows both alike. */
  for (guint64 first = 1; first <= RECORDS; first += BATCH) {
    g_autoptr (GPtrArray) changes = make_batch (first);

    plain_us += insert_batch (db, statement, changes);
    merged_us += merge_batch (store, changes);
  }
  sqlite3_finalize (statement);
  sqlite3_close (db);
  soban_store_close (store);
  merged = RECORDS * 1e6 / (double) merged_us;
  plain = RECORDS * 1e6 / (double) plain_us;
  g_print ("records merged: %.0f/s (target %d/s), %d fields, batches of %d\n", merged, TARGET_RECORDS_PER_S, FIELDS,
           BATCH);
  g_print ("plain inserts:  %.0f/s; merged = %.2f of it (target 0.33)\n", plain, merged / plain);
  g_unlink (path);
  g_unlink (plain_path);
  g_rmdir (folder);
  return 0;
}
