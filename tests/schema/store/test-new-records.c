/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that come many at a time stand in the file as if each had come alone; the numbers are those of the invariants of new-records.c. */
#include "store-fixture.h"

#include "base/error.h"
#include "store/new-records.h"

#include <sqlite3.h>

#define RECORDS 150
#define SEEDS 12
#define PHOTO "d4e24d749a4fe2f161af2de913c0402b04e3ae287dafd0f9dbfa4a5c56c69285.jpg"

static SobanUuid
make_id (gint64 ms)
{
  return soban_uuid_new_v7 (FIXTURE_START_MS + ms, soban_entropy_system ());
}

static void
set_form (SobanChange *change, const char *form)
{
  g_free (change->form);
  change->form = g_strdup (form);
}

/* (transfer full): of each record one change, of few two or three; of several forms and months, in any order. */
static GPtrArray *
make_world (GRand *chance)
{
  static const char *const forms[] = { "communication_session", "village", "event", "a_form_of_tomorrow" };
  GPtrArray *changes = new_changes ();
  guint number = 0;

  for (guint i = 0; i < RECORDS; i++) {
    const SobanUuid id = make_id (g_rand_int_range (chance, 0, 180) * G_GINT64_CONSTANT (43200000));
    const guint kind = g_rand_int_range (chance, 0, 3 * G_N_ELEMENTS (forms));
    const char *form = forms[kind % G_N_ELEMENTS (forms)];
    guint several = g_rand_int_range (chance, 0, 40) == 0 ? 3 : 1;

    while (several-- > 0) {
      SobanChange *change;

      number++;
      change = add_pulled (changes, 9 + number % 3, number, &id, LATER (g_rand_int_range (chance, 1, 9000)), 0, "note", "một hai");
      set_form (change, form);
      if (g_rand_int_range (chance, 0, 9) == 0)
        soban_change_assign (change, "photo", PHOTO);
      if (g_rand_int_range (chance, 0, 15) == 0)
        soban_change_assign (change, SOBAN_FIELD_DELETED, "1");
      if (g_rand_int_range (chance, 0, 120) == 0)
        soban_change_assign (change, SOBAN_FIELD_ERASED, "1");
    }
  }
  return changes;
}

