/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round of one tablet, from its first byte to what the tablet makes of the answer, and what must hold then. */
#include "world.h"

#include "base/error.h"
#include "base/limits.h"
#include "breach.h"
#include "dice.h"

gboolean
world_begin_round (World *world, guint index, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, index);
  const guint synced = tablet->synced;
  g_autoptr (GBytes) request = NULL;

  if (tablet->round != NULL)
    return TRUE;
  request = tablet_begin_round (tablet, world->now_ms, 1 + dice_roll (world->dice, world->plan.request_max), error);
  if (request == NULL)
    return FALSE;
  if (world->plan.sabotage == SABOTAGE_EARLY_NUMBERS)
    tablet->synced = synced;
  tablet->awaited_round = ++world->last_round;
  world->tally.rounds++;
  world->tally.marks[MARK_PROBE] += tablet->probing;
  g_clear_pointer (&tablet->newest_request, g_bytes_unref);
  tablet->newest_request = g_bytes_ref (request);
  network_send_request (&world->network, world->now_ms, index, world->last_round, request);
  tablet->stray_until_ms = MAX (tablet->stray_until_ms, world->network.stray_until_ms);
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
  return world->now_ms
         - (world->plan.faulty && dice_chance (world->dice, 10) ? dice_roll (world->dice, 50) * MINUTE_MS : 0);
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
has_twin (World *world, const Tablet *tablet)
{
  for (guint i = 0; i < world->tablets->len; i++) {
    const Tablet *other = g_ptr_array_index (world->tablets, i);

    if (other != tablet && other->device == tablet->device && other->incarnation == tablet->incarnation)
      return TRUE;
  }
  return FALSE;
}

/* Nothing that had arrived when a request left is in it (sync/README.md 5.11), but of a disk that was set back, a clone, or over a network
 * that keeps copies. */
static gboolean
check_sent_once (World *world, const Event *event, guint64 twice_before, GError **error)
{
  const Tablet *tablet = g_ptr_array_index (world->tablets, event->tablet);

  if (world->collector->twice_changes == twice_before || event->round == 0 || event->round != tablet->awaited_round)
    return TRUE;
  return tablet->forgetful || tablet->old || world->plan.stick_every_ms > 0 || tablet->asked_ms <= tablet->stray_until_ms
         || has_twin (world, tablet) || breach (error, "device %u has sent again what had arrived", tablet->device);
}

gboolean
world_take_request (World *world, const Event *event, GError **error)
{
  const Tablet *tablet = g_ptr_array_index (world->tablets, event->tablet);
  const guint64 twice = world->collector->twice_changes;
  const guint before = memory_store_get_log (world->collector->store)->len;
  g_autoptr (GBytes) answer = NULL;

  draw_collector_faults (world);
  world->tally.marks[MARK_REQUEST_OVERTAKEN] += event->intact && event->bytes != tablet->newest_request;
  if (!receive (world, event->bytes, &answer, error))
    return FALSE;
  world->tally.marks[MARK_PREFIX] += !event->intact && memory_store_get_log (world->collector->store)->len > before;
  if (!check_sent_once (world, event, twice, error))
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

    if (record->spoilt)
      continue;
    for (guint i = 0; i < record->entries->len; i++) {
      const LogEntry *entry = g_ptr_array_index (record->entries, i);

      reference_add (reference, entry->change, entry->stamp);
    }
    if (!reference_check (reference, &record->id, record->state, who, error))
      return FALSE;
  }
  return TRUE;
}

/* What the tablet wrote by itself: values that only it had are issued anew. */
static void
note_own (World *world, const Tablet *tablet)
{
  for (guint i = tablet->own->len; i > 0; i--) {
    const SobanChange *change = ((const LogEntry *) g_ptr_array_index (tablet->own, i - 1))->change;

    if (ledger_find (world->ledger, change) != NULL)
      break;
    ledger_add (world->ledger, change, world->now_ms, 0);
  }
}

