/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/evidence.c. */
#include "store-fixture.h"

#include "base/limits.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define YEARS_MS G_GINT64_CONSTANT (315576000000) /* ten of them */

static SobanClockEvidence *
get_evidence (StoreFixture *fixture, guint64 after)
{
  g_autoptr (GError) error = NULL;
  SobanClockEvidence *evidence = soban_store_get_evidence (fixture->store, after, &error);

  g_assert_no_error (error);
  return evidence;
}

static const SobanBoot *
get_boot (const SobanClockEvidence *evidence, guint place)
{
  g_assert_cmpuint (place, <, evidence->boots->len);
  return &g_array_index (evidence->boots, SobanBoot, place);
}

static const SobanAnchor *
get_anchor (const SobanClockEvidence *evidence, guint place)
{
  g_assert_cmpuint (place, <, evidence->anchors->len);
  return &g_array_index (evidence->anchors, SobanAnchor, place);
}

/* A round whose answer says that it is @true_ms now. */
static void
sync_at (StoreFixture *fixture, gint64 true_ms, guint64 acked)
{
  const SobanSyncResult result = { .acked_number = acked, .collector_ms = true_ms, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

static void
save (StoreFixture *fixture)
{
  save_session (fixture, "2026-11-20", "Bản A", "1");
}

static void
test_boots_are_told (void)
{
  StoreFixture fixture;
  g_autoptr (SobanClockEvidence) evidence = NULL;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  save (&fixture);
  fixture.now_ms += HOUR_MS;
  save (&fixture);
  store_fixture_reopen (&fixture);
  save (&fixture);
  store_fixture_boot (&fixture, 5 * HOUR_MS, 0);
  save (&fixture);
  evidence = get_evidence (&fixture, 0);
  g_assert_cmpuint (evidence->device, ==, 4);
  g_assert_cmpuint (evidence->boots->len, ==, 2);
  g_assert_cmpuint (get_boot (evidence, 0)->first_number, ==, 1);
  g_assert_cmpint (get_boot (evidence, 0)->wall_ms, <, FIXTURE_START_MS + 1000);
  g_assert_cmpint (get_boot (evidence, 0)->ran_ms, >=, HOUR_MS);
  g_assert_cmpint (get_boot (evidence, 0)->ran_ms, <, 2 * HOUR_MS);
  /* each saving made a village and a session, but the second and third found the village */
  g_assert_cmpuint (get_boot (evidence, 1)->first_number, ==, get_identity (&fixture).last_number);
  g_assert_cmpint (get_boot (evidence, 1)->boottime_ms, >=, 60000);
  g_assert_cmpuint (evidence->anchors->len, ==, 0);
  store_fixture_clear (&fixture);
}

/* Invariant 2: a boot in which nothing was written leaves no row, and is told of while it lasts. */
static void
test_reading_writes_nothing (void)
{
  StoreFixture fixture;
  g_autoptr (SobanClockEvidence) evidence = NULL;
  g_autoptr (SobanClockEvidence) after = NULL;

  store_fixture_init (&fixture);
  save (&fixture);
  store_fixture_boot (&fixture, HOUR_MS, 0);
  evidence = get_evidence (&fixture, 0);
  g_assert_cmpuint (evidence->boots->len, ==, 2);
  store_fixture_boot (&fixture, HOUR_MS, 0);
  after = get_evidence (&fixture, 0);
  g_assert_cmpuint (after->boots->len, ==, 2);
  store_fixture_clear (&fixture);
}

static void
test_what_nothing_needs_goes (void)
{
  StoreFixture fixture;
  g_autoptr (SobanClockEvidence) evidence = NULL;
  g_autoptr (SobanClockEvidence) later = NULL;
  guint64 last;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  for (guint i = 0; i < 30; i++) {
    save (&fixture);
    last = get_identity (&fixture).last_number;
    sync_at (&fixture, fixture.now_ms + 7 * HOUR_MS, last);
    sync_at (&fixture, fixture.now_ms + 7 * HOUR_MS, last);
    sync_at (&fixture, fixture.now_ms + 7 * HOUR_MS, last);
    store_fixture_boot (&fixture, HOUR_MS, 0);
  }
  evidence = get_evidence (&fixture, last);
  /* the last boot with its last anchor, and the present one */
  g_assert_cmpuint (evidence->boots->len, ==, 2);
  g_assert_cmpuint (evidence->anchors->len, ==, 1);
  g_assert_cmpuint (get_anchor (evidence, 0)->boot, ==, 0);
  g_assert_cmpint (get_anchor (evidence, 0)->true_ms - get_anchor (evidence, 0)->wall_ms, >, 7 * HOUR_MS - 1000);
  /* while something waits, all since the anchor before it stays: two anchors a boot at most */
  for (guint i = 0; i < 5; i++) {
    save (&fixture);
    for (guint k = 0; k < 4; k++)
      sync_at (&fixture, fixture.now_ms + 7 * HOUR_MS, last);
    store_fixture_boot (&fixture, HOUR_MS, 0);
  }
  later = get_evidence (&fixture, last);
  g_assert_cmpuint (later->boots->len, ==, 7);
  g_assert_cmpuint (later->anchors->len, ==, 1 + 5 * 2);
  store_fixture_clear (&fixture);
}

/* A tablet of 1970 that has synced once records at the right time, also after a dead battery has set it to 1970 again.
 */
static void
test_stamps_are_the_best_estimate (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) outgoing = NULL;
  gint64 true_ms = FIXTURE_START_MS + 10 * HOUR_MS;
  const SobanChange *change;
  guint64 last;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_boot (&fixture, 0, HOUR_MS);
  sync_at (&fixture, true_ms, 0);
  fixture.now_ms += 2 * HOUR_MS;
  save (&fixture);
  last = get_identity (&fixture).last_number;
  outgoing = soban_store_list_outgoing (fixture.store, last - 1, 1, NULL);
  change = g_ptr_array_index (outgoing, 0);
  g_assert_cmpint (change->wall_ms, <, 4 * HOUR_MS);
  g_assert_cmpint (SOBAN_STAMP_MS (change->stamp), >=, true_ms + 2 * HOUR_MS);
  g_assert_cmpint (SOBAN_STAMP_MS (change->stamp), <, true_ms + 2 * HOUR_MS + 1000);
  g_assert_cmpint (soban_uuid_get_ms (&change->record), >=, true_ms + 2 * HOUR_MS);
  store_fixture_boot (&fixture, 0, HOUR_MS);
  save (&fixture);
  g_ptr_array_unref (outgoing);
  outgoing = soban_store_list_outgoing (fixture.store, get_identity (&fixture).last_number - 1, 1, NULL);
  change = g_ptr_array_index (outgoing, 0);
  g_assert_cmpint (SOBAN_STAMP_MS (change->stamp), >=, true_ms + 2 * HOUR_MS);
  g_assert_cmpint (SOBAN_STAMP_MS (change->stamp), <, true_ms + 3 * HOUR_MS);
  store_fixture_clear (&fixture);
}

/* A tablet of 2035 that has synced once is not in 2035 any more, whatever its clock says. */
static void
test_a_clock_ahead_is_corrected (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) outgoing = NULL;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_boot (&fixture, 0, FIXTURE_START_MS + YEARS_MS);
  sync_at (&fixture, FIXTURE_START_MS + HOUR_MS, 0);
  save (&fixture);
  outgoing = soban_store_list_outgoing (fixture.store, 0, 1, NULL);
  g_assert_cmpint (SOBAN_STAMP_MS (((SobanChange *)g_ptr_array_index (outgoing, 0))->stamp), <,
                   FIXTURE_START_MS + 2 * HOUR_MS);
  store_fixture_clear (&fixture);
}

