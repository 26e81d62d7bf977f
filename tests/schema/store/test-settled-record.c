/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/settled-record.c; invariant 3 of store/reconcile.c. */
#include "store-fixture.h"

#include <string.h>

static void
import (StoreFixture *fixture, const GPtrArray *changes)
{
  g_autoptr (GError) error = NULL;

  soban_store_import_exchange (fixture->store, FIXTURE_COMMUNE, NULL, changes, NULL, NULL, &error);
  g_assert_no_error (error);
}

static guint
count_relayed (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) relayed = soban_store_list_relayed (fixture->store, 100, &error);
  guint count = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < relayed->len; i++)
    count += ((SobanRelayed *)g_ptr_array_index (relayed, i))->changes->len;
  return count;
}

static SobanUuid
make_id (gint64 seconds)
{
  return soban_uuid_new_v7 (FIXTURE_START_MS + seconds * 1000, soban_entropy_system ());
}

static GArray *
list_items (StoreFixture *fixture, guint max)
{
  SobanIdRange all = { { { 0 } }, { { 0 } } };
  g_autoptr (GError) error = NULL;
  GArray *items;

  memset (all.to.bytes, 255, sizeof all.to.bytes);
  items = soban_store_list_items (fixture->store, FIXTURE_COMMUNE, &all, max, &error);
  g_assert_no_error (error);
  return items;
}

/* The same digest, sum and items, though @carrier has more. */
static void
assert_same_picture (StoreFixture *partner, StoreFixture *carrier)
{
  const SobanDigest told = get_digest (partner);
  g_autoptr (GArray) left = list_items (partner, 100);
  g_autoptr (GArray) right = list_items (carrier, 100);
  g_autoptr (GArray) some = list_items (carrier, 2);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (SobanIdRange));
  g_autoptr (GArray) sums = NULL;
  SobanIdRange range = { { { 0 } }, { { 0 } } };
  SobanDigest digest;
  gboolean settled;

  g_assert_true (soban_store_get_digest (carrier->store, FIXTURE_COMMUNE, &digest, &settled, NULL));
  g_assert_true (settled);
  g_assert_true (soban_digest_equal (&digest, &told));
  g_assert_cmpmem (left->data, left->len * sizeof (SobanRangeItem), right->data, right->len * sizeof (SobanRangeItem));
  g_assert_cmpuint (some->len, ==, 3);
  memset (range.to.bytes, 255, sizeof range.to.bytes);
  g_array_append_val (ranges, range);
  sums = soban_store_list_ranges (carrier->store, FIXTURE_COMMUNE, ranges, NULL);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 0).count, ==, left->len);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 0).fingerprint, ==, told.low);
}

/* One that wins in a record that others have, one that alone makes up a record, before, between and after theirs. */
static void
test_what_waits_counts_in_nothing (void)
{
  StoreFixture partner, carrier;
  g_autoptr (GPtrArray) log = new_changes ();
  g_autoptr (GPtrArray) carried = new_changes ();
  SobanUuid ids[5];

  store_fixture_init (&partner);
  store_fixture_init (&carrier);
  store_fixture_enrol (&partner, 5, "key");
  store_fixture_enrol (&carrier, 4, "key");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = make_id (i);
  for (guint i = 0; i < 3; i++)
    add_pulled (log, 9, i + 1, &ids[1 + i], LATER (10 + i), 0, "total", "1");
  apply_numbered (&partner, log, 1, log->len, 0);
  apply_numbered (&carrier, log, 1, log->len, 0);
  assert_same_picture (&partner, &carrier);
  add_pulled (carried, 8, 6, &ids[0], LATER (20), 0, "total", "6");
  add_pulled (carried, 8, 7, &ids[2], LATER (21), 0, "total", "7");
  add_pulled (carried, 8, 8, &ids[4], LATER (22), 0, "total", "8");
  import (&carrier, carried);
  g_assert_cmpuint (count_relayed (&carrier), ==, 3);
  assert_same_picture (&partner, &carrier);
  /* it is shown all the same, and once the collector has it, it counts */
  for (guint i = 0; i < 3; i++) {
    g_autofree char *total = get_field (&carrier, &ids[2 * i], "total");

    g_assert_cmpstr (total, ==, ((const char *const[]){ "6", "7", "8" })[i]);
  }
  apply_numbered (&partner, carried, 4, 6, 0);
  apply_numbered (&carrier, carried, 4, 6, 0);
  g_assert_cmpuint (count_relayed (&carrier), ==, 0);
  assert_same_picture (&partner, &carrier);
  assert_sound (&carrier);
  store_fixture_clear (&partner);
  store_fixture_clear (&carrier);
}

/* A collector that was set back gave an own change another stamp than the one in its receipt, while the chain is the same. A gap that never
 * closes does not hide it: the digest differs, and the log of the record brings both into line. */
