/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules A5 and A9 of admission.c with clock evidence: when was it recorded, and what is told of it. */
#include "admission-request.h"
#include "base/limits.h"

#define DAY_MS (24 * HOUR_MS)
#define YEARS_9_MS (9 * 365 * DAY_MS)

static void
add_boot (SobanClockEvidence *evidence, guint64 first_number, gint64 boottime_ms, gint64 ran_ms, gint64 wall_ms)
{
  const SobanBoot told = { first_number, boottime_ms, ran_ms, wall_ms };

  g_array_append_val (evidence->boots, told);
}

static void
add_anchor (SobanClockEvidence *evidence, guint boot, gint64 boottime_ms, gint64 wall_ms, gint64 true_ms)
{
  const SobanAnchor anchor = { boot, boottime_ms, wall_ms, true_ms };

  g_array_append_val (evidence->anchors, anchor);
}

/* Met the collector ten days ago and now; its clock is off by @error_ms at both. Three boots. */
static SobanClockEvidence *
make_evidence (gint64 error_ms)
{
  SobanClockEvidence *evidence = soban_clock_evidence_new (1, 7);

  add_boot (evidence, 1, 0, 8 * HOUR_MS, TEST_NOW_MS - 10 * DAY_MS + error_ms);
  add_boot (evidence, 1, 0, 8 * HOUR_MS, TEST_NOW_MS - 5 * DAY_MS + error_ms);
  add_boot (evidence, 3, 0, HOUR_MS, TEST_NOW_MS - HOUR_MS + error_ms);
  add_anchor (evidence, 0, 0, TEST_NOW_MS - 10 * DAY_MS + error_ms, TEST_NOW_MS - 10 * DAY_MS);
  add_anchor (evidence, 2, HOUR_MS, TEST_NOW_MS + error_ms, TEST_NOW_MS);
  return evidence;
}

/* @hours after boot @boot; provisionally stamped with its clock. */
static SobanChange *
make_in_boot (guint64 number, gint64 wall_ms, gint64 boottime_ms, const char *value)
{
  SobanChange *change = make_change (1, 7, number, SCOPE_A, 1, MAX (wall_ms, SOBAN_PROGRAMME_START_MS), 0, "total", value);

  change->wall_ms = wall_ms;
  change->boottime_ms = boottime_ms;
  return change;
}

static void
test_a5_a_steady_clock_of_2035_is_corrected (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanClockEvidence) evidence = make_evidence (YEARS_9_MS);
  gint64 made_ms = TEST_NOW_MS - 5 * DAY_MS + 2 * HOUR_MS;
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (SobanChange) kept = NULL;
  const SobanTimeAdjustment *time;

  admit_more (fixture, make_batch (make_in_boot (1, made_ms + YEARS_9_MS, 2 * HOUR_MS, "30"), NULL), scope_a_alone,
              &(SobanAdmissionRequest) { .evidence = evidence }, &result);
  kept = read_change (fixture, 1, 7, 1);
  g_assert_cmpuint (kept->stamp, ==, SOBAN_STAMP (made_ms, 0));
  g_assert_cmpint (kept->recorded_ms, ==, made_ms);
  g_assert_cmpint (kept->time_quality, ==, SOBAN_TIME_STEADY);
  g_assert_cmpint (kept->wall_ms, ==, made_ms + YEARS_9_MS);
  g_assert_cmpuint (result.adjustments->len, ==, 1);
  g_assert_cmpuint (result.times->len, ==, 1);
  time = &g_array_index (result.times, SobanTimeAdjustment, 0);
  g_assert_cmpuint (time->number, ==, 1);
  g_assert_cmpint (time->recorded_ms, ==, made_ms);
  g_assert_cmpint (time->time_quality, ==, SOBAN_TIME_STEADY);
}

