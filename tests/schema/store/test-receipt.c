/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/receipt.c, and the pages of store/apply.c. */
#include "store-fixture.h"

static void
assign (StoreFixture *fixture, const SobanUuid *id, const char *value)
{
  g_autoptr (GError) error = NULL;

  soban_store_restore_value (fixture->store, id, "total", value, &error);
  g_assert_no_error (error);
}

static void
test_chain_goes_with_the_receipt (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanSyncResult receipt = { .acked_number = 2 };
  SobanIdentity identity;
  guint64 chain = 0, at_two = 0, told;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  for (guint i = 0; i < 3; i++) {
    g_autofree char *value = g_strdup_printf ("%u", i + 10);

    assign (&fixture, &id, value);
  }
  outgoing = soban_store_list_outgoing (fixture.store, 0, 100, NULL);
  for (guint i = 0; i < outgoing->len; i++) {
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];

    soban_change_hash (g_ptr_array_index (outgoing, i), hash);
    chain = soban_change_chain (chain, hash);
    if (i == 1)
      at_two = chain;
  }
  identity = get_identity (&fixture);
  g_assert_cmpuint (identity.chain, ==, chain);
  g_assert_cmpuint (identity.acked_chain, ==, 0);
  g_assert_true (soban_store_apply (fixture.store, &receipt, NULL));
  store_fixture_reopen (&fixture);
  identity = get_identity (&fixture);
  g_assert_cmpuint (identity.chain, ==, chain);
  g_assert_cmpuint (identity.acked_chain, ==, at_two);
  g_assert_true (soban_store_get_chain (fixture.store, 2, &told, NULL));
  g_assert_cmpuint (told, ==, at_two);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* An own change has the number that no other has: whoever had pulled up to it has seen it, who had pulled less has not.
 */
static void
test_places_are_exact (void)
{
  for (guint seen = 11; seen <= 12; seen++) {
    StoreFixture fixture;
    g_autoptr (GPtrArray) before = new_changes ();
    g_autoptr (GPtrArray) others = new_changes ();
    g_autoptr (GPtrArray) history = NULL;
    const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());

    store_fixture_init (&fixture);
    store_fixture_enrol (&fixture, 4, "key");
    add_pulled (before, 9, 1, &id, LATER (1), 0, "total", "1");
    apply_numbered (&fixture, before, 10, 10, 0);
    fixture.now_ms += 5000;
    assign (&fixture, &id, "2");
    /* 11 is another's, 12 ours, 13 another's of the same field */
    add_pulled (others, 8, 1, &id, LATER (2), 10, "female", "1");
    apply_numbered (&fixture, others, 11, 12, 1);
    g_ptr_array_set_size (others, 0);
    add_pulled (others, 7, 1, &id, LATER (100), seen, "total", "3");
    apply_numbered (&fixture, others, 13, 13, 1);
    history = soban_store_get_history (fixture.store, &id, NULL);
    g_assert_true (find_item (history, "total", "3")->winner);
    g_assert_cmpint (find_item (history, "total", "2")->lost, ==, seen < 12);
    g_assert_false (find_item (history, "total", "1")->lost);
    assert_sound (&fixture);
    store_fixture_clear (&fixture);
  }
}

/* While the scope has more, an own change beyond the cursor has no place yet: nobody is said to have seen it. */
static void
test_no_place_before_the_cursor_is_there (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GPtrArray) known = NULL;
  SobanCursor cursor = { .scope = (char *)FIXTURE_COMMUNE, .cursor = 1, .more = TRUE };
  SobanSyncResult result = { .acked_number = 1, .changes = changes, .cursors = cursors, .scope_numbers = numbers };
  const SobanUuid id = soban_uuid_new_v7 (FIXTURE_START_MS, soban_entropy_system ());
  guint64 number = 1;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  add_pulled (changes, 9, 1, &id, LATER (1), 0, "total", "1");
  apply_numbered (&fixture, changes, 1, 1, 0);
  fixture.now_ms += 5000;
  assign (&fixture, &id, "2");
  /* the answer brings 2 of 9 numbers; ours is the ninth */
  g_ptr_array_set_size (changes, 0);
  add_pulled (changes, 8, 1, &id, LATER (50), 5, "total", "3");
  number = 2;
  g_array_append_val (numbers, number);
  cursor.cursor = 2;
  g_ptr_array_add (cursors, &cursor);
  g_assert_true (soban_store_apply (fixture.store, &result, NULL));
  history = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_true (find_item (history, "total", "2")->lost);
  /* the rest: numbers 3 to 8 are others', 9 is ours */
  g_ptr_array_set_size (changes, 0);
  for (guint i = 0; i < 6; i++)
    add_pulled (changes, 8, 2 + i, &id, LATER (60 + i), 0, "female", "1");
  apply_numbered (&fixture, changes, 3, 9, 1);
  g_ptr_array_set_size (changes, 0);
  add_pulled (changes, 7, 1, &id, LATER (90), 9, "total", "4");
  apply_numbered (&fixture, changes, 10, 10, 1);
  known = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_false (find_item (known, "total", "2")->lost);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_times_are_kept (void)
{
  StoreFixture fixture;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (SobanRecordedTime));
  const SobanRecordedTime time = { 2, FIXTURE_START_MS - 777000, SOBAN_TIME_BETWEEN };
  SobanSyncResult result = { .acked_number = 3, .times = times, .collector_minor = 1 };
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GPtrArray) changes = new_changes ();
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  g_assert_cmpuint (get_identity (&fixture).last_number, ==, 1);
  assign (&fixture, &id, "2");
  assign (&fixture, &id, "3");
  g_array_append_val (times, time);
  g_assert_true (soban_store_apply (fixture.store, &result, NULL));
  /* another's comes with its time */
  add_pulled (changes, 9, 1, &id, LATER (100), 0, "total", "4");
  ((SobanChange *)g_ptr_array_index (changes, 0))->recorded_ms = FIXTURE_START_MS + 55;
  ((SobanChange *)g_ptr_array_index (changes, 0))->time_quality = SOBAN_TIME_STEADY;
  apply_numbered (&fixture, changes, 4, 4, 3);
  store_fixture_reopen (&fixture);
  history = soban_store_get_history (fixture.store, &id, NULL);
  g_assert_cmpint (find_item (history, "total", "2")->recorded_ms, ==, time.recorded_ms);
  g_assert_cmpint (find_item (history, "total", "2")->time_quality, ==, SOBAN_TIME_BETWEEN);
  /* invariant 4 */
  g_assert_cmpint (find_item (history, "total", "3")->time_quality, ==, SOBAN_TIME_SAME_BOOT);
  g_assert_cmpint (find_item (history, "total", "4")->recorded_ms, ==, FIXTURE_START_MS + 55);
  g_assert_cmpint (find_item (history, "total", "4")->time_quality, ==, SOBAN_TIME_STEADY);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* ---- pages (apply.c, 9) ---- */

