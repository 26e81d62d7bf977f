/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <string.h>

#include "breach.h"
#include "change-key.h"
#include "dice.h"
#include "misfortune.h"
#include "script.h"
#include "stick.h"

#define BEGIN_MS G_GINT64_CONSTANT (1767225600000) /* 2026-01-01 */

/* Each tablet has some of the scopes, each scope some tablet. */
static GPtrArray *
draw_scopes (World *world, guint tablet)
{
  GPtrArray *scopes = g_ptr_array_new ();

  for (guint i = 0; i < world->scopes->len; i++) {
    if (i == tablet % world->scopes->len || dice_chance (world->dice, 60))
      g_ptr_array_add (scopes, g_ptr_array_index (world->scopes, i));
  }
  return scopes;
}

#define ON_HOURS_LEAST 3
#define ON_HOURS_MOST 14

void
world_power_on (World *world, Tablet *tablet)
{
  wall_clock_boot (&tablet->clock, world->now_ms, world->dice);
  if (world->plan.nights)
    tablet->clock.off_at_ms =
        world->now_ms + g_rand_int_range (world->dice, ON_HOURS_LEAST * 60, ON_HOURS_MOST * 60) * MINUTE_MS;
  tablet_write (tablet, disk_write_new (DISK_WRITE_BOOT, tablet_read_clock (tablet, world->now_ms)));
}

static void
add_tablet (World *world, guint i)
{
  g_autoptr (GPtrArray) scopes = draw_scopes (world, i);
  Tablet *tablet = tablet_new (100 + i, (guint64) g_rand_int (world->dice) << 32 | g_rand_int (world->dice), scopes,
                               world->plan.clocks[i], world->dice);

  tablet->old = world->plan.old[i];
  tablet->raw_stamps = world->plan.raw_stamps[i];
  tablet->ignores_adjustments = world->plan.sabotage == SABOTAGE_IGNORED_ADJUSTMENTS && i == 0;
  tablet->ignores_digests = world->plan.sabotage == SABOTAGE_IGNORED_DIGESTS;
  tablet->drops_forks = world->plan.sabotage == SABOTAGE_DROPPED_FORK;
  world_power_on (world, tablet);
  g_ptr_array_add (world->tablets, tablet);
  collector_enrol (world->collector, tablet->device, scopes);
}

World *
world_new (guint64 seed, const Plan *plan)
{
  World *world = g_new0 (World, 1);

  world->seed = seed;
  world->plan = *plan;
  world->dice = dice_new (seed);
  world->mishaps = dice_new (~seed);
  world->now_ms = BEGIN_MS;
  world->scopes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < plan->scopes; i++)
    g_ptr_array_add (world->scopes, g_strdup_printf ("%05u@2025-07-01", 2947 + i));
  world->collector = collector_new (plan->page, world->tally.marks);
  world->ledger = ledger_new ();
  world->ledger->timely = !plan->faulty || plan->good_link;
  schedule_init (&world->schedule);
  world->network = (Network){
    .dice = world->dice, .schedule = &world->schedule, .faulty = plan->faulty && !plan->good_link, .marks = world->tally.marks
  };
  world->tablets = g_ptr_array_new_with_free_func ((GDestroyNotify) tablet_free);
  for (guint i = 0; i < plan->tablets; i++)
    add_tablet (world, i);
  return world;
}

void
world_free (World *world)
{
  schedule_clear (&world->schedule);
  ledger_free (world->ledger);
  memory_store_free (world->copy);
  collector_free (world->collector);
  g_ptr_array_unref (world->tablets);
  g_ptr_array_unref (world->scopes);
  g_rand_free (world->dice);
  g_rand_free (world->mishaps);
  g_free (world);
}

static Tablet *
get_tablet (World *world, guint index)
{
  return g_ptr_array_index (world->tablets, index);
}

/* ---- an edit ---- */

/* What a person has just written is what the tablet shows: its clock has seen what it has pulled. */
static gboolean
check_shown (const Tablet *tablet, const SobanChange *change, GError **error)
{
  const TabletRecord *record = tablet_find (tablet, &change->record);

  if (tablet->raw_stamps)
    return TRUE;
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (record->state, assignment->path);

    if (winner == NULL || !change_key_equal (&winner->id, &change->id))
      return breach (error, "device %u does not show what was just written to %s", tablet->device, assignment->path);
  }
  return TRUE;
}

