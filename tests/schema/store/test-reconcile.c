/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/digest-sums.c, store/ranges.c, store/reconcile.c and store/window.c. */
#include "store-fixture.h"

#include "base/error.h"
#include "store/kept-days.h"

#include <string.h>

#define DAY_MS G_GINT64_CONSTANT (86400000)

/* A collector as two tablets see it: the changes of one commune in their order. */
static GPtrArray *
make_log (guint records)
{
  GPtrArray *log = new_changes ();

  for (guint i = 0; i < records; i++) {
    /* two years of them */
    const SobanUuid id =
        soban_uuid_new_v7 (FIXTURE_START_MS - (gint64)i * 730 / MAX (records, 1) * DAY_MS, soban_entropy_system ());

    add_pulled (log, 9, 2 * i + 1, &id, LATER (i), 0, "total", "1");
    add_pulled (log, 8, i + 1, &id, LATER (i + 1), 0, i % 3 ? "total" : SOBAN_FIELD_DELETED, i % 3 ? "2" : "1");
  }
  return log;
}

static void
assert_agree (StoreFixture *a, StoreFixture *b)
{
  SobanDigest left = get_digest (a), right = get_digest (b);

  g_assert_true (soban_digest_equal (&left, &right));
  assert_sound (a);
  assert_sound (b);
}

static void
assert_differ (StoreFixture *a, StoreFixture *b)
{
  SobanDigest left = get_digest (a), right = get_digest (b);

  g_assert_false (soban_digest_equal (&left, &right));
}

static void
take (StoreFixture *fixture, const GPtrArray *log, guint from, guint to)
{
  g_autoptr (GPtrArray) part = g_ptr_array_new ();

  for (guint i = from; i < to; i++)
    g_ptr_array_add (part, g_ptr_array_index (log, i));
  apply_numbered (fixture, part, from + 1, to, 0);
}

/* Portions, order, local work in between: what is the same has the same digest, and check() finds it from scratch. */
static void
test_digests_agree (void)
{
  StoreFixture a, b;
  g_autoptr (GPtrArray) log = make_log (30);
  g_autoptr (GPtrArray) outgoing = NULL;
  SobanSyncResult receipt = { 0 };
  const SobanDigest none = { 0 };
  SobanDigest digest;
  gboolean settled;
  SobanUuid id;

  store_fixture_init (&a);
  store_fixture_init (&b);
  store_fixture_enrol (&a, 4, "key");
  store_fixture_enrol (&b, 5, "key");
  take (&a, log, 0, log->len);
  for (guint i = 0; i < log->len; i += 7)
    take (&b, log, i, MIN (i + 7, log->len));
  assert_agree (&a, &b);
  digest = get_digest (&a);
  g_assert_false (soban_digest_equal (&digest, &none));
  /* own work: it is in the sum at once, and the same at the other when it has come there */
  id = save_session (&a, "2026-11-20", "Bản A", "1");
  g_assert_true (soban_store_set_deleted (a.store, &id, TRUE, NULL));
  assert_differ (&a, &b);
  g_assert_true (soban_store_get_digest (a.store, FIXTURE_COMMUNE, &digest, &settled, NULL));
  g_assert_false (settled);
  g_assert_true (soban_store_get_digest (b.store, FIXTURE_COMMUNE, &digest, &settled, NULL));
  g_assert_true (settled);
  outgoing = soban_store_list_outgoing (a.store, 0, 10, NULL);
  apply_numbered (&b, outgoing, log->len + 1, log->len + outgoing->len, 0);
  receipt.acked_number = outgoing->len;
  g_assert_true (soban_store_apply (a.store, &receipt, NULL));
  assert_agree (&a, &b);
  store_fixture_reopen (&a);
  assert_agree (&a, &b);
  /* the sum of another commune is none of this */
  g_assert_true (soban_store_get_digest (a.store, "00004@2025-07-01", &digest, NULL, NULL));
  g_assert_true (soban_digest_equal (&digest, &none));
  store_fixture_clear (&a);
  store_fixture_clear (&b);
}

