/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a collector's data live through: upgrades, damage, connections that are lost. */
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "deriver.h"
#include "devices.h"
#include "record-repair.h"
#include "record-search.h"
#include "store-check.h"
#include "workload.h"

static SobanDatabase *
get_database (Fixture *fixture)
{
  return soban_collector_store_get_database (fixture->store);
}

static gint64
ask (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value;

  soban_database_get_integer (get_database (fixture), &error, -1, &value, sql, "");
  g_assert_no_error (error);
  return value;
}

static void
tell (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;

  soban_database_execute (get_database (fixture), sql, &error);
  g_assert_no_error (error);
}

/* The sentences, a line each. (transfer full) */
static char *
check (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = soban_collector_check (fixture->store, &error);

  g_assert_no_error (error);
  g_ptr_array_add (breaches, NULL);
  return g_strjoinv ("\n", (char **) breaches->pdata);
}

static void
assert_sound (Fixture *fixture)
{
  g_autofree char *breaches = check (fixture);

  g_assert_cmpstr (breaches, ==, "");
}

/* A store as an older version wrote it opens, is sound, and goes on where it was. */
static void
open_frozen (Fixture *fixture, const char *name)
{
  g_autofree char *file = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "fixtures", name, NULL);
  g_autofree char *sql = NULL, *old = g_build_filename (fixture->dir, "old.db", NULL);
  g_autoptr (GError) error = NULL;
  SobanDatabase *database;

  g_assert_true (g_file_get_contents (file, &sql, NULL, &error));
  database = soban_database_open (old, SOBAN_DATABASE_OWNER, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (soban_database_execute (database, sql, &error));
  soban_database_close (database);
  g_clear_pointer (&fixture->store, soban_collector_store_close);
  g_free (fixture->path);
  fixture->path = g_steal_pointer (&old);
  fixture->now_ms = G_GINT64_CONSTANT (1795500000000);
  fixture_reopen (fixture);
  g_assert_cmpint (ask (fixture, "PRAGMA user_version"), ==, 6);
  assert_sound (fixture);
  g_assert_cmpint (ask (fixture, "SELECT last_stamp FROM scope"), ==, ask (fixture, "SELECT max (stamp) FROM change"));
  g_assert_true (soban_collector_store_check_clock (fixture->store, &error));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incarnation WHERE chain <> 0"), ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT sum (count) FROM digest"), ==, 3);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM record_text WHERE record_text MATCH 'hop'"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM device WHERE revoked_ms IS NOT NULL"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM form"), ==, 0);
}

static void
test_a_collector_of_version_1_goes_on (Fixture *fixture, gconstpointer data)
{
  open_frozen (fixture, "collector-v01.sql");
}

static void
test_a_collector_of_version_2_goes_on (Fixture *fixture, gconstpointer data)
{
  open_frozen (fixture, "collector-v02.sql");
}

static void
test_a_collector_of_version_3_goes_on (Fixture *fixture, gconstpointer data)
{
  open_frozen (fixture, "collector-v03.sql");
}

static void
test_a_collector_of_version_4_goes_on (Fixture *fixture, gconstpointer data)
{
  open_frozen (fixture, "collector-v04.sql");
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE settled_ms IS NULL AND note = ''"), ==, 1);
}

static void
test_a_collector_of_version_5_goes_on (Fixture *fixture, gconstpointer data)
{
  open_frozen (fixture, "collector-v05.sql");
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE settled_ms IS NOT NULL AND note <> ''"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM device WHERE kept_days = 0"), ==, ask (fixture, "SELECT count (*) FROM device"));
}

/* The hash of version 1 is today's: what was sent before the upgrade is known after it. */
static void
test_a_change_of_version_1_is_known_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanRows) rows = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  test_a_collector_of_version_1_goes_on (fixture, data);
  rows = soban_database_query (get_database (fixture), &error, "SELECT body, hash FROM change", "");
  while (soban_rows_step (rows, &error) == 1) {
    g_autoptr (SobanChange) change = soban_change_decode (soban_rows_get_blob (rows, 0), soban_rows_get_length (rows, 0), &error);
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];

    g_assert_no_error (error);
    soban_change_hash (change, hash);
    g_assert_cmpmem (hash, sizeof hash, soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1));
    n++;
  }
  g_assert_cmpuint (n, ==, 6);
}

/* Records 1 to @n of training, in one scope. */
static void
admit_records (Fixture *fixture, guint n)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);

  for (guint i = 1; i <= n; i++) {
    SobanNumberedChange *item = g_new0 (SobanNumberedChange, 1);

    item->change = make_change (1, 7, i, SCOPE_A, i, TEST_NOW_MS - HOUR_MS, 0, "total", "12");
    g_ptr_array_add (batch, item);
  }
  g_assert_true (workload_admit (fixture->store, batch, 0, NULL, NULL));
}

