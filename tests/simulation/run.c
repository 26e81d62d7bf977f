/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tests/simulation/run [--days N] [--seed S] [--counts] [--verbose]
 *
 * World after world, each from the next seed, until N device-days have passed. Without --seed: the fixed seeds and then
 * a fresh one. Speaks TAP.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "comparison.h"
#include "dice.h"

#define DEVICE_DAYS 20000
#define CLOCK_WORLDS 40
#define LOST_PERCENT_MAX 2
#define SABOTAGED_WORLDS_MAX 60
#define MORE_SEEDS G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static const guint64 fixed_seeds[] = { 6000000, 8000000, 20261122 };

typedef struct {
  gboolean verbose, counts;
  int checks, failures;
  Marks marks;
} Run;

static void
report (Run *run, gboolean good, const char *name, const GError *problem)
{
  run->failures += !good;
  printf ("%sok %d - %s\n", good ? "" : "not ", ++run->checks, name);
  if (problem != NULL)
    printf ("# %s\n", problem->message);
  fflush (stdout);
}

static void
add_tally (Tally *sum, const Tally *one)
{
  for (Mark mark = 0; mark < MARK_KINDS; mark++)
    sum->marks[mark] += one->marks[mark];
  sum->worlds += one->worlds;
  sum->device_days += one->device_days;
  sum->steps += one->steps;
  sum->changes += one->changes;
  sum->rounds += one->rounds;
  sum->broken_rounds += one->broken_rounds;
  sum->restamped += one->restamped;
  sum->crashes += one->crashes;
  sum->lost_saves += one->lost_saves;
  sum->full_disks += one->full_disks;
  sum->faults += one->faults;
  sum->clones += one->clones;
  sum->restores += one->restores;
  sum->forks += one->forks;
  sum->gone_saves += one->gone_saves;
  sum->late_bases += one->late_bases;
}

static void
print_tally (const Tally *tally)
{
  printf ("# %" G_GUINT64_FORMAT " worlds, %" G_GUINT64_FORMAT " device-days, %" G_GUINT64_FORMAT
          " steps: %" G_GUINT64_FORMAT " changes, %" G_GUINT64_FORMAT " stamps changed, %" G_GUINT64_FORMAT
          " rounds, %" G_GUINT64_FORMAT " of them broken\n",
          tally->worlds, tally->device_days, tally->steps, tally->changes, tally->restamped, tally->rounds,
          tally->broken_rounds);
  printf ("# faults: %" G_GUINT64_FORMAT " of the network, %" G_GUINT64_FORMAT
          " crashes of tablets that took %" G_GUINT64_FORMAT " saves, %" G_GUINT64_FORMAT
          " full disks of the collector\n",
          tally->faults, tally->crashes, tally->lost_saves, tally->full_disks);
  printf ("# disks: %" G_GUINT64_FORMAT " copied, %" G_GUINT64_FORMAT " set back, which took %" G_GUINT64_FORMAT
          " saves; %" G_GUINT64_FORMAT " new incarnations; %" G_GUINT64_FORMAT
          " edits lost to a base that came later\n",
          tally->clones, tally->restores, tally->gone_saves, tally->forks, tally->late_bases);
}

static Plan
draw_plan (guint64 seed)
{
  g_autoptr (GRand) dice = dice_new (~seed);
  g_autoptr (GRand) more = dice_new (seed * MORE_SEEDS);
  Plan plan = plan_draw (dice);

  plan_draw_more (&plan, more);
  return plan;
}

static void
print_marks (const Run *run)
{
  for (Mark mark = 0; mark < MARK_KINDS; mark++)
    printf ("#   %-36s %8" G_GUINT64_FORMAT "\n", mark_name (mark), run->marks[mark]);
}

/* Rare things were come to, or nothing is proved of them. */
static void
report_marks (Run *run)
{
  gboolean all = TRUE;

  for (Mark mark = 0; mark < MARK_KINDS; mark++)
    all = all && run->marks[mark] > 0;
  print_marks (run);
  report (run, all, "the fixed seeds come to each rare thing", NULL);
}