static void
test_a_gap_hides_nothing (void)
{
  StoreFixture partner, carrier;
  g_autoptr (GPtrArray) log = new_changes ();
  g_autoptr (GPtrArray) carried = new_changes ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  const SobanUuid id = make_id (1), other = make_id (2);
  SobanDigest left, right;

  store_fixture_init (&partner);
  store_fixture_init (&carrier);
  store_fixture_enrol (&partner, 5, "key");
  store_fixture_enrol (&carrier, 4, "key");
  add_pulled (log, 9, 1, &id, LATER (10), 0, "total", "9");
  add_pulled (log, 8, 1, &id, LATER (20), 0, "total", "8");
  apply_numbered (&carrier, log, 1, 2, 0);
  add_pulled (carried, 7, 5, &other, LATER (5), 0, "total", "5");
  add_pulled (carried, 7, 6, &id, LATER (6), 0, "female", "6");
  import (&carrier, carried);
  ((SobanChange *)g_ptr_array_index (log, 0))->stamp = LATER (30);
  apply_numbered (&partner, log, 1, 2, 0);
  left = get_digest (&partner);
  right = get_digest (&carrier);
  g_assert_false (soban_digest_equal (&left, &right));
  g_array_append_val (ids, id);
  for (guint64 number = 1; number <= 2; number++)
    g_array_append_val (numbers, number);
  soban_store_replace_records (carrier.store, FIXTURE_COMMUNE, ids, log, numbers, &error);
  g_assert_no_error (error);
  right = get_digest (&carrier);
  g_assert_true (soban_digest_equal (&left, &right));
  g_assert_cmpuint (count_relayed (&carrier), ==, 2);
  g_assert_cmpint (soban_store_count_waiting (carrier.store, NULL), ==, 0);
  assert_sound (&carrier);
  store_fixture_clear (&partner);
  store_fixture_clear (&carrier);
}

/* The number of a relayed change stands for another content at the collector, of the same record or another; it comes by a pull or by a
 * repair. Both contents stay: the collector's, and the other one issued anew. */
static void
test_a_number_that_stands_for_another_content (void)
{
  for (guint way = 0; way < 4; way++) {
    const gboolean same_record = way & 1, by_repair = way & 2;
    StoreFixture fixture, partner;
    g_autoptr (GPtrArray) carried = new_changes ();
    g_autoptr (GPtrArray) log = new_changes ();
    g_autoptr (GPtrArray) outgoing = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *kept = NULL;
    g_autofree char *theirs = NULL;
    const SobanUuid id = make_id (1), other = same_record ? id : make_id (2);
    SobanDigest left, right;

    store_fixture_init (&fixture);
    store_fixture_init (&partner);
    store_fixture_enrol (&fixture, 4, "key");
    store_fixture_enrol (&partner, 5, "key");
    add_pulled (carried, 9, 7, &id, LATER (7), 0, "total", "7");
    import (&fixture, carried);
    add_pulled (log, 9, 7, &other, LATER (8), 0, "female", "8");
    apply_numbered (&partner, log, 1, 1, 0);
    if (by_repair) {
      g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
      g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
      const guint64 number = 1;

      g_array_append_val (ids, other);
      g_array_append_val (numbers, number);
      soban_store_replace_records (fixture.store, FIXTURE_COMMUNE, ids, log, numbers, &error);
      g_assert_no_error (error);
    } else {
      apply_numbered (&fixture, log, 1, 1, 0);
    }
    g_assert_cmpuint (count_relayed (&fixture), ==, 0);
    kept = get_field (&fixture, &id, "total");
    theirs = get_field (&fixture, &other, "female");
    g_assert_cmpstr (kept, ==, "7");
    g_assert_cmpstr (theirs, ==, "8");
    outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
    g_assert_cmpuint (outgoing->len, ==, 1);
    apply_numbered (&partner, outgoing, 2, 2, 0);
    g_assert_true (soban_store_apply (fixture.store, &(SobanSyncResult){ .acked_number = 1 }, NULL));
    left = get_digest (&partner);
    right = get_digest (&fixture);
    g_assert_true (soban_digest_equal (&left, &right));
    assert_sound (&fixture);
    store_fixture_clear (&fixture);
    store_fixture_clear (&partner);
  }
}

