/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One sync: rounds (sync/README.md 5) until nothing is left. Each round is
 *
 *   prepare (worker) -> exchange (main context) -> apply (worker) -> prepare of the next, or finish
 *
 * Invariants
 * 1. What was applied stays applied, however the session ends: each round is one transaction of the store.
 * 2. self->round belongs to the job that runs, else to the main context: never to both.
 * 3. A session ends: each round but one (when the collector has lost what it had confirmed) makes progress, or it is an error.
 * 4. What the collector confirmed is applied to the incarnation that asked, or not at all.
 */
#include "config.h"

#include "client/session-private.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"
#include "client/http-transport.h"
#include "protocol/sync-round.h"
#include "store/settings.h"
#include "store/sync-store.h"

/* How many changes are read from the store at a time, and how many records are derived in one go of the store's thread. */
#define READ_CHANGES 500
#define DERIVE_RECORDS 200

struct _SobanSyncSession {
  GObject parent;

  SobanStore *store;
  SobanTransport *transport; /* (nullable): made from the enrolment at the first round */
  SobanSyncProgress progress;

  GTask *task; /* (nullable): the run */
  GCancellable *cancellable;

  /* The enrolment, read by the first job. */
  char *url, *key, *token;

  /* The run so far. */
  SobanSyncRound *round;
  SobanAnswer *answer;
  guint rounds;
  guint64 incarnation;  /* whose round it is */
  guint64 first_number; /* acknowledged before the session */
  guint64 after;        /* acknowledged now */
  guint64 last_number;  /* the highest own number */
  gint64 collector_ms;
  gboolean went_back, more;
};

enum { PROGRESS, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SobanSyncSession, soban_sync_session, G_TYPE_OBJECT)

static void prepare_round (SobanSyncSession *self);

/* ---- jobs: on a worker thread ---- */

static gboolean
read_enrolment (SobanSyncSession *self, const SobanIdentity *identity, GError **error)
{
  if (self->token != NULL)
    return TRUE;
  self->url = soban_store_get_setting (self->store, SOBAN_SETTING_COLLECTOR_URL);
  self->key = soban_store_get_setting (self->store, SOBAN_SETTING_COLLECTOR_KEY);
  self->token = soban_store_get_setting (self->store, SOBAN_SETTING_TOKEN);
  if (identity->device != 0 && self->url != NULL && self->token != NULL)
    return TRUE;
  g_clear_pointer (&self->token, g_free);
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED, "the device is not enrolled");
  return FALSE;
}

static SobanHello *
make_hello (SobanStore *store, const SobanIdentity *identity, GError **error)
{
  g_autoptr (GPtrArray) cursors = soban_store_get_cursors (store, error);
  const SobanClock *clock = soban_clock_system ();
  SobanHello *hello;

  if (cursors == NULL)
    return NULL;
  hello = soban_hello_new ();
  hello->device = identity->device;
  hello->incarnation = identity->incarnation;
  hello->last_number = identity->last_number;
  hello->wall_ms = soban_clock_wall_ms (clock);
  hello->boottime_ms = soban_clock_boottime_ms (clock);
  hello->boot_id = soban_clock_boot_id ();
  hello->program = g_strdup ("soban " SOBAN_VERSION);
  for (guint i = 0; i < cursors->len; i++) {
    const SobanCursor *cursor = g_ptr_array_index (cursors, i);

    g_ptr_array_add (hello->cursors, soban_scope_cursor_new (cursor->scope, cursor->cursor));
  }
  return hello;
}

