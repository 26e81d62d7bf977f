/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/database.h"

/* Brings the file to the newest version, one transaction a step. TOO_NEW or CORRUPT before anything is written. */
gboolean soban_migrate (SobanDatabase *database, GError **error);
/* Makes the rebuildable tables anew, all records stale, when @inputs (a digest of what they depend on) or their
 * version changed. */
gboolean soban_migrate_derived (SobanDatabase *database, const char *inputs, GError **error);