G_STATIC_ASSERT (MARK_CLOCK_SET - MARK_CLOCK_RIGHT == WALL_CLOCK_SET);

static void
mark_save (World *world, const Tablet *tablet, const SobanChange *change)
{
  guint64 *marks = world->tally.marks;
  const TabletRecord *record = tablet_find (tablet, &change->record);
  const SobanAssignment *first = g_ptr_array_index (change->assignments, 0);
  gboolean newer = FALSE;

  for (guint i = 0; record != NULL && i < record->entries->len; i++)
    newer = newer || strcmp (((LogEntry *) g_ptr_array_index (record->entries, i))->change->form_version, change->form_version) > 0;
  marks[MARK_CLOCK_RIGHT + tablet->clock.kind]++;
  marks[MARK_RAW_STAMP] += tablet->raw_stamps;
  marks[MARK_UNKNOWN_FORM] += g_str_equal (change->form, SCRIPT_UNKNOWN_FORM);
  marks[MARK_OLDER_FORM] += newer;
  if (g_str_equal (first->path, SOBAN_FIELD_DELETED))
    marks[g_strcmp0 (first->value, "1") == 0 ? MARK_DELETED : MARK_UNDELETED]++;
}

gboolean
world_save (World *world, guint index, SobanChange *change, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  const SobanChange *saved;
  SobanStamp hybrid;

  mark_save (world, tablet, change);
  saved = tablet_save (tablet, change, world->now_ms);
  hybrid = soban_hybrid_clock_tick (&tablet->plain, saved->wall_ms);
  ledger_add (world->ledger, saved, world->now_ms, hybrid);
  world->tally.changes++;
  return soban_change_check (saved, error) && check_shown (tablet, saved, error);
}

/* (transfer full) (element-type SobanChange): own changes without a receipt. */
static GPtrArray *
list_waiting (const Tablet *tablet)
{
  GPtrArray *waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);

  for (guint64 i = tablet->acked_number; i < tablet->own->len; i++)
    g_ptr_array_add (waiting, soban_change_copy (((LogEntry *) g_ptr_array_index (tablet->own, i))->change));
  return waiting;
}

static void
mark_lost (World *world, const Tablet *tablet, guint kept)
{
  static const Mark marks[] = {
    [DISK_WRITE_BOOT] = MARK_LOST_BOOT,
    [DISK_WRITE_SAVE] = MARK_LOST_SAVE,
    [DISK_WRITE_RESULT] = MARK_LOST_RESULT,
    [DISK_WRITE_EXCHANGE] = MARK_LOST_EXCHANGE,
    [DISK_WRITE_REPLACEMENT] = MARK_LOST_REPLACEMENT,
    [DISK_WRITE_RENEWAL] = MARK_LOST_RENEWAL,
  };

  for (guint i = tablet->synced + kept; i < tablet->disk->len; i++)
    world->tally.marks[marks[((const DiskWrite *) g_ptr_array_index (tablet->disk, i))->kind]]++;
}

/* What a crash takes had not left the tablet: nobody has made it. */
static void
crash (World *world, guint index)
{
  Tablet *tablet = get_tablet (world, index);
  const guint64 before = tablet_get_last_number (tablet);
  const guint kept = dice_roll (world->dice, tablet_count_unsynced (tablet) + 1);
  g_autoptr (GPtrArray) own = list_waiting (tablet);

  mark_lost (world, tablet, kept);
  tablet_crash (tablet, kept);
  for (guint i = 0; i < own->len; i++) {
    const SobanChange *change = g_ptr_array_index (own, i);

    if (!g_hash_table_contains (tablet->log, &change->id))
      ledger_forget (world->ledger, change);
  }
  tablet->awaited_round = 0;
  world->tally.crashes++;
  world->tally.lost_saves += before - MIN (before, tablet_get_last_number (tablet));
}

static gboolean
edit (World *world, guint index, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  SobanChange *change = script_draw_change (&world->plan, tablet, world->now_ms, (guint) world->tally.changes);

  if (!tablet_has_room (tablet, NULL)) {
    soban_change_free (change);
    world->tally.marks[MARK_FULL_SAVE]++;
    return TRUE;
  }
  if (!world_save (world, index, change, error))
    return FALSE;
  if (!world->plan.faulty || dice_chance (world->dice, 70))
    tablet_sync_disk (tablet);
  else if (dice_chance (world->dice, 10))
    crash (world, index);
  return TRUE;
}