/* Up to the number that HELLO names: what is recorded meanwhile goes with the next round. */
static gboolean
add_changes (SobanSyncSession *self, GError **error)
{
  guint64 after = self->after;

  while (after < self->last_number && soban_sync_round_has_room (self->round)) {
    g_autoptr (GPtrArray) changes = soban_store_list_outgoing (self->store, after, READ_CHANGES, error);

    if (changes == NULL)
      return FALSE;
    if (changes->len == 0) {
      g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the own change %" G_GUINT64_FORMAT " is missing", after + 1);
      return FALSE;
    }
    for (guint i = 0; i < changes->len && after < self->last_number && soban_sync_round_has_room (self->round); i++) {
      SobanChange *change = soban_change_copy (g_ptr_array_index (changes, i));

      after = change->id.number;
      if (!soban_sync_round_add (self->round, change, error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
prepare_job (SobanStore *store, gpointer data, GError **error)
{
  SobanSyncSession *self = data;
  SobanIdentity identity;
  SobanHello *hello;

  if (!soban_store_get_identity (store, &identity, error) || !read_enrolment (self, &identity, error))
    return FALSE;
  hello = make_hello (store, &identity, error);
  if (hello == NULL)
    return FALSE;
  if (self->rounds == 0)
    self->first_number = self->after = identity.acked_number;
  self->incarnation = identity.incarnation;
  self->last_number = identity.last_number;
  self->round = soban_sync_round_new (hello, self->after);
  return add_changes (self, error);
}

static gboolean
apply_result (SobanSyncSession *self, GError **error)
{
  const SobanReply *reply = soban_sync_round_get_reply (self->round);
  const GPtrArray *numbered = soban_sync_round_get_changes (self->round);
  GArray *stamps = soban_sync_round_get_adjustments (self->round);
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GPtrArray) cursors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) adjustments = g_array_new (FALSE, FALSE, sizeof (SobanAdjustment));

  for (guint i = 0; i < numbered->len; i++)
    g_ptr_array_add (changes, ((SobanNumberedChange *) g_ptr_array_index (numbered, i))->change);
  for (guint i = 0; i < reply->cursors->len; i++) {
    const SobanScopeCursor *from = g_ptr_array_index (reply->cursors, i);
    SobanCursor *cursor = g_new0 (SobanCursor, 1);

    cursor->scope = from->scope;
    cursor->cursor = from->number;
    g_ptr_array_add (cursors, cursor);
  }
  for (guint i = 0; i < stamps->len; i++) {
    const SobanStampAdjustment *from = &g_array_index (stamps, SobanStampAdjustment, i);
    SobanAdjustment adjustment = { from->number, from->stamp };

    g_array_append_val (adjustments, adjustment);
  }
  return soban_store_apply (self->store,
                            &(SobanSyncResult) {
                              .acked_number = reply->acked_number,
                              .adjustments = adjustments,
                              .changes = changes,
                              .cursors = cursors,
                              .floor = reply->floor,
                              .collector_ms = reply->collector_ms,
                              .set_back = soban_sync_round_was_set_back (self->round),
                              .incarnation = self->incarnation,
                            },
                            error);
}

/* Invariant 3. */
static gboolean
check_progress (SobanSyncSession *self, guint64 acked, GError **error)
{
  gboolean back = soban_sync_round_was_set_back (self->round);

  if ((back && self->went_back) || self->rounds >= SOBAN_ROUNDS_PER_SYNC_MAX
      || (!back && !soban_sync_round_made_progress (self->round) && (self->more || acked < self->last_number))) {
    g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, "the collector makes no progress");
    return FALSE;
  }
  self->went_back |= back;
  return TRUE;
}

static gboolean
derive_stale (SobanStore *store, GCancellable *cancellable, GError **error)
{
  guint left;

  do {
    if (!soban_store_derive_stale (store, DERIVE_RECORDS, &left, error))
      return FALSE;
    /* What is left is derived by the next sync or by who asks first. */
  } while (left > 0 && !g_cancellable_is_cancelled (cancellable));
  return TRUE;
}

static gboolean
apply_job (SobanStore *store, gpointer data, GError **error)
{
  SobanSyncSession *self = data;
  const SobanReply *reply;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (self->answer->body, &length);

  if (!soban_sync_round_feed (self->round, bytes, length, error) || !soban_sync_round_finish (self->round, error)
      || !apply_result (self, error))
    return FALSE;
  self->rounds++;
  self->more = soban_sync_round_has_more (self->round) || soban_sync_round_was_set_back (self->round);
  reply = soban_sync_round_get_reply (self->round);
  if (!check_progress (self, reply->acked_number, error))
    return FALSE;
  self->after = reply->acked_number;
  self->first_number = MIN (self->first_number, self->after);
  self->collector_ms = reply->collector_ms;
  return derive_stale (store, self->cancellable, error);
}

typedef struct {
  gint64 collector_ms; /* 0: the sync did not complete */
  char *sentence;
} Outcome;

static void
free_outcome (gpointer data)
{
  Outcome *outcome = data;

  g_free (outcome->sentence);
  g_free (outcome);
}

static gboolean
keep_outcome_job (SobanStore *store, gpointer data, GError **error)
{
  const Outcome *outcome = data;
  g_autofree char *ms = g_strdup_printf ("%" G_GINT64_FORMAT, outcome->collector_ms);

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
    g_warning ("keeping the date of the sync: %s", error->message);
  if (outcome != NULL)
    g_task_return_error (task, g_error_copy (outcome));
  else
    g_task_return_boolean (task, TRUE);
}

/* @error: (transfer full) (nullable): ends the run. */
static void
finish (SobanSyncSession *self, GError *error)
{
  GTask *task = g_steal_pointer (&self->task);
  Outcome *outcome = g_new0 (Outcome, 1);

  g_clear_pointer (&self->round, soban_sync_round_free);
  g_clear_pointer (&self->answer, soban_answer_free);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    error->domain = SOBAN_SYNC_ERROR;
    error->code = SOBAN_SYNC_ERROR_CANCELLED;
  }
  outcome->collector_ms = error == NULL ? self->collector_ms : 0;
  outcome->sentence = error != NULL ? soban_sync_error_sentence (error) : g_strdup ("");
  if (error != NULL)
    g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
  soban_store_run_async (self->store, keep_outcome_job, outcome, free_outcome, NULL, on_outcome_kept, task);
}

static void
tell_progress (SobanSyncSession *self)
{
  self->progress.sent = self->after - self->first_number;
  self->progress.to_send = MAX (self->last_number, self->after) - self->first_number;
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  GError *error = NULL;

  if (!soban_store_run_finish (self->store, result, &error)) {
    finish (self, error);
    return;
  }
  self->progress.pulled += soban_sync_round_get_changes (self->round)->len;
  tell_progress (self);
  if (self->more || self->after < self->last_number)
    prepare_round (self);
  else
    finish (self, NULL);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  GError *error = NULL;

  self->answer = soban_transport_exchange_finish (SOBAN_TRANSPORT (source), result, &error);
  if (self->answer != NULL) {
    self->progress.requests++;
    self->progress.bytes_up += self->answer->bytes_up;
    self->progress.bytes_down += self->answer->bytes_down;
  }
  if (self->answer == NULL || !soban_answer_check (self->answer, SOBAN_SYNC_CONTENT_TYPE, &error)) {
    finish (self, error);
    return;
  }
  /* Not cancelled half-way: what has arrived is worth keeping. */
  soban_store_run_async (self->store, apply_job, self, NULL, NULL, on_applied, g_object_ref (self));
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncSession) self = user_data;
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;

  if (!soban_store_run_finish (self->store, result, &error)
      || g_cancellable_set_error_if_cancelled (self->cancellable, &error)) {
    finish (self, error);
    return;
  }
  if (self->transport == NULL)
    self->transport = soban_http_transport_new (self->url, self->key);
  tell_progress (self);
  body = soban_sync_round_make_request (self->round);
  soban_transport_exchange_async (self->transport,
                                  &(SobanRequest) {
                                    .path = "/v1/sync",
                                    .content_type = SOBAN_SYNC_CONTENT_TYPE,
                                    .body = body,
                                    .token = self->token,
                                  },
                                  self->cancellable, on_answered, g_object_ref (self));
}

static void
prepare_round (SobanSyncSession *self)
{
  g_clear_pointer (&self->round, soban_sync_round_free);
  g_clear_pointer (&self->answer, soban_answer_free);
  /* Not cancelled half-way: the job owns self->round until it ends (invariant 2). */
  soban_store_run_async (self->store, prepare_job, self, NULL, NULL, on_prepared, g_object_ref (self));
}

/* ---- the object ---- */

static void
soban_sync_session_finalize (GObject *object)
{
  SobanSyncSession *self = SOBAN_SYNC_SESSION (object);

  g_assert (self->task == NULL);
  g_clear_pointer (&self->round, soban_sync_round_free);
  g_clear_pointer (&self->answer, soban_answer_free);
  g_clear_object (&self->transport);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  g_free (self->url);
  g_free (self->key);
  g_free (self->token);
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
  session->rounds = 0;
  session->went_back = session->more = FALSE;
  prepare_round (session);
}

gboolean
soban_sync_session_run_finish (SobanSyncSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
