/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening: newer, damaged, foreign and locked files; migrations; the form host. */
#include "store-fixture.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static GBytes *
read_file (const char *path)
{
  char *contents;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  return g_bytes_new_take (contents, length);
}

/* The store cannot be opened, for @code, and not a byte of the file is changed. */
static void
assert_left_as_it_is (StoreFixture *fixture, int code)
{
  g_autoptr (GBytes) before = read_file (fixture->path);
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;
  SobanStore *store = soban_store_open (fixture->path, store_fixture_data_dir (), &fixture->clock, &error);

  g_assert_null (store);
  g_assert_error (error, SOBAN_STORE_ERROR, code);
  after = read_file (fixture->path);
  g_assert_true (g_bytes_equal (before, after));
}

static void
test_newer_store (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  store_fixture_close (&fixture);
  execute (fixture.path, "PRAGMA user_version = 99");
  assert_left_as_it_is (&fixture, SOBAN_STORE_ERROR_TOO_NEW);
  store_fixture_clear (&fixture);
}

static void
test_foreign_database (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_close (&fixture);
  g_unlink (fixture.path);
  execute (fixture.path, "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)");
  assert_left_as_it_is (&fixture, SOBAN_STORE_ERROR_CORRUPT);
  store_fixture_clear (&fixture);
}

static void
test_no_database_at_all (void)
{
  StoreFixture fixture;
  g_autofree char *garbage = g_strnfill (20000, 'x');

  store_fixture_init (&fixture);
  store_fixture_close (&fixture);
  g_assert_true (g_file_set_contents (fixture.path, garbage, -1, NULL));
  assert_left_as_it_is (&fixture, SOBAN_STORE_ERROR_CORRUPT);
  store_fixture_clear (&fixture);
}

static void
test_cut_in_half (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) bytes = NULL;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  store_fixture_close (&fixture);
  bytes = read_file (fixture.path);
  g_assert_true (
      g_file_set_contents (fixture.path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) / 2, NULL));
  assert_left_as_it_is (&fixture, SOBAN_STORE_ERROR_CORRUPT);
  store_fixture_clear (&fixture);
}

/* Wherever the damage is: an error or sentences of check(), never a crash, never silence about it for good. */
static void
test_damaged_pages (void)
{
  StoreFixture fixture;
  g_autoptr (GBytes) bytes = NULL;
  guint told = 0, pages;

  store_fixture_init (&fixture);
  for (guint i = 0; i < 20; i++)
    save_session (&fixture, "2026-11-20", "Bản A", "1");
  store_fixture_close (&fixture);
  bytes = read_file (fixture.path);
  pages = g_bytes_get_size (bytes) / 4096;
  for (guint page = 0; page < pages; page++) {
    g_autofree char *damaged = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanStore) store = NULL;
    g_autoptr (GPtrArray) sentences = NULL;

    memset (damaged + page * 4096 + (page == 0 ? 100 : 0), 0xa5, 2000);
    g_assert_true (g_file_set_contents (fixture.path, damaged, g_bytes_get_size (bytes), NULL));
    store = soban_store_open (fixture.path, store_fixture_data_dir (), &fixture.clock, &error);
    if (store)
      sentences = soban_store_check (store, &error);
    g_assert_true (error || sentences);
    told += error != NULL || sentences->len > 0;
    if (store)
      soban_store_close (store);
  }
  /* free pages hold nothing */
  g_assert_cmpuint (told, >=, pages * 9 / 10);
  store_fixture_clear (&fixture);
}

static void
test_check_finds (void)
{
  static const char *const breaches[] = {
    ("UPDATE record SET state = (SELECT state FROM record ORDER BY id DESC LIMIT 1) WHERE id = (SELECT id FROM record "
     "LIMIT 1)"),
    "DELETE FROM change WHERE number = 1",
    "UPDATE identity SET last_number = 9",
    "DELETE FROM outbox WHERE number = 2",
    "DELETE FROM summary WHERE key = (SELECT min(key) FROM summary)",
    "DELETE FROM search WHERE rowid = (SELECT max(key) FROM summary)",
    "UPDATE change SET body = x'01' WHERE number = 2",
    "INSERT INTO answer (draft, path) VALUES (x'00', 'x')",
    "UPDATE record SET stale = 1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (breaches); i++) {
    StoreFixture fixture;
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) sentences = NULL;

    store_fixture_init (&fixture);
    save_session (&fixture, "2026-11-20", "Bản A", "1");
    save_session (&fixture, "2026-11-20", "Bản B", "2");
    store_fixture_close (&fixture);
    execute (fixture.path, breaches[i]);
    store_fixture_open (&fixture);
    sentences = soban_store_check (fixture.store, &error);
    g_assert_no_error (error);
    g_test_message ("%s: %u", breaches[i], sentences->len);
    g_assert_cmpuint (sentences->len, >, 0);
    store_fixture_clear (&fixture);
  }
}

