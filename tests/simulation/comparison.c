/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comparison.h"

typedef struct {
  const LedgerEntry *last; /* the truly last edit */
  const LedgerEntry *winners[POLICY_KINDS];
  gboolean shared; /* at least two tablets wrote it */
} Field;

const char *
policy_name (Policy policy)
{
  static const char *const names[] = { "these rules", "wall clock", "hybrid clock", "order of arrival" };

  return names[policy];
}

static guint64
get_rank (Policy policy, const LedgerEntry *entry)
{
  switch (policy) {
  case POLICY_EFFECTIVE:
    return entry->stored->change->stamp;
  case POLICY_WALL:
    return (guint64) entry->change->wall_ms;
  case POLICY_HYBRID:
    return entry->hybrid;
  case POLICY_ARRIVAL:
    return entry->stored->scope_number;
  case POLICY_KINDS:
  default:
    g_assert_not_reached ();
  }
}

static gboolean
wins (Policy policy, const LedgerEntry *entry, const LedgerEntry *winner)
{
  SobanWriteKey left = { get_rank (policy, entry), entry->change->id };
  SobanWriteKey right = { get_rank (policy, winner), winner->change->id };

  return soban_write_key_compare (&left, &right) > 0;
}

static void
take_edit (Field *field, const LedgerEntry *entry)
{
  if (field->last != NULL && field->last->change->id.device != entry->change->id.device)
    field->shared = TRUE;
  if (field->last == NULL || entry->true_ms > field->last->true_ms)
    field->last = entry;
  for (Policy policy = 0; policy < POLICY_KINDS; policy++) {
    if (field->winners[policy] == NULL || wins (policy, entry, field->winners[policy]))
      field->winners[policy] = entry;
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
    g_autofree char *record = soban_uuid_to_string (&entry->change->record);

    for (guint i = 0; i < entry->change->assignments->len; i++) {
      const SobanAssignment *assignment = g_ptr_array_index (entry->change->assignments, i);
      char *name = g_strconcat (record, "/", assignment->path, NULL);
      Field *field = g_hash_table_lookup (fields, name);

      if (field == NULL) {
        field = g_new0 (Field, 1);
        g_hash_table_insert (fields, g_strdup (name), field);
      }
      take_edit (field, entry);
      g_free (name);
    }
  }
  g_hash_table_iter_init (&iter, fields);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Field *field = value;

    comparison->fields += field->shared;
    for (Policy policy = 0; policy < POLICY_KINDS; policy++)
      comparison->lost[policy] += field->shared && field->winners[policy] != field->last;
  }
}
