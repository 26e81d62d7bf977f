/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/change.h"

/**
 * SobanRecordState: what the log merges to for one record: per path the winning value and the key that won, in one
 * packed blob (DESIGN 5). A removed field keeps its key. Merging is a maximum over the set of changes: commutative,
 * associative, idempotent (PROTOCOL 3.3).
 */
typedef struct _SobanRecordState SobanRecordState;

SobanRecordState *soban_record_state_new (void);
void soban_record_state_free (SobanRecordState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRecordState, soban_record_state_free)

void soban_record_state_encode (const SobanRecordState *state, GByteArray *out);
SobanRecordState *soban_record_state_decode (const guint8 *data, gsize length, GError **error);
/* The same into a state that is there already, for a loop over many records: what it held before is forgotten;
 * empty on failure. */
gboolean soban_record_state_load (SobanRecordState *state, const guint8 *data, gsize length, GError **error);
void soban_record_state_clear (SobanRecordState *state);

/* Merges @change under @stamp; returns TRUE when any value shown has changed. */
gboolean soban_record_state_merge (SobanRecordState *state, const SobanChange *change);
/* The same, but the state uses the texts of @change where they stand: @change must outlive it, or its next clear or
 * load. */
gboolean soban_record_state_merge_borrowing (SobanRecordState *state, const SobanChange *change);

/* (transfer full): the winning values, removed ones left out, reserved registers included. */
SobanFieldMap *soban_record_state_get_fields (const SobanRecordState *state);
/* (nullable) (transfer none) until the next merge or load: the winning value of @path. */
const char *soban_record_state_get (const SobanRecordState *state, const char *path);
gboolean soban_record_state_is_deleted (const SobanRecordState *state);
/* Erased by law (PROTOCOL 6.2): what is left is a tombstone. */
gboolean soban_record_state_is_erased (const SobanRecordState *state);
/* (nullable): the key that won @path */
const SobanWriteKey *soban_record_state_get_winner (const SobanRecordState *state, const char *path);
/* Fields, removed ones included. */
guint soban_record_state_size (const SobanRecordState *state);
/* (transfer none) until the next merge or load: the @index-th field in path order: the key that won it, its path and value (NULL: removed). */
const SobanWriteKey *soban_record_state_nth (const SobanRecordState *state, guint index, const char **ret_path, const char **ret_value);
/* The greatest key that won a field: whose form version the record has. All zero while the state is empty. */
SobanWriteKey soban_record_state_get_newest (const SobanRecordState *state);
