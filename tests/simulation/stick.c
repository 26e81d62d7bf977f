/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick.h"

#include "breach.h"
#include "dice.h"

static guint
draw_tablet (World *world)
{
  return dice_roll (world->dice, world->tablets->len);
}

/* Now and then it is read a second time. */
static void
carry (World *world, EventKind kind, guint tablet, GBytes *bytes)
{
  for (guint n = dice_chance (world->dice, 20) ? 2 : 1; n > 0; n--)
    schedule_add (&world->schedule, world->now_ms + dice_span (world->dice, 3 * DAY_MS), kind, tablet, 0, bytes, TRUE);
}

static gboolean
write_for_collector (World *world, guint index, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, index);
  g_autoptr (GBytes) bundle = tablet_write_bundle (tablet, world->now_ms);

  world->tally.marks[MARK_BUNDLE_UP]++;
  carry (world, EVENT_STICK_UP, index, bundle);
  return TRUE;
}

static gboolean
write_for_tablets (World *world, guint index, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, index);
  const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, dice_roll (world->dice, tablet->cursors->len));
  g_autoptr (GBytes) bundle = tablet_write_exchange (tablet, cursor->scope, world->now_ms);

  for (guint n = 1 + dice_roll (world->dice, 3); n > 0; n--)
    carry (world, EVENT_STICK_DOWN, draw_tablet (world), bundle);
  return TRUE;
}

gboolean
stick_strike (World *world, GError **error)
{
  const guint index = draw_tablet (world);
  const Tablet *tablet = g_ptr_array_index (world->tablets, index);

  if (!wall_clock_is_on (&tablet->clock, world->now_ms))
    return TRUE;
  return dice_chance (world->dice, 50) ? write_for_collector (world, index, error)
                                       : write_for_tablets (world, index, error);
}

gboolean
stick_reach_collector (World *world, const Event *event, GError **error)
{
  g_autoptr (GBytes) receipt = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (event->bytes, &length);

  if (!collector_receive (world->collector, world->now_ms, data, length, &receipt, error)
      || !ledger_check_admitted (world->ledger, world->collector, world->now_ms, error))
    return FALSE;
  if (receipt == NULL)
    return breach (error, "the collector has written no receipt");
  if (!dice_chance (world->dice, 80))
    return TRUE;
  carry (world, EVENT_STICK_DOWN, event->tablet, receipt);
  if (dice_chance (world->dice, 30))
    carry (world, EVENT_STICK_DOWN, draw_tablet (world), receipt);
  return TRUE;
}

gboolean
stick_reach_tablet (World *world, const Event *event, GError **error)
{
  Tablet *tablet = g_ptr_array_index (world->tablets, event->tablet);
  const guint64 acked = tablet->acked_number, incarnation = tablet->incarnation;
  gsize length;
  const guint8 *data = g_bytes_get_data (event->bytes, &length);
  TabletResult result;

  if (tablet->round != NULL || !wall_clock_is_on (&tablet->clock, world->now_ms))
    return TRUE;
  if (!tablet_take_bundle (tablet, data, length, world->now_ms, &result, NULL)) {
    world->tally.marks[tablet->writes_left == 0 ? MARK_FULL_BUNDLE : MARK_BUNDLE_REFUSED]++;
    return TRUE;
  }
  if (!world->plan.power_cuts)
    tablet_sync_disk (tablet);
  if (tablet->incarnation != incarnation)
    world_note_renewal (world, tablet);
  else if (result.changes != NULL) {
    world->tally.marks[MARK_RECEIPT]++;
    return world->set_back || world_check_result (world, event->tablet, &result, acked, error);
  }
  return TRUE;
}
