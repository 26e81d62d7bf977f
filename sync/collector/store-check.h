/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/* (transfer full) (element-type utf8): a sentence for each breach of the invariants of collector-store.h; empty = sound. */
GPtrArray *soban_collector_check (SobanCollectorStore *store, GError **error);
