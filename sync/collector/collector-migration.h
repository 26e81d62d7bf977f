/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

/**
 * soban_collector_migrate:
 * @make: make what is not there and bring up what is older; else only look
 *
 * Brings the data to the version that this program knows, each version in the same transaction: an upgrade that is cut leaves the
 * old one. Two programs that upgrade one PostgreSQL database at once take turns.
 *
 * Errors of SOBAN_STORE_ERROR: TOO_NEW; CONSTRAINT when @make is FALSE and the data are older.
 */
gboolean soban_collector_migrate (SobanDatabase *database, gboolean make, GError **error);