static void
apply_part (StoreFixture *fixture, const GPtrArray *changes, guint from, guint to, gboolean numbered)
{
  g_autoptr (GPtrArray) part = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  SobanSyncResult result = { .changes = part, .scope_numbers = numbers, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  for (guint i = from; i < to; i++) {
    const guint64 number = numbered ? i + 1 : 0;

    g_ptr_array_add (part, g_ptr_array_index (changes, i));
    g_array_append_val (numbers, number);
  }
  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

/* (transfer full): what the file says, a line a row, but for what depends on the order alone. */
static char *
dump (StoreFixture *fixture)
{
  static const char *const queries[] = {
    "SELECT hex (id), form, form_version, scope, stale, hex (state), hex (digest) FROM record ORDER BY id",
    "SELECT hex (record), device, incarnation, number, stamp, arrived, hex (body), recorded_ms, time_quality, chain FROM change ORDER BY 1, 2, 3, 4",
    "SELECT scope, form, month, low, high, records, 0 FROM digest ORDER BY 1, 2, 3",
    "SELECT name, hex (record), 0 FROM attachment_use ORDER BY 1, 2",
    "SELECT stale, 0 FROM derivation",
    "SELECT stamp, 0 FROM identity",
  };
  GString *text = g_string_new (NULL);
  sqlite3 *db;

  store_fixture_close (fixture);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    sqlite3_stmt *statement;

    g_assert_cmpint (sqlite3_prepare_v2 (db, queries[i], -1, &statement, NULL), ==, SQLITE_OK);
    while (sqlite3_step (statement) == SQLITE_ROW) {
      for (int column = 0; column < sqlite3_column_count (statement); column++)
        g_string_append_printf (text, "%s ", (const char *)sqlite3_column_text (statement, column));
      g_string_append_c (text, '\n');
    }
    sqlite3_finalize (statement);
  }
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  store_fixture_open (fixture);
  return g_string_free (text, FALSE);
}

/* 1, 2: batches of any length, some of them twice, into a store that has records of its own in between. */
static void
test_as_if_alone (void)
{
  for (guint seed = 1; seed <= SEEDS; seed++) {
    StoreFixture together, alone;
    g_autoptr (GRand) chance = g_rand_new_with_seed (seed);
    g_autoptr (GPtrArray) changes = make_world (chance);
    g_autofree char *dumped = NULL, *expected = NULL;
    const gboolean numbered = seed % 2 == 0;
    guint step;

    store_fixture_init (&together);
    store_fixture_init (&alone);
    for (guint from = 0; from < changes->len; from += step) {
      step = g_rand_int_range (chance, 1, RECORDS);
      step = MIN (step, changes->len - from);
      for (guint times = g_rand_int_range (chance, 1, 3); times > 0; times--)
        apply_part (&together, changes, from, from + step, numbered);
    }
    for (guint i = 0; i < changes->len; i++)
      apply_part (&alone, changes, i, i + 1, numbered);
    dumped = dump (&together);
    expected = dump (&alone);
    g_test_message ("seed %u", seed);
    g_assert_cmpstr (dumped, ==, expected);
    assert_sound (&together);
    store_fixture_clear (&together);
    store_fixture_clear (&alone);
  }
}

/* 1 */
static void
test_a_run_is_all_new (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autofree char *before = NULL, *after = NULL;

  store_fixture_init (&fixture);
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanUuid id = { { 1, 2, 3, i + 1 } };

    add_pulled (changes, 9, i + 1, &id, LATER (i), 0, "note", "một");
  }
  apply_part (&fixture, changes, 7, 8, TRUE);
  apply_part (&fixture, changes, 0, SOBAN_NEW_RECORDS_RUN, TRUE);
  before = dump (&fixture);
  assert_sound (&fixture);
  apply_part (&fixture, changes, 0, SOBAN_NEW_RECORDS_RUN, TRUE);
  after = dump (&fixture);
  g_assert_cmpstr (after, ==, before);
  store_fixture_clear (&fixture);
}

static void
test_they_are_derived (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GArray) ids = NULL;
  guint left = 1;

  store_fixture_init (&fixture);
  for (guint i = 0; i < 2 * SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanUuid id = { { 1, 2, 3, i + 1 } };

    add_pulled (changes, 9, i + 1, &id, LATER (i), 0, "note", "một");
  }
  apply_part (&fixture, changes, 0, changes->len, TRUE);
  while (left > 0)
    g_assert_true (soban_store_derive_stale (fixture.store, 20, &left, NULL));
  ids = soban_store_list_records (fixture.store, NULL, NULL);
  g_assert_cmpuint (ids->len, ==, changes->len);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* One that breaks a bound is refused with all that came with it. */
static void
test_a_bad_one_is_refused (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  SobanSyncResult result = { .changes = changes };

  store_fixture_init (&fixture);
  before = dump (&fixture);
  for (guint i = 0; i < SOBAN_NEW_RECORDS_RUN; i++) {
    const SobanUuid id = { { 1, 2, 3, i + 1 } };

    add_pulled (changes, 9, i + 1, &id, LATER (i), 0, "note", i == 20 ? "\xff" : "một");
  }
  g_assert_false (soban_store_apply (fixture.store, &result, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  after = dump (&fixture);
  g_assert_cmpstr (after, ==, before);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/new-records/1/a-run-is-all-new", test_a_run_is_all_new);
  g_test_add_func ("/new-records/2/as-if-alone", test_as_if_alone);
  g_test_add_func ("/new-records/2/they-are-derived", test_they_are_derived);
  g_test_add_func ("/new-records/a-bad-one-is-refused", test_a_bad_one_is_refused);
  return g_test_run ();
}
