/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "misfortune.h"

#include "dice.h"

static Tablet *
draw_tablet (World *world)
{
  return g_ptr_array_index (world->tablets, dice_roll (world->dice, world->tablets->len));
}

/* The disk is copied into another tablet: from now on two think that they are one. */
static void
clone_tablet (World *world)
{
  const Tablet *original = draw_tablet (world);

  if (world->tablets->len < 2 * PLAN_TABLETS_MAX)
    world_add_clone (world, original, dice_chance (world->dice, 50) ? original->clock.kind : WALL_CLOCK_RIGHT);
}

static void
take_image (World *world)
{
  Tablet *tablet = draw_tablet (world);

  g_clear_pointer (&tablet->image, g_ptr_array_unref);
  tablet->image = disk_copy (tablet->disk, tablet->synced);
}

/* An older image of the disk is put back: by the app, which draws a new incarnation, or without anybody's knowledge. */
static void
restore_image (World *world, gboolean renew)
{
  Tablet *tablet = draw_tablet (world);

  if (tablet->image == NULL)
    return;
  world_lose_disk (world, tablet, disk_copy (tablet->image, tablet->image->len));
  if (renew) {
    world->tally.marks[MARK_RENEWED]++;
    tablet_renew (tablet, tablet->acked_number, NULL, tablet_draw_incarnation (tablet), world->now_ms);
    tablet_sync_disk (tablet);
    world_note_renewal (world, tablet);
  }
  world->tally.restores++;
  world->tally.marks[MARK_RESTORED]++;
}

/* The collector is put back from an older copy of its disk, while tablets go on. */
static void
set_collector_back (World *world)
{
  if (world->copy == NULL || dice_chance (world->dice, 50)) {
    memory_store_free (world->copy);
    world->copy = memory_store_copy (world->collector->store);
    world->copy_stamp = world->collector->last_stamp;
    return;
  }
  collector_set_back (world->collector, memory_store_copy (world->copy), world->copy_stamp);
  ledger_start_anew (world->ledger);
  for (guint i = 0; i < world->tablets->len; i++) {
    Tablet *tablet = g_ptr_array_index (world->tablets, i);

    if (tablet->awaited_round != 0)
      tablet_break_round (tablet);
    tablet->awaited_round = 0;
    tablet->forgetful = TRUE;
  }
  world->may_differ = world->set_back = TRUE;
  world->tally.marks[MARK_COLLECTOR_SET_BACK]++;
}

/* A digit of a value becomes another one; nobody wrote it. */
static void
flip_bits (World *world)
{
  const Tablet *tablet = draw_tablet (world);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  TabletRecord *record;

  if (tablet->known->len == 0)
    return;
  record = g_ptr_array_index (tablet->known, dice_roll (world->dice, tablet->known->len));
  soban_record_state_encode (record->state, packed);
  for (guint i = packed->len; i > 0 && !record->spoilt; i--) {
    if (!g_ascii_isdigit (packed->data[i - 1]) || i < 2 || !g_ascii_isdigit (packed->data[i - 2]))
      continue;
    packed->data[i - 1] ^= 1;
    record->spoilt = soban_record_state_load (record->state, packed->data, packed->len, NULL);
    g_assert (record->spoilt);
    world->tally.marks[MARK_SPOILT]++;
  }
  world->may_differ = world->may_differ || record->spoilt;
}

static void
raise_floor (World *world)
{
  const char *scope = g_ptr_array_index (world->scopes, dice_roll (world->dice, world->scopes->len));
  const guint last = memory_store_get_scope (world->collector->store, scope)->len;

  memory_store_raise_floor (world->collector->store, scope, dice_roll (world->dice, last + 1));
  world->tally.marks[MARK_FLOOR]++;
}

gboolean
misfortune_strike (World *world, GError **error)
{
  switch (dice_roll (world->dice, 9)) {
  case 0:
  case 1:
    if (world->plan.clones)
      clone_tablet (world);
    break;
  case 2:
    take_image (world);
    break;
  case 3:
    if (world->plan.setbacks)
      set_collector_back (world);
    break;
  case 4:
    if (world->plan.flips)
      flip_bits (world);
    break;
  case 5:
    if (world->plan.floors)
      raise_floor (world);
    break;
  default:
    if (world->plan.restores)
      restore_image (world, dice_chance (world->dice, 50));
    break;
  }
  return TRUE;
}