/* People and power go on as long as the world has days. */
static void
plan_next (World *world, EventKind kind, guint index)
{
  const gint64 means[] = { world->plan.edit_every_ms, world->plan.sync_every_ms, DAY_MS,
                           world->plan.misfortune_every_ms, world->plan.stick_every_ms };
  const gint64 at_ms = world->now_ms + dice_span (world->dice, means[kind]);

  if (kind == EVENT_SYNC && index == 0 && world->plan.late)
    return;
  if (at_ms < world->end_ms)
    schedule_add (&world->schedule, at_ms, kind, index, 0, NULL, TRUE);
}

/* ---- disks ---- */

void
world_lose_disk (World *world, Tablet *tablet, GPtrArray *disk)
{
  g_autoptr (GPtrArray) waiting = list_waiting (tablet);

  tablet_set_disk (tablet, disk);
  tablet->awaited_round = 0;
  for (guint i = 0; i < waiting->len; i++) {
    const SobanChange *change = g_ptr_array_index (waiting, i);

    if (!g_hash_table_contains (tablet->log, &change->id))
      ledger_find (world->ledger, change)->save->endangered = TRUE;
  }
}

Tablet *
world_add_clone (World *world, const Tablet *original, WallClockKind clock)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();
  Tablet *clone;

  for (guint i = 0; i < original->cursors->len; i++)
    g_ptr_array_add (scopes, ((SobanScopeCursor *) g_ptr_array_index (original->cursors, i))->scope);
  clone = tablet_new (original->device, original->first_incarnation, scopes, clock, world->dice);
  clone->raw_stamps = original->raw_stamps;
  clone->drops_forks = original->drops_forks;
  clone->ignores_digests = original->ignores_digests;
  tablet_set_disk (clone, disk_copy (original->disk, original->synced));
  world_power_on (world, clone);
  g_ptr_array_add (world->tablets, clone);
  for (EventKind kind = EVENT_EDIT; kind <= EVENT_BOOT; kind++)
    plan_next (world, kind, world->tablets->len - 1);
  world->tally.clones++;
  world->tally.marks[MARK_CLONED]++;
  return clone;
}

/* ---- time ---- */

static gboolean
boot (World *world, guint index, GError **error)
{
  Tablet *tablet = get_tablet (world, index);

  if (world->plan.faulty && dice_chance (world->dice, 40)) {
    crash (world, index);
  } else {
    tablet_sync_disk (tablet);
    tablet_close_round (tablet);
    tablet->awaited_round = 0;
    tablet->forgetful = TRUE;
  }
  world_power_on (world, tablet);
  return TRUE;
}

/* Nobody works on a tablet that is off; its sync waits until it is on. */
static gboolean
is_off (World *world, const Event *event)
{
  const Tablet *tablet = get_tablet (world, event->tablet);

  if ((event->kind != EVENT_EDIT && event->kind != EVENT_SYNC && event->kind != EVENT_SYNC_AGAIN)
      || wall_clock_is_on (&tablet->clock, world->now_ms))
    return FALSE;
  if (event->kind != EVENT_EDIT && world->now_ms < world->end_ms)
    schedule_add (&world->schedule, world->now_ms + HOUR_MS, EVENT_SYNC_AGAIN, event->tablet, 0, NULL, TRUE);
  return TRUE;
}

static gboolean
do_event (World *world, const Event *event, GError **error)
{
  Tablet *tablet = get_tablet (world, event->tablet);
  const gboolean awaited = event->round != 0 && tablet->awaited_round == event->round;

  switch (event->kind) {
  case EVENT_EDIT:
    return edit (world, event->tablet, error);
  case EVENT_SYNC_AGAIN:
  case EVENT_SYNC:
    tablet_begin_sync (tablet);
    return world_begin_round (world, event->tablet, error);
  case EVENT_BOOT:
    return boot (world, event->tablet, error);
  case EVENT_MISFORTUNE:
    return misfortune_strike (world, error);
  case EVENT_STICK:
    return stick_strike (world, error);
  case EVENT_STICK_UP:
    return stick_reach_collector (world, event, error);
  case EVENT_STICK_DOWN:
    return stick_reach_tablet (world, event, error);
  case EVENT_REQUEST:
    return world_take_request (world, event, error);
  case EVENT_ANSWER:
    return !awaited || world_take_answer (world, event, error);
  case EVENT_BROKEN:
    if (awaited) {
      tablet_break_round (tablet);
      tablet->awaited_round = 0;
      world->tally.broken_rounds++;
    }
    return TRUE;
  default:
    g_assert_not_reached ();
  }
}

