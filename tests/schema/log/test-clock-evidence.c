/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of schema/log/clock-evidence.c, over a model of a tablet that is switched on and off. */
#include "log/clock-evidence.h"

#include "base/limits.h"

#define MINUTE G_GINT64_CONSTANT (60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define YEAR (365 * DAY)
#define BEGIN_MS G_GINT64_CONSTANT (1767225600000) /* 2026-01-01 */

/* A tablet, its true past, and what it tells of it. */
typedef struct {
  gint64 now_ms;    /* the true time */
  gint64 booted_ms; /* true time of the last boot */
  gint64 wall_ms;   /* its clock at the last boot */
  guint64 number;   /* of its last change */
  SobanClockEvidence *evidence;
} Model;

typedef struct {
  gint64 true_ms, wall_ms, boottime_ms;
  guint64 number;
} Made;

static Model
model_new (void)
{
  return (Model) { .now_ms = BEGIN_MS, .evidence = soban_clock_evidence_new (7, 70) };
}

static void
model_clear (Model *model)
{
  soban_clock_evidence_free (model->evidence);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Model, model_clear)

static gint64
get_boottime (const Model *model)
{
  return model->now_ms - model->booted_ms;
}

static gint64
get_wall (const Model *model)
{
  return model->wall_ms + get_boottime (model);
}

/* Off for @off_ms, then on; the program begins a minute later. @wall_ms: what its clock shows at the boot. */
static void
boot (Model *model, gint64 off_ms, gint64 wall_ms)
{
  SobanBoot told;

  model->now_ms += off_ms;
  model->booted_ms = model->now_ms;
  model->wall_ms = wall_ms;
  model->now_ms += MINUTE;
  told = (SobanBoot) { model->number + 1, get_boottime (model), 0, get_wall (model) };
  g_array_append_val (model->evidence->boots, told);
}

static void
run_for (Model *model, gint64 ms)
{
  SobanBoot *told = &g_array_index (model->evidence->boots, SobanBoot, model->evidence->boots->len - 1);

  model->now_ms += ms;
  told->ran_ms = get_boottime (model) - told->boottime_ms;
}

static void
meet_collector (Model *model)
{
  SobanAnchor anchor = { model->evidence->boots->len - 1, get_boottime (model), get_wall (model), model->now_ms };

  g_array_append_val (model->evidence->anchors, anchor);
}

static Made
make (Model *model)
{
  return (Made) { model->now_ms, get_wall (model), get_boottime (model), ++model->number };
}

static void
assert_time (const Model *model, const Made *made, SobanTimeQuality quality, gint64 off_ms_max)
{
  gint64 ms;

  g_assert_cmpint (soban_clock_evidence_correct (model->evidence, made->number, made->wall_ms, made->boottime_ms, &ms), ==, quality);
  if (ABS (ms - made->true_ms) > off_ms_max)
    g_error ("change %" G_GUINT64_FORMAT " is off by %" G_GINT64_FORMAT " ms", made->number, ms - made->true_ms);
}

static void
test_nothing_known_is_raw (void)
{
  g_auto (Model) model = model_new ();
  Made made;

  boot (&model, 0, 5000);
  made = make (&model);
  assert_time (&model, &made, SOBAN_TIME_RAW, G_MAXINT64);
  g_assert_cmpint (soban_clock_evidence_estimate_now (model.evidence, 12345, 99), ==, 12345);
}

static void
test_same_boot_is_counted_from_the_anchor (void)
{
  const gint64 clocks[] = { 0, BEGIN_MS, BEGIN_MS + 9 * YEAR, -YEAR };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_auto (Model) model = model_new ();
    Made early, late;

    boot (&model, 0, clocks[i]);
    run_for (&model, 2 * HOUR);
    early = make (&model);
    run_for (&model, HOUR);
    meet_collector (&model);
    run_for (&model, HOUR);
    /* Somebody sets the clock: it does not matter. */
    model.wall_ms += 700 * DAY;
    late = make (&model);
    assert_time (&model, &early, SOBAN_TIME_SAME_BOOT, 0);
    assert_time (&model, &late, SOBAN_TIME_SAME_BOOT, 0);
  }
}

