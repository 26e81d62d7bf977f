/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *   list what waits (worker) -> load one (worker) -> announce it -> send pieces -> note its receipt (worker) -> load the next
 *
 * and after a cut: ask how much has come -> send pieces, as long as something gets through.
 *
 * Invariants
 * 1. It is received when the collector of the present enrolment says that it has all of it, which it says only of what it has compared with its name.
 * 2. Bytes that are damaged on this tablet are never sent.
 * 3. What is wrong with one keeps only that one away; what is wrong with the link or the collector ends the sending.
 * 4. It ends: an attachment is begun anew ATTEMPTS_MAX times, and without progress its place asked for as often; and a link may be cut
 *    CUTS_IN_VAIN_MAX times in vain at the smallest pieces.
 */
#include "config.h"

#include "client/attachment-send.h"

#include "base/error.h"
#include "base/limits.h"
#include "store/settings.h"

#define PATCH_CONTENT_TYPE "application/offset+octet-stream"
#define ATTEMPTS_MAX 3
#define CUTS_IN_VAIN_MAX 4
/* A link that stood still for so long is not tried again at once. */
#define CUT_AT_ONCE_MS 30000
#define STATUS_NOT_FOUND 404
#define STATUS_NOT_ALLOWED 405
#define STATUS_REQUEST_TIMEOUT 408
#define STATUS_CONFLICT 409
#define STATUS_CHECKSUM_MISMATCH 460

typedef enum { STEP_ANNOUNCE, STEP_ASK, STEP_PIECE } Step;

typedef struct {
  SobanStore *store;
  SobanTransport *transport;
  char *token;
  SobanPace *pace;
  SobanAttachmentProgressFunc moved;
  gpointer moved_data;
  GPtrArray *waiting; /* (nullable) (element-type SobanWaitingAttachment) */
  guint place;        /* in @waiting */
  SobanAttachmentProgress progress;
  GError *fault; /* (nullable): the first */

  /* The one at @place. */
  GBytes *content;       /* (nullable) */
  guint64 offset, begun; /* the collector has so much; where it stood when the sending began */
  gsize piece_bytes;     /* of the request on its way */
  guint begun_anew, asked_in_vain;

  Step step;
  gint64 asked_us;
  guint cuts_in_vain;
} Send;

static void load_next (GTask *task);
static void ask (GTask *task, Step step);

static void
free_send (gpointer data)
{
  Send *send = data;

  g_object_unref (send->store);
  g_object_unref (send->transport);
  g_free (send->token);
  g_clear_pointer (&send->waiting, g_ptr_array_unref);
  g_clear_pointer (&send->content, g_bytes_unref);
  g_clear_error (&send->fault);
  g_free (send);
}

/* @error: (transfer full) */
static void
note_fault (Send *send, GError *error)
{
  if (send->fault == NULL)
    send->fault = error;
  else
    g_error_free (error);
}

static const SobanWaitingAttachment *
get_present (const Send *send)
{
  return g_ptr_array_index (send->waiting, send->place);
}

/* ---- jobs: on a worker thread ---- */

static gboolean
list_job (SobanStore *store, gpointer data, GError **error)
{
  Send *send = data;

  send->waiting = soban_store_list_waiting_attachments (store, error);
  return send->waiting != NULL;
}

/* (2) */
static gboolean
load_job (SobanStore *store, gpointer data, GError **error)
{
  Send *send = data;

  send->content = soban_store_get_attachment (store, get_present (send)->name, error);
  return send->content != NULL;
}

/* In one transaction: a tablet that was enrolled anew meanwhile has been answered by the collector of before. */
static gboolean
receive_if_enrolled (SobanStore *store, gpointer data, GError **error)
{
  const Send *send = data;
  g_autofree char *token = soban_store_get_setting (store, SOBAN_SETTING_TOKEN);

  if (g_strcmp0 (token, send->token) == 0)
    return soban_store_mark_attachment_received (store, get_present (send)->name, error);
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED, "the tablet was enrolled anew meanwhile");
  return FALSE;
}

static gboolean
receive_job (SobanStore *store, gpointer data, GError **error)
{
  return soban_store_save_together (store, receive_if_enrolled, data, error);
}

/* ---- the run: on the main context ---- */

