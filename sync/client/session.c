/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One sync: rounds (sync/README.md 5) until nothing is left. Each round is
 *
 *   prepare (worker) -> exchange (main context) -> apply (worker) -> prepare of the next, or finish
 *
 * and a cut link leads back to prepare as long as something gets through. What is asked and kept is the course's (course.c).
 *
 * Invariants
 * 1. self->course belongs to the job that runs, else to the main context: never to both.
 * 2. A job is not cancelled half-way: what has arrived is kept.
 * 3. Forms come after all records, photos and files after them, and what keeps either away never makes a sync fail.
 * 4. However a run ends, what is learned of the link and how it ended is written down.
 */
#include "config.h"

#include "client/session-private.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "client/attachment-send.h"
#include "client/course.h"
#include "client/form-fetch.h"
#include "client/http-transport.h"
#include "store/settings.h"

struct _SobanSyncSession {
  GObject parent;

  SobanStore *store;
  SobanTransport *transport; /* (nullable): made from the enrolment at the first round */
  SobanSyncProgress progress;
  gboolean sends_attachments;
  GError *attachment_fault; /* (nullable) */

  GTask *task; /* (nullable): the run */
  GCancellable *cancellable;
  SobanCourse *course; /* (nullable) */
  GBytes *request;     /* (nullable) */
  SobanAnswer *answer; /* (nullable) */
  gint64 asked_us, took_ms;
};

enum { PROGRESS, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SobanSyncSession, soban_sync_session, G_TYPE_OBJECT)

static void prepare_round (SobanSyncSession *self);

/* ---- jobs: on a worker thread ---- */

static gboolean
prepare_job (SobanStore *store, gpointer data, GError **error)
{
  SobanSyncSession *self = data;

  self->request = soban_course_prepare (self->course, store, error);
  return self->request != NULL;
}

static gboolean
apply_job (SobanStore *store, gpointer data, GError **error)
{
  SobanSyncSession *self = data;

  return soban_course_apply (self->course, store, self->answer->body, self->took_ms, self->cancellable, error);
}

typedef struct {
  SobanCourse *course;
  gint64 collector_ms; /* 0: the sync did not complete */
  char *sentence;
} Outcome;

static void
free_outcome (gpointer data)
{
  Outcome *outcome = data;

  soban_course_free (outcome->course);
  g_free (outcome->sentence);
  g_free (outcome);
}

static gboolean
keep_outcome_job (SobanStore *store, gpointer data, GError **error)
{
  const Outcome *outcome = data;
  g_autofree char *ms = g_strdup_printf ("%" G_GINT64_FORMAT, outcome->collector_ms);

  if (!soban_course_keep (outcome->course, store, error))
    return FALSE;
  if (outcome->collector_ms != 0 && !soban_store_set_setting (store, SOBAN_SETTING_LAST_SYNC_MS, ms, error))
    return FALSE;
  return soban_store_set_setting (store, SOBAN_SETTING_LAST_SYNC_ERROR, outcome->sentence, error);
}

/* ---- the run: on the main context ---- */

static void
on_outcome_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GError *outcome = g_task_get_task_data (task);

  /* The sync itself is done or not, whether its date could be written down or not. */
  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error))
    g_message (_("Keeping the date of the sync: %s"), error->message);
  if (outcome != NULL)
    g_task_return_error (task, g_error_copy (outcome));
  else
    g_task_return_boolean (task, TRUE);
}

static void
clear_round (SobanSyncSession *self)
{
  g_clear_pointer (&self->request, g_bytes_unref);
  g_clear_pointer (&self->answer, soban_answer_free);
}