static void
derive_all (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanReference) reference = soban_reference_load (soban_data_dir (), g_getenv ("SOBAN_LOCALE_DIR"), &error);
  g_autoptr (SobanDeriver) deriver = NULL;

  g_assert_no_error (error);
  deriver = soban_deriver_new (reference, fixture->store);
  g_assert_true (soban_deriver_prepare (deriver, &error));
  g_assert_true (soban_deriver_run_all (deriver, &error));
  g_assert_no_error (error);
}

/* The first of many: those after it are derived all the same, and it is made again from the log. */
static void
test_an_unreadable_record_is_merged_anew_and_holds_nobody_up (Fixture *fixture, gconstpointer data)
{
  admit_records (fixture, 20);
  tell (fixture, data == TEST_SQLITE ? "UPDATE record SET state = x'ff00ff' WHERE row = 1" : "UPDATE record SET state = '\\xff00ff' WHERE row = 1");
  derive_all (fixture);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM record WHERE stale = 0"), ==, 20);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = '" SOBAN_INCIDENT_UNREADABLE "'"), ==, 1);
  assert_sound (fixture);
}

static void
test_a_record_that_cannot_be_read_at_all_is_named (Fixture *fixture, gconstpointer data)
{
  g_autofree char *breaches = NULL, *again = NULL;

  admit_records (fixture, 20);
  tell (fixture, data == TEST_SQLITE ? "UPDATE record SET state = x'ff00ff' WHERE row = 1" : "UPDATE record SET state = '\\xff00ff' WHERE row = 1");
  tell (fixture, data == TEST_SQLITE ? "UPDATE change SET body = x'ff00ff' WHERE number = 1" : "UPDATE change SET body = '\\xff00ff' WHERE number = 1");
  derive_all (fixture);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM record WHERE stale = 0"), ==, 19);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = '" SOBAN_INCIDENT_LOST "'"), ==, 1);
  breaches = check (fixture);
  g_test_message ("%s", breaches);
  g_assert_nonnull (strstr (breaches, "019a0000-0000-7000-8000-000000000001"));
  /* The next deriving leaves it alone, and the others can be written. */
  derive_all (fixture);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident"), ==, 1);
}

/* Admission meets it before deriving does. */
static void
test_an_edit_of_an_unreadable_record_is_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) edit = make_batch (make_change (1, 7, 4, SCOPE_A, 2, TEST_NOW_MS, 0, "total", "13"), NULL);
  guint admitted;

  admit_records (fixture, 3);
  tell (fixture, data == TEST_SQLITE ? "UPDATE record SET state = x'ff00ff' WHERE row = 2" : "UPDATE record SET state = '\\xff00ff' WHERE row = 2");
  g_assert_true (workload_admit (fixture->store, edit, 0, NULL, &admitted));
  g_assert_cmpuint (admitted, ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM incident WHERE kind = '" SOBAN_INCIDENT_UNREADABLE "'"), ==, 1);
  assert_sound (fixture);
}

/* S4, S5 */
static void
test_check_finds_wrong_digests_and_chains (Fixture *fixture, gconstpointer data)
{
  static const char *const damages[][2] = {
    { "UPDATE digest SET count = count + 1", "UPDATE digest SET count = count - 1" },
    { "UPDATE change SET chain = chain + 1 WHERE number = 2", "UPDATE change SET chain = chain - 1 WHERE number = 2" },
    { "UPDATE incarnation SET chain = chain + 1", "UPDATE incarnation SET chain = chain - 1" },
  };

  admit_records (fixture, 3);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autofree char *breaches = NULL;

    assert_sound (fixture);
    tell (fixture, damages[i][0]);
    breaches = check (fixture);
    g_test_message ("%s: %s", damages[i][0], breaches);
    g_assert_cmpstr (breaches, !=, "");
    tell (fixture, damages[i][1]);
  }
  assert_sound (fixture);
  tell (fixture, "UPDATE record SET digest = (SELECT digest FROM record WHERE row = 2) WHERE row = 1");
  {
    g_autofree char *breaches = check (fixture);

    g_assert_cmpstr (breaches, !=, "");
  }
}