static void
test_a5_a_dead_battery_is_counted_by_running_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanClockEvidence) evidence = make_evidence (0);
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (SobanChange) between = NULL;
  g_autoptr (SobanChange) same = NULL;

  for (guint i = 0; i < evidence->boots->len; i++)
    g_array_index (evidence->boots, SobanBoot, i).wall_ms = 0;
  for (guint i = 0; i < evidence->anchors->len; i++)
    g_array_index (evidence->anchors, SobanAnchor, i).wall_ms = g_array_index (evidence->anchors, SobanAnchor, i).boottime_ms;
  admit_more (fixture, make_batch (make_in_boot (1, 2 * HOUR_MS, 2 * HOUR_MS, "30"), make_in_boot (2, 3 * HOUR_MS, 3 * HOUR_MS, "31"),
                                   make_in_boot (3, HOUR_MS / 2, HOUR_MS / 2, "32"), NULL), scope_a_alone,
              &(SobanAdmissionRequest) { .evidence = evidence }, &result);
  between = read_change (fixture, 1, 7, 2);
  g_assert_cmpint (between->time_quality, ==, SOBAN_TIME_BETWEEN);
  g_assert_cmpint (ABS (between->recorded_ms - (TEST_NOW_MS - 5 * DAY_MS + 3 * HOUR_MS)), <, 5 * HOUR_MS);
  same = read_change (fixture, 1, 7, 3);
  g_assert_cmpint (same->time_quality, ==, SOBAN_TIME_SAME_BOOT);
  g_assert_cmpint (same->recorded_ms, ==, TEST_NOW_MS - HOUR_MS / 2);
  g_assert_cmpuint (result.times->len, ==, 3);
}

static void
test_a5_never_later_than_now (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanClockEvidence) evidence = make_evidence (0);
  g_auto (SobanAdmissionResult) gap = { 0 };
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (SobanChange) kept = NULL;

  g_array_index (evidence->anchors, SobanAnchor, 1).true_ms += YEARS_9_MS;
  admit_more (fixture, make_batch (make_in_boot (3, TEST_NOW_MS, HOUR_MS, "30"), NULL), scope_a_alone,
              &(SobanAdmissionRequest) { .evidence = evidence }, &gap);
  g_assert_cmpint (gap.ack_state, ==, SOBAN_ACK_GAP);
  admit_more (fixture, make_batch (make_in_boot (1, TEST_NOW_MS, 0, "30"), make_in_boot (2, TEST_NOW_MS, 0, "30"),
                                   make_in_boot (3, TEST_NOW_MS, HOUR_MS, "30"), NULL), scope_a_alone,
              &(SobanAdmissionRequest) { .evidence = evidence }, &result);
  kept = read_change (fixture, 1, 7, 3);
  g_assert_cmpint (kept->recorded_ms, ==, TEST_NOW_MS);
  g_assert_cmpint (SOBAN_STAMP_MS (kept->stamp), ==, TEST_NOW_MS);
}

/* A client of 1.0 sends none. */
static void
test_a5_without_evidence_the_provisional_stamp_stands (Fixture *fixture, gconstpointer data)
{
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (SobanChange) kept = NULL;
  SobanChange *change = make_in_boot (1, TEST_NOW_MS - 5 * DAY_MS, 0, "30");

  /* Nor does it say when it was recorded: whatever stands there is not the collector's. */
  change->recorded_ms = 12345;
  change->time_quality = SOBAN_TIME_STEADY;
  admit (fixture, make_batch (change, NULL), scope_a_alone, &result);
  kept = read_change (fixture, 1, 7, 1);
  g_assert_cmpuint (kept->stamp, ==, SOBAN_STAMP (TEST_NOW_MS - 5 * DAY_MS, 0));
  g_assert_cmpint (kept->recorded_ms, ==, 0);
  g_assert_cmpint (kept->time_quality, ==, SOBAN_TIME_RAW);
  g_assert_cmpuint (result.adjustments->len + result.times->len, ==, 0);
}

