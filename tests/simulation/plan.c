/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include "dice.h"

Plan
plan_draw (GRand *dice)
{
  static const guint pages[] = { 2, 7, 40, 5000 };
  static const guint requests[] = { 1, 4, 30, 5000 };
  const gboolean nobody_knows = dice_chance (dice, 20);
  Plan plan = {
    .tablets = 2 + dice_roll (dice, PLAN_TABLETS_MAX - 1),
    .scopes = 1 + dice_roll (dice, 3),
    .days = 10 + dice_roll (dice, 50),
    .edit_every_ms = dice_span (dice, 16 * HOUR_MS),
    .sync_every_ms = dice_span (dice, 36 * HOUR_MS),
    .records = nobody_knows ? 2 : 3 + dice_roll (dice, 40),
    .paths = 1 + dice_roll (dice, 8),
    .page = pages[dice_roll (dice, G_N_ELEMENTS (pages))],
    .request_max = requests[dice_roll (dice, G_N_ELEMENTS (requests))],
    .faulty = !dice_chance (dice, 10),
    .late = dice_chance (dice, 15),
    .nights = dice_chance (dice, 50),
  };

  if (dice_chance (dice, 70)) {
    plan.misfortune_every_ms = dice_span (dice, 2 * DAY_MS);
    plan.clones = dice_chance (dice, 50);
    plan.restores = dice_chance (dice, 50);
    plan.setbacks = dice_chance (dice, 25);
    plan.flips = dice_chance (dice, 25);
    plan.floors = dice_chance (dice, 50);
  }
  plan.stick_every_ms = dice_chance (dice, 40) ? dice_span (dice, 2 * DAY_MS) : 0;
  for (guint i = 0; i < PLAN_TABLETS_MAX; i++) {
    plan.clocks[i] = dice_chance (dice, 40) ? WALL_CLOCK_RIGHT : dice_roll (dice, WALL_CLOCK_KINDS);
    plan.raw_stamps[i] = dice_chance (dice, 25);
    plan.old[i] = plan.stick_every_ms == 0 && !plan.clones && !plan.restores && !plan.setbacks && !plan.flips
                  && dice_chance (dice, 15);
  }
  /* Nobody knows the time: stamps begin at the programme's first day and are often equal; few records, so that
     two people meet in a field. */
  for (guint i = 0; nobody_knows && i < PLAN_TABLETS_MAX; i++) {
    plan.clocks[i] = WALL_CLOCK_DEAD;
    plan.raw_stamps[i] = TRUE;
  }
  return plan;
}

static gboolean
has_old (const Plan *plan)
{
  for (guint i = 0; i < PLAN_TABLETS_MAX; i++) {
    if (plan->old[i])
      return TRUE;
  }
  return FALSE;
}

void
plan_draw_more (Plan *plan, GRand *dice)
{
  const gboolean heals = plan->misfortune_every_ms > 0 && !has_old (plan);

  plan->flips = plan->flips || (heals && dice_chance (dice, 40));
  plan->setbacks = plan->setbacks || (heals && dice_chance (dice, 25));
  plan->full_disks = plan->faulty && dice_chance (dice, 40);
  plan->power_cuts = plan->faulty && dice_chance (dice, 50);
  plan->good_link = dice_chance (dice, 25);
  for (guint i = 0; i < PLAN_TABLETS_MAX; i++) {
    if (!plan->raw_stamps[i] && dice_chance (dice, 10))
      plan->clocks[i] = WALL_CLOCK_SET;
  }
}

Plan
plan_clocks (void)
{
  return (Plan){
    .tablets = 8,
    .scopes = 1,
    .days = 60,
    .edit_every_ms = 4 * HOUR_MS,
    .sync_every_ms = 5 * DAY_MS,
    .nights = TRUE,
    .records = 40,
    .paths = 3,
    .page = 5000,
    .request_max = 5000,
    .clocks = { WALL_CLOCK_DEAD, WALL_CLOCK_DEAD, WALL_CLOCK_FUTURE },
  };
}
