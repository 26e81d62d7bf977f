/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "log/record-state.h"

#define SOBAN_INCIDENT_UNREADABLE "unreadable-record" /* the state of a record could not be read: it was merged anew from the log */
#define SOBAN_INCIDENT_LOST "lost-record"             /* nor could its log */

/* (transfer full): what the changes of @record merge to; CORRUPT when one of them cannot be read. */
SobanRecordState *soban_record_merge_log (SobanDatabase *database, const SobanUuid *record, GError **error);

/**
 * soban_record_read_state:
 * @data: the state as it is stored
 *
 * (transfer full): the state of @record. One that cannot be read is merged anew from the log, which is what it is made of, and an
 * incident says so; the caller writes what he got. Inside a writing transaction. Fails when the log cannot be read, either.
 */
SobanRecordState *soban_record_read_state (SobanCollectorStore *store, const SobanUuid *record, const guint8 *data, gsize length, GError **error);

/* Merges the state of @record anew from the log in a transaction of its own and marks it stale. When the log cannot be read, either, the
 * record stays as it is. An incident tells the one or the other. */
gboolean soban_record_repair (SobanCollectorStore *store, const SobanUuid *record, GError **error);
