/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include "base/error.h"
#include "base/limits.h"
#include "breach.h"
#include "change-key.h"
#include "dice.h"
#include "script.h"

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

static void
add_tablet (World *world, guint i)
{
  g_autoptr (GPtrArray) scopes = draw_scopes (world, i);
  guint64 incarnation = (guint64) g_rand_int (world->dice) << 32 | g_rand_int (world->dice);
  Tablet *tablet = tablet_new (100 + i, incarnation, scopes, world->plan.clocks[i], world->dice);

  wall_clock_boot (&tablet->clock, world->now_ms, world->dice);
  tablet->ignores_adjustments = world->plan.sabotage == SABOTAGE_IGNORED_ADJUSTMENTS && i == 0;
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
  world->now_ms = BEGIN_MS;
  world->scopes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < plan->scopes; i++)
    g_ptr_array_add (world->scopes, g_strdup_printf ("%05u@2025-07-01", 2947 + i));
  world->collector = collector_new (plan->page);
  world->ledger = ledger_new ();
  schedule_init (&world->schedule);
  world->network = (Network) { world->dice, &world->schedule, plan->faulty, 0 };
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
  collector_free (world->collector);
  g_ptr_array_unref (world->tablets);
  g_ptr_array_unref (world->scopes);
  g_rand_free (world->dice);
  g_free (world);
}

static Tablet *
get_tablet (World *world, guint index)
{
  return g_ptr_array_index (world->tablets, index);
}

/* ---- an edit ---- */

/* What a person has just written is what the tablet shows. */
static gboolean
check_shown (const Tablet *tablet, const SobanChange *change, GError **error)
{
  const TabletRecord *record = tablet_find (tablet, &change->record);

  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    const SobanWriteKey *winner = soban_record_state_get_winner (record->state, assignment->path);

    if (winner == NULL || !change_key_equal (&winner->id, &change->id))
      return breach (error, "device %u does not show what was just written to %s", tablet->device, assignment->path);
  }
  return TRUE;
}

gboolean
world_save (World *world, guint index, SobanChange *change, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  const SobanChange *saved;
  SobanStamp hybrid;

  saved = tablet_save (tablet, change, world->now_ms);
  hybrid = soban_hybrid_clock_tick (&world->hybrids[index], saved->wall_ms);
  ledger_add (world->ledger, saved, world->now_ms, hybrid);
  world->tally.changes++;
  return soban_change_check (saved, error) && check_shown (tablet, saved, error);
}

static void
crash (World *world, guint index)
{
  Tablet *tablet = get_tablet (world, index);
  const guint64 before = tablet_get_last_number (tablet);

  tablet_crash (tablet, dice_roll (world->dice, tablet_count_unsynced (tablet) + 1));
  ledger_forget_lost (world->ledger, tablet);
  world->rounds[index] = 0;
  world->tally.crashes++;
  world->tally.lost_saves += before - tablet_get_last_number (tablet);
}

static gboolean
edit (World *world, guint index, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  SobanChange *change = script_draw_change (&world->plan, tablet, world->now_ms, (guint) world->tally.changes);

  if (!world_save (world, index, change, error))
    return FALSE;
  if (!world->plan.faulty || dice_chance (world->dice, 70))
    tablet_sync_disk (tablet);
  else if (dice_chance (world->dice, 10))
    crash (world, index);
  return TRUE;
}

/* ---- a round ---- */

static gboolean
begin_round (World *world, guint index, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  const guint synced = tablet->synced;
  g_autoptr (GBytes) request = NULL;

  if (tablet->round != NULL)
    return TRUE;
  request = tablet_begin_round (tablet, world->now_ms, 1 + dice_roll (world->dice, world->plan.request_max), error);
  if (request == NULL)
    return FALSE;
  if (world->plan.sabotage == SABOTAGE_EARLY_NUMBERS)
    tablet->synced = synced;
  world->rounds[index] = ++world->last_round;
  world->tally.rounds++;
  network_send_request (&world->network, world->now_ms, index, world->last_round, request);
  return TRUE;
}

/* Every fiftieth request of a faulty world finds the disk full, every hundredth a collector that has just started. */
static void
draw_collector_faults (World *world)
{
  if (!world->plan.faulty)
    return;
  if (dice_chance (world->dice, 2)) {
    world->collector->fail_after = (gint) dice_roll (world->dice, 12);
    world->tally.full_disks++;
  }
  if (dice_chance (world->dice, 1))
    collector_restart (world->collector);
  if (world->plan.sabotage == SABOTAGE_LOST_WRITE && dice_chance (world->dice, 10))
    memory_store_lose_one (world->collector->store);
}

/* The collector's own clock steps back now and then, by less than an hour. */
static gint64
read_collector_clock (World *world)
{
  return world->now_ms - (world->plan.faulty && dice_chance (world->dice, 10) ? dice_roll (world->dice, 50) * MINUTE_MS : 0);
}

static gboolean
receive (World *world, GBytes *request, GBytes **ret_answer, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (request, &length);

  return collector_receive (world->collector, read_collector_clock (world), data, length, ret_answer, error)
         && ledger_check_admitted (world->ledger, world->collector, world->now_ms, error);
}

static gboolean
take_request (World *world, const Event *event, GError **error)
{
  g_autoptr (GBytes) answer = NULL;

  draw_collector_faults (world);
  if (!receive (world, event->bytes, &answer, error))
    return FALSE;
  if (answer == NULL && event->intact)
    return breach (error, "the collector did not answer a whole request");
  network_send_answer (&world->network, world->now_ms, event->tablet, event->round, answer);
  return TRUE;
}

