/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"
#include "store/sync-store.h"

/* The keys for bundles (sync/README.md 4.11, 10) that a collector gave, in the settings of the store. From any thread. */

/* (nullable) (transfer full): what was kept; NULL when the collector of this enrolment has given none yet. */
SobanKeys *soban_keyring_load (SobanStore *store);
/* Takes the place of what was kept before. */
gboolean soban_keyring_keep (SobanStore *store, const SobanKeys *keys, GError **error);
/* Keys that are missing for a scope of @hello, which names them by now, or are a day old (the loss of a tablet changes those of its communes) are
 * asked for in it; of those that are there the generation is told, so that newer ones come at once. */
void soban_keyring_tell (SobanStore *store, SobanHello *hello);
/* (nullable) (transfer none): the exchange key of @scope. */
const guint8 *soban_keyring_find (const SobanKeys *keys, const char *scope);
