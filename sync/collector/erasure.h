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

/**
 * soban_erase_again:
 * @change: of the collector (device 0), as a tablet has it that erased the record when it was told
 * @carrier: that tablet, which is enrolled to the change's scope
 *
 * This store was set back to an older copy and has lost the erasure (sync/README.md 5.13): the same is done again, under the same change id, also
 * before the record itself has come. *ret_erased FALSE: nothing was done, for the change is here already or its proof is not this
 * collector's. First of all in a transaction that admits, before soban_collector_store_expect().
 */
gboolean soban_erase_again (SobanCollectorStore *store, SobanChange *change, guint32 carrier, gboolean *ret_erased, GError **error);