/* The numbers of several relayed changes of one record stand for other contents, all told in one answer: what wins among them is issued anew. */
static void
test_the_newest_of_several_is_issued_anew (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) carried = new_changes ();
  g_autoptr (GPtrArray) log = new_changes ();
  g_autofree char *total = NULL;
  g_autofree char *female = NULL;
  const SobanUuid other = make_id (1), id = make_id (2);

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (carried, 9, 5, &id, LATER (5), 0, "total", "5");
  add_pulled (carried, 9, 6, &id, LATER (6), 0, "total", "6");
  add_pulled (carried, 9, 7, &id, LATER (7), 0, "female", "7");
  import (&fixture, carried);
  for (guint64 number = 5; number <= 7; number++)
    add_pulled (log, 9, number, &other, LATER (8), 0, "male", "8");
  apply_numbered (&fixture, log, 1, 3, 0);
  g_assert_cmpuint (count_relayed (&fixture), ==, 0);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  total = get_field (&fixture, &id, "total");
  female = get_field (&fixture, &id, "female");
  g_assert_cmpstr (total, ==, "6");
  g_assert_cmpstr (female, ==, "7");
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A repair takes over both the record that has the number at the collector and the one that had it here, which the collector has not. */
static void
test_both_records_are_taken_over (void)
{
  for (guint way = 0; way < 2; way++) {
    StoreFixture fixture;
    g_autoptr (GPtrArray) carried = new_changes ();
    g_autoptr (GPtrArray) log = new_changes ();
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
    g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
    g_autoptr (GError) error = NULL;
    g_autofree char *kept = NULL;
    g_autofree char *theirs = NULL;
    const SobanUuid records[] = { make_id (1), make_id (2) };
    const guint64 number = 1;

    store_fixture_init (&fixture);
    store_fixture_enrol (&fixture, 4, "key");
    add_pulled (carried, 9, 7, &records[0], LATER (7), 0, "total", "7");
    import (&fixture, carried);
    add_pulled (log, 9, 7, &records[1], LATER (8), 0, "female", "8");
    g_array_append_val (ids, records[way]);
    g_array_append_val (ids, records[1 - way]);
    g_array_append_val (numbers, number);
    soban_store_replace_records (fixture.store, FIXTURE_COMMUNE, ids, log, numbers, &error);
    g_assert_no_error (error);
    kept = get_field (&fixture, &records[0], "total");
    theirs = get_field (&fixture, &records[1], "female");
    g_assert_cmpstr (kept, ==, "7");
    g_assert_cmpstr (theirs, ==, "8");
    g_assert_cmpuint (count_relayed (&fixture), ==, 0);
    g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
    assert_sound (&fixture);
    store_fixture_clear (&fixture);
  }
}

/* The same where the record is erased meanwhile: nothing of what was carried is issued anew. */
static void
test_nothing_of_an_erased_record_is_issued_anew (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) carried = new_changes ();
  g_autoptr (GPtrArray) log = new_changes ();
  g_autoptr (GPtrArray) items = NULL;
  g_autofree char *total = NULL;
  const SobanUuid id = make_id (1);
  SobanChange *erasure;
  guint64 place = 0;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (carried, 9, 7, &id, LATER (7), 0, "total", "7");
  import (&fixture, carried);
  /* the collector blanks what comes for an erased record: under the same number it has a change without values */
  erasure = add_pulled (log, 0, 1, &id, LATER (8), 0, SOBAN_FIELD_ERASED, "1");
  soban_change_assign (erasure, SOBAN_FIELD_DELETED, "1");
  add_pulled (log, 9, 7, &id, LATER (9), 0, "total", NULL);
  apply_numbered (&fixture, log, 1, 2, 0);
  g_assert_cmpuint (count_relayed (&fixture), ==, 0);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 0);
  total = get_field (&fixture, &id, "total");
  g_assert_null (total);
  items = soban_store_list_scope (fixture.store, FIXTURE_COMMUNE, TRUE, &place, 100, NULL);
  g_assert_cmpuint (items->len, ==, 2);
  for (guint i = 0; i < items->len; i++) {
    const GPtrArray *assignments = ((SobanScopeChange *)g_ptr_array_index (items, i))->change->assignments;

    for (guint k = 0; k < assignments->len; k++)
      g_assert_cmpstr (((SobanAssignment *)g_ptr_array_index (assignments, k))->value, !=, "7");
  }
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settled-record/1-2/what-waits-counts-in-nothing", test_what_waits_counts_in_nothing);
  g_test_add_func ("/settled-record/1/a-gap-hides-nothing", test_a_gap_hides_nothing);
  g_test_add_func ("/reconcile/3/a-number-that-stands-for-another-content",
                   test_a_number_that_stands_for_another_content);
  g_test_add_func ("/reconcile/2-3/the-newest-of-several-is-issued-anew", test_the_newest_of_several_is_issued_anew);
  g_test_add_func ("/reconcile/2-3/both-records-are-taken-over", test_both_records_are_taken_over);
  g_test_add_func ("/reconcile/3/nothing-of-an-erased-record-is-issued-anew",
                   test_nothing_of_an_erased_record_is_issued_anew);
  return g_test_run ();
}
