/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/record-state.h"

/**
 * compaction_reduce:
 * @log: (element-type SobanChange): of one record, under effective stamps
 *
 * (transfer full) (element-type SobanChange): what of each change has won a field, and nothing else: what a snapshot
 * says of the record (sync/README.md 5.9).
 */
GPtrArray *compaction_reduce (const GPtrArray *log);