static void
test_words_are_found_by_their_beginnings (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *typed; gint64 expected; } rows[] = {
    { "Đường", 1 }, { "duong hoa", 1 }, { "ho", 1 }, { "oa", 0 }, { "hoa \"OR\" x'", 0 }, { "2026", 1 }, { "nam-2026", 1 }, { "nha van", 0 },
  };
  g_autoptr (GError) error = NULL;

  admit_records (fixture, 1);
  g_assert_true (soban_record_search_put (get_database (fixture), 1, "duong hoa, ban pho (nam 2026)", &error));
  g_assert_true (soban_record_search_put (get_database (fixture), 1, "duong hoa binh, ban pho (nam 2026)", &error));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *match = soban_record_search_make_match (get_database (fixture), rows[i].typed);
    gint64 found;

    soban_database_get_integer (get_database (fixture), &error, 0, &found,
      data == TEST_SQLITE ? "SELECT count (*) FROM record WHERE ?1 = '' AND ?2 = '' AND " SOBAN_RECORD_SEARCH_SQLITE
                          : "SELECT count (*) FROM record WHERE ?1 = '' AND ?2 = '' AND " SOBAN_RECORD_SEARCH_POSTGRESQL, "ttt", "", "", match);
    g_assert_no_error (error);
    g_test_message ("%s: %s", rows[i].typed, match);
    g_assert_cmpint (found, ==, rows[i].expected);
  }
  g_assert_true (soban_record_search_remove (get_database (fixture), 1, &error));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM record_text"), ==, 0);
}

static void
test_an_older_postgresql_schema_waits_for_init (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SobanCollectorStore *store;

  tell (fixture, "UPDATE setting SET value = '1' WHERE key = 'schema-version'");
  store = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, &error);
  g_assert_null (store);
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
}

/* As a server that is started anew does. */
static void
cut_connection (Fixture *fixture, SobanDatabase *database)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanDatabase) other = soban_database_open (fixture->path, SOBAN_DATABASE_GUEST, FALSE, &error);
  gint64 pid, cut;

  g_assert_no_error (error);
  g_assert_true (soban_database_get_integer (database, &error, 0, &pid, "SELECT pg_backend_pid ()", ""));
  g_assert_true (soban_database_get_integer (other, &error, 0, &cut, "SELECT pg_terminate_backend (CAST (?1 AS INTEGER), 10000)", "i", pid));
  g_assert_cmpint (cut, ==, 1);
}

static void
test_a_lost_connection_is_made_anew (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SobanCollectorStore *reader;
  gint64 n;

  admit_records (fixture, 3);
  cut_connection (fixture, get_database (fixture));
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  tell (fixture, "DELETE FROM record_text");
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  reader = soban_collector_store_open (fixture->path, SOBAN_DATABASE_READER, FALSE, &fixture->clock, &error);
  cut_connection (fixture, soban_collector_store_get_database (reader));
  g_assert_true (soban_database_get_integer (soban_collector_store_get_database (reader), &error, 0, &n, "SELECT count (*) FROM change", ""));
  g_assert_cmpint (n, ==, 3);
  soban_collector_store_close (reader);
}

static void
test_a_connection_lost_in_a_transaction_leaves_nothing_behind (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) batch = make_batch (make_change (1, 7, 4, SCOPE_A, 2, TEST_NOW_MS, 0, "total", "13"), NULL);
  g_autoptr (GError) error = NULL;

  admit_records (fixture, 3);
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_collector_store_expect (fixture->store, batch, &error));
  tell (fixture, "UPDATE scope SET last_number = 77");
  cut_connection (fixture, get_database (fixture));
  g_assert_false (soban_database_execute (get_database (fixture), "UPDATE scope SET last_number = 78", &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY);
  soban_collector_store_roll_back (fixture->store);
  g_assert_true (workload_admit (fixture->store, batch, 0, NULL, NULL));
  g_assert_cmpint (ask (fixture, "SELECT last_number FROM scope"), ==, 4);
  assert_sound (fixture);
}

/* A second collector waits for it, and is told that the database is busy when that takes too long. */
static void
test_the_number_of_a_scope_is_held_until_the_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) batch = make_batch (make_change (2, 8, 1, SCOPE_A, 9, TEST_NOW_MS, 0, "total", "1"), NULL);
  g_autoptr (GError) error = NULL;
  SobanCollectorStore *other = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, &error);

  g_assert_no_error (error);
  admit_records (fixture, 3);
  g_assert_true (soban_database_execute (soban_collector_store_get_database (other), "SET lock_timeout = '50ms'", &error));
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_collector_store_expect (fixture->store, batch, &error));
  g_assert_false (workload_admit (other, batch, 0, NULL, NULL));
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  g_assert_true (workload_admit (other, batch, 0, NULL, NULL));
  soban_collector_store_close (other);
  g_assert_cmpint (ask (fixture, "SELECT last_number FROM scope"), ==, 4);
  assert_sound (fixture);
}

