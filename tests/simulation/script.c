/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include "dice.h"

static char *
draw_value (GRand *dice, guint serial)
{
  switch (dice_roll (dice, 6)) {
  case 0:
    return g_strdup_printf ("%u", serial);
  case 1:
    return g_strdup_printf ("%u.%u", serial % 100, 1 + serial % 9);
  case 2:
    return g_strdup_printf ("2026-%02u-%02u", 1 + serial % 12, 1 + serial % 28);
  case 3:
    return g_strdup (serial % 2 == 0 ? "yes" : "no"); /* two people may well write the same */
  default:
    return g_strdup_printf ("Nhà sàn bà Đặng Thị Mẩy, số %u", serial);
  }
}

static void
assign (SobanChange *change, guint path, GRand *dice, guint serial)
{
  g_autofree char *name = g_strdup_printf (path % 5 == 4 ? "of/a/newer/form_%u" : "group/field_%u", path);
  g_autofree char *value = dice_chance (dice, 10) ? NULL : draw_value (dice, serial);

  soban_change_assign (change, name, value);
}

/* (nullable): a record of the scope that the tablet knows. */
static const TabletRecord *
draw_record (const Tablet *tablet, const char *scope, guint *ret_known)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();

  for (guint i = 0; i < tablet->known->len; i++) {
    TabletRecord *record = g_ptr_array_index (tablet->known, i);

    if (g_str_equal (record->scope, scope))
      g_ptr_array_add (candidates, record);
  }
  *ret_known = candidates->len;
  return candidates->len > 0 ? g_ptr_array_index (candidates, dice_roll (tablet->dice, candidates->len)) : NULL;
}

/* Some are of a form that nobody here knows. */
static const char *
draw_form (GRand *dice, const TabletRecord *record)
{
  if (record != NULL && record->entries->len > 0)
    return ((const LogEntry *) g_ptr_array_index (record->entries, 0))->change->form;
  return dice_chance (dice, 20) ? SCRIPT_UNKNOWN_FORM : "gd_household";
}

SobanChange *
script_draw_change (const Plan *plan, Tablet *tablet, gint64 true_ms, guint serial)
{
  GRand *dice = tablet->dice;
  const SobanScopeCursor *cursor = g_ptr_array_index (tablet->cursors, dice_roll (dice, tablet->cursors->len));
  SobanChange *change = soban_change_new ();
  guint known, first = dice_roll (dice, plan->paths);
  const TabletRecord *record = draw_record (tablet, cursor->scope, &known);
  gboolean new = record == NULL || (known < plan->records && dice_chance (dice, 25));

  change->form = g_strdup (draw_form (dice, new ? NULL : record));
  change->form_version = g_strdup (dice_chance (dice, 20) ? "2" : "1");
  change->scope = g_strdup (cursor->scope);
  /* Now and then a form lay open while a round came in. */
  change->seen =
      dice_chance (dice, 85) || cursor->number == 0 ? cursor->number : dice_roll (dice, (guint) cursor->number);
  change->record = new ? tablet_new_id (tablet, true_ms) : record->id;
  if (!new &&dice_chance (dice, 8)) {
    soban_change_assign (change, SOBAN_FIELD_DELETED, soban_record_state_is_deleted (record->state) ? "0" : "1");
    return change;
  }
  for (guint n = new ? plan->paths : 1 + dice_roll (dice, MIN (3, plan->paths)); n > 0; n--)
    assign (change, (first + n) % plan->paths, dice, serial);
  return change;
}