static void
test_a_steady_clock_in_2035_is_exact (void)
{
  g_auto (Model) model = model_new ();
  Made made[20];
  guint n = 0;

  boot (&model, 0, model.now_ms + 9 * YEAR);
  meet_collector (&model);
  for (; n < 20; n++) {
    run_for (&model, 3 * HOUR);
    boot (&model, (1 + n % 5) * 7 * HOUR, model.now_ms + (1 + n % 5) * 7 * HOUR + 9 * YEAR + n * 10000);
    run_for (&model, 10 * MINUTE);
    made[n] = make (&model);
  }
  run_for (&model, HOUR);
  boot (&model, 9 * HOUR, model.now_ms + 9 * HOUR + 9 * YEAR + 4 * MINUTE);
  meet_collector (&model);
  for (guint i = 0; i < n; i++)
    assert_time (&model, &made[i], SOBAN_TIME_STEADY, 4 * MINUTE);
}

/* 1970 at each boot; on from about seven to five. */
static void
test_a_dead_battery_keeps_days_apart (void)
{
  g_auto (Model) model = model_new ();
  Made made[10];

  boot (&model, 0, 0);
  meet_collector (&model);
  run_for (&model, 10 * HOUR);
  for (guint i = 0; i < 10; i++) {
    boot (&model, 14 * HOUR - MINUTE, 0);
    run_for (&model, 5 * HOUR);
    made[i] = make (&model);
    run_for (&model, 5 * HOUR);
  }
  boot (&model, 14 * HOUR - MINUTE, 0);
  meet_collector (&model);
  for (guint i = 0; i < 10; i++)
    assert_time (&model, &made[i], SOBAN_TIME_BETWEEN, 5 * MINUTE);
}

static void
test_what_was_made_in_one_boot_keeps_its_distances (void)
{
  g_auto (Model) model = model_new ();
  gint64 first_ms, second_ms;
  Made first, second;

  boot (&model, 0, 0);
  meet_collector (&model);
  boot (&model, 50 * HOUR, 0);
  first = make (&model);
  run_for (&model, 3 * HOUR);
  second = make (&model);
  boot (&model, 9 * HOUR, 0);
  meet_collector (&model);
  soban_clock_evidence_correct (model.evidence, first.number, first.wall_ms, first.boottime_ms, &first_ms);
  soban_clock_evidence_correct (model.evidence, second.number, second.wall_ms, second.boottime_ms, &second_ms);
  g_assert_cmpint (second_ms - first_ms, ==, 3 * HOUR);
}

/* The network sets the clock at each sync, so that it is right at both anchors; in between it is 1970. */
static void
test_a_clock_that_is_right_only_at_the_anchors_is_not_believed (void)
{
  g_auto (Model) model = model_new ();
  Made made;

  boot (&model, 0, BEGIN_MS);
  meet_collector (&model);
  run_for (&model, 10 * HOUR);
  boot (&model, 14 * HOUR, 0);
  run_for (&model, 5 * HOUR);
  made = make (&model);
  run_for (&model, 5 * HOUR);
  boot (&model, 14 * HOUR, model.now_ms + 14 * HOUR);
  meet_collector (&model);
  assert_time (&model, &made, SOBAN_TIME_BETWEEN, HOUR);
}

/* Somebody sets a clock of 2035 right on the third day. */
/* Right at each boot, and then it stands: its offset is the same at both anchors, and it says nothing. */
static void
test_a_clock_that_stands_still_is_not_believed (void)
{
  g_auto (Model) model = model_new ();
  Made made;

  boot (&model, 0, BEGIN_MS);
  meet_collector (&model);
  boot (&model, 3 * HOUR, model.now_ms + 3 * HOUR);
  run_for (&model, 8 * HOUR);
  made = make (&model);
  made.wall_ms -= 8 * HOUR;
  boot (&model, 2 * HOUR, model.now_ms + 2 * HOUR);
  meet_collector (&model);
  assert_time (&model, &made, SOBAN_TIME_BETWEEN, 3 * HOUR);
}

static void
test_a_step_of_the_clock_is_taken_for_what_it_was (void)
{
  g_auto (Model) model = model_new ();
  Made made[6];

  boot (&model, 0, BEGIN_MS + 9 * YEAR);
  meet_collector (&model);
  for (guint i = 0; i < 6; i++) {
    run_for (&model, 4 * HOUR);
    boot (&model, (1 + 5 * (i % 3)) * HOUR, model.now_ms + (1 + 5 * (i % 3)) * HOUR + (i < 3 ? 9 * YEAR : 0));
    made[i] = make (&model);
  }
  run_for (&model, 4 * HOUR);
  boot (&model, 9 * HOUR, model.now_ms + 9 * HOUR);
  meet_collector (&model);
  for (guint i = 0; i < 6; i++)
    assert_time (&model, &made[i], SOBAN_TIME_BETWEEN, MINUTE);
}

