/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/autosave.h"

#include "base/limits.h"

/* Below the promise, to leave time for the fsync itself. */
#define SAVE_DELAY_MS (SOBAN_AUTOSAVE_DELAY_MS_MAX * 3 / 4)

/* What the saves of one draft share across threads. */
typedef struct {
  gatomicrefcount refs;
  GMutex lock;   /* held during a save: one at a time */
  guint64 saved; /* under lock: serial of the last saved snapshot; G_MAXUINT64 = ended */
} Line;

struct _SobanAutosave {
  gatomicrefcount refs; /* a running save keeps it */
  SobanStore *store;
  SobanAutosaveFuncs funcs;
  gpointer data; /* (nullable): NULL once freed by the owner */
  Line *line;
  guint64 serial; /* of the last change */
  guint64 saved;  /* of the last change known to be saved */
  gboolean running;
  gboolean again; /* the deadline passed while a save was running */
  gboolean ended;
  guint timer;
  GError *error;
};

/* One save on its way. */
typedef struct {
  SobanAutosaveFuncs funcs; /* a copy: the save may outlive its owner */
  Line *line;
  guint64 serial;
  gpointer snapshot;
} Save;

typedef struct {
  Line *line;
  SobanStoreJob job;
  gpointer data;
  GDestroyNotify destroy;
} End;

static Line *
ref_line (Line *line)
{
  g_atomic_ref_count_inc (&line->refs);
  return line;
}

static void
unref_line (Line *line)
{
  if (g_atomic_ref_count_dec (&line->refs)) {
    g_mutex_clear (&line->lock);
    g_free (line);
  }
}

static void
unref_self (SobanAutosave *self)
{
  if (!g_atomic_ref_count_dec (&self->refs)) {
    return;
  }
  g_clear_error (&self->error);
  unref_line (self->line);
  g_object_unref (self->store);
  g_free (self);
}

/* The only place that saves (invariant 2). */
static gboolean
save_in_line (SobanStore *store, const SobanAutosaveFuncs *funcs, Line *line, guint64 serial, gpointer snapshot,
              GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&line->lock);

  if (serial <= line->saved) {
    return TRUE;
  }
  if (!funcs->save (store, snapshot, error)) {
    return FALSE;
  }
  line->saved = serial;
  return TRUE;
}

static void
save_free (gpointer data)
{
  Save *save = data;

  save->funcs.free_snapshot (save->snapshot);
  unref_line (save->line);
  g_free (save);
}

static void
tell_state (SobanAutosave *self)
{
  if (self->data != NULL) {
    self->funcs.state_changed (self->data);
  }
}

static gboolean
on_deadline (gpointer data)
{
  SobanAutosave *self = data;

  self->timer = 0;
  soban_autosave_flush (self);
  return G_SOURCE_REMOVE;
}

static void
arm (SobanAutosave *self)
{
  if (self->timer == 0 && self->data != NULL && !self->ended) {
    self->timer = g_timeout_add (SAVE_DELAY_MS, on_deadline, self);
  }
}

static gboolean
run_save (SobanStore *store, gpointer data, GError **error)
{
  Save *save = data;

  return save_in_line (store, &save->funcs, save->line, save->serial, save->snapshot, error);
}

typedef struct {
  SobanAutosave *owner;
  guint64 serial;
} Ticket;

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Ticket *ticket = data;
  SobanAutosave *self = ticket->owner;

  self->running = FALSE;
  g_clear_error (&self->error);
  if (soban_store_run_finish (self->store, result, &self->error)) {
    self->saved = MAX (self->saved, ticket->serial);
  }
  if (self->again && self->error == NULL) {
    soban_autosave_flush (self);
  } else if (self->serial > self->saved) {
    arm (self);
  }
  tell_state (self);
  unref_self (self);
}

void
soban_autosave_flush (SobanAutosave *self)
{
  Save *save;
  Ticket *ticket;

  self->again = self->running;
  if (self->serial == self->saved || self->running || self->ended || self->data == NULL) {
    return;
  }
  g_clear_handle_id (&self->timer, g_source_remove);
  save = g_new0 (Save, 1);
  save->funcs = self->funcs;
  save->line = ref_line (self->line);
  save->serial = self->serial;
  save->snapshot = self->funcs.snapshot (self->data);
  ticket = g_new0 (Ticket, 1);
  ticket->owner = self;
  ticket->serial = self->serial;
  g_atomic_ref_count_inc (&self->refs);
  self->running = TRUE;
  soban_store_run_async (self->store, run_save, save, save_free, NULL, on_saved, ticket);
  tell_state (self);
}

gboolean
soban_autosave_flush_now (SobanAutosave *self, GError **error)
{
  gpointer snapshot;
  gboolean ok;

  if (self->serial == self->saved || self->ended) {
    return TRUE;
  }
  g_clear_handle_id (&self->timer, g_source_remove);
  snapshot = self->funcs.snapshot (self->data);
  ok = save_in_line (self->store, &self->funcs, self->line, self->serial, snapshot, error);
  self->funcs.free_snapshot (snapshot);
  if (ok) {
    self->saved = self->serial;
    g_clear_error (&self->error);
  } else {
    arm (self);
  }
  tell_state (self);
  return ok;
}

void
soban_autosave_mark (SobanAutosave *self)
{
  self->serial++;
  arm (self);
  tell_state (self);
}

SobanSaveState
soban_autosave_get_state (SobanAutosave *self)
{
  if (self->error != NULL) {
    return SOBAN_SAVE_REFUSED;
  }
  if (self->serial == self->saved) {
    return SOBAN_SAVE_SAVED;
  }
  return self->running ? SOBAN_SAVE_SAVING : SOBAN_SAVE_PENDING;
}

const GError *
soban_autosave_get_error (SobanAutosave *self)
{
  return self->error;
}

static void
end_free (gpointer data)
{
  End *end = data;

  if (end->destroy != NULL) {
    end->destroy (end->data);
  }
  unref_line (end->line);
  g_free (end);
}

static gboolean
run_end (SobanStore *store, gpointer data, GError **error)
{
  End *end = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&end->line->lock);

  if (!end->job (store, end->data, error)) {
    return FALSE;
  }
  end->line->saved = G_MAXUINT64;
  return TRUE;
}

void
soban_autosave_end_async (SobanAutosave *self, SobanStoreJob job, gpointer job_data, GDestroyNotify destroy,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  End *end = g_new0 (End, 1);

  g_clear_handle_id (&self->timer, g_source_remove);
  end->line = ref_line (self->line);
  end->job = job;
  end->data = job_data;
  end->destroy = destroy;
  soban_store_run_async (self->store, run_end, end, end_free, NULL, callback, user_data);
}

gboolean
soban_autosave_end_finish (SobanAutosave *self, GAsyncResult *result, GError **error)
{
  if (!soban_store_run_finish (self->store, result, error)) {
    if (self->serial != self->saved) {
      arm (self);
    }
    return FALSE;
  }
  self->ended = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  return TRUE;
}

SobanAutosave *
soban_autosave_new (SobanStore *store, const SobanAutosaveFuncs *funcs, gpointer data)
{
  SobanAutosave *self = g_new0 (SobanAutosave, 1);

  g_atomic_ref_count_init (&self->refs);
  self->store = g_object_ref (store);
  self->funcs = *funcs;
  self->data = data;
  self->line = g_new0 (Line, 1);
  g_atomic_ref_count_init (&self->line->refs);
  g_mutex_init (&self->line->lock);
  return self;
}

void
soban_autosave_free (SobanAutosave *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->data = NULL;
  unref_self (self);
}
