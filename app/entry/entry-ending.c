/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an entry ends: its draft is completed, thrown away, or goes over to another version of its form. */
#include "entry/entry-private.h"

typedef struct {
  SobanEntrySnapshot *whole;
  SobanFieldMap *relevant;
} Completion;

static void
completion_free (gpointer data)
{
  Completion *completion = data;

  soban_entry_snapshot_free (completion->whole);
  soban_field_map_unref (completion->relevant);
  g_free (completion);
}

/* Saved first as a draft, so that a power cut between the two loses nothing, and so that the draft exists; with the answers that are not
 * relevant now: where completing fails, they are in the draft still. */
static gboolean
run_complete (SobanStore *store, gpointer data, GError **error)
{
  Completion *completion = data;

  return soban_entry_snapshot_save (store, completion->whole, error)
         && soban_store_complete_draft (store, &completion->whole->id, completion->relevant, error);
}

void
soban_entry_hold (SobanEntry *self)
{
  self->holds++;
}

void
soban_entry_release (SobanEntry *self)
{
  GAsyncReadyCallback callback = self->complete_waiting;

  g_assert (self->holds > 0);
  self->holds--;
  if (self->holds == 0 && callback != NULL) {
    self->complete_waiting = NULL;
    soban_entry_complete_async (self, callback, self->complete_waiting_data);
  } else if (self->holds == 0) {
    /* Its page may be gone: nobody would save it later. */
    soban_autosave_flush (self->autosave);
  }
}

gboolean
soban_entry_stop_completing (SobanEntry *self)
{
  gboolean waiting = self->complete_waiting != NULL;

  self->complete_waiting = NULL;
  return waiting;
}

gboolean
soban_entry_is_held (SobanEntry *self)
{
  return self->holds > 0;
}

void
soban_entry_complete_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  Completion *completion;

  g_return_if_fail (SOBAN_IS_ENTRY (self));
  if (self->holds > 0) {
    self->complete_waiting = callback;
    self->complete_waiting_data = user_data;
    return;
  }
  completion = g_new0 (Completion, 1);
  completion->whole = soban_entry_snapshot_take (self);
  completion->relevant = soban_form_instance_get_fields (self->instance, TRUE);
  soban_autosave_end_async (self->autosave, run_complete, completion, completion_free, callback, user_data);
}

gboolean
soban_entry_complete_finish (SobanEntry *self, GAsyncResult *result, GError **error)
{
  return soban_autosave_end_finish (self->autosave, result, error);
}

static gboolean
run_discard (SobanStore *store, gpointer data, GError **error)
{
  return soban_store_discard_draft (store, data, error);
}

void
soban_entry_discard_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SOBAN_IS_ENTRY (self));
  soban_autosave_end_async (self->autosave, run_discard, g_memdup2 (&self->draft->id, sizeof (SobanUuid)), g_free,
                            callback, user_data);
}

gboolean
soban_entry_discard_finish (SobanEntry *self, GAsyncResult *result, GError **error)
{
  return soban_autosave_end_finish (self->autosave, result, error);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, error);
  }
}

static gboolean
run_restore (SobanStore *store, gpointer data, GError **error)
{
  return soban_entry_snapshot_save (store, data, error);
}

void
soban_entry_restore_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SOBAN_IS_ENTRY (self));
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, soban_entry_restore_async);
  soban_store_run_async (self->store, run_restore, soban_entry_snapshot_take (self), soban_entry_snapshot_free, NULL, on_restored, task);
}

gboolean
soban_entry_restore_finish (SobanEntry *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- another version of the form ---- */

typedef struct {
  SobanEntrySnapshot *snapshot;
  char *version;
} Move;

static void
move_free (gpointer data)
{
  Move *move = data;

  soban_entry_snapshot_free (move->snapshot);
  g_free (move->version);
  g_free (move);
}

static gboolean
run_move (SobanStore *store, gpointer data, GError **error)
{
  Move *move = data;

  return soban_entry_snapshot_save (store, move->snapshot, error)
         && soban_store_move_draft (store, &move->snapshot->id, move->version, error);
}

void
soban_entry_move_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  Move *move;

  g_return_if_fail (SOBAN_IS_ENTRY (self) && self->newer != NULL);
  move = g_new0 (Move, 1);
  move->snapshot = soban_entry_snapshot_take (self);
  move->version = g_strdup (soban_form_get_version (self->newer));
  soban_autosave_end_async (self->autosave, run_move, move, move_free, callback, user_data);
}

gboolean
soban_entry_move_finish (SobanEntry *self, GAsyncResult *result, GError **error)
{
  return soban_autosave_end_finish (self->autosave, result, error);
}
