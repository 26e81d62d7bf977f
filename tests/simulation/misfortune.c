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
    tablet_renew (tablet, tablet->acked_number, world_draw_incarnation (world), world->now_ms);
    tablet_sync_disk (tablet);
    world_note_renewal (world, tablet);
  }
  world->tally.restores++;
}

gboolean
misfortune_strike (World *world, GError **error)
{
  switch (dice_roll (world->dice, 4)) {
  case 0:
    if (world->plan.clones)
      clone_tablet (world);
    break;
  case 1:
    take_image (world);
    break;
  default:
    if (world->plan.restores)
      restore_image (world, dice_chance (world->dice, 50));
    break;
  }
  return TRUE;
}
