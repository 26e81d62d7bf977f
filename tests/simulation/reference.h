/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/record-state.h"

/**
 * Reference: what the rule says in its plainest form: of all writes to a field the one with the greatest
 * (effective stamp, device, incarnation, number) is the value. Shares no code with the merge.
 */
typedef struct _Reference Reference;

Reference *reference_new (void);
void reference_free (Reference *reference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reference, reference_free)

/* @change must live as long as the reference. */
void reference_add (Reference *reference, const SobanChange *change, SobanStamp stamp);
/* Whether @state is exactly what is known of @record. @who: for the sentence of the error. */
gboolean reference_check (Reference *reference, const SobanUuid *record, const SobanRecordState *state, const char *who,
                          GError **error);
