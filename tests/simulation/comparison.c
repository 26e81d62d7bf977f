/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comparison.h"

typedef struct {
  const SobanChange *change; /* (nullable): as its author made it */
  const Save *save;
  const StoredChange *stored;
} Edit;

typedef struct {
  Edit last; /* the truly last edit */
  Edit winners[POLICY_KINDS];
  gboolean shared; /* at least two tablets wrote it */
} Field;

const char *
policy_name (Policy policy)
{
  static const char *const names[] = { "these rules", "wall clock", "hybrid clock", "order of arrival" };

  return names[policy];
}

static guint64
get_rank (Policy policy, const Edit *entry)
{
  switch (policy) {
  case POLICY_EFFECTIVE:
    return entry->stored->change->stamp;
  case POLICY_WALL:
    return (guint64) entry->change->wall_ms;
  case POLICY_HYBRID:
    return entry->save->hybrid;
  case POLICY_ARRIVAL:
    return entry->stored->scope_number;
  case POLICY_KINDS:
  default:
    g_assert_not_reached ();
  }
}

static gboolean
wins (Policy policy, const Edit *entry, const Edit *winner)
{
  SobanWriteKey left = { get_rank (policy, entry), entry->change->id };
  SobanWriteKey right = { get_rank (policy, winner), winner->change->id };

  return soban_write_key_compare (&left, &right) > 0;
}

static void
take_edit (Field *field, const Edit *entry)
{
  if (field->last.change != NULL && field->last.change->id.device != entry->change->id.device)
    field->shared = TRUE;
  if (field->last.change == NULL || entry->save->true_ms > field->last.save->true_ms)
    field->last = *entry;
  for (Policy policy = 0; policy < POLICY_KINDS; policy++) {
    if (field->winners[policy].change == NULL || wins (policy, entry, &field->winners[policy]))
      field->winners[policy] = *entry;
  }
}

static void
take_change (GHashTable *fields, const Edit *edit)
{
  g_autofree char *record = soban_uuid_to_string (&edit->change->record);

  for (guint i = 0; i < edit->change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (edit->change->assignments, i);
    g_autofree char *name = g_strconcat (record, "/", assignment->path, NULL);
    Field *field = g_hash_table_lookup (fields, name);

    if (field == NULL) {
      field = g_new0 (Field, 1);
      g_hash_table_insert (fields, g_steal_pointer (&name), field);
    }
    take_edit (field, edit);
  }
}

void
comparison_add (Comparison *comparison, World *world)
{
  g_autoptr (GHashTable) fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->ledger->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const LedgerEntry *entry = value;
    const Edit edit = { entry->change, entry->save, memory_store_find (world->collector->store, &entry->change->id) };

    take_change (fields, &edit);
  }
  g_hash_table_iter_init (&iter, fields);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Field *field = value;

    comparison->fields += field->shared;
    for (Policy policy = 0; policy < POLICY_KINDS; policy++)
      comparison->lost[policy] += field->shared && field->winners[policy].change != field->last.change;
  }
}
