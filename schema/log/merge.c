/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The merge
 * =========
 *
 * A record is what the set of its changes merges to: for each path the value of the assignment with the greatest key
 * (stamp, device, incarnation, number) (PROTOCOL 3.1).
 *
 * Invariants:
 *  (1) Merging is a maximum: commutative, associative, idempotent. The order of arrival never matters.
 *  (2) The value never takes part in the comparison.
 *  (3) A removed field keeps its key: an older assignment that comes later does not bring it back.
 *  (4) Different fields never disturb each other: two people who change different fields both keep their work.
 *  (5) A delete is the register ".deleted" like any field: an edit does not resurrect, an undelete does.
 */
#include "config.h"

#include "log/record-state-private.h"

#include <string.h>

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

int
soban_write_key_compare (const SobanWriteKey *a, const SobanWriteKey *b)
{
  int order = compare_numbers (a->stamp, b->stamp);

  if (order == 0)
    order = compare_numbers (a->id.device, b->id.device);
  if (order == 0)
    order = compare_numbers (a->id.incarnation, b->id.incarnation);
  if (order == 0)
    order = compare_numbers (a->id.number, b->id.number);
  return order;
}

guint
soban_change_id_hash (gconstpointer id)
{
  const SobanChangeId *key = id;
  guint64 mixed = (key->incarnation ^ key->device) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + key->number;

  return (guint) (mixed ^ mixed >> 32);
}

gboolean
soban_change_id_equal (gconstpointer a, gconstpointer b)
{
  const SobanChangeId *left = a, *right = b;

  return left->number == right->number && left->incarnation == right->incarnation && left->device == right->device;
}

/* The index of @key in the state's keys, appended when it is new. */
static guint
take_key (SobanRecordState *state, const SobanWriteKey *key)
{
  for (guint i = 0; i < state->keys->len; i++)
    if (soban_write_key_compare (&g_array_index (state->keys, SobanWriteKey, i), key) == 0)
      return i;
  g_array_append_val (state->keys, *key);
  return state->keys->len - 1;
}

static const char *
take_text (SobanRecordState *state, const char *text, gboolean borrow)
{
  if (!text || borrow)
    return text;
  if (!state->text)
    state->text = g_string_chunk_new (1024);
  return g_string_chunk_insert (state->text, text);
}

static SobanStateField
take_assignment (SobanRecordState *state, const SobanAssignment *assignment, guint key, gboolean borrow)
{
  return (SobanStateField){
    .path = take_text (state, assignment->path, borrow),
    .value = take_text (state, assignment->value, borrow),
    .key = key,
  };
}

static void
swap_fields (SobanRecordState *state)
{
  GArray *before = state->fields;

  state->fields = state->merged;
  state->merged = before;
}

static gboolean
merge (SobanRecordState *state, const SobanChange *change, gboolean borrow)
{
  const SobanWriteKey key = { change->stamp, change->id };
  guint index = take_key (state, &key);
  guint field_at = 0, assignment_at = 0, n = 0;
  gboolean shown = FALSE;

  g_array_set_size (state->merged, state->fields->len + change->assignments->len);
  while (field_at < state->fields->len || assignment_at < change->assignments->len) {
    const SobanStateField *field = NULL;
    const SobanAssignment *assignment = NULL;
    SobanStateField result;
    int order;

    if (field_at < state->fields->len)
      field = &g_array_index (state->fields, SobanStateField, field_at);
    if (assignment_at < change->assignments->len)
      assignment = g_ptr_array_index (change->assignments, assignment_at);
    order = !field ? 1 : !assignment ? -1 : strcmp (field->path, assignment->path);

    if (order < 0) {
      result = *field;
    } else if (order > 0) {
      result = take_assignment (state, assignment, index, borrow);
      shown |= result.value != NULL;
    } else {
      result = *field;
      if (soban_write_key_compare (&key, &g_array_index (state->keys, SobanWriteKey, field->key)) > 0) {
        result.key = index;
        if (g_strcmp0 (field->value, assignment->value) != 0) {
          result.value = take_text (state, assignment->value, borrow);
          shown = TRUE;
        }
      }
    }
    g_array_index (state->merged, SobanStateField, n++) = result;
    field_at += order <= 0;
    assignment_at += order >= 0;
  }

  g_array_set_size (state->merged, n);
  swap_fields (state);
  return shown;
}

gboolean
soban_record_state_merge (SobanRecordState *state, const SobanChange *change)
{
  return merge (state, change, FALSE);
}

gboolean
soban_record_state_merge_borrowing (SobanRecordState *state, const SobanChange *change)
{
  return merge (state, change, TRUE);
}
