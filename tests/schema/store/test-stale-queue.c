/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits to be derived is derived, whatever comes in between; the numbers are those of the invariants of stale-queue.c. */
#include "store-fixture.h"

#include "base/error.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

static SobanUuid
make_id (guint n)
{
  return (SobanUuid){ { 1, 2, 3, n } };
}

static void
set_form (SobanChange *change, const char *form)
{
  g_free (change->form);
  change->form = g_strdup (form);
}

/* (transfer full): changes of @number records of other tablets, the first with id @first. */
static GPtrArray *
make_changes (guint first, guint number)
{
  GPtrArray *changes = new_changes ();

  for (guint i = first; i < first + number; i++) {
    const SobanUuid id = make_id (i);

    add_pulled (changes, 9, i, &id, LATER (i), 0, "activity_date", "2026-11-20");
  }
  return changes;
}

static void
apply (StoreFixture *fixture, guint first, guint number)
{
  g_autoptr (GPtrArray) changes = make_changes (first, number);

  apply_changes (fixture, changes, FIXTURE_COMMUNE, first + number);
}

static guint
derive (StoreFixture *fixture, guint max)
{
  g_autoptr (GError) error = NULL;
  guint left = G_MAXUINT;

  soban_store_derive_stale (fixture->store, max, &left, &error);
  g_assert_no_error (error);
  return left;
}

static guint
count_listed (StoreFixture *fixture, const char *form)
{
  const SobanRecordQuery query = { .form = form };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = soban_store_list_records (fixture->store, &query, &error);

  g_assert_no_error (error);
  return ids->len;
}

static guint
count_sessions (StoreFixture *fixture)
{
  return count_listed (fixture, "communication_session");
}

/* With the store closed, so that it is what a kill would leave. */
static gint64
read_int (StoreFixture *fixture, const char *sql)
{
  sqlite3_stmt *statement;
  sqlite3 *db;
  gint64 value;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  return value;
}

static void
assert_mark (StoreFixture *fixture, gint64 mark, gint64 stale)
{
  store_fixture_close (fixture);
  g_assert_cmpint (read_int (fixture, "SELECT stale FROM derivation"), ==, mark);
  g_assert_cmpint (read_int (fixture, "SELECT count(*) FROM record WHERE stale = 1"), ==, stale);
  store_fixture_open (fixture);
}

