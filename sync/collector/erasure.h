/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/**
 * soban_erase_record:
 * @reason: why: kept beside the tombstone
 *
 * Erases a record by law (PROTOCOL 6.2): the values that stand in its log, its state, its search text and in forks are overwritten; paths
 * and the keys of who wrote when stay, as the tombstone. A change of the collector's own sets the register ".erased", so that
 * every replica does the same when it pulls. Inside a writing transaction.
 *
 * Errors: NOT_FOUND when there is no such record, CONSTRAINT when it is erased already.
 */
gboolean soban_erase_record (SobanCollectorStore *store, const SobanUuid *record, const char *reason, GError **error);
