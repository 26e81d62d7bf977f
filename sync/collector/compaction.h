/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

#define SOBAN_COMPACTION_KEEP_DAYS 180

/**
 * soban_compact_some:
 * @keep_days: what was received in them stays in the log that is pulled
 * @after: (inout): the last scope that was looked at; "" to begin with; NULL when all were
 * @raised: (inout): counts the scopes whose floor was raised
 *
 * Raises the floors of some scopes: whoever comes later than that gets the winners of a scope instead of its log, where that
 * is shorter (sync/README.md 5.9). The log stays, as the archive. Inside a writing transaction.
 */
gboolean soban_compact_some (SobanCollectorStore *store, guint keep_days, char **after, guint *raised, GError **error);