/* 2 */
static void
test_mark_tells (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  assert_mark (&fixture, 0, 0);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  assert_mark (&fixture, 0, 0);
  apply (&fixture, 1, 3);
  assert_mark (&fixture, 1, 3);
  while (derive (&fixture, 1) > 0)
    ;
  assert_mark (&fixture, 0, 0);
  g_assert_cmpuint (count_sessions (&fixture), ==, 4);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* 2: the program ends without a word, with and without a part of it derived. */
static void
test_kill (gconstpointer derived)
{
  StoreFixture fixture;
  int status;
  pid_t child;

  store_fixture_init (&fixture);
  store_fixture_close (&fixture);
  child = fork ();
  if (child == 0) {
    guint left;

    store_fixture_open (&fixture);
    apply (&fixture, 1, 5);
    if (GPOINTER_TO_UINT (derived) > 0 && !soban_store_derive_stale (fixture.store, GPOINTER_TO_UINT (derived), &left, NULL))
      _exit (1);
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  store_fixture_open (&fixture);
  assert_sound (&fixture);
  g_assert_cmpuint (derive (&fixture, 100), ==, 0);
  g_assert_cmpuint (count_sessions (&fixture), ==, 5);
  assert_sound (&fixture);
  assert_mark (&fixture, 0, 0);
  store_fixture_clear (&fixture);
}

/* 2: nobody asks, the store thread does it. */
static void
test_left_over_is_derived_when_idle (void)
{
  const gint64 deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  StoreFixture fixture;

  store_fixture_init (&fixture);
  apply (&fixture, 1, 70);
  store_fixture_reopen (&fixture);
  /* Longer than the store waits before it takes nobody to be there: else this would keep it from its work. */
  for (guint listed = 0; listed < 70; listed = count_sessions (&fixture)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    g_usleep (400000);
  }
  assert_mark (&fixture, 0, 0);
  store_fixture_clear (&fixture);
}

/* 3 */
static void
test_twice (void)
{
  StoreFixture fixture;
  const SobanUuid id = make_id (1);
  g_autoptr (GPtrArray) again = new_changes ();
  g_autoptr (GError) error = NULL;

  store_fixture_init (&fixture);
  apply (&fixture, 1, 2);
  add_pulled (again, 9, 50, &id, LATER (50), 50, "activity_date", "2026-10-10");
  apply_changes (&fixture, again, FIXTURE_COMMUNE, 51);
  /* The person is quicker than the derivation. */
  soban_store_set_deleted (fixture.store, &id, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (derive (&fixture, 100), ==, 0);
  g_assert_cmpuint (count_sessions (&fixture), ==, 1);
  assert_sound (&fixture);
  assert_mark (&fixture, 0, 0);
  store_fixture_clear (&fixture);
}

typedef struct {
  StoreFixture *fixture;
  gboolean derive;
} Failing;

/* Works, and then does not come off. */
static gboolean
fail_after_all (SobanStore *store, gpointer data, GError **error)
{
  Failing *failing = data;
  guint left;

  if (failing->derive)
    g_assert_true (soban_store_derive_stale (store, 2, &left, NULL));
  else
    apply (failing->fixture, 10, 4);
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO, "not this time");
  return FALSE;
}

/* 4 */
static void
test_taken_back (gconstpointer data)
{
  StoreFixture fixture;
  Failing failing = { &fixture, FALSE };
  const guint waiting = GPOINTER_TO_UINT (data);

  store_fixture_init (&fixture);
  if (waiting > 0)
    apply (&fixture, 1, waiting);
  g_assert_false (soban_store_save_together (fixture.store, fail_after_all, &failing, NULL));
  g_assert_cmpuint (count_sessions (&fixture), ==, 0);
  assert_sound (&fixture);
  apply (&fixture, 20, 1);
  assert_mark (&fixture, 1, waiting + 1);
  failing.derive = TRUE;
  g_assert_false (soban_store_save_together (fixture.store, fail_after_all, &failing, NULL));
  assert_sound (&fixture);
  while (derive (&fixture, 2) > 0)
    ;
  g_assert_cmpuint (count_sessions (&fixture), ==, waiting + 1);
  assert_sound (&fixture);
  assert_mark (&fixture, 0, 0);
  store_fixture_clear (&fixture);
}

/* 5 */
static void
test_villages_first (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = make_changes (1, 3);
  static const char *const forms[] = { "communication_session", "communication_team", "village" };

  store_fixture_init (&fixture);
  for (guint i = 0; i < changes->len; i++)
    set_form (g_ptr_array_index (changes, i), forms[i]);
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 4);
  for (guint i = changes->len; i > 0; i--) {
    g_assert_cmpuint (count_listed (&fixture, forms[i - 1]), ==, 0);
    g_assert_cmpuint (derive (&fixture, 100), ==, i - 1);
    g_assert_cmpuint (count_listed (&fixture, forms[i - 1]), ==, 1);
  }
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A village that was received and is in no list yet is known to who names it. */
static void
test_waiting_village_is_found (void)
{
  StoreFixture fixture;
  const SobanUuid village = make_id (1);
  g_autofree char *name = soban_uuid_to_string (&village), *chosen = NULL;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  SobanChange *change;

  store_fixture_init (&fixture);
  change = add_pulled (changes, 9, 1, &village, LATER (1), 0, "commune_id", FIXTURE_COMMUNE);
  set_form (change, "village");
  soban_change_assign (change, "kind", "ban");
  soban_change_assign (change, "name", "Mường Mươn");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 2);
  draft = soban_store_start_draft (fixture.store, "communication_session", &error);
  g_assert_no_error (error);
  soban_field_map_set (draft->fields, "commune_id", FIXTURE_COMMUNE);
  soban_field_map_set (draft->fields, "village_id", "other");
  soban_field_map_set (draft->fields, "village_new", "bản muong muon");
  soban_store_complete_draft (fixture.store, &draft->id, draft->fields, &error);
  g_assert_no_error (error);
  chosen = get_field (&fixture, &draft->id, "village_id");
  g_assert_cmpstr (chosen, ==, name);
  while (derive (&fixture, 100) > 0)
    ;
  g_assert_cmpuint (count_listed (&fixture, "village"), ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stale-queue/2/mark-tells", test_mark_tells);
  g_test_add_data_func ("/stale-queue/2/killed-before", NULL, test_kill);
  g_test_add_data_func ("/stale-queue/2/killed-between", GUINT_TO_POINTER (2), test_kill);
  g_test_add_func ("/stale-queue/2/left-over-is-derived-when-idle", test_left_over_is_derived_when_idle);
  g_test_add_func ("/stale-queue/3/twice", test_twice);
  g_test_add_data_func ("/stale-queue/4/taken-back", NULL, test_taken_back);
  g_test_add_data_func ("/stale-queue/4/taken-back-while-others-wait", GUINT_TO_POINTER (5), test_taken_back);
  g_test_add_func ("/stale-queue/5/villages-first", test_villages_first);
  g_test_add_func ("/stale-queue/5/waiting-village-is-found", test_waiting_village_is_found);
  return g_test_run ();
}