/* The record of each change that came: is its state what the tablet's own log gives? */
static gboolean
check_records (const Tablet *tablet, GHashTable *touched, GError **error)
{
  g_autofree char *who = g_strdup_printf ("device %u", tablet->device);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const TabletRecord *record = key;
    g_autoptr (Reference) reference = reference_new ();

    for (guint i = 0; i < record->entries->len; i++) {
      const LogEntry *entry = g_ptr_array_index (record->entries, i);

      reference_add (reference, entry->change, entry->stamp);
    }
    if (!reference_check (reference, &record->id, record->state, who, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
world_check_result (World *world, guint index, const TabletResult *result, guint64 acked_before, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  g_autoptr (GHashTable) touched = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < result->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (result->changes, i);
    const LedgerEntry *entry = ledger_find (world->ledger, &item->change->id);

    if (entry == NULL || entry->stored == NULL || entry->stored->scope_number != item->scope_number
        || entry->stored->change->stamp != item->change->stamp)
      return breach (error, "device %u pulled a change that is not in the log like this", tablet->device);
    soban_hybrid_clock_observe (&world->hybrids[index], entry->hybrid);
    g_hash_table_add (touched, tablet_find (tablet, &item->change->record));
  }
  for (guint64 number = acked_before + 1; number <= tablet->acked_number; number++)
    g_hash_table_add (touched, tablet_find (tablet, &((LogEntry *) g_ptr_array_index (tablet->own, number - 1))->change->record));
  if (result->go_on && !result->progress)
    return breach (error, "device %u has something left to do, but the round made no progress", tablet->device);
  return check_records (tablet, touched, error) && ledger_check_acknowledged (world->ledger, tablet, acked_before, error);
}

static gboolean
take_answer (World *world, const Event *event, GError **error)
{
  Tablet *tablet = get_tablet (world, event->tablet);
  const guint64 acked = tablet->acked_number;
  g_autoptr (GError) problem = NULL;
  TabletResult result;
  gsize length;
  const guint8 *data = g_bytes_get_data (event->bytes, &length);

  world->rounds[event->tablet] = 0;
  if (!tablet_take_answer (tablet, data, length, &result, &problem)) {
    world->tally.broken_rounds++;
    if (!event->intact || g_error_matches (problem, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER))
      return TRUE;
    return breach (error, "device %u does not accept a whole answer: %s", tablet->device, problem->message);
  }
  if (!event->intact)
    return breach (error, "device %u has accepted a damaged answer", tablet->device);
  if (!world_check_result (world, event->tablet, &result, acked, error))
    return FALSE;
  if (!world->plan.faulty || dice_chance (world->dice, 50))
    tablet_sync_disk (tablet);
  return !result.go_on || begin_round (world, event->tablet, error);
}

gboolean
world_exchange (World *world, guint index, gboolean lose_answer, TabletResult *ret_result, GError **error)
{
  Tablet *tablet = get_tablet (world, index);
  const guint64 acked = tablet->acked_number;
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) answer = NULL;
  gsize length;
  const guint8 *data;

  world->now_ms += 1000;
  world->tally.rounds++;
  request = tablet_begin_round (tablet, world->now_ms, SOBAN_REQUEST_CHANGES_MAX, error);
  if (request == NULL || !receive (world, request, &answer, error))
    return FALSE;
  if (lose_answer) {
    tablet_close_round (tablet);
    return TRUE;
  }
  data = g_bytes_get_data (answer, &length);
  return tablet_take_answer (tablet, data, length, ret_result, error)
         && world_check_result (world, index, ret_result, acked, error);
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
    world->rounds[index] = 0;
  }
  wall_clock_boot (&tablet->clock, world->now_ms, world->dice);
  return TRUE;
}

static gboolean
happen (World *world, const Event *event, GError **error)
{
  const gboolean awaited = event->round != 0 && world->rounds[event->tablet] == event->round;

  switch (event->kind) {
  case EVENT_EDIT:
    return edit (world, event->tablet, error);
  case EVENT_SYNC:
    return begin_round (world, event->tablet, error);
  case EVENT_BOOT:
    return boot (world, event->tablet, error);
  case EVENT_REQUEST:
    return take_request (world, event, error);
  case EVENT_ANSWER:
    return !awaited || take_answer (world, event, error);
  case EVENT_BROKEN:
    if (awaited) {
      tablet_close_round (get_tablet (world, event->tablet));
      world->rounds[event->tablet] = 0;
      world->tally.broken_rounds++;
    }
    return TRUE;
  default:
    g_assert_not_reached ();
  }
}

/* People and power go on as long as the world has days. */
static void
plan_next (World *world, EventKind kind, guint index, gint64 end_ms)
{
  const gint64 means[] = { world->plan.edit_every_ms, world->plan.sync_every_ms, DAY_MS };
  const gint64 at_ms = world->now_ms + dice_span (world->dice, means[kind]);

  if (kind <= EVENT_BOOT && at_ms < end_ms)
    schedule_add (&world->schedule, at_ms, kind, index, 0, NULL, TRUE);
}

static gboolean
run_days (World *world, GError **error)
{
  const gint64 end_ms = world->now_ms + world->plan.days * DAY_MS;

  for (guint i = 0; i < world->tablets->len; i++) {
    for (EventKind kind = EVENT_EDIT; kind <= EVENT_BOOT; kind++)
      plan_next (world, kind, i, end_ms);
  }
  for (;;) {
    g_autoptr (Event) event = schedule_take (&world->schedule);

    if (event == NULL)
      return TRUE;
    world->step++;
    world->now_ms = MAX (world->now_ms, event->at_ms);
    if (!happen (world, event, error))
      return FALSE;
    if (event->kind <= EVENT_BOOT)
      plan_next (world, event->kind, event->tablet, end_ms);
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
