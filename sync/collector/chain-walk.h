/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

/* One change of the log: where it lies, its author's chain after it as its hash says and as it is stored. FALSE ends the walk. */
typedef gboolean (*SobanChainFunc) (gint64 row, gint64 device, guint64 number, guint64 chain, guint64 stored, gpointer data, GError **error);

/* All changes, author by author, in the order of their numbers (sync/README.md 4.8). @func may update the row. */
gboolean soban_chain_walk (SobanDatabase *database, SobanChainFunc func, gpointer data, GError **error);