static void
test_a_jumping_clock_stays_between_the_anchors (void)
{
  for (guint round = 0; round < 300; round++) {
    g_auto (Model) model = model_new ();
    gint64 first_ms, last_ms, previous_ms;
    Made made[8];

    boot (&model, 0, g_test_rand_int_range (0, 4000) * HOUR);
    meet_collector (&model);
    first_ms = previous_ms = model.now_ms;
    for (guint i = 0; i < 8; i++) {
      run_for (&model, HOUR);
      boot (&model, g_test_rand_int_range (1, 30) * HOUR, model.now_ms + g_test_rand_int_range (-3000, 3000) * HOUR);
      run_for (&model, HOUR);
      made[i] = make (&model);
    }
    boot (&model, HOUR, 0);
    last_ms = model.now_ms;
    meet_collector (&model);
    for (guint i = 0; i < 8; i++) {
      gint64 ms;

      soban_clock_evidence_correct (model.evidence, made[i].number, made[i].wall_ms, made[i].boottime_ms, &ms);
      g_assert_cmpint (ms, >=, first_ms);
      g_assert_cmpint (ms, <=, last_ms);
      /* What has certainly run has run. */
      g_assert_cmpint (ms, >=, previous_ms);
      previous_ms = first_ms + (i + 1) * 2 * HOUR;
    }
  }
}

static void
test_before_the_first_anchor (void)
{
  g_auto (Model) right = model_new ();
  g_auto (Model) dead = model_new ();
  Made by_right, by_dead;

  boot (&right, 0, BEGIN_MS + 3 * MINUTE);
  by_right = make (&right);
  run_for (&right, HOUR);
  boot (&right, 20 * DAY, right.now_ms + 20 * DAY + 3 * MINUTE);
  meet_collector (&right);
  assert_time (&right, &by_right, SOBAN_TIME_BEFORE, 0);

  boot (&dead, 0, 0);
  by_dead = make (&dead);
  run_for (&dead, 2 * HOUR);
  boot (&dead, 20 * DAY, 0);
  run_for (&dead, HOUR);
  meet_collector (&dead);
  /* Nobody knows for how long it was off: it is told as at least as old as it has run. */
  assert_time (&dead, &by_dead, SOBAN_TIME_BEFORE, 20 * DAY + MINUTE);
}

static void
test_after_the_last_anchor (void)
{
  g_auto (Model) right = model_new ();
  g_auto (Model) dead = model_new ();
  Made by_right, by_dead;

  boot (&right, 0, BEGIN_MS + 9 * YEAR);
  meet_collector (&right);
  boot (&right, 20 * DAY, right.now_ms + 20 * DAY + 9 * YEAR);
  by_right = make (&right);
  assert_time (&right, &by_right, SOBAN_TIME_AFTER, 0);

  boot (&dead, 0, 0);
  meet_collector (&dead);
  run_for (&dead, 5 * HOUR);
  boot (&dead, 10 * HOUR, 0);
  run_for (&dead, HOUR);
  by_dead = make (&dead);
  assert_time (&dead, &by_dead, SOBAN_TIME_AFTER, 10 * HOUR);
}

static void
test_the_present_by_a_tablet_itself (void)
{
  g_auto (Model) model = model_new ();

  boot (&model, 0, BEGIN_MS + 9 * YEAR);
  run_for (&model, HOUR);
  meet_collector (&model);
  run_for (&model, HOUR);
  g_assert_cmpint (soban_clock_evidence_estimate_now (model.evidence, get_wall (&model), get_boottime (&model)), ==, model.now_ms);
  /* Off for a week with a good battery ... */
  boot (&model, 7 * DAY, model.now_ms + 7 * DAY + 9 * YEAR);
  run_for (&model, HOUR);
  g_assert_cmpint (soban_clock_evidence_estimate_now (model.evidence, get_wall (&model), get_boottime (&model)), ==, model.now_ms);
  /* ... and then without: what has certainly run. */
  boot (&model, 7 * DAY, 0);
  run_for (&model, HOUR);
  g_assert_cmpint (soban_clock_evidence_estimate_now (model.evidence, get_wall (&model), get_boottime (&model)), ==,
                   BEGIN_MS + 4 * HOUR + 3 * MINUTE);
}

