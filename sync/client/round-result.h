/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/sync-round.h"
#include "store/sync-store.h"

/**
 * SobanRoundResult: what a checked round brought, in the words of the store, for soban_store_apply(). Borrows from the round. What only the
 * caller knows is left 0: whose round it was, the clocks, what was relayed.
 */
typedef struct {
  SobanSyncResult result;
  /*< private >*/
  GPtrArray *changes, *cursors;
  GArray *scope_numbers, *adjustments, *times;
} SobanRoundResult;

void soban_round_result_init (SobanRoundResult *result, const SobanSyncRound *round);
void soban_round_result_clear (SobanRoundResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanRoundResult, soban_round_result_clear)