/* The reading that belongs to the collector's time is the one the client took, not the one at the end of the work. */
static void
test_anchor_is_where_the_client_read_it (void)
{
  StoreFixture fixture;
  g_autoptr (SobanClockEvidence) evidence = NULL;
  SobanSyncResult result = { .collector_ms = FIXTURE_START_MS };

  store_fixture_init (&fixture);
  result.wall_ms = fixture.now_ms;
  result.boottime_ms = fixture.now_ms - fixture.booted_ms;
  fixture.now_ms += HOUR_MS;
  g_assert_true (soban_store_apply (fixture.store, &result, NULL));
  evidence = get_evidence (&fixture, 0);
  g_assert_cmpint (get_anchor (evidence, 0)->wall_ms, ==, result.wall_ms);
  g_assert_cmpint (get_anchor (evidence, 0)->true_ms, ==, FIXTURE_START_MS);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evidence/1/boots-are-told", test_boots_are_told);
  g_test_add_func ("/evidence/2/reading-writes-nothing", test_reading_writes_nothing);
  g_test_add_func ("/evidence/3/what-nothing-needs-goes", test_what_nothing_needs_goes);
  g_test_add_func ("/evidence/stamps-are-the-best-estimate", test_stamps_are_the_best_estimate);
  g_test_add_func ("/evidence/a-clock-ahead-is-corrected", test_a_clock_ahead_is_corrected);
  g_test_add_func ("/evidence/anchor-is-where-the-client-read-it", test_anchor_is_where_the_client_read_it);
  return g_test_run ();
}