static void
end (GTask *task)
{
  Send *send = g_task_get_task_data (task);

  if (send->fault != NULL)
    g_task_return_error (task, g_error_copy (send->fault));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* @error: (transfer full) */
static void
end_with (GTask *task, GError *error)
{
  note_fault (g_task_get_task_data (task), error);
  end (task);
}

static void
go_to_next (GTask *task)
{
  Send *send = g_task_get_task_data (task);

  g_clear_pointer (&send->content, g_bytes_unref);
  send->place++;
  load_next (task);
}

/* @error: (transfer full). (3) */
static void
leave (GTask *task, GError *error)
{
  note_fault (g_task_get_task_data (task), error);
  go_to_next (task);
}

static void
tell (Send *send)
{
  if (send->moved != NULL)
    send->moved (&send->progress, send->moved_data);
}

static void
on_received (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Send *send = g_task_get_task_data (task);
  GError *error = NULL;

  if (!soban_store_run_finish (send->store, result, &error)) {
    end_with (task, error);
    return;
  }
  send->progress.sent++;
  tell (send);
  go_to_next (task);
}

/* The collector has [0, @offset). */
static void
take_offset (GTask *task, guint64 offset)
{
  Send *send = g_task_get_task_data (task);
  guint64 bytes = g_bytes_get_size (send->content);

  if (offset > send->offset) {
    send->cuts_in_vain = 0;
    send->asked_in_vain = 0;
  }
  send->progress.bytes_sent = send->begun + offset;
  send->offset = offset;
  tell (send);
  if (offset == bytes) /* (1) */
    soban_store_run_async (send->store, receive_job, send, NULL, NULL, on_received, task);
  else
    ask (task, STEP_PIECE);
}

/* (4) */
static void
try_again (GTask *task, Step step, guint *attempts)
{
  Send *send = g_task_get_task_data (task);

  if (++*attempts <= ATTEMPTS_MAX)
    ask (task, step);
  else
    leave (task, g_error_new (SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, "the collector does not come to have %s", get_present (send)->name));
}

/* What the answer is worth when it is no plain success. */
static void
take_refusal (GTask *task, const SobanAnswer *answer)
{
  Send *send = g_task_get_task_data (task);
  GError *error = NULL;

  if (answer->status == STATUS_REQUEST_TIMEOUT || (send->step == STEP_PIECE && answer->status == STATUS_CONFLICT)) {
    try_again (task, STEP_ASK, &send->asked_in_vain);
  } else if (send->step != STEP_ANNOUNCE && (answer->status == STATUS_NOT_FOUND || answer->status == STATUS_CHECKSUM_MISMATCH)) {
    send->offset = 0;
    try_again (task, STEP_ANNOUNCE, &send->begun_anew);
  } else if (soban_answer_check_status (answer, &error)) {
    end_with (task, g_error_new (SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the collector does not say how much it has of a file"));
  } else if (answer->status == STATUS_NOT_FOUND || answer->status == STATUS_NOT_ALLOWED) {
    g_clear_error (&error);
    end_with (task, g_error_new (SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the collector is too old to take photos and files"));
  } else if (g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED)) {
    leave (task, error);
  } else {
    end_with (task, error);
  }
}

static void
take_answer (GTask *task, const SobanAnswer *answer, gint64 took_ms)
{
  Send *send = g_task_get_task_data (task);
  gboolean good = answer->status == 200 || answer->status == 201 || answer->status == 204;
  guint64 most = g_bytes_get_size (send->content);

  send->progress.requests++;
  send->progress.bytes_up += answer->bytes_up;
  send->progress.bytes_down += answer->bytes_down;
  if (!good || answer->upload_offset < 0 || (guint64) answer->upload_offset > most) {
    take_refusal (task, answer);
    return;
  }
  if (send->step == STEP_PIECE) {
    soban_pace_note_answer (send->pace, send->piece_bytes, 0, took_ms);
    if ((guint64) answer->upload_offset <= send->offset) {
      try_again (task, STEP_ASK, &send->asked_in_vain);
      return;
    }
  }
  take_offset (task, (guint64) answer->upload_offset);
}

/* @error: (transfer full): no answer came. */
static void
take_cut (GTask *task, GError *error, gint64 took_ms)
{
  Send *send = g_task_get_task_data (task);
  gboolean least = soban_pace_is_least (send->pace);

  if (!g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TIMEOUT) || took_ms >= CUT_AT_ONCE_MS) {
    end_with (task, error);
    return;
  }
  soban_pace_note_cut (send->pace, 0);
  send->progress.cuts++;
  if (least && ++send->cuts_in_vain > CUTS_IN_VAIN_MAX) {
    end_with (task, error);
    return;
  }
  g_error_free (error);
  /* What of it has come is not known. */
  ask (task, send->step == STEP_ANNOUNCE ? STEP_ANNOUNCE : STEP_ASK);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Send *send = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (SobanAnswer) answer = soban_transport_exchange_finish (SOBAN_TRANSPORT (source), result, &error);
  gint64 took_ms = (g_get_monotonic_time () - send->asked_us) / 1000;

  if (answer != NULL)
    take_answer (task, answer, took_ms);
  else
    take_cut (task, error, took_ms);
}

static GBytes *
cut_piece (const Send *send)
{
  guint64 left = g_bytes_get_size (send->content) - send->offset;

  return g_bytes_new_from_bytes (send->content, send->offset, MIN (MIN (left, send->pace->request_bytes), SOBAN_ATTACHMENT_PATCH_BYTES_MAX));
}

static void
ask (GTask *task, Step step)
{
  static const char *const methods[] = { "POST", "HEAD", "PATCH" };
  Send *send = g_task_get_task_data (task);
  g_autofree char *path = g_strconcat ("/v1/attachment/", get_present (send)->name, NULL);
  g_autofree char *number = NULL;
  g_autoptr (GBytes) piece = step == STEP_PIECE ? cut_piece (send) : NULL;
  const char *headers[] = { "Tus-Resumable", "1.0.0", NULL, NULL, NULL };
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error)) {
    end_with (task, error);
    return;
  }
  if (step != STEP_ASK) {
    headers[2] = step == STEP_PIECE ? "Upload-Offset" : "Upload-Length";
    number = g_strdup_printf ("%" G_GUINT64_FORMAT, step == STEP_PIECE ? send->offset : (guint64) g_bytes_get_size (send->content));
    headers[3] = number;
  }
  send->step = step;
  send->piece_bytes = piece != NULL ? g_bytes_get_size (piece) : 0;
  send->asked_us = g_get_monotonic_time ();
  soban_transport_exchange_async (send->transport,
                                  &(SobanRequest) {
                                    .path = path,
                                    .method = methods[step],
                                    .headers = headers,
                                    .content_type = piece != NULL ? PATCH_CONTENT_TYPE : NULL,
                                    .body = piece,
                                    .token = send->token,
                                  },
                                  cancellable, on_answered, task);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Send *send = g_task_get_task_data (task);
  GError *error = NULL;

  if (!soban_store_run_finish (send->store, result, &error)) {
    if (g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT)
        || g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND))
      leave (task, error);
    else
      end_with (task, error);
    return;
  }
  ask (task, STEP_ANNOUNCE);
}