/* @error: (transfer full) (nullable): ends the run. */
static void
finish (SobanSyncSession *self, GError *error)
{
  GTask *task = g_steal_pointer (&self->task);
  Outcome *outcome = g_new0 (Outcome, 1);

  clear_round (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    error->domain = SOBAN_SYNC_ERROR;
    error->code = SOBAN_SYNC_ERROR_CANCELLED;
  }
  outcome->course = g_steal_pointer (&self->course);
  outcome->collector_ms = error == NULL ? outcome->course->collector_ms : 0;
  outcome->sentence = error != NULL ? soban_sync_error_sentence (error) : g_strdup ("");
  if (error != NULL)
    g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
  soban_store_run_async (self->store, keep_outcome_job, outcome, free_outcome, NULL, on_outcome_kept, task);
}

static void
tell_progress (SobanSyncSession *self)
{
  const SobanCourse *course = self->course;

  self->progress.sent = course->sent;
  self->progress.to_send = course->sent + course->waiting;
  self->progress.pulled = course->pulled;
  self->progress.to_pull = course->to_pull > 0 ? course->pulled + course->to_pull : 0;
  self->progress.repaired = course->repaired;
  g_signal_emit (self, signals[PROGRESS], 0);
}

/* @error: (transfer full): a round did not come to its end. */
static void
end_round (SobanSyncSession *self, GError *error)
{
  if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT) && soban_course_note_cut (self->course, self->took_ms)) {
    self->progress.cuts++;
    g_error_free (error);
    prepare_round (self);
  } else {
    finish (self, error);
  }
}

/* Of a run: what the rounds and forms cost is in the progress already. */
static void
on_attachments_moved (const SobanAttachmentProgress *sent, gpointer data)
{
  SobanSyncSession *self = data;

  self->progress.attachments_sent = sent->sent;
  self->progress.attachments_to_send = sent->to_send;
  self->progress.attachment_bytes_sent = sent->bytes_sent;
  self->progress.attachment_bytes_to_send = sent->bytes_to_send;
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
on_attachments_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  SobanAttachmentProgress sent;

  if (!soban_attachment_send_finish (self->store, result, &sent, &self->attachment_fault)) /* (3) */
    g_message (_("Photos and files are left for the next sync: %s"), self->attachment_fault->message);
  self->progress.requests += sent.requests;
  self->progress.cuts += sent.cuts;
  self->progress.bytes_up += sent.bytes_up;
  self->progress.bytes_down += sent.bytes_down;
  finish (self, NULL);
}

static void
send_attachments (SobanSyncSession *self)
{
  if (!self->sends_attachments || g_cancellable_is_cancelled (self->cancellable)) {
    finish (self, NULL);
    return;
  }
  soban_attachment_send_async (self->store, self->transport, self->course->token, &self->course->pace, on_attachments_moved, self,
                               self->cancellable, on_attachments_sent, g_object_ref (self));
}

static void
on_forms_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  SobanFormFetchCost cost;
  g_autoptr (GError) error = NULL;

  if (!soban_form_fetch_finish (self->store, result, &cost, &error)) /* (3) */
    g_message (_("Forms are left for the next sync: %s"), error->message);
  self->progress.requests += cost.requests;
  self->progress.bytes_up += cost.bytes_up;
  self->progress.bytes_down += cost.bytes_down;
  send_attachments (self);
}