static void
test_second_program_is_kept_out (void)
{
  StoreFixture fixture;
  int status;
  pid_t child;

  store_fixture_init (&fixture);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  /* POSIX locks are between processes, so the second one must be another process. */
  child = fork ();
  if (child == 0) {
    g_autoptr (GError) error = NULL;
    SobanStore *store = soban_store_open (fixture.path, store_fixture_data_dir (), NULL, &error);

    _exit (!store && g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY) ? 0 : 1);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  save_session (&fixture, "2026-11-20", "Bản B", "1");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_closed_store_says_so (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  SobanIdentity identity;

  store_fixture_init (&fixture);
  soban_store_close (fixture.store);
  g_assert_false (soban_store_get_identity (fixture.store, &identity, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO);
  g_clear_error (&error);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, &error), ==, -1);
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO);
  g_clear_error (&error);
  g_assert_cmpint (soban_store_count_records (fixture.store, "village", "", &error), ==, -1);
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (soban_store_get_title (fixture.store, "00000000-0000-7000-8000-000000000001", &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO);
  store_fixture_clear (&fixture);
}

/* A store as an older version wrote it opens, is sound, and shows its records. */
static void
test_old_version_opens (gconstpointer name)
{
  StoreFixture fixture;
  g_autofree char *file = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "fixtures", name, NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autofree char *total = NULL;
  g_autofree char *scope = NULL;
  const SobanRecordQuery query = { .form = "communication_session" };
  SobanIdentity identity;
  guint left = 1;

  g_assert_true (g_file_get_contents (file, &sql, NULL, NULL));
  store_fixture_init (&fixture);
  store_fixture_close (&fixture);
  g_unlink (fixture.path);
  execute (fixture.path, sql);
  store_fixture_open (&fixture);
  while (left > 0)
    g_assert_true (soban_store_derive_stale (fixture.store, 100, &left, NULL));
  assert_sound (&fixture);
  ids = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (ids->len, ==, 2);
  history = soban_store_get_history (fixture.store, &g_array_index (ids, SobanUuid, 0), NULL);
  g_assert_null (find_item (history, "total", "15")->person);
  total = get_field (&fixture, &g_array_index (ids, SobanUuid, 0), "total");
  g_assert_cmpstr (total, ==, "15");
  drafts = soban_store_list_drafts (fixture.store, NULL);
  g_assert_cmpuint (drafts->len, ==, 1);
  g_assert_true (soban_store_get_identity (fixture.store, &identity, NULL));
  g_assert_cmpuint (identity.device, ==, 4);
  g_assert_cmpuint (identity.last_number, ==, 3);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 2);
  scope = soban_store_get_setting (fixture.store, SOBAN_SETTING_HOME_SCOPE);
  g_assert_cmpstr (scope, ==, "00004@2025-07-01");
  store_fixture_clear (&fixture);
}

static guint
count_items (SobanFormHost *host, const char *src)
{
  g_autoptr (GError) error = NULL;
  SobanTree *tree = host->load_instance (host->data, src, &error);
  guint items = 0;

  g_assert_no_error (error);
  for (SobanNode *item = soban_node_first_element (soban_node_first_element (soban_tree_get_root (tree))); item;
       item = soban_node_next_element (item))
    items++;
  return items;
}

static void
test_form_host (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autofree char *version = NULL;
  g_autoptr (SobanFieldMap) team = make_fields ("name", "Tổ bản Đông", "commune_id", "02947@2025-07-01", NULL);
  SobanFormHost *host, *later;
  gint64 before;
  SobanUuid id = { 0 };

  store_fixture_init (&fixture);
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_COMMUNE, "02947@2025-07-01", &error));
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_TEAM, "x", &error));
  host = soban_store_get_form_host (fixture.store);
  g_assert_cmpstr (host->property (host->data, "soban:commune"), ==, "02947@2025-07-01");
  g_assert_cmpstr (host->property (host->data, "soban:team"), ==, "x");
  g_assert_null (host->property (host->data, "no such"));
  before = g_get_monotonic_time ();
  g_assert_cmpuint (count_items (host, "jr://file-csv/units.csv"), >, 13000);
  g_test_message ("units: %.1f ms", (g_get_monotonic_time () - before) / 1000.0);
  g_assert_cmpuint (count_items (host, "jr://file-csv/ethnic_groups.csv"), ==, 56);
  g_assert_cmpuint (count_items (host, "jr://file-csv/villages.csv"), ==, 1);
  g_assert_cmpuint (count_items (host, "jr://file-csv/communication_team.csv"), ==, 0);
  g_assert_null (host->load_instance (host->data, "jr://file-csv/none.csv", &error));
  g_assert_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE);
  g_clear_error (&error);
  version = newest_version (&fixture, "communication_team");
  g_assert_true (soban_store_save (fixture.store, &id, "communication_team", version, NULL, team, &error));
  /* a host keeps what it has handed out; the next one sees the new team */
  g_assert_cmpuint (count_items (host, "jr://file-csv/communication_team.csv"), ==, 0);
  later = soban_store_get_form_host (fixture.store);
  g_assert_cmpuint (count_items (later, "jr://file-csv/communication_team.csv"), ==, 1);
  g_assert_cmpuint (count_items (later, "jr://file-csv/registry.csv"), ==, 1);
  soban_store_form_host_free (host);
  soban_store_form_host_free (later);
  store_fixture_clear (&fixture);
}