static SobanUuid
make_id (guint n)
{
  return soban_uuid_new_v7 (FIXTURE_START_MS + (gint64)n * 1000, soban_entropy_system ());
}

/* What still wins of @count records, as a page tells it. */
static void
apply_page (StoreFixture *fixture, GPtrArray *changes, SobanCursor cursor)
{
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));
  SobanSyncResult result = { .changes = changes, .cursors = cursors, .scope_numbers = numbers, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  g_array_set_size (numbers, changes->len);
  cursor.scope = (char *)FIXTURE_COMMUNE;
  g_ptr_array_add (cursors, &cursor);
  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

static SobanCursor
get_cursor (StoreFixture *fixture)
{
  g_autoptr (GPtrArray) cursors = soban_store_get_cursors (fixture->store, NULL);
  SobanCursor cursor = *(SobanCursor *)g_ptr_array_index (cursors, 1);

  cursor.scope = NULL;
  return cursor;
}

static void
test_pages_go_on (void)
{
  StoreFixture fixture, whole;
  g_autoptr (GPtrArray) log = new_changes ();
  g_autoptr (GPtrArray) first = new_changes ();
  g_autoptr (GPtrArray) second = new_changes ();
  const SobanUuid a = make_id (1), b = make_id (2);
  SobanCursor cursor;
  SobanDigest left, right;

  store_fixture_init (&fixture);
  store_fixture_init (&whole);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_enrol (&whole, 5, "key");
  add_pulled (log, 9, 1, &a, LATER (1), 0, "total", "1");
  soban_change_assign (g_ptr_array_index (log, 0), "female", "1");
  add_pulled (log, 8, 1, &a, LATER (2), 1, "total", "2");
  add_pulled (log, 9, 2, &b, LATER (3), 0, "total", "5");
  apply_numbered (&whole, log, 1, 3, 0);
  /* of the first change only `female` wins still */
  add_pulled (first, 9, 1, &a, LATER (1), 0, "female", "1");
  add_pulled (first, 8, 1, &a, LATER (2), 0, "total", "2");
  apply_page (&fixture, first, (SobanCursor){ .cursor = 0, .has_page = TRUE, .page = a, .page_top = 3, .more = TRUE });
  store_fixture_reopen (&fixture);
  cursor = get_cursor (&fixture);
  g_assert_true (cursor.has_page);
  g_assert_true (soban_uuid_equal (&cursor.page, &a));
  g_assert_cmpuint (cursor.page_top, ==, 3);
  g_assert_cmpuint (cursor.cursor, ==, 0);
  add_pulled (second, 9, 2, &b, LATER (3), 0, "total", "5");
  apply_page (&fixture, second, (SobanCursor){ .cursor = 3 });
  apply_page (&fixture, first, (SobanCursor){ .cursor = 0, .has_page = TRUE, .page = a, .page_top = 3, .more = TRUE });
  cursor = get_cursor (&fixture);
  g_assert_false (cursor.has_page);
  g_assert_cmpuint (cursor.cursor, ==, 3);
  left = get_digest (&fixture);
  right = get_digest (&whole);
  g_assert_true (soban_digest_equal (&left, &right));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
  store_fixture_clear (&whole);
}

/* A page tells only what wins of a change of one's own: the whole change stays in the log. */
static void
test_a_page_does_not_cut_an_own_change (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) page = new_changes ();
  g_autoptr (GPtrArray) history = NULL;
  SobanIdentity identity;
  SobanChange *change;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  identity = get_identity (&fixture);
  change = add_pulled (page, 4, 1, &id, LATER (3), 0, "total", "1");
  change->id.incarnation = identity.incarnation;
  apply_page (&fixture, page, (SobanCursor){ .cursor = 1 });
  history = soban_store_get_history (fixture.store, &id, NULL);
  find_item (history, "activity_date", "2026-11-20");
  g_assert_cmpuint (find_item (history, "activity_date", "2026-11-20")->key.stamp, ==, LATER (3));
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/receipt/1/chain-goes-with-the-receipt", test_chain_goes_with_the_receipt);
  g_test_add_func ("/receipt/3/places-are-exact", test_places_are_exact);
  g_test_add_func ("/receipt/3/no-place-before-the-cursor-is-there", test_no_place_before_the_cursor_is_there);
  g_test_add_func ("/receipt/4/times-are-kept", test_times_are_kept);
  g_test_add_func ("/apply/9/pages-go-on", test_pages_go_on);
  g_test_add_func ("/apply/9/a-page-does-not-cut-an-own-change", test_a_page_does_not_cut_an_own_change);
  return g_test_run ();
}