static void
test_a9_a_clock_within_a_minute_is_not_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanClockEvidence) evidence = make_evidence (0);
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (SobanChange) kept = NULL;

  admit_more (fixture, make_batch (make_in_boot (1, TEST_NOW_MS - 5 * DAY_MS + HOUR_MS, HOUR_MS, "30"), NULL), scope_a_alone,
              &(SobanAdmissionRequest) { .evidence = evidence }, &result);
  kept = read_change (fixture, 1, 7, 1);
  g_assert_cmpint (kept->time_quality, ==, SOBAN_TIME_STEADY);
  g_assert_cmpint (kept->recorded_ms, ==, kept->wall_ms);
  g_assert_cmpuint (result.adjustments->len + result.times->len, ==, 0);
}

/* A tablet whose clock drifts a little: its own stamps stand, and nothing is told. */
static void
test_a9_a_stamp_within_a_minute_stands (Fixture *fixture, gconstpointer data)
{
  for (int off_s = -61; off_s <= 61; off_s += 61) {
    g_autoptr (SobanClockEvidence) evidence = make_evidence (0);
    g_auto (SobanAdmissionResult) result = { 0 };
    SobanChange *change = make_in_boot (1, TEST_NOW_MS - 5 * DAY_MS + HOUR_MS, HOUR_MS, "30");

    evidence->incarnation = change->id.incarnation = 100 + off_s;
    change->stamp = SOBAN_STAMP (change->wall_ms + off_s * 1000, 3);
    admit_more (fixture, make_batch (change, NULL), scope_a_alone, &(SobanAdmissionRequest) { .evidence = evidence }, &result);
    g_assert_cmpuint (result.adjustments->len, ==, off_s == 0 ? 0 : 1);
  }
}

/* Not if it is later than now. */
static void
test_a5_a_stamp_within_a_minute_of_now (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanClockEvidence) evidence = make_evidence (0);
  g_auto (SobanAdmissionResult) result = { 0 };
  g_autoptr (SobanChange) kept = NULL;
  SobanChange *change = make_in_boot (1, TEST_NOW_MS, HOUR_MS, "30");

  g_array_index (evidence->boots, SobanBoot, 2).first_number = 1;
  change->stamp = SOBAN_STAMP (TEST_NOW_MS + 1000, 0);
  admit_more (fixture, make_batch (change, NULL), scope_a_alone, &(SobanAdmissionRequest) { .evidence = evidence }, &result);
  kept = read_change (fixture, 1, 7, 1);
  g_assert_cmpuint (kept->stamp, ==, SOBAN_STAMP (TEST_NOW_MS, 0));
}

static void
test_a9_a_time_is_told_again (Fixture *fixture, gconstpointer data)
{
  gint64 told[2];

  for (int round = 0; round < 2; round++) {
    /* The second time the evidence says something else: what was decided stands. */
    g_autoptr (SobanClockEvidence) evidence = make_evidence (YEARS_9_MS + round * DAY_MS);
    g_auto (SobanAdmissionResult) result = { 0 };

    fixture->now_ms = TEST_NOW_MS + round * HOUR_MS;
    admit_more (fixture, make_batch (make_in_boot (1, TEST_NOW_MS - 5 * DAY_MS + HOUR_MS + YEARS_9_MS, HOUR_MS, "30"), NULL), scope_a_alone,
                &(SobanAdmissionRequest) { .evidence = evidence }, &result);
    g_assert_cmpuint (result.times->len, ==, 1);
    g_assert_cmpuint (result.adjustments->len, ==, 1);
    told[round] = g_array_index (result.times, SobanTimeAdjustment, 0).recorded_ms;
  }
  g_assert_cmpint (told[0], ==, told[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) ADD_FOR_BOTH ("/collector/admission-times/" #name, test_##name)
  ADD (a5_a_steady_clock_of_2035_is_corrected);
  ADD (a5_a_dead_battery_is_counted_by_running_time);
  ADD (a5_never_later_than_now);
  ADD (a5_without_evidence_the_provisional_stamp_stands);
  ADD (a9_a_clock_within_a_minute_is_not_told);
  ADD (a9_a_stamp_within_a_minute_stands);
  ADD (a5_a_stamp_within_a_minute_of_now);
  ADD (a9_a_time_is_told_again);
#undef ADD
  return g_test_run ();
}