static void
note_result (World *world, const Tablet *tablet, const TabletResult *result)
{
  note_own (world, tablet);
  world->tally.marks[MARK_TABLET_SET_BACK] += result->set_back;
  world->tally.marks[MARK_DIFFERS] += result->differs;
}

gboolean
world_check_result (World *world, guint index, const TabletResult *result, guint64 acked_before, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, index);
  g_autoptr (GHashTable) touched = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < result->changes->len; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (result->changes, i);
    const StoredChange *stored = memory_store_find (world->collector->store, &item->change->id);
    const LedgerEntry *entry;

    if (stored == NULL || (item->scope_number != 0 && stored->scope_number != item->scope_number)
        || stored->change->stamp != item->change->stamp)
      return breach (error, "device %u pulled a change that is not in the log like this", tablet->device);
    entry = ledger_find (world->ledger, stored->change);
    if (entry == NULL)
      return breach (error, "device %u pulled a change that was on no disk", tablet->device);
    soban_hybrid_clock_observe (&tablet->plain, entry->save->hybrid);
    g_hash_table_add (touched, tablet_find (tablet, &item->change->record));
  }
  for (guint64 number = acked_before + 1; number <= tablet->acked_number; number++)
    g_hash_table_add (
        touched, tablet_find (tablet, &((LogEntry *) g_ptr_array_index (tablet->own, number - 1))->change->record));
  if (result->go_on && !result->progress)
    return breach (error, "device %u has something left to do, but the round made no progress", tablet->device);
  if (result->differs && !world->may_differ)
    return breach (error, "device %u has another digest than the collector after a complete sync", tablet->device);
  note_result (world, tablet, result);
  return check_records (tablet, touched, error)
         && ledger_check_acknowledged (world->ledger, world->collector, tablet, acked_before, error);
}

void
world_note_renewal (World *world, const Tablet *tablet)
{
  guint place = tablet->disk->len - 1;
  const DiskWrite *write;

  while (((DiskWrite *) g_ptr_array_index (tablet->disk, place))->kind != DISK_WRITE_RENEWAL)
    place--;
  write = g_ptr_array_index (tablet->disk, place);
  for (guint i = 0; i < write->reissued->len; i++)
    ledger_add_reissued (world->ledger, g_ptr_array_index (write->originals, i),
                         g_ptr_array_index (write->reissued, i));
  world->tally.forks++;
}

gboolean
world_take_answer (World *world, const Event *event, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, event->tablet);
  const guint64 acked = tablet->acked_number;
  const gint room = tablet->writes_left;
  g_autoptr (GError) problem = NULL;
  TabletResult result;
  gsize length;
  const guint8 *data = g_bytes_get_data (event->bytes, &length);

  tablet->awaited_round = 0;
  if (!tablet_take_answer (tablet, data, length, world->now_ms, &result, &problem)) {
    world->tally.broken_rounds++;
    note_own (world, tablet);
    if (g_error_matches (problem, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL)) {
      world->tally.marks[result.forked ? MARK_FULL_RENEWAL : room == 0 ? MARK_FULL_RESULT : MARK_FULL_REPLACEMENT]++;
      return TRUE;
    }
    if (!event->intact || g_error_matches (problem, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER))
      return TRUE;
    return breach (error, "device %u does not accept a whole answer: %s", tablet->device, problem->message);
  }
  if (!event->intact)
    return breach (error, "device %u has accepted a damaged answer", tablet->device);
  if (result.forked)
    world_note_renewal (world, tablet);
  else if (!world_check_result (world, event->tablet, &result, acked, error))
    return FALSE;
  world_sync_disk (world, tablet);
  return !result.go_on || world_cut_power (world, event->tablet) || world_begin_round (world, event->tablet, error);
}

gboolean
world_exchange (World *world, guint index, gboolean lose_answer, TabletResult *ret_result, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, index);
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
  if (!tablet_take_answer (tablet, data, length, world->now_ms, ret_result, error))
    return FALSE;
  if (ret_result->forked)
    world_note_renewal (world, tablet);
  return ret_result->forked || world_check_result (world, index, ret_result, acked, error);
}