static gboolean
save_in_worker (SobanStore *store, gpointer data, GError **error)
{
  save_session (data, "2026-11-20", "Bản A", "1");
  return TRUE;
}

static void
on_run_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_run_finish (SOBAN_STORE (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_run_async (void)
{
  StoreFixture fixture;
  gboolean done = FALSE;

  store_fixture_init (&fixture);
  soban_store_run_async (fixture.store, save_in_worker, &fixture, NULL, NULL, on_run_ready, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  store_fixture_clear (&fixture);
}

typedef struct {
  SobanUuid ids[3];
  char *version;
  gboolean refuse; /* the last one */
} Together;

static gboolean
save_together (SobanStore *store, gpointer data, GError **error)
{
  Together *together = data;

  for (guint i = 0; i < G_N_ELEMENTS (together->ids); i++) {
    g_autoptr (SobanFieldMap) fields = make_fields ("total", "25", NULL);
    gboolean last = i == G_N_ELEMENTS (together->ids) - 1;

    memset (&together->ids[i], 0, sizeof together->ids[i]);
    if (!soban_store_save (store, &together->ids[i], last && together->refuse ? "no_such_form" : "communication_session", together->version, NULL, fields, error))
      return FALSE;
  }
  return TRUE;
}

/* All or nothing, also of numbers and of what is remembered of them. */
static void
test_saved_together (void)
{
  StoreFixture fixture;
  Together together = { .refuse = TRUE };
  SobanIdentity identity;
  g_autoptr (GError) error = NULL;

  store_fixture_init (&fixture);
  together.version = newest_version (&fixture, "communication_session");
  g_assert_false (soban_store_save_together (fixture.store, save_together, &together, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (together.ids) - 1; i++) {
    g_assert_false (soban_uuid_equal (&together.ids[i], &(SobanUuid) { { 0 } })); /* it was saved before the last one was refused */
    g_assert_null (soban_store_get_record (fixture.store, &together.ids[i], &error));
    g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND);
    g_clear_error (&error);
  }
  soban_store_get_identity (fixture.store, &identity, NULL);
  g_assert_cmpuint (identity.last_number, ==, 0);
  together.refuse = FALSE;
  g_assert_true (soban_store_save_together (fixture.store, save_together, &together, &error));
  g_assert_no_error (error);
  store_fixture_reopen (&fixture);
  soban_store_get_identity (fixture.store, &identity, NULL);
  g_assert_cmpuint (identity.last_number, ==, G_N_ELEMENTS (together.ids));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
  g_free (together.version);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/second-program-is-kept-out", test_second_program_is_kept_out);
  g_test_add_func ("/store/newer-store-is-left-as-it-is", test_newer_store);
  g_test_add_func ("/store/foreign-database-is-left-as-it-is", test_foreign_database);
  g_test_add_func ("/store/no-database-is-left-as-it-is", test_no_database_at_all);
  g_test_add_func ("/store/cut-in-half-is-left-as-it-is", test_cut_in_half);
  g_test_add_func ("/store/damaged-pages-are-told", test_damaged_pages);
  g_test_add_func ("/store/check-finds", test_check_finds);
  g_test_add_func ("/store/closed-store-says-so", test_closed_store_says_so);
  g_test_add_data_func ("/store/version-1-opens", "store-v01.sql", test_old_version_opens);
  g_test_add_data_func ("/store/version-2-opens", "store-v02.sql", test_old_version_opens);
  g_test_add_data_func ("/store/version-3-opens", "store-v03.sql", test_old_version_opens);
  g_test_add_data_func ("/store/version-4-opens", "store-v04.sql", test_old_version_opens);
  g_test_add_data_func ("/store/version-5-opens", "store-v05.sql", test_old_version_opens);
  g_test_add_func ("/store/saved-together", test_saved_together);
  g_test_add_func ("/store/form-host", test_form_host);
  g_test_add_func ("/store/run-async", test_run_async);
  return g_test_run ();
}