static void
test_ranges_speak_of_the_same_records (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) log = make_log (40);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (SobanIdRange));
  g_autoptr (GArray) sums = NULL;
  g_autoptr (GArray) items = NULL;
  g_autoptr (GArray) some = NULL;
  SobanIdRange all = { { { 0 } }, { { 0 } } }, parts[2];
  guint64 fingerprint = 0;
  SobanDigest digest;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  take (&fixture, log, 0, log->len);
  memset (all.to.bytes, 255, sizeof all.to.bytes);
  items = soban_store_list_items (fixture.store, FIXTURE_COMMUNE, &all, 1000, NULL);
  g_assert_cmpuint (items->len, ==, 40);
  for (guint i = 0; i < items->len; i++)
    fingerprint += g_array_index (items, SobanRangeItem, i).fingerprint;
  digest = get_digest (&fixture);
  g_assert_cmpuint (fingerprint, ==, digest.low);
  for (guint i = 1; i < items->len; i++)
    g_assert_cmpint (soban_uuid_compare (&g_array_index (items, SobanRangeItem, i - 1).id,
                                         &g_array_index (items, SobanRangeItem, i).id),
                     <, 0);
  parts[0] = (SobanIdRange){ all.from, g_array_index (items, SobanRangeItem, 13).id };
  parts[1] = (SobanIdRange){ parts[0].to, all.to };
  g_array_append_val (ranges, all);
  g_array_append_vals (ranges, parts, 2);
  sums = soban_store_list_ranges (fixture.store, FIXTURE_COMMUNE, ranges, NULL);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 0).count, ==, 40);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 0).fingerprint, ==, digest.low);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 1).count, ==, 13);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 2).count, ==, 27);
  g_assert_cmpuint (g_array_index (sums, SobanRangeSum, 1).fingerprint
                        + g_array_index (sums, SobanRangeSum, 2).fingerprint,
                    ==, digest.low);
  some = soban_store_list_items (fixture.store, FIXTURE_COMMUNE, &all, 5, NULL);
  g_assert_cmpuint (some->len, ==, 6);
  store_fixture_clear (&fixture);
}

/* ---- taking over ---- */

static void
replace (StoreFixture *fixture, const SobanUuid *id, const GPtrArray *log)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_array_append_vals (ids, id, 1);
  for (guint i = 0; i < log->len; i++) {
    SobanChange *change = g_ptr_array_index (log, i);
    guint64 number = i + 1;

    if (!soban_uuid_equal (&change->record, id))
      continue;
    g_ptr_array_add (changes, change);
    g_array_append_val (numbers, number);
  }
  soban_store_replace_records (fixture->store, FIXTURE_COMMUNE, ids, changes, numbers, &error);
  g_assert_no_error (error);
}

/* A change that never arrived, one under another stamp, and one of which a part is missing. */
static void
test_the_collectors_log_is_taken_over (void)
{
  for (guint kind = 0; kind < 3; kind++) {
    StoreFixture good, bad;
    g_autoptr (GPtrArray) log = make_log (9);
    g_autoptr (GPtrArray) wrong = g_ptr_array_new ();
    g_autoptr (SobanChange) altered = NULL;
    guint at = 9;

    store_fixture_init (&good);
    store_fixture_init (&bad);
    store_fixture_enrol (&good, 4, "key");
    store_fixture_enrol (&bad, 5, "key");
    take (&good, log, 0, log->len);
    for (guint i = 0; i < log->len; i++)
      g_ptr_array_add (wrong, g_ptr_array_index (log, i));
    altered = soban_change_copy (g_ptr_array_index (log, at));
    if (kind == 1)
      altered->stamp += 5;
    if (kind == 2)
      soban_change_assign (altered, "total", "77");
    if (kind == 0)
      g_ptr_array_remove_index (wrong, at);
    else
      g_ptr_array_index (wrong, at) = altered;
    apply_numbered (&bad, wrong, 1, log->len, 0);
    assert_differ (&good, &bad);
    replace (&bad, &altered->record, log);
    assert_agree (&good, &bad);
    replace (&bad, &altered->record, log);
    assert_agree (&good, &bad);
    g_assert_cmpint (soban_store_count_waiting (bad.store, NULL), ==, 0);
    store_fixture_clear (&good);
    store_fixture_clear (&bad);
  }
}

static void
test_what_waits_stays (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) log = make_log (3);
  g_autoptr (GPtrArray) relayed = new_changes ();
  g_autoptr (GPtrArray) waiting = NULL;
  g_autofree char *total = NULL;
  g_autofree char *female = NULL;
  SobanUuid id = ((SobanChange *)g_ptr_array_index (log, 2))->record;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  take (&fixture, log, 0, log->len);
  fixture.now_ms += 500000;
  g_assert_true (soban_store_restore_value (fixture.store, &id, "total", "9", NULL));
  add_pulled (relayed, 7, 1, &id, LATER (900), 0, "female", "3");
  g_assert_true (soban_store_import_exchange (fixture.store, FIXTURE_COMMUNE, NULL, relayed, NULL, NULL, NULL));
  replace (&fixture, &id, log);
  total = get_field (&fixture, &id, "total");
  female = get_field (&fixture, &id, "female");
  g_assert_cmpstr (total, ==, "9");
  g_assert_cmpstr (female, ==, "3");
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  waiting = soban_store_list_relayed (fixture.store, 10, NULL);
  g_assert_cmpuint (waiting->len, ==, 1);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

