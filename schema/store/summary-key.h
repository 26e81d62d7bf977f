/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store-private.h"

/**
 * The key of a record in the derived tables: the day it is sorted by, then its place among those of that day in the order they came.
 * So lists need no sorting: the newest records have the highest keys, also in the search index, which gives them out from the highest
 * down and stops when a page is full.
 *
 *   key = day << 24 | place,   day = (year * 16 + month) * 32 + day of the month; what a date does not say is 0
 *
 * A text that is no date sorts below all dates.
 */

/* The lowest key of @date ("2026-11-05", "2026-11", "2026"), and of all dates from it on. */
gint64 soban_summary_key_first (const char *date);
/* The lowest key above all dates that begin with @period; "" = above all. */
gint64 soban_summary_key_end (const char *period);
/**
 * soban_summary_key_choose:
 * @date: what the record is sorted by now
 * @ret_key: the key it has, when it is of that day; else a new one: then nothing is left of what stood under the old one
 *
 * On the store's thread, in a transaction.
 */
gboolean soban_summary_key_choose (SobanStore *store, const SobanUuid *record, const char *date, gint64 *ret_key, GError **error);
