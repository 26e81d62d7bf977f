/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/database.h"

/* The step behind 0002-sync.sql: chains of the own changes and digests of the records that are there. */
gboolean soban_migrate_sync (SobanDatabase *database, GError **error);
