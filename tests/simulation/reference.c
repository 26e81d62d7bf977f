/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reference.h"

#include "breach.h"

typedef struct {
  const SobanChange *change;
  SobanStamp stamp;
  const char *value;
} Winner;

struct _Reference {
  GHashTable *records; /* SobanUuid -> GHashTable of path -> Winner */
};

Reference *
reference_new (void)
{
  Reference *reference = g_new0 (Reference, 1);

  reference->records =
      g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, NULL, (GDestroyNotify) g_hash_table_unref);
  return reference;
}

void
reference_free (Reference *reference)
{
  g_hash_table_unref (reference->records);
  g_free (reference);
}

static gboolean
is_later (const SobanChange *change, SobanStamp stamp, const Winner *winner)
{
  const SobanChangeId *a = &change->id, *b = &winner->change->id;

  if (stamp != winner->stamp)
    return stamp > winner->stamp;
  if (a->device != b->device)
    return a->device > b->device;
  if (a->incarnation != b->incarnation)
    return a->incarnation > b->incarnation;
  return a->number > b->number;
}

void
reference_add (Reference *reference, const SobanChange *change, SobanStamp stamp)
{
  GHashTable *fields = g_hash_table_lookup (reference->records, &change->record);

  if (fields == NULL) {
    fields = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    g_hash_table_insert (reference->records, (gpointer) &change->record, fields);
  }
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);
    Winner *winner = g_hash_table_lookup (fields, assignment->path);

    if (winner == NULL) {
      winner = g_new0 (Winner, 1);
      g_hash_table_insert (fields, assignment->path, winner);
    } else if (!is_later (change, stamp, winner)) {
      continue;
    }
    *winner = (Winner){ change, stamp, assignment->value };
  }
}

static gboolean
check_field (const char *path, const Winner *winner, const SobanRecordState *state, const char *who, GError **error)
{
  const SobanWriteKey *key = soban_record_state_get_winner (state, path);
  const SobanChangeId *id = &winner->change->id;

  if (key == NULL)
    return breach (error, "%s lacks the field %s", who, path);
  if (key->stamp != winner->stamp || key->id.device != id->device || key->id.incarnation != id->incarnation
      || key->id.number != id->number)
    return breach (error,
                   "%s: the field %s is won by change %" G_GUINT64_FORMAT " of device %u at %" G_GUINT64_FORMAT
                   ", it should be %" G_GUINT64_FORMAT " of device %u at %" G_GUINT64_FORMAT,
                   who, path, key->id.number, key->id.device, key->stamp, id->number, id->device, winner->stamp);
  if (g_strcmp0 (soban_record_state_get (state, path), winner->value) != 0)
    return breach (error, "%s: the field %s has another value than its winner gave it", who, path);
  return TRUE;
}

gboolean
reference_check (Reference *reference, const SobanUuid *record, const SobanRecordState *state, const char *who,
                 GError **error)
{
  GHashTable *fields = g_hash_table_lookup (reference->records, record);
  g_autoptr (SobanFieldMap) shown = NULL;
  GHashTableIter iter;
  gpointer path, winner;
  guint valued = 0;

  if (fields == NULL || state == NULL)
    return breach (error, "%s: a record is known on one side alone", who);
  g_hash_table_iter_init (&iter, fields);
  while (g_hash_table_iter_next (&iter, &path, &winner)) {
    if (!check_field (path, winner, state, who, error))
      return FALSE;
    valued += ((Winner *) winner)->value != NULL;
  }
  shown = soban_record_state_get_fields (state);
  return soban_field_map_size (shown) == valued || breach (error, "%s shows fields that nobody wrote", who);
}