/* A record, and a single value, that the collector has lost. */
static void
test_what_only_the_tablet_has_is_issued_anew (void)
{
  for (guint whole = 0; whole < 2; whole++) {
    StoreFixture fixture, other;
    g_autoptr (GPtrArray) log = make_log (6);
    g_autoptr (GPtrArray) theirs = g_ptr_array_new ();
    g_autoptr (GPtrArray) outgoing = NULL;
    g_autoptr (SobanRecord) record = NULL;
    const SobanChange *change;
    SobanUuid id = ((SobanChange *)g_ptr_array_index (log, 3))->record;

    store_fixture_init (&fixture);
    store_fixture_init (&other);
    store_fixture_enrol (&fixture, 4, "key");
    store_fixture_enrol (&other, 5, "key");
    soban_change_assign (g_ptr_array_index (log, 3), "female", "4");
    take (&fixture, log, 0, log->len);
    for (guint i = 0; i < log->len; i++)
      if (whole ? !soban_uuid_equal (&((SobanChange *)g_ptr_array_index (log, i))->record, &id) : i != 3)
        g_ptr_array_add (theirs, g_ptr_array_index (log, i));
    replace (&fixture, &id, theirs);
    outgoing = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
    g_assert_cmpuint (outgoing->len, ==, 1);
    change = g_ptr_array_index (outgoing, 0);
    g_assert_true (soban_uuid_equal (&change->record, &id));
    g_assert_cmpuint (change->assignments->len, ==, 2);
    record = soban_store_get_record (fixture.store, &id, NULL);
    g_assert_cmpstr (soban_field_map_get (record->fields, "female"), ==, "4");
    g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "2");
    assert_sound (&fixture);
    /* once it has arrived, all agree */
    apply_numbered (&other, theirs, 1, theirs->len, 0);
    apply_numbered (&other, outgoing, theirs->len + 1, theirs->len + 1, 0);
    g_assert_true (soban_store_apply (fixture.store, &(SobanSyncResult){ .acked_number = 1 }, NULL));
    assert_agree (&fixture, &other);
    store_fixture_clear (&fixture);
    store_fixture_clear (&other);
  }
}

/* ---- the window ---- */

static gint64
move_window (StoreFixture *fixture, const char *retention)
{
  g_autoptr (GError) error = NULL;
  gint64 window_ms;

  soban_store_set_setting (fixture->store, SOBAN_SETTING_RETENTION_DAYS, retention, &error);
  g_assert_no_error (error);
  soban_store_move_window (fixture->store, &window_ms, &error);
  g_assert_no_error (error);
  return window_ms;
}

static void
tell_time (StoreFixture *fixture, gint64 true_ms)
{
  g_assert_true (soban_store_apply (fixture->store, &(SobanSyncResult){ .collector_ms = true_ms }, NULL));
}

static guint
count_items (StoreFixture *fixture)
{
  SobanIdRange all = { { { 0 } }, { { 0 } } };
  g_autoptr (GArray) items = NULL;

  memset (all.to.bytes, 255, sizeof all.to.bytes);
  items = soban_store_list_items (fixture->store, FIXTURE_COMMUNE, &all, 1000, NULL);
  return items->len;
}

static void
make_registry (GPtrArray *log, guint at)
{
  for (guint i = 0; i < 2; i++) {
    SobanChange *change = g_ptr_array_index (log, at + i);

    g_free (change->form);
    change->form = g_strdup ("village");
  }
}

