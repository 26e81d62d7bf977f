/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "client/session.h"

typedef struct {
  GMainLoop *loop;
  gboolean done;
  GError *error;
} Wait;

static void
on_session_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->done = soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &wait->error);
  g_main_loop_quit (wait->loop);
}

static void
print_progress (const SobanSyncProgress *progress)
{
  const char *language = soban_language_get ();
  g_autofree char *sent = soban_number_text ((gint64) progress->sent, language);
  g_autofree char *to_send = soban_number_text ((gint64) progress->to_send, language);
  g_autofree char *pulled = soban_number_text ((gint64) progress->pulled, language);
  g_autofree char *up = soban_number_text ((gint64) progress->bytes_up, language);
  g_autofree char *down = soban_number_text ((gint64) progress->bytes_down, language);

  g_print (_("sent %s of %s changes, received %s; %u requests, %s bytes up, %s bytes down\n"), sent, to_send, pulled,
           progress->requests, up, down);
}

static int
run_sync (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autoptr (SobanSyncSession) session = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  const SobanSyncProgress *progress;
  Wait wait = { loop, FALSE, NULL };

  if (!soban_run_parse (run, &soban_verb_sync, NULL, 0, 0, argc, argv, error) || !soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  session = soban_sync_session_new (run->store);
  soban_sync_session_run_async (session, NULL, on_session_finished, &wait);
  g_main_loop_run (loop);
  progress = soban_sync_session_get_progress (session);
  if (progress->requests > 0)
    print_progress (progress);
  if (!wait.done)
    g_propagate_error (error, wait.error);
  return wait.done ? SOBAN_EXIT_DONE : SOBAN_EXIT_FAILED;
}

const SobanVerb soban_verb_sync = { "sync", "", N_("Send what waits, receive what others sent"), run_sync };
