/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compaction.h"

static SobanChange *
make_empty (const SobanChange *change)
{
  SobanChange *empty = soban_change_new ();

  empty->id = change->id;
  empty->record = change->record;
  empty->form = g_strdup (change->form);
  empty->form_version = g_strdup (change->form_version);
  empty->scope = g_strdup (change->scope);
  empty->stamp = change->stamp;
  empty->recorded_ms = change->recorded_ms;
  empty->time_quality = change->time_quality;
  return empty;
}

GPtrArray *
compaction_reduce (const GPtrArray *log)
{
  GPtrArray *winners = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (SobanRecordState) state = soban_record_state_new ();

  for (guint i = 0; i < log->len; i++)
    soban_record_state_merge (state, g_ptr_array_index (log, i));
  for (guint i = 0; i < log->len; i++) {
    const SobanChange *change = g_ptr_array_index (log, i);
    const SobanWriteKey key = { change->stamp, change->id };
    g_autoptr (SobanChange) winner = make_empty (change);

    for (guint k = 0; k < change->assignments->len; k++) {
      const SobanAssignment *assignment = g_ptr_array_index (change->assignments, k);

      if (soban_write_key_compare (soban_record_state_get_winner (state, assignment->path), &key) == 0)
        soban_change_assign (winner, assignment->path, assignment->value);
    }
    if (soban_change_is_empty (winner))
      continue;
    if (soban_change_get_person (change) != NULL)
      soban_change_assign (winner, SOBAN_FIELD_PERSON, soban_change_get_person (change));
    g_ptr_array_add (winners, g_steal_pointer (&winner));
  }
  return winners;
}
