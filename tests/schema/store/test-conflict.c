/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/conflict.c. */
#include "store-fixture.h"

#include "base/error.h"
#include "store/sync-store.h"

#define COMMUNE FIXTURE_COMMUNE

static void
derive (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint left;

  g_assert_true (soban_store_derive_stale (fixture->store, 100, &left, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (left, ==, 0);
}

static guint
count_listed (StoreFixture *fixture)
{
  const SobanRecordQuery query = { .conflict = TRUE };
  g_autoptr (GArray) ids = soban_store_list_records (fixture->store, &query, NULL);
  gint64 count = -1;

  g_assert_true (soban_store_count_to_look (fixture->store, &count, NULL));
  g_assert_cmpint (count, >=, ids->len);
  return ids->len;
}

static GPtrArray *
list (StoreFixture *fixture, const SobanUuid *id)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *conflicts = soban_store_list_conflicts (fixture->store, id, &error);

  g_assert_no_error (error);
  return conflicts;
}

static const SobanConflict *
nth (GPtrArray *conflicts, guint index)
{
  g_assert_cmpuint (conflicts->len, >, index);
  return g_ptr_array_index (conflicts, index);
}

static const char *
other_value (const SobanConflict *conflict, guint index)
{
  g_assert_cmpuint (conflict->others->len, >, index);
  return ((SobanHistoryItem *) g_ptr_array_index (conflict->others, index))->value;
}

static void
settle (StoreFixture *fixture, const SobanUuid *id, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_settle (fixture->store, id, path, value, &error));
  g_assert_no_error (error);
}

/* The own total is 41; tablets 9 and 10 say 58 and 60, later, knowing of nothing. */
static SobanUuid
make_dispute (StoreFixture *fixture)
{
  g_autoptr (GPtrArray) changes = new_changes ();
  SobanUuid id;

  store_fixture_init (fixture);
  store_fixture_enrol (fixture, 4, "key");
  id = save_session (fixture, "2026-11-20", "Bản A", "41");
  add_pulled (changes, 9, 1, &id, LATER (60), 0, "total", "58");
  add_pulled (changes, 10, 1, &id, LATER (70), 0, "total", "60");
  apply_changes (fixture, changes, COMMUNE, 2);
  derive (fixture);
  return id;
}

static void
test_answers (void)
{
  StoreFixture fixture;
  const SobanUuid id = make_dispute (&fixture);
  g_autoptr (GPtrArray) conflicts = list (&fixture, &id);

  g_assert_cmpuint (count_listed (&fixture), ==, 1);
  g_assert_cmpuint (conflicts->len, ==, 1);
  g_assert_cmpstr (nth (conflicts, 0)->path, ==, "total");
  g_assert_cmpstr (nth (conflicts, 0)->shown->value, ==, "60");
  g_assert_cmpuint (nth (conflicts, 0)->others->len, ==, 2);
  g_assert_cmpstr (other_value (nth (conflicts, 0), 0), ==, "58");
  g_assert_cmpstr (other_value (nth (conflicts, 0), 1), ==, "41");
  g_assert_true (((SobanHistoryItem *) g_ptr_array_index (nth (conflicts, 0)->others, 1))->own);
  store_fixture_clear (&fixture);
}

/* Invariant 3: to keep what is shown is a change, too. */
static void
test_decision (gconstpointer value)
{
  StoreFixture fixture;
  const SobanUuid id = make_dispute (&fixture);
  const gint64 waiting = soban_store_count_waiting (fixture.store, NULL);
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autofree char *total = NULL;

  settle (&fixture, &id, "total", value);
  conflicts = list (&fixture, &id);
  g_assert_cmpuint (conflicts->len, ==, 0);
  g_assert_cmpuint (count_listed (&fixture), ==, 0);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, waiting + 1);
  total = get_field (&fixture, &id, "total");
  g_assert_cmpstr (total, ==, value);
  store_fixture_reopen (&fixture);
  g_assert_cmpuint (count_listed (&fixture), ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* Nothing that is shown changes, and still there are two answers. */
static void
test_overtaken_on_arrival (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) conflicts = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "41");
  add_pulled (changes, 9, 1, &id, LATER (-3600), 0, "total", "58");
  apply_changes (&fixture, changes, COMMUNE, 1);
  derive (&fixture);
  conflicts = list (&fixture, &id);
  g_assert_cmpstr (nth (conflicts, 0)->shown->value, ==, "41");
  g_assert_cmpstr (other_value (nth (conflicts, 0), 0), ==, "58");
  g_assert_cmpuint (count_listed (&fixture), ==, 1);
  store_fixture_clear (&fixture);
}

