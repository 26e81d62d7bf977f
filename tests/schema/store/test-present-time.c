/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of store/present-time.c, and what forms make of them. */
#include "store-fixture.h"

#include "base/limits.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define DAY_MS (24 * HOUR_MS)
#define IN_1973_MS G_GINT64_CONSTANT (100000000000)
#define IN_2035_MS G_GINT64_CONSTANT (2051222400000)

static gint64
get_now (StoreFixture *fixture)
{
  return soban_store_get_now_ms (fixture->store, NULL);
}

/* The clocks stand but for the seconds that the test takes. */
static void
assert_near (gint64 ms, gint64 expected)
{
  g_assert_cmpint (ABS (ms - expected), <, 60 * 1000);
}

static void
sync_at (StoreFixture *fixture, gint64 true_ms)
{
  const SobanSyncResult result = { .collector_ms = true_ms, .collector_minor = 1 };
  g_autoptr (GError) error = NULL;

  soban_store_apply (fixture->store, &result, &error);
  g_assert_no_error (error);
}

/* Whether the form refuses @iso_date as the day of the session. */
static gboolean
is_refused (StoreFixture *fixture, const char *iso_date)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form =
      soban_form_library_get (soban_store_get_forms (fixture->store), "communication_session", NULL, &error);
  SobanFormHost *host = soban_store_get_form_host (fixture->store);
  SobanFormInstance *instance = soban_form_instance_new (form, host, NULL, &error);
  SobanProblem *problem;
  gboolean refused;

  g_assert_no_error (error);
  g_assert_true (soban_form_instance_set (instance, "activity_date", iso_date, &error));
  problem = soban_form_instance_check (instance, "activity_date");
  refused = problem && problem->kind == SOBAN_PROBLEM_CONSTRAINT;
  soban_problem_free (problem);
  soban_form_instance_free (instance);
  soban_store_form_host_free (host);
  return refused;
}

/* (transfer full): what a form puts into a new record for today. */
static char *
get_today (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form =
      soban_form_library_get (soban_store_get_forms (fixture->store), "communication_session", NULL, &error);
  SobanFormHost *host = soban_store_get_form_host (fixture->store);
  SobanFormInstance *instance = soban_form_instance_new (form, host, NULL, &error);
  g_auto (SobanXPathValue) value = { 0 };
  char *today;

  g_assert_no_error (error);
  soban_form_instance_evaluate (instance, "string(today())", NULL, &value, &error);
  g_assert_no_error (error);
  g_assert_cmpint (value.type, ==, SOBAN_XPATH_STRING);
  today = g_strdup (value.string);
  soban_form_instance_free (instance);
  soban_store_form_host_free (host);
  return today;
}

/* Invariant 1 */
static void
test_a_dead_clock_is_corrected (void)
{
  StoreFixture fixture;
  SobanTimeQuality quality;
  g_autofree char *today = NULL;
  g_autoptr (GDateTime) now = NULL;

  store_fixture_init (&fixture);
  store_fixture_boot (&fixture, 0, IN_1973_MS);
  sync_at (&fixture, FIXTURE_START_MS + 12 * HOUR_MS);
  fixture.now_ms += HOUR_MS;
  assert_near (soban_store_get_now_ms (fixture.store, &quality), FIXTURE_START_MS + 13 * HOUR_MS);
  g_assert_cmpint (quality, ==, SOBAN_TIME_SAME_BOOT);
  g_assert_false (soban_store_is_now_least (fixture.store));
  now = soban_store_get_now (fixture.store);
  g_assert_cmpint (g_date_time_get_year (now), ==, 2026);
  today = get_today (&fixture);
  g_assert_true (g_str_has_prefix (today, "2026-11-2"));
  g_assert_false (is_refused (&fixture, "2026-11-20"));
  g_assert_true (is_refused (&fixture, "2026-11-25"));
  store_fixture_clear (&fixture);
}

static void
test_a_clock_ahead_is_corrected (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_boot (&fixture, 0, IN_2035_MS);
  g_assert_false (is_refused (&fixture, "2030-01-01"));
  sync_at (&fixture, FIXTURE_START_MS);
  assert_near (get_now (&fixture), FIXTURE_START_MS);
  g_assert_true (is_refused (&fixture, "2030-01-01"));
  g_assert_false (is_refused (&fixture, "2026-11-20"));
  store_fixture_clear (&fixture);
}