static void
test_window_keeps_what_it_must (void)
{
  StoreFixture fixture, partner;
  g_autoptr (GPtrArray) log = make_log (24);
  g_autoptr (GPtrArray) part = g_ptr_array_new ();
  g_autoptr (GPtrArray) conflict = new_changes ();
  g_autoptr (GPtrArray) relayed = new_changes ();
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *version = NULL;
  SobanUuid kept[5];
  gint64 window_ms;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  version = newest_version (&fixture, "communication_session");
  for (guint i = 0; i < log->len; i++) {
    g_free (((SobanChange *)g_ptr_array_index (log, i))->form_version);
    ((SobanChange *)g_ptr_array_index (log, i))->form_version = g_strdup (version);
  }
  make_registry (log, 46);
  for (guint i = 0; i < 5; i++)
    kept[i] = ((SobanChange *)g_ptr_array_index (log, 38 + 2 * i))->record;
  g_assert_cmpint (move_window (&fixture, "90"), ==, 0);
  take (&fixture, log, 0, log->len);
  g_assert_cmpuint (count_items (&fixture), ==, 24);
  tell_time (&fixture, FIXTURE_START_MS + DAY_MS);
  /* outside: one with work that waits, one being edited, one with a value that lost, one to be relayed, a village */
  g_assert_true (soban_store_restore_value (fixture.store, &kept[0], "total", "9", NULL));
  draft = soban_store_edit_record (fixture.store, &kept[1], &error);
  g_assert_no_error (error);
  soban_field_map_set (draft->fields, "total", "8");
  soban_store_save_draft (fixture.store, &kept[1], draft->form, draft->form_version, draft->fields, "", NULL, &error);
  g_assert_no_error (error);
  add_pulled (conflict, 6, 1, &kept[2], LATER (200), 0, "total", "7");
  apply_numbered (&fixture, conflict, log->len + 1, log->len + 1, 0);
  add_pulled (relayed, 5, 1, &kept[3], LATER (300), 0, "total", "7");
  g_assert_true (soban_store_import_exchange (fixture.store, FIXTURE_COMMUNE, NULL, relayed, NULL, NULL, NULL));
  window_ms = move_window (&fixture, "officer=30 team_member=90");
  g_assert_cmpint (window_ms, ==, G_GINT64_CONSTANT (1785542400000)); /* 2026-08-01 */
  for (guint i = 0; i < 5; i++) {
    g_autoptr (SobanRecord) record = soban_store_get_record (fixture.store, &kept[i], &error);

    g_assert_no_error (error);
  }
  /* inside: records of 0 to 90 days and more, till the first of August; the village counts, the other four do not */
  g_assert_cmpuint (count_items (&fixture), ==, 5);
  assert_sound (&fixture);
  /* a partner that never had the old ones agrees on the window */
  store_fixture_init (&partner);
  store_fixture_enrol (&partner, 5, "key");
  for (guint i = 0; i < log->len; i++) {
    const SobanChange *change = g_ptr_array_index (log, i);

    if (soban_uuid_get_ms (&change->record) >= window_ms || strcmp (change->form, "village") == 0)
      g_ptr_array_add (part, (gpointer)change);
  }
  apply_numbered (&partner, part, 1, part->len, 0);
  tell_time (&partner, FIXTURE_START_MS + DAY_MS);
  g_assert_cmpint (move_window (&partner, "*=90"), ==, window_ms);
  assert_agree (&fixture, &partner);
  g_assert_cmpint (soban_store_count_waiting (fixture.store, NULL), ==, 1);
  store_fixture_clear (&fixture);
  store_fixture_clear (&partner);
}

/* A dead clock battery: what was told last holds until a collector tells more. */
static void
test_window_ignores_the_clock (void)
{
  static const gint64 wrong_ms[] = { G_GINT64_CONSTANT (2082758400000) /* 2036 */, G_GINT64_CONSTANT (1000) };
  StoreFixture fixture;
  SobanIdentity before;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_boot (&fixture, DAY_MS, wrong_ms[0]);
  g_assert_cmpint (move_window (&fixture, "*=90"), ==, 0);
  tell_time (&fixture, FIXTURE_START_MS + DAY_MS);
  g_assert_cmpint (move_window (&fixture, "*=90"), ==, G_GINT64_CONSTANT (1785542400000)); /* 2026-08-01 */
  before = get_identity (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (wrong_ms); i++) {
    store_fixture_boot (&fixture, DAY_MS, wrong_ms[i]);
    g_assert_cmpint (move_window (&fixture, "*=90"), ==, G_GINT64_CONSTANT (1785542400000));
  }
  g_assert_cmpuint (get_identity (&fixture).incarnation, ==, before.incarnation);
  /* an enrolment file may name any role */
  g_assert_true (soban_store_set_setting (fixture.store, SOBAN_SETTING_ROLE, "*", NULL));
  g_assert_cmpint (move_window (&fixture, "90"), ==, G_GINT64_CONSTANT (1785542400000));
  store_fixture_clear (&fixture);
}

