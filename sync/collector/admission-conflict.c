/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes whose authors did not know of each other: rules A12 and A13 of admission.c. */
#include "config.h"

#include "admission-private.h"

#include <string.h>

#define IS_REGISTER(path) ((path)[0] == '.')

static gboolean
put_conflict (SobanAdmission *self, const SobanAdmissionCase *one, const char *path, const SobanChangeId *winner, const SobanChangeId *loser,
              GError **error)
{
  SobanConflictNote conflict = {
    .record = one->change->record,
    .scope = one->change->scope,
    .path = path,
    .winner = *winner,
    .loser = *loser,
    .scope_number = one->scope_number,
    .found_ms = self->request->now_ms,
  };

  return self->store->put_conflict (self->store->data, &conflict, error);
}

static gboolean
note_rivals (SobanAdmission *self, const SobanAdmissionCase *one, GError **error)
{
  const SobanWriteKey key = { one->change->stamp, one->change->id };

  for (guint i = 0; i < one->rivals->len; i++) {
    const SobanRival *rival = &g_array_index (one->rivals, SobanRival, i);
    gboolean wins = soban_write_key_compare (&key, &rival->key) > 0;

    if (rival->seen || rival->stands_on || !rival->other_value || (IS_REGISTER (rival->path) && strcmp (rival->path, SOBAN_FIELD_DELETED) != 0))
      continue;
    if (!put_conflict (self, one, rival->path, wins ? &key.id : &rival->key.id, wins ? &rival->key.id : &key.id, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
settle (SobanAdmission *self, const SobanAdmissionCase *one, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < one->rivals->len; i++)
    g_ptr_array_add (paths, (gpointer) g_array_index (one->rivals, SobanRival, i).path);
  if (paths->len == 0 || one->change->seen == 0)
    return TRUE;
  return self->store->settle_conflicts (self->store->data, &one->change->record, paths, one->change->seen, self->request->now_ms, error);
}

/* What @change does to the register of deletion: NULL: nothing. */
static const char *
find_deletion (const SobanChange *change, gboolean *ret_writes)
{
  const char *deletion = NULL;

  *ret_writes = FALSE;
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    if (strcmp (assignment->path, SOBAN_FIELD_DELETED) == 0)
      deletion = assignment->value != NULL ? assignment->value : "0";
    else if (!IS_REGISTER (assignment->path))
      *ret_writes = TRUE;
  }
  return deletion;
}

/* The author of a delete did not know of the newest write to the record. */
static gboolean
note_deleted_write (SobanAdmission *self, const SobanAdmissionCase *one, GError **error)
{
  SobanWriteKey newest = { 0 };

  for (guint i = 0; i < soban_record_state_size (one->state); i++) {
    const char *path, *value;
    const SobanWriteKey *key = soban_record_state_nth (one->state, i, &path, &value);
    gboolean seen;

    if (IS_REGISTER (path) || soban_write_key_compare (key, &newest) <= 0)
      continue;
    if (!soban_admission_has_seen (self, one, &key->id, &seen, error))
      return FALSE;
    if (!seen)
      newest = *key;
  }
  return newest.id.number == 0 || put_conflict (self, one, SOBAN_FIELD_DELETED, &one->change->id, &newest.id, error);
}

/* The author of a write did not know that the record was deleted. */
static gboolean
note_write_to_deleted (SobanAdmission *self, const SobanAdmissionCase *one, GError **error)
{
  const SobanWriteKey *key = soban_record_state_get_winner (one->state, SOBAN_FIELD_DELETED);
  gboolean seen;

  if (!soban_record_state_is_deleted (one->state))
    return TRUE;
  return soban_admission_has_seen (self, one, &key->id, &seen, error)
         && (seen || put_conflict (self, one, SOBAN_FIELD_DELETED, &key->id, &one->change->id, error));
}

gboolean
soban_admission_note_conflicts (SobanAdmission *self, const SobanAdmissionCase *one, GError **error)
{
  gboolean writes;
  const char *deletion;

  if (soban_record_state_size (one->state) == 0 || soban_record_state_is_erased (one->state))
    return TRUE;
  deletion = find_deletion (one->change, &writes);
  if (!settle (self, one, error) || !note_rivals (self, one, error))
    return FALSE;
  if (deletion == NULL)
    return !writes || note_write_to_deleted (self, one, error);
  return strcmp (deletion, "1") != 0 || note_deleted_write (self, one, error);
}