static void
load_next (GTask *task)
{
  Send *send = g_task_get_task_data (task);

  if (send->place == send->waiting->len) {
    end (task);
    return;
  }
  send->offset = 0;
  send->begun_anew = 0;
  send->asked_in_vain = 0;
  send->begun = send->progress.bytes_sent;
  soban_store_run_async (send->store, load_job, send, NULL, NULL, on_loaded, task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Send *send = g_task_get_task_data (task);
  GError *error = NULL;

  if (!soban_store_run_finish (send->store, result, &error)) {
    end_with (task, error);
    return;
  }
  send->progress.to_send = send->waiting->len;
  for (guint i = 0; i < send->waiting->len; i++)
    send->progress.bytes_to_send += ((const SobanWaitingAttachment *) g_ptr_array_index (send->waiting, i))->bytes;
  if (send->waiting->len > 0)
    tell (send);
  load_next (task);
}

void
soban_attachment_send_async (SobanStore *store, SobanTransport *transport, const char *token, SobanPace *pace,
                             SobanAttachmentProgressFunc moved, gpointer moved_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Send *send = g_new0 (Send, 1);

  send->store = g_object_ref (store);
  send->transport = g_object_ref (transport);
  send->token = g_strdup (token);
  send->pace = pace;
  send->moved = moved;
  send->moved_data = moved_data;
  g_task_set_source_tag (task, soban_attachment_send_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, send, free_send);
  soban_store_run_async (store, list_job, send, NULL, NULL, on_listed, task);
}

gboolean
soban_attachment_send_finish (SobanStore *store, GAsyncResult *result, SobanAttachmentProgress *ret_progress, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);
  if (ret_progress != NULL)
    *ret_progress = ((Send *) g_task_get_task_data (G_TASK (result)))->progress;
  return g_task_propagate_boolean (G_TASK (result), error);
}