/* kept-days.h: less than the role allows, never more; it holds at the next move, and "as much as allowed" brings the limit back. */
static void
test_window_chosen (void)
{
  StoreFixture fixture;
  SobanKeptDays kept;
  g_autoptr (GError) error = NULL;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  tell_time (&fixture, FIXTURE_START_MS + DAY_MS);
  g_assert_true (soban_store_get_kept_days (fixture.store, &kept, NULL));
  g_assert_cmpint (kept.days, ==, 0);
  g_assert_cmpint (kept.limit_days, ==, 0);
  g_assert_true (soban_store_set_kept_days (fixture.store, 30, NULL));
  g_assert_true (soban_store_get_kept_days (fixture.store, &kept, NULL));
  g_assert_cmpint (kept.days, ==, 30);
  g_assert_cmpint (kept.window_ms, ==, 0);
  g_assert_cmpint (move_window (&fixture, "*=90"), >, G_GINT64_CONSTANT (1785542400000)); /* later than 2026-08-01 */
  g_assert_false (soban_store_set_kept_days (fixture.store, 365, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_true (soban_store_set_kept_days (fixture.store, 0, NULL));
  g_assert_cmpint (move_window (&fixture, "*=90"), ==, G_GINT64_CONSTANT (1785542400000));
  g_assert_true (soban_store_get_kept_days (fixture.store, &kept, NULL));
  g_assert_cmpint (kept.days, ==, 90);
  g_assert_cmpint (kept.limit_days, ==, 90);
  g_assert_cmpint (kept.window_ms, ==, G_GINT64_CONSTANT (1785542400000));
  /* A limit that came later holds over a choice that was more. */
  g_assert_true (soban_store_set_kept_days (fixture.store, 80, NULL));
  move_window (&fixture, "*=40");
  g_assert_true (soban_store_get_kept_days (fixture.store, &kept, NULL));
  g_assert_cmpint (kept.days, ==, 40);
  store_fixture_clear (&fixture);
}

static void
test_window_widens (void)
{
  StoreFixture fixture, whole;
  g_autoptr (GPtrArray) log = make_log (24);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) cursors = NULL;
  g_autoptr (GPtrArray) own = NULL;
  SobanIdentity before;
  SobanUuid id;

  store_fixture_init (&fixture);
  store_fixture_init (&whole);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_enrol (&whole, 5, "key");
  take (&fixture, log, 0, log->len);
  id = save_session (&fixture, "2026-11-20", "Bản A", "1");
  own = soban_store_list_outgoing (fixture.store, 0, 10, NULL);
  before = get_identity (&fixture);
  apply_numbered (&fixture, nothing, 1, log->len + own->len, before.last_number);
  tell_time (&fixture, FIXTURE_START_MS + 200 * DAY_MS);
  move_window (&fixture, "90");
  g_assert_null (soban_store_get_record (fixture.store, &id, NULL));
  g_assert_cmpuint (count_items (&fixture), ==, 0);
  assert_sound (&fixture);
  g_assert_cmpint (move_window (&fixture, NULL), ==, 0);
  cursors = soban_store_get_cursors (fixture.store, NULL);
  g_assert_cmpuint (((SobanCursor *)g_ptr_array_index (cursors, 1))->cursor, ==, 0);
  g_assert_cmpuint (get_identity (&fixture).incarnation, !=, before.incarnation);
  /* all comes again, what this tablet wrote under its old name, too */
  take (&fixture, log, 0, log->len);
  apply_numbered (&fixture, own, log->len + 1, log->len + own->len, 0);
  take (&whole, log, 0, log->len);
  apply_numbered (&whole, own, log->len + 1, log->len + own->len, 0);
  assert_agree (&fixture, &whole);
  store_fixture_clear (&fixture);
  store_fixture_clear (&whole);
}

static void
test_registries_have_a_name (void)
{
  StoreFixture fixture;
  guint32 crc;

  store_fixture_init (&fixture);
  crc = soban_store_get_registries (fixture.store);
  g_assert_cmpuint (crc, !=, 0);
  g_assert_cmpuint (crc, ==, soban_store_get_registries (fixture.store));
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/1/digests-agree", test_digests_agree);
  g_test_add_func ("/ranges/1/ranges-speak-of-the-same-records", test_ranges_speak_of_the_same_records);
  g_test_add_func ("/reconcile/1/the-collectors-log-is-taken-over", test_the_collectors_log_is_taken_over);
  g_test_add_func ("/reconcile/1/what-waits-stays", test_what_waits_stays);
  g_test_add_func ("/reconcile/2/what-only-the-tablet-has-is-issued-anew",
                   test_what_only_the_tablet_has_is_issued_anew);
  g_test_add_func ("/window/1-3/keeps-what-it-must", test_window_keeps_what_it_must);
  g_test_add_func ("/window/3/ignores-the-clock", test_window_ignores_the_clock);
  g_test_add_func ("/window/4/chosen", test_window_chosen);
  g_test_add_func ("/window/4/widens", test_window_widens);
  g_test_add_func ("/window/registries-have-a-name", test_registries_have_a_name);
  return g_test_run ();
}