static void
test_a_code_works_at_one_of_two_collectors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL, busy = NULL;
  g_autoptr (SobanDevice) first = NULL;
  SobanCollectorStore *other = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, &error);
  SobanDevice *second;
  guint32 number;

  g_assert_no_error (error);
  g_ptr_array_add (scopes, (gpointer) SCOPE_A);
  g_assert_true (soban_devices_add (fixture->store, "A", "member", scopes, NULL, &number, &error));
  g_assert_true (soban_devices_add_code (fixture->store, number, "SECRET", TEST_NOW_MS + HOUR_MS, &error));
  g_assert_true (soban_database_execute (soban_collector_store_get_database (other), "SET lock_timeout = '50ms'", &error));
  g_assert_true (soban_collector_store_begin (fixture->store, &error));
  g_assert_true (soban_devices_use_code (fixture->store, "SECRET", "token-1", &first, &error));
  g_assert_nonnull (first);
  g_assert_false (soban_devices_use_code (other, "SECRET", "token-2", &second, &busy));
  g_assert_error (busy, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY);
  g_assert_true (soban_collector_store_commit (fixture->store, &error));
  g_assert_true (soban_devices_use_code (other, "SECRET", "token-2", &second, &error));
  g_assert_null (second);
  soban_collector_store_close (other);
}

/* PROTOCOL 3.4: what another collector with a faster clock has admitted is not in this one's future. */
static void
test_now_is_not_behind_what_another_collector_admitted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ahead = make_batch (make_change (1, 7, 1, SCOPE_A, 1, TEST_NOW_MS + HOUR_MS, 0, "total", "1"), NULL);
  g_autoptr (GPtrArray) after = make_batch (make_change (2, 8, 1, SCOPE_A, 1, TEST_NOW_MS, 1, "total", "2"), NULL);
  g_autoptr (GError) error = NULL;
  SobanCollectorStore *other = soban_collector_store_open (fixture->path, SOBAN_DATABASE_OWNER, FALSE, &fixture->clock, &error);

  g_assert_no_error (error);
  fixture->now_ms += 5000;
  g_assert_true (workload_admit (fixture->store, ahead, 0, NULL, NULL));
  fixture->now_ms -= 5000;
  g_assert_cmpint (soban_collector_store_now (other), ==, TEST_NOW_MS);
  g_assert_true (workload_admit (other, after, 0, NULL, NULL));
  g_assert_cmpint (soban_collector_store_now (other), >=, TEST_NOW_MS + 5000);
  soban_collector_store_close (other);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM change WHERE stamp / 65536 > admitted_ms"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define ADD(name) ADD_FOR_BOTH ("/collector/upkeep/" #name, test_##name)
#define ADD_SQLITE(name) g_test_add ("/collector/upkeep/" #name, Fixture, TEST_SQLITE, fixture_set_up, test_##name, fixture_tear_down)
#define ADD_POSTGRESQL(name) \
  g_test_add ("/collector/upkeep/" #name, Fixture, TEST_POSTGRESQL, fixture_set_up, fixture_has_postgresql () ? test_##name : fixture_skip, \
              fixture_tear_down)
  ADD_SQLITE (a_collector_of_version_1_goes_on);
  ADD_SQLITE (a_collector_of_version_2_goes_on);
  ADD_SQLITE (a_collector_of_version_3_goes_on);
  ADD_SQLITE (a_collector_of_version_4_goes_on);
  ADD_SQLITE (a_collector_of_version_5_goes_on);
  ADD_SQLITE (a_change_of_version_1_is_known_again);
  ADD (an_unreadable_record_is_merged_anew_and_holds_nobody_up);
  ADD (a_record_that_cannot_be_read_at_all_is_named);
  ADD (an_edit_of_an_unreadable_record_is_taken);
  ADD (check_finds_wrong_digests_and_chains);
  ADD (words_are_found_by_their_beginnings);
  ADD_POSTGRESQL (an_older_postgresql_schema_waits_for_init);
  ADD_POSTGRESQL (a_lost_connection_is_made_anew);
  ADD_POSTGRESQL (a_connection_lost_in_a_transaction_leaves_nothing_behind);
  ADD_POSTGRESQL (the_number_of_a_scope_is_held_until_the_end);
  ADD_POSTGRESQL (a_code_works_at_one_of_two_collectors);
  ADD_POSTGRESQL (now_is_not_behind_what_another_collector_admitted);
#undef ADD_POSTGRESQL
#undef ADD_SQLITE
#undef ADD
  return g_test_run ();
}
