/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/number-text.h"
#include "client/retry-policy.h"
#include "client/session-private.h"

/* One run of the verb: attempts until one completes, the patience is over, or trying again is no use. */
typedef struct {
  SobanStore *store;
  GMainLoop *loop;
  GCancellable *cancellable;
  gint64 deadline_us; /* no attempt begins later */
  guint attempts;     /* in a row that got nothing through */
  GSource *timer;     /* (nullable): until the next attempt */
  gboolean leaves_attachments;
  SobanSyncProgress sum;
  gboolean done;
  GError *error; /* (nullable): of the last attempt */
} Run;

static void start_attempt (Run *run);

static guint32
draw_random (void)
{
  guint32 random;

  soban_entropy_fill (soban_entropy_system (), (guint8 *) &random, sizeof random);
  return random;
}

/* What is still to be sent is the last attempt's; all else adds up. */
static void
add_progress (SobanSyncProgress *sum, const SobanSyncProgress *progress)
{
  sum->to_send = sum->sent + progress->to_send;
  sum->sent += progress->sent;
  sum->pulled += progress->pulled;
  sum->bytes_up += progress->bytes_up;
  sum->bytes_down += progress->bytes_down;
  sum->requests += progress->requests;
  sum->cuts += progress->cuts;
  sum->repaired += progress->repaired;
  sum->attachments_to_send = sum->attachments_sent + progress->attachments_to_send;
  sum->attachments_sent += progress->attachments_sent;
}

static gboolean
on_time (gpointer user_data)
{
  Run *run = user_data;

  g_clear_pointer (&run->timer, g_source_unref);
  start_attempt (run);
  return G_SOURCE_REMOVE;
}

/* Whether another attempt will follow the one that @fault kept from its end. */
static gboolean
wait_for_next (Run *run, const GError *fault)
{
  guint delay_ms;

  if (!soban_retry_policy_next (fault, run->attempts, draw_random (), &delay_ms)
      || g_get_monotonic_time () + (gint64) delay_ms * 1000 > run->deadline_us)
    return FALSE;
  run->timer = g_timeout_source_new (delay_ms);
  g_source_set_callback (run->timer, on_time, run, NULL);
  g_source_attach (run->timer, NULL);
  return TRUE;
}

static void
on_session_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  SobanSyncSession *session = SOBAN_SYNC_SESSION (source);
  const SobanSyncProgress *progress = soban_sync_session_get_progress (session);
  const GError *fault;

  g_clear_error (&run->error);
  run->done = soban_sync_session_run_finish (session, result, &run->error);
  run->attempts = progress->sent + progress->pulled + progress->attachments_sent > 0 ? 1 : run->attempts + 1;
  add_progress (&run->sum, progress);
  fault = run->done ? soban_sync_session_get_attachment_fault (session) : run->error;
  if (fault == NULL || !wait_for_next (run, fault))
    g_main_loop_quit (run->loop);
}

static void
start_attempt (Run *run)
{
  g_autoptr (SobanSyncSession) session = soban_sync_session_new (run->store);

  soban_sync_session_set_sends_attachments (session, !run->leaves_attachments);
  /* The run keeps the session until it is finished. */
  soban_sync_session_run_async (session, run->cancellable, on_session_finished, run);
}

/* Ends the attempt, or the wait for the next one; what was sent and received stays. */
static gboolean
on_signal (gpointer user_data)
{
  Run *run = user_data;

  g_cancellable_cancel (run->cancellable);
  if (run->timer != NULL)
    g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
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
  if (progress->attachments_to_send > 0)
    g_print (_("sent %u of %u photos and files\n"), progress->attachments_sent, progress->attachments_to_send);
  if (progress->cuts > 0)
    g_print (_("the link was cut %u times\n"), progress->cuts);
  if (progress->repaired > 0)
    g_print (_("%u records differed from the server's and were put right\n"), progress->repaired);
}

static void
run_attempts (Run *run)
{
  guint sources[] = { g_unix_signal_add (SIGTERM, on_signal, run), g_unix_signal_add (SIGINT, on_signal, run) };

  run->loop = g_main_loop_new (NULL, FALSE);
  run->cancellable = g_cancellable_new ();
  start_attempt (run);
  g_main_loop_run (run->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  if (run->timer != NULL)
    g_source_destroy (run->timer);
  g_clear_pointer (&run->timer, g_source_unref);
  g_clear_object (&run->cancellable);
  g_clear_pointer (&run->loop, g_main_loop_unref);
}

static int
run_sync (SobanRun *verb, int argc, char **argv, GError **error)
{
  int patience_seconds = 0;
  Run run = { 0 };
  const GOptionEntry entries[] = {
    { "patience", 0, 0, G_OPTION_ARG_INT, &patience_seconds, N_("Keep trying for so long when the network or the server is not there"), N_("SECONDS") },
    { "no-attachments", 0, 0, G_OPTION_ARG_NONE, &run.leaves_attachments, N_("Leave photos and files for another time, as on a network that costs"), NULL },
    { NULL },
  };

  if (!soban_run_parse (verb, &soban_verb_sync, entries, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if (patience_seconds < 0) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--patience takes a number of seconds"));
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_run_open_store (verb, error))
    return SOBAN_EXIT_FAILED;
  run.store = verb->store;
  run.deadline_us = g_get_monotonic_time () + patience_seconds * G_USEC_PER_SEC;
  run_attempts (&run);
  if (run.sum.requests > 0)
    print_progress (&run.sum);
  if (!run.done)
    g_propagate_error (error, run.error);
  return run.done ? SOBAN_EXIT_DONE : SOBAN_EXIT_FAILED;
}

const SobanVerb soban_verb_sync = { "sync", "", N_("Send what waits, receive what others sent"), run_sync };
