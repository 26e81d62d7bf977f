/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/**
 * SobanAutosave: saves what changes, on a deadline.
 *
 * 1. The first unsaved change starts a timer that further changes do not reset: nothing stays unsaved for longer than
 *    SOBAN_AUTOSAVE_DELAY_MS_MAX (DESIGN 7).
 * 2. Never two saves at once, and never an older state over a newer one: each snapshot has a serial, and a save whose
 * serial is not above the last saved one does nothing.
 * 3. After a save that did not succeed the change counts as unsaved again, and the next deadline tries it again.
 * 4. After soban_autosave_end_async() has succeeded nothing is written any more.
 *
 * Main thread; the saves run on workers of the store.
 */
typedef struct _SobanAutosave SobanAutosave;

typedef enum { SOBAN_SAVE_SAVED, SOBAN_SAVE_PENDING, SOBAN_SAVE_SAVING, SOBAN_SAVE_REFUSED } SobanSaveState;

typedef struct {
  gpointer (*snapshot) (gpointer data);                                    /* (transfer full), main thread */
  gboolean (*save) (SobanStore *store, gpointer snapshot, GError **error); /* any thread, blocks */
  void (*free_snapshot) (gpointer snapshot);
  void (*state_changed) (gpointer data); /* main thread */
} SobanAutosaveFuncs;

SobanAutosave *soban_autosave_new (SobanStore *store, const SobanAutosaveFuncs *funcs, gpointer data);
/* A save that runs goes on; nobody is told of its end. Unsaved changes are not saved: flush first. */
void soban_autosave_free (SobanAutosave *self);
/* Something changed. */
void soban_autosave_mark (SobanAutosave *self);
/* Saves at once in the background what is unsaved. */
void soban_autosave_flush (SobanAutosave *self);
/* Saves what is unsaved and waits: for closing and SIGTERM. */
gboolean soban_autosave_flush_now (SobanAutosave *self, GError **error);
SobanSaveState soban_autosave_get_state (SobanAutosave *self);
const GError *soban_autosave_get_error (SobanAutosave *self); /* (nullable): why the state is REFUSED */

/* Runs @job on a worker with no save beside it; when it succeeds, no save follows it. */
void soban_autosave_end_async (SobanAutosave *self, SobanStoreJob job, gpointer job_data, GDestroyNotify destroy,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_autosave_end_finish (SobanAutosave *self, GAsyncResult *result, GError **error);
