/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pull.h"

/**
 * soban_snapshot_pull:
 * @page: (nullable): where the snapshot goes on; NULL: it begins
 * @last_number: of the scope
 *
 * One page of the winners of a scope (sync/README.md 5.9): its records in ascending order of ids, each as what of its changes has won. The
 * cursor moves with the last page.
 */
gboolean soban_snapshot_pull (SobanPull *pull, const SobanScopePage *page, guint64 last_number, SobanScopeCursor *cursor, GError **error);

/**
 * soban_snapshot_reduce:
 *
 * (transfer full) (nullable) (element-type SobanChange): the changes of a record, each with those of its assignments alone that have won. What
 * they merge to is the record's state.
 */
GPtrArray *soban_snapshot_reduce (SobanDatabase *database, const SobanUuid *record, GError **error);