/* Invariant 1: the same answer twice, different questions, and what nobody answers. */
static void
test_no_conflict (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) conflicts = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "41");
  add_pulled (changes, 9, 1, &id, LATER (60), 0, "total", "41");
  add_pulled (changes, 9, 2, &id, LATER (61), 0, "female", "30");
  add_pulled (changes, 10, 1, &id, LATER (62), 0, "meta/instanceName", "x");
  add_pulled (changes, 9, 3, &id, LATER (63), 0, "meta/instanceName", "y");
  apply_changes (&fixture, changes, COMMUNE, 4);
  derive (&fixture);
  conflicts = list (&fixture, &id);
  g_assert_cmpuint (conflicts->len, ==, 0);
  g_assert_cmpuint (count_listed (&fixture), ==, 0);
  store_fixture_clear (&fixture);
}

/* Invariant 2. @value: "1" deleted it stays, "0" it comes back. */
static void
test_deletion_against_edit (gconstpointer value)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GPtrArray) settled = NULL;
  g_autoptr (SobanRecord) record = NULL;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "41");
  g_assert_true (soban_store_set_deleted (fixture.store, &id, TRUE, NULL));
  g_assert_cmpuint (count_listed (&fixture), ==, 0);
  add_pulled (changes, 9, 1, &id, LATER (60), 0, "total", "58");
  apply_changes (&fixture, changes, COMMUNE, 1);
  derive (&fixture);
  g_assert_cmpuint (count_listed (&fixture), ==, 1);
  conflicts = list (&fixture, &id);
  g_assert_cmpuint (conflicts->len, ==, 1);
  g_assert_cmpstr (nth (conflicts, 0)->path, ==, SOBAN_FIELD_DELETED);
  g_assert_cmpstr (other_value (nth (conflicts, 0), 0), ==, "58");

  settle (&fixture, &id, SOBAN_FIELD_DELETED, value);
  settled = list (&fixture, &id);
  record = soban_store_get_record (fixture.store, &id, NULL);
  g_assert_cmpint (record->deleted, ==, g_str_equal (value, "1"));
  for (guint i = 0; i < settled->len; i++)
    g_assert_cmpstr (nth (settled, i)->path, !=, SOBAN_FIELD_DELETED);
  store_fixture_clear (&fixture);
}

/* Somebody else has decided, having seen both. */
static void
test_settled_elsewhere (void)
{
  StoreFixture fixture;
  const SobanUuid id = make_dispute (&fixture);
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) conflicts = NULL;
  SobanChange *decision = add_pulled (changes, 9, 2, &id, LATER (90), 2, "total", "58");
  const SobanIdentity identity = get_identity (&fixture);
  const SobanChangeId own = { identity.device, identity.incarnation, 1 };

  soban_change_add_base (decision, &own);
  apply_changes (&fixture, changes, COMMUNE, 3);
  derive (&fixture);
  conflicts = list (&fixture, &id);
  g_assert_cmpuint (conflicts->len, ==, 0);
  g_assert_cmpuint (count_listed (&fixture), ==, 0);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/conflict/answers", test_answers);
  g_test_add_data_func ("/store/conflict/decision/keep", "60", test_decision);
  g_test_add_data_func ("/store/conflict/decision/take", "58", test_decision);
  g_test_add_data_func ("/store/conflict/decision/own", "41", test_decision);
  g_test_add_func ("/store/conflict/overtaken-on-arrival", test_overtaken_on_arrival);
  g_test_add_func ("/store/conflict/none", test_no_conflict);
  g_test_add_data_func ("/store/conflict/deletion/stays", "1", test_deletion_against_edit);
  g_test_add_data_func ("/store/conflict/deletion/back", "0", test_deletion_against_edit);
  g_test_add_func ("/store/conflict/settled-elsewhere", test_settled_elsewhere);
  return g_test_run ();
}
