/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "reference.h"

/**
 * SobanDeriver: makes what is derived from a record's state: title, date, unit, search text, whether it needs a look, facts.
 * All of it can be thrown away and made again. One thread: the one that writes.
 */
typedef struct _SobanDeriver SobanDeriver;

/* Borrows both. */
SobanDeriver *soban_deriver_new (const SobanReference *reference, SobanCollectorStore *store);
void soban_deriver_free (SobanDeriver *deriver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDeriver, soban_deriver_free)

/* Marks everything stale when the forms or indicators are others than those that the facts were made with. */
gboolean soban_deriver_prepare (SobanDeriver *deriver, GError **error);
/* One small batch in a transaction of its own, registries first; a SobanDeriveFunc with the deriver as @data. */
gboolean soban_deriver_run (SobanCollectorStore *store, gpointer deriver, gboolean *ret_left, GError **error);
/* All that is stale. */
gboolean soban_deriver_run_all (SobanDeriver *deriver, GError **error);
