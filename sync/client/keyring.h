/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"
#include "store/sync-store.h"

/* The keys for bundles (sync/README.md 4.11, 10) that a collector gave, in the settings of the store. From any thread. */

/* (nullable) (transfer full): what was kept; NULL when no collector has given any yet. */
SobanKeys *soban_keyring_load (SobanStore *store);
/* Takes the place of what was kept before. */
gboolean soban_keyring_keep (SobanStore *store, const SobanKeys *keys, GError **error);
/* Whether there is a key of the collector, and of each scope of @cursors (element-type SobanCursor). */
gboolean soban_keyring_is_whole (SobanStore *store, const GPtrArray *cursors);
