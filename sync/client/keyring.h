/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"
#include "store/sync-store.h"

/* The keys for bundles (sync/README.md 4.11, 10) that a collector gave, in the settings of the store. From any thread. */

/* (nullable) (transfer full): what was kept; NULL when the collector of this enrolment has given none yet. */
SobanKeys *soban_keyring_load (SobanStore *store);
/* Takes the place of what was kept before. */
gboolean soban_keyring_keep (SobanStore *store, const SobanKeys *keys, GError **error);
/* Whether there is a key of the collector, and of each scope of @cursors (element-type SobanCursor), and they are less than a day old: the loss
 * of a tablet changes the keys of its communes. */
gboolean soban_keyring_is_whole (SobanStore *store, const GPtrArray *cursors);
/* (nullable) (transfer none): the exchange key of @scope. */
const guint8 *soban_keyring_find (const SobanKeys *keys, const char *scope);