static void
fetch_forms (SobanSyncSession *self)
{
  const SobanCourse *course = self->course;

  soban_form_fetch_async (self->store, self->transport, course->token, course->forms, soban_forms_fingerprint (course->forms), self->cancellable,
                          on_forms_fetched, g_object_ref (self));
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  GError *error = NULL;

  if (!soban_store_run_finish (self->store, result, &error)) {
    end_round (self, error);
    return;
  }
  tell_progress (self);
  if (soban_course_is_done (self->course) && self->course->forms != NULL)
    fetch_forms (self);
  else if (soban_course_is_done (self->course))
    send_attachments (self);
  else
    prepare_round (self);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  GError *error = NULL;

  self->answer = soban_transport_exchange_finish (SOBAN_TRANSPORT (source), result, &error);
  self->took_ms = (g_get_monotonic_time () - self->asked_us) / 1000;
  if (self->answer != NULL) {
    self->progress.requests++;
    self->progress.bytes_up += self->answer->bytes_up;
    self->progress.bytes_down += self->answer->bytes_down;
  }
  if (self->answer == NULL || !soban_answer_check (self->answer, SOBAN_SYNC_CONTENT_TYPE, &error)) {
    end_round (self, error);
    return;
  }
  soban_store_run_async (self->store, apply_job, self, NULL, NULL, on_applied, g_object_ref (self)); /* (2) */
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  GError *error = NULL;

  if (!soban_store_run_finish (self->store, result, &error)
      || g_cancellable_set_error_if_cancelled (self->cancellable, &error)) {
    finish (self, error);
    return;
  }
  if (self->transport == NULL)
    self->transport = soban_http_transport_new (self->course->url, self->course->key);
  tell_progress (self);
  self->asked_us = g_get_monotonic_time ();
  soban_transport_exchange_async (self->transport,
                                  &(SobanRequest) {
                                    .path = "/v1/sync",
                                    .content_type = SOBAN_SYNC_CONTENT_TYPE,
                                    .body = self->request,
                                    .token = self->course->token,
                                  },
                                  self->cancellable, on_answered, g_object_ref (self));
}

static void
prepare_round (SobanSyncSession *self)
{
  clear_round (self);
  soban_store_run_async (self->store, prepare_job, self, NULL, NULL, on_prepared, g_object_ref (self)); /* (1), (2) */
}

/* ---- the object ---- */

static void
soban_sync_session_finalize (GObject *object)
{
  SobanSyncSession *self = SOBAN_SYNC_SESSION (object);

  g_assert (self->task == NULL);
  clear_round (self);
  g_clear_error (&self->attachment_fault);
  g_clear_object (&self->transport);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (soban_sync_session_parent_class)->finalize (object);
}

static void
soban_sync_session_class_init (SobanSyncSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_sync_session_finalize;
  signals[PROGRESS] = g_signal_new ("progress", SOBAN_TYPE_SYNC_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
soban_sync_session_init (SobanSyncSession *self)
{
  self->sends_attachments = TRUE;
}

SobanSyncSession *
soban_sync_session_new (SobanStore *store)
{
  return soban_sync_session_new_with_transport (store, NULL);
}

SobanSyncSession *
soban_sync_session_new_with_transport (SobanStore *store, SobanTransport *transport)
{
  SobanSyncSession *self = g_object_new (SOBAN_TYPE_SYNC_SESSION, NULL);

  self->store = g_object_ref (store);
  g_set_object (&self->transport, transport);
  return self;
}

const SobanSyncProgress *
soban_sync_session_get_progress (SobanSyncSession *session)
{
  g_return_val_if_fail (SOBAN_IS_SYNC_SESSION (session), NULL);
  return &session->progress;
}

void
soban_sync_session_set_sends_attachments (SobanSyncSession *session, gboolean sends)
{
  g_return_if_fail (SOBAN_IS_SYNC_SESSION (session));
  session->sends_attachments = sends;
}

const GError *
soban_sync_session_get_attachment_fault (SobanSyncSession *session)
{
  g_return_val_if_fail (SOBAN_IS_SYNC_SESSION (session), NULL);
  return session->attachment_fault;
}

void
soban_sync_session_run_async (SobanSyncSession *session, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (SOBAN_IS_SYNC_SESSION (session));
  g_return_if_fail (session->task == NULL);

  session->task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (session->task, soban_sync_session_run_async);
  g_task_set_check_cancellable (session->task, FALSE);
  g_set_object (&session->cancellable, cancellable);
  session->progress = (SobanSyncProgress) { 0 };
  g_clear_error (&session->attachment_fault);
  session->course = soban_course_new ();
  prepare_round (session);
}

gboolean
soban_sync_session_run_finish (SobanSyncSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