#define MISHAP_PERCENT 5
#define FULL_ANSWER_PERCENT 12
#define RARE_MISHAP_PERCENT 60 /* of what seldom happens by itself */

static gboolean
is_rare (const Tablet *tablet)
{
  const DiskWrite *last = g_ptr_array_index (tablet->disk, tablet->disk->len - 1);

  return last->kind == DISK_WRITE_EXCHANGE || last->kind == DISK_WRITE_REPLACEMENT || last->kind == DISK_WRITE_RENEWAL;
}

void
world_sync_disk (World *world, Tablet *tablet)
{
  const gboolean soon = !world->plan.faulty || dice_chance (world->dice, 50);

  if (soon && !(world->plan.power_cuts && is_rare (tablet)))
    tablet_sync_disk (tablet);
}

gboolean
world_cut_power (World *world, guint index)
{
  Tablet *tablet = get_tablet (world, index);

  if (!world->plan.power_cuts || tablet_count_unsynced (tablet) == 0
      || !dice_chance (world->mishaps, is_rare (tablet) ? RARE_MISHAP_PERCENT : MISHAP_PERCENT))
    return FALSE;
  crash (world, index);
  world_power_on (world, tablet);
  return TRUE;
}

/* What an answer brings to a repair is the second write that it causes. */
static gint
draw_room (World *world, const Tablet *tablet, EventKind kind)
{
  const guint percent = kind == EVENT_ANSWER ? FULL_ANSWER_PERCENT : MISHAP_PERCENT;

  if (!world->plan.full_disks)
    return -1;
  if (tablet->repair != NULL && dice_chance (world->mishaps, RARE_MISHAP_PERCENT))
    return 1;
  return dice_chance (world->mishaps, percent) ? (gint) dice_roll (world->mishaps, 2) : -1;
}

/* What a tablet does may find the disk full, or fill it; before and after it the power may fail. */
static gboolean
happen (World *world, const Event *event, GError **error)
{
  Tablet *tablet = get_tablet (world, event->tablet);
  gboolean good;

  if (is_off (world, event))
    return TRUE;
  world_cut_power (world, event->tablet);
  tablet->writes_left = draw_room (world, tablet, event->kind);
  good = do_event (world, event, error);
  tablet->writes_left = -1;
  world_cut_power (world, event->tablet);
  return good;
}

static gboolean
run_days (World *world, GError **error)
{
  world->end_ms = world->now_ms + world->plan.days * DAY_MS;
  for (guint i = 0; i < world->tablets->len; i++) {
    for (EventKind kind = EVENT_EDIT; kind <= EVENT_BOOT; kind++)
      plan_next (world, kind, i);
  }
  if (world->plan.misfortune_every_ms > 0)
    plan_next (world, EVENT_MISFORTUNE, 0);
  if (world->plan.stick_every_ms > 0)
    plan_next (world, EVENT_STICK, 0);
  for (;;) {
    g_autoptr (Event) event = schedule_take (&world->schedule);

    if (event == NULL)
      return TRUE;
    world->step++;
    world->now_ms = MAX (world->now_ms, event->at_ms);
    if (!happen (world, event, error))
      return FALSE;
    if (event->kind <= EVENT_STICK)
      plan_next (world, event->kind, event->tablet);
  }
}

gboolean
world_run (World *world, GError **error)
{
  gboolean good = run_days (world, error) && world_come_to_rest (world, error);

  world->tally.worlds = 1;
  world->tally.device_days = (guint64) world->plan.tablets * world->plan.days;
  world->tally.steps = world->step;
  world->tally.restamped = world->collector->restamped;
  world->tally.faults = world->network.faults;
  if (!good)
    g_prefix_error (error, "seed %" G_GUINT64_FORMAT ", step %u: ", world->seed, world->step);
  return good;
}
