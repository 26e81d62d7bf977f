/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "protocol/message.h"

/* (transfer full) (nullable) (element-type SobanNumberedChange): the changes of @record in the order of their numbers, of @scope or (NULL)
 * of every scope. CORRUPT when one of them cannot be read. */
GPtrArray *soban_record_log_read (SobanDatabase *database, const SobanUuid *record, const char *scope, GError **error);