/* Nobody has ever told this tablet what day it is: what its person knows is believed. */
static void
test_without_evidence_no_true_date_is_refused (void)
{
  StoreFixture fixture;
  SobanTimeQuality quality;

  store_fixture_init (&fixture);
  assert_near (soban_store_get_now_ms (fixture.store, &quality), FIXTURE_START_MS);
  g_assert_cmpint (quality, ==, SOBAN_TIME_RAW);
  g_assert_true (is_refused (&fixture, "2026-11-25"));
  store_fixture_boot (&fixture, 0, IN_1973_MS);
  g_assert_cmpint (get_now (&fixture), ==, SOBAN_PROGRAMME_START_MS);
  g_assert_true (soban_store_is_now_least (fixture.store));
  g_assert_false (is_refused (&fixture, "2026-11-25"));
  g_assert_true (is_refused (&fixture, "2019-11-25"));
  store_fixture_clear (&fixture);
}

/* Off for weeks with a dead clock: what has run since the last sync is all that is known. */
static void
test_after_weeks_without_power_no_true_date_is_refused (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  sync_at (&fixture, FIXTURE_START_MS);
  store_fixture_boot (&fixture, 0, IN_1973_MS);
  g_assert_true (soban_store_is_now_least (fixture.store));
  g_assert_cmpint (get_now (&fixture), >=, FIXTURE_START_MS);
  g_assert_cmpint (get_now (&fixture), <, FIXTURE_START_MS + HOUR_MS);
  g_assert_false (is_refused (&fixture, "2026-12-20"));
  sync_at (&fixture, FIXTURE_START_MS + 20 * DAY_MS);
  g_assert_false (soban_store_is_now_least (fixture.store));
  g_assert_true (is_refused (&fixture, "2026-12-20"));
  store_fixture_clear (&fixture);
}

/* Invariant 2: what a stick brings was admitted at some time that is past. */
static void
test_what_a_stick_brings_moves_it_on (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;
  const SobanUuid record = { { 1, 2, 3 } };
  const guint64 number = 1;

  store_fixture_init (&fixture);
  store_fixture_enrol (&fixture, 4, "key");
  store_fixture_boot (&fixture, 0, IN_1973_MS);
  add_pulled (changes, 9, 1, &record, SOBAN_STAMP (FIXTURE_START_MS, 0), 0, "total", "1");
  g_array_append_val (numbers, number);
  g_assert_true (soban_store_import_exchange (fixture.store, FIXTURE_COMMUNE, NULL, changes, numbers, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_now (&fixture), ==, FIXTURE_START_MS);
  store_fixture_reopen (&fixture);
  g_assert_cmpint (get_now (&fixture), ==, FIXTURE_START_MS);
  store_fixture_clear (&fixture);
}

/* A stamp that no collector has admitted tells nothing. */
static void
test_an_own_clock_ahead_moves_nothing (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_boot (&fixture, 0, IN_2035_MS);
  save_session (&fixture, "2026-11-20", "Bản A", "1");
  store_fixture_boot (&fixture, 0, FIXTURE_START_MS);
  assert_near (get_now (&fixture), FIXTURE_START_MS);
  store_fixture_clear (&fixture);
}

/* Invariant 3 */
static void
test_a_collector_that_was_wrong_heals (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  sync_at (&fixture, IN_2035_MS);
  assert_near (get_now (&fixture), IN_2035_MS);
  sync_at (&fixture, FIXTURE_START_MS);
  assert_near (get_now (&fixture), FIXTURE_START_MS);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/present-time/1/a-dead-clock-is-corrected", test_a_dead_clock_is_corrected);
  g_test_add_func ("/present-time/1/a-clock-ahead-is-corrected", test_a_clock_ahead_is_corrected);
  g_test_add_func ("/present-time/without-evidence-no-true-date-is-refused", test_without_evidence_no_true_date_is_refused);
  g_test_add_func ("/present-time/after-weeks-without-power-no-true-date-is-refused",
                   test_after_weeks_without_power_no_true_date_is_refused);
  g_test_add_func ("/present-time/2/what-a-stick-brings-moves-it-on", test_what_a_stick_brings_moves_it_on);
  g_test_add_func ("/present-time/2/an-own-clock-ahead-moves-nothing", test_an_own_clock_ahead_moves_nothing);
  g_test_add_func ("/present-time/3/a-collector-that-was-wrong-heals", test_a_collector_that_was_wrong_heals);
  return g_test_run ();
}