static void
run_days (Run *run, const char *kind, guint64 seed, guint64 days)
{
  g_autofree char *name =
      g_strdup_printf ("%s seed %" G_GUINT64_FORMAT ": nothing lost, doubled or diverged", kind, seed);
  g_autoptr (GError) problem = NULL;
  Tally sum = { 0 };

  for (guint64 at = seed; sum.device_days < days && problem == NULL; at++) {
    const Plan plan = draw_plan (at);
    g_autoptr (World) world = world_new (at, &plan);

    if (run->verbose) {
      printf ("# world %" G_GUINT64_FORMAT "\n", at);
      fflush (stdout);
    }
    world_run (world, &problem);
    add_tally (&sum, &world->tally);
  }
  for (Mark mark = 0; mark < MARK_KINDS; mark++)
    run->marks[mark] += sum.marks[mark];
  report (run, problem == NULL, name, problem);
  if (problem != NULL)
    printf ("# again: tests/simulation/run --days 1 --seed SEED, with the seed of the line above\n");
  print_tally (&sum);
}

/* The checks find what they are there for. */
static void
run_sabotage (Run *run, Sabotage sabotage, const char *name)
{
  gboolean found = FALSE;

  for (guint64 seed = 1; seed <= SABOTAGED_WORLDS_MAX && !found; seed++) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (World) world = NULL;
    Plan plan = draw_plan (seed);

    plan.sabotage = sabotage;
    plan.faulty = TRUE;
    plan.misfortune_every_ms = DAY_MS;
    plan.clones = plan.restores = sabotage == SABOTAGE_DROPPED_FORK;
    plan.flips = sabotage == SABOTAGE_IGNORED_DIGESTS;
    plan.setbacks = plan.floors = FALSE;
    plan.clocks[0] = WALL_CLOCK_FUTURE;
    world = world_new (seed, &plan);
    found = !world_run (world, &problem);
    if (found)
      printf ("# %s\n", problem->message);
  }
  report (run, found, name, NULL);
}

static void
run_comparison (Run *run)
{
  const Plan plan = plan_clocks ();
  g_autoptr (GError) problem = NULL;
  Comparison comparison = { 0 };

  for (guint64 seed = 1; seed <= CLOCK_WORLDS && problem == NULL; seed++) {
    g_autoptr (World) world = world_new (seed, &plan);

    if (world_run (world, &problem))
      comparison_add (&comparison, world);
  }
  report (
      run, problem == NULL && comparison.lost[POLICY_EFFECTIVE] * 100 <= comparison.fields * LOST_PERCENT_MAX,
      "8 tablets, a quarter with dead clocks, an eighth in 2035: the truly last edit loses in at most 2 % of fields",
      problem);
  printf ("# of %u fields that two tablets or more have written, the truly last edit lost\n", comparison.fields);
  for (Policy policy = 0; policy < POLICY_KINDS; policy++)
    printf ("#   by %-17s %5.1f %%\n", policy_name (policy),
            100.0 * comparison.lost[policy] / MAX (comparison.fields, 1));
}

int
main (int argc, char **argv)
{
  gint64 days = 0, seed = -1;
  Run run = { 0 };
  const GOptionEntry entries[] = {
    { "days", 0, 0, G_OPTION_ARG_INT64, &days, "Device-days to simulate", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Seed of the first world", "S" },
    { "counts", 0, 0, G_OPTION_ARG_NONE, &run.counts, "Say how often each rare thing has come", NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &run.verbose, "Name each world before it runs", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- many tablets and a collector in virtual time");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  /* What deflate takes for each frame does not go back to the kernel each time. */
  mallopt (M_MMAP_THRESHOLD, 1 << 24);
  mallopt (M_TRIM_THRESHOLD, 1 << 26);
  if (seed >= 0 || days > 0) {
    run_days (&run, "from", seed >= 0 ? (guint64) seed : g_random_int (), days > 0 ? (guint64) days : DEVICE_DAYS);
    if (run.counts)
      print_marks (&run);
  } else {
    for (guint i = 0; i < G_N_ELEMENTS (fixed_seeds); i++)
      run_days (&run, "fixed", fixed_seeds[i], DEVICE_DAYS / 4);
    report_marks (&run);
    run_days (&run, "fresh", g_random_int (), DEVICE_DAYS / 4);
    run_sabotage (&run, SABOTAGE_LOST_WRITE, "a collector that loses a write is found");
    run_sabotage (&run, SABOTAGE_IGNORED_ADJUSTMENTS, "a tablet that keeps its own stamps is found");
    run_sabotage (&run, SABOTAGE_EARLY_NUMBERS, "a tablet that sends what is not on its disk is found");
    run_sabotage (&run, SABOTAGE_DROPPED_FORK, "a tablet that drops what a fork left over is found");
    run_sabotage (&run, SABOTAGE_IGNORED_DIGESTS, "a tablet that does not see that its records are spoilt is found");
    run_comparison (&run);
  }
  printf ("1..%d\n", run.checks);
  return run.failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
