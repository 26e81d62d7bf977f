/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync-once.h"

typedef struct {
  GError *error;
  gboolean done;
} Outcome;

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &outcome->error);
  outcome->done = TRUE;
}

GError *
sync_once_cancellable (SobanStore *store, GCancellable *cancellable, SobanSyncProgress *progress)
{
  g_autoptr (SobanSyncSession) session = soban_sync_session_new (store);
  const SobanSyncProgress *made = soban_sync_session_get_progress (session);
  Outcome outcome = { 0 };

  soban_sync_session_run_async (session, cancellable, on_finished, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  progress->sent += made->sent;
  progress->pulled += made->pulled;
  progress->requests += made->requests;
  progress->cuts += made->cuts;
  progress->repaired += made->repaired;
  progress->bytes_up += made->bytes_up;
  progress->bytes_down += made->bytes_down;
  return outcome.error;
}

GError *
sync_once (SobanStore *store, SobanSyncProgress *progress)
{
  return sync_once_cancellable (store, NULL, progress);
}
