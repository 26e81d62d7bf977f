/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * Counts of 1 to SOBAN_SMALL_COUNT_MAX by which somebody could be recognised (DESIGN 9) and that are not told. A reader knows the total,
 * unless it is small and not told either, how many parts there are, and of a part that is not told only whether it is small: no
 * subtraction may tell him a small one. Pure.
 */

gboolean soban_small_count_is (double count);

/**
 * soban_small_counts_hide:
 * @counts: the parts of a total
 * @total_told: the total is told even where it is small
 * @ret_hidden: (array length=n): which are not told: the small ones, and of the others the smallest, as many as it takes
 *
 * FALSE: what is hidden could only be one thing all the same: then even how many parts it has must not be told.
 */
gboolean soban_small_counts_hide (const double *counts, guint n, gboolean total_told, gboolean *ret_hidden);