/* What a tablet gives as provisional is what the collector makes of it afterwards: nothing is to be told. */
static void
test_the_estimate_is_what_the_collector_finds (void)
{
  g_auto (Model) model = model_new ();
  Made made[6];
  gint64 estimates[6];

  boot (&model, 0, BEGIN_MS + 77 * DAY);
  meet_collector (&model);
  for (guint i = 0; i < 6; i++) {
    if (i % 2 == 0)
      boot (&model, 9 * HOUR, model.now_ms + 9 * HOUR + 77 * DAY);
    run_for (&model, HOUR);
    made[i] = make (&model);
    estimates[i] = soban_clock_evidence_estimate_now (model.evidence, made[i].wall_ms, made[i].boottime_ms);
  }
  boot (&model, 9 * HOUR, model.now_ms + 9 * HOUR + 77 * DAY + MINUTE);
  meet_collector (&model);
  for (guint i = 0; i < 6; i++) {
    gint64 ms;

    soban_clock_evidence_correct (model.evidence, made[i].number, made[i].wall_ms, made[i].boottime_ms, &ms);
    g_assert_cmpint (ms, ==, estimates[i]);
  }
}

static void
test_evidence_that_begins_after_the_change (void)
{
  g_auto (Model) model = model_new ();
  gint64 ms;

  model.number = 10;
  boot (&model, 0, 0);
  run_for (&model, HOUR);
  meet_collector (&model);
  g_assert_cmpint (soban_clock_evidence_correct (model.evidence, 3, 1000, 1000, &ms), ==, SOBAN_TIME_BEFORE);
  g_assert_cmpint (ms, ==, BEGIN_MS);
}

static gint64
draw_reading (void)
{
  switch (g_test_rand_int_range (0, 8)) {
  case 0:
    return G_MININT64;
  case 1:
    return G_MAXINT64;
  case 2:
    return g_test_rand_int_range (-3, 3);
  case 3:
    return (gint64) ((guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ());
  default:
    return BEGIN_MS + g_test_rand_int_range (-1000, 1000) * HOUR;
  }
}

static void
test_garbage_is_answered (void)
{
  for (guint round = 0; round < 20000; round++) {
    g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_new (1, 1);
    gint64 ms = 0;
    SobanTimeQuality quality;

    for (gint n = g_test_rand_int_range (0, 6); n > 0; n--) {
      SobanBoot told = { draw_reading (), draw_reading (), draw_reading (), draw_reading () };

      g_array_append_val (evidence->boots, told);
    }
    for (gint n = g_test_rand_int_range (0, 6); n > 0; n--) {
      SobanAnchor anchor = { g_test_rand_int_range (0, 8), draw_reading (), draw_reading (), draw_reading () };

      if (g_test_rand_int_range (0, 9) == 0)
        anchor.boot = G_MAXUINT;
      g_array_append_val (evidence->anchors, anchor);
    }
    quality = soban_clock_evidence_correct (evidence, draw_reading (), draw_reading (), draw_reading (), &ms);
    g_assert_cmpint (quality, <=, SOBAN_TIME_BEFORE);
    soban_clock_evidence_estimate_now (evidence, draw_reading (), draw_reading ());
  }
}

/* Invariant 5: as many readings as a frame may hold, and as many changes as a request. */
static void
test_much_evidence_is_read_in_time (void)
{
  g_auto (Model) model = model_new ();
  gint64 started_us, took_us, ms;

  for (guint i = 0; i < SOBAN_EVIDENCE_READINGS_MAX; i++) {
    boot (&model, HOUR, 0);
    model.number++;
    if (i % 2 == 0)
      meet_collector (&model);
  }
  started_us = g_get_monotonic_time ();
  for (guint i = 0; i < 500; i++)
    soban_clock_evidence_correct (model.evidence, 1 + i * 40, 1000, HOUR, &ms);
  took_us = g_get_monotonic_time () - started_us;
  g_test_message ("%.1f us a change", took_us / 500.0);
  g_assert_cmpint (took_us, <, 500 * 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/log/clock-evidence/" #name, test_##name)
  ADD (nothing_known_is_raw);
  ADD (same_boot_is_counted_from_the_anchor);
  ADD (a_steady_clock_in_2035_is_exact);
  ADD (a_dead_battery_keeps_days_apart);
  ADD (what_was_made_in_one_boot_keeps_its_distances);
  ADD (a_clock_that_is_right_only_at_the_anchors_is_not_believed);
  ADD (a_clock_that_stands_still_is_not_believed);
  ADD (a_step_of_the_clock_is_taken_for_what_it_was);
  ADD (a_jumping_clock_stays_between_the_anchors);
  ADD (before_the_first_anchor);
  ADD (after_the_last_anchor);
  ADD (the_present_by_a_tablet_itself);
  ADD (the_estimate_is_what_the_collector_finds);
  ADD (evidence_that_begins_after_the_change);
  ADD (garbage_is_answered);
  ADD (much_evidence_is_read_in_time);
#undef ADD
  return g_test_run ();
}
