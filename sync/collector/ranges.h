/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pull.h"

/**
 * What is answered when a device's digest of a scope is another one (sync/README.md 4.12, 5.10). Inside one reading transaction.
 *
 * A range of few records is answered with all of them, a larger one with parts of about the same number of records. A border
 * between two parts is the shortest beginning that tells its two neighbours apart, filled up with zeros: most of it deflates away.
 */

/* (transfer full) (nullable): what there is in each range of @query, inside the window of @options. */
SobanRangesAnswer *soban_ranges_find (SobanCollectorStore *store, const SobanPullOptions *options, const SobanRangesQuery *query, GError **error);

/**
 * soban_wanted_write:
 * @room: (inout): how many changes the RECORDS of this answer may still hold
 *
 * Appends RECORDS frames with the whole logs of the records of @wanted. What does not fit into an answer is left out: it is asked for again.
 */
gboolean soban_wanted_write (SobanCollectorStore *store, const SobanPullOptions *options, const SobanWanted *wanted, guint *room,
                             GByteArray *out, GError **error);
