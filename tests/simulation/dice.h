/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* All chance of a world comes from one GRand, so that its seed is the whole story. */

static inline GRand *
dice_new (guint64 seed)
{
  const guint32 words[] = { (guint32) seed, (guint32) (seed >> 32) };

  return g_rand_new_with_seed_array (words, G_N_ELEMENTS (words));
}

/* 0 to @sides - 1 */
static inline guint
dice_roll (GRand *dice, guint sides)
{
  return (guint) g_rand_int_range (dice, 0, (gint32) sides);
}

static inline gboolean
dice_chance (GRand *dice, guint percent)
{
  return dice_roll (dice, 100) < percent;
}

/* From half of @mean to one and a half. */
static inline gint64
dice_span (GRand *dice, gint64 mean)
{
  return mean / 2 + (gint64) (g_rand_double (dice) * (double) mean);
}

static inline void
dice_fill (gpointer data, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) dice_roll (data, 256);
}
