/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/pace.h"
#include "protocol/sync-round.h"
#include "store/sync-store.h"

/**
 * SobanRepair: the records in which this tablet and the collector differ, found range by range and taken from the collector
 * (sync/README.md 5.10). Begun when nothing waits any more and a digest differs; each round asks, each answer is taken. One owner at a time;
 * its functions run in jobs of the store.
 */
typedef struct _SobanRepair SobanRepair;
void soban_repair_free (SobanRepair *repair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRepair, soban_repair_free)

/**
 * soban_repair_begin:
 * @reply: of a round that left nothing waiting and no more
 * @ret_repair: (out) (nullable): NULL when each digest that was told is the own one, and of nothing sent on for others it is unknown
 *   whether the collector has it
 */
gboolean soban_repair_begin (SobanStore *store, const SobanReply *reply, SobanRepair **ret_repair, GError **error);
/* Whether a digest differs; else it only asks for the records of what was sent on for others (README 5.12). */
gboolean soban_repair_compares (const SobanRepair *repair);
/* Adds the next questions to a request: the fewer, the slower the pace. */
void soban_repair_ask (SobanRepair *repair, SobanSyncRound *round, const SobanPace *pace);
/* Takes what the answer says to these questions. Without an answer to any of them it is done: this collector cannot tell. */
gboolean soban_repair_take (SobanRepair *repair, SobanStore *store, const SobanSyncRound *round, GError **error);
/* Whether there is nothing left to ask. */
gboolean soban_repair_is_done (const SobanRepair *repair);
/* How many records were taken from the collector. */
guint soban_repair_count_records (const SobanRepair *repair);
