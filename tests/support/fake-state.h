/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/* What the log of a scope (GPtrArray of SobanChange, numbered from 1) merges to, computed anew from the whole log each time: an oracle. */

/* (transfer full) (element-type SobanRangeRecord): of all records, ascending by id. */
GArray *fake_state_list_records (const GPtrArray *log);
SobanDigest fake_state_digest (const GPtrArray *log);
/* Answers each range of @query: by at most @items_max items, else by parts that each hold about a quarter. */
SobanRangesAnswer *fake_state_answer_ranges (const GPtrArray *log, const SobanRangesQuery *query, guint items_max);
/* The whole logs of the records wanted. */
SobanRecords *fake_state_answer_wanted (const GPtrArray *log, const SobanWanted *wanted);
/**
 * fake_state_take_page:
 * @after: (nullable): the page before
 * @out: (element-type SobanNumberedChange): changes of the next @n_records records are added, without numbers
 * @ret_last: the last of these records
 *
 * Returns FALSE when no record follows them.
 */
gboolean fake_state_take_page (const GPtrArray *log, guint64 top, const SobanUuid *after, guint n_records, GPtrArray *out, SobanUuid *ret_last);
