/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When to sync: sync/README.md 7.
 *
 * Invariants
 * 1. At most one session runs.
 * 2. While listening, a network that appears, or ceases to be metered, starts a sync and forgets how many attempts went wrong before.
 * 3. At most one timer waits, and none while a session runs.
 * 4. While listening with a network, what was saved is on its way SAVE_SETTLE_MS after the first save at the latest, or goes with the retry that
 *    waits already: no save puts it off.
 * 5. On a metered network photos and files go only with a sync that somebody asked for.
 */
#include "config.h"

#include "client/scheduler-private.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "client/retry-policy.h"
#include "client/session-private.h"
#include "store/sync-store.h"

/* A network that has just appeared often goes again at once: the sync starts when it stayed this long. */
#define SETTLE_MS 3000
/* A person who records is often about to record the next, or to mend what was just saved. */
#define SAVE_SETTLE_MS 6000

struct _SobanSyncScheduler {
  GObject parent;

  SobanStore *store;
  SobanSyncSession *session; /* (nullable): running */
  GCancellable *cancellable; /* of the session */

  GNetworkMonitor *monitor;
  guint settle_ms, save_settle_ms;
  gboolean listening;
  gboolean was_available, was_metered;
  GSource *timer; /* (nullable) */
  gboolean for_saves; /* the timer: only when something waits */
  guint64 tried_number; /* the last own change for which a sync was started */
  guint attempts; /* in a row that did not complete */
};

typedef enum { PROPERTY_RUNNING = 1, N_PROPERTIES } Property;
static GParamSpec *properties[N_PROPERTIES];

enum { FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SobanSyncScheduler, soban_sync_scheduler, G_TYPE_OBJECT)

static void start_session (SobanSyncScheduler *self, gboolean asked_for);

static void
clear_timer (SobanSyncScheduler *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
count_job (SobanStore *store, gpointer data, GError **error)
{
  SobanIdentity identity;

  if (!soban_store_get_identity (store, &identity, error))
    return FALSE;
  *(guint64 *) data = identity.device != 0 && identity.last_number > identity.acked_number ? identity.last_number : 0;
  return TRUE;
}

typedef struct {
  SobanSyncScheduler *scheduler;
  guint64 last_number; /* the last own change, if it waits; else 0 */
} Count;

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Count *count = user_data;
  g_autoptr (SobanSyncScheduler) self = count->scheduler;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    /* The store of one that was stopped may be closed by now. */
    if (self->listening)
      g_warning (_("Counting what waits: %s"), error->message);
  } else if (count->last_number != 0 && count->last_number != self->tried_number && self->listening && self->was_available) {
    self->tried_number = count->last_number;
    start_session (self, FALSE);
  }
}

/* "changed" comes for what was received, too; and what was refused is not tried over and over. */
static void
sync_if_waiting (SobanSyncScheduler *self)
{
  Count *count = g_new0 (Count, 1);

  count->scheduler = g_object_ref (self);
  soban_store_run_async (self->store, count_job, &count->last_number, NULL, NULL, on_counted, count);
}

static gboolean
on_timer (gpointer user_data)
{
  SobanSyncScheduler *self = user_data;

  clear_timer (self);
  if (self->for_saves)
    sync_if_waiting (self);
  else
    start_session (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
sync_later (SobanSyncScheduler *self, guint delay_ms, gboolean for_saves)
{
  clear_timer (self);
  self->for_saves = for_saves;
  self->timer = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static guint32
draw_random (void)
{
  guint32 random;

  soban_entropy_fill (soban_entropy_system (), (guint8 *) &random, sizeof random);
  return random;
}

/* (4): not put off by the next save. */
static void
on_store_changed (SobanStore *store, gpointer user_data)
{
  SobanSyncScheduler *self = user_data;

  if (self->listening && self->was_available && self->session == NULL && self->timer == NULL)
    sync_later (self, self->save_settle_ms, TRUE);
}

/* What got through before an attempt ended wrong makes the next one the second again. */
static guint
count_attempts (SobanSyncScheduler *self, gboolean completed)
{
  const SobanSyncProgress *progress = soban_sync_session_get_progress (self->session);

  if (completed)
    return 0;
  return progress->sent + progress->pulled + progress->attachments_sent > 0 ? 1 : self->attempts + 1;
}

static void
on_session_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncScheduler) self = user_data;
  g_autoptr (GError) error = NULL;
  const GError *fault;
  guint delay_ms;

  soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &error);
  /* What keeps photos away passes as what keeps a whole sync away does. */
  fault = error != NULL ? error : soban_sync_session_get_attachment_fault (SOBAN_SYNC_SESSION (source));
  self->attempts = count_attempts (self, fault == NULL);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  if (fault != NULL && self->listening && soban_retry_policy_next (fault, self->attempts, draw_random (), &delay_ms))
    sync_later (self, delay_ms, FALSE);
  else if (error == NULL)
    on_store_changed (self->store, self); /* what was saved after the last request was made */
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROPERTY_RUNNING]);
  g_signal_emit (self, signals[FINISHED], 0, error);
}

static gboolean
is_enrolled (SobanSyncScheduler *self)
{
  SobanIdentity identity;

  return soban_store_get_identity (self->store, &identity, NULL) && identity.device != 0;
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  SobanSyncScheduler *self = user_data;
  gboolean metered = available && g_network_monitor_get_network_metered (monitor);
  gboolean appeared = available && (!self->was_available || (self->was_metered && !metered));

  self->was_available = available;
  self->was_metered = metered;
  if (!appeared || self->session != NULL)
    return;
  self->attempts = 0;
  if (is_enrolled (self))
    sync_later (self, self->settle_ms, FALSE);
}

static void
soban_sync_scheduler_dispose (GObject *object)
{
  SobanSyncScheduler *self = SOBAN_SYNC_SCHEDULER (object);

  soban_sync_scheduler_stop (self);
  g_clear_object (&self->monitor);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (soban_sync_scheduler_parent_class)->dispose (object);
}

static void
soban_sync_scheduler_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((Property) id) {
  case PROPERTY_RUNNING:
    g_value_set_boolean (value, soban_sync_scheduler_is_running (SOBAN_SYNC_SCHEDULER (object)));
    break;
  case N_PROPERTIES:
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
soban_sync_scheduler_class_init (SobanSyncSchedulerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = soban_sync_scheduler_dispose;
  object_class->get_property = soban_sync_scheduler_get_property;
  properties[PROPERTY_RUNNING] =
    g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  /* With the GError (nullable) that the session ended with. */
  signals[FINISHED] = g_signal_new ("finished", SOBAN_TYPE_SYNC_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
soban_sync_scheduler_init (SobanSyncScheduler *self)
{
}

static SobanSyncScheduler *
make (SobanStore *store, GNetworkMonitor *monitor, guint settle_ms, guint save_settle_ms)
{
  SobanSyncScheduler *self = g_object_new (SOBAN_TYPE_SYNC_SCHEDULER, NULL);

  self->store = g_object_ref (store);
  self->monitor = g_object_ref (monitor);
  self->settle_ms = settle_ms;
  self->save_settle_ms = save_settle_ms;
  return self;
}

SobanSyncScheduler *
soban_sync_scheduler_new (SobanStore *store)
{
  return make (store, g_network_monitor_get_default (), SETTLE_MS, SAVE_SETTLE_MS);
}

SobanSyncScheduler *
soban_sync_scheduler_new_with_monitor (SobanStore *store, GNetworkMonitor *monitor, guint settle_ms)
{
  return make (store, monitor, settle_ms, settle_ms);
}

void
soban_sync_scheduler_start (SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  if (scheduler->listening || !is_enrolled (scheduler))
    return;
  scheduler->listening = TRUE;
  scheduler->was_available = FALSE;
  g_signal_connect (scheduler->monitor, "network-changed", G_CALLBACK (on_network_changed), scheduler);
  g_signal_connect (scheduler->store, "changed", G_CALLBACK (on_store_changed), scheduler);
  on_network_changed (scheduler->monitor, g_network_monitor_get_network_available (scheduler->monitor), scheduler);
}

static void
start_session (SobanSyncScheduler *self, gboolean asked_for)
{
  if (self->session != NULL)
    return;
  clear_timer (self);
  self->session = soban_sync_session_new (self->store);
  /* (5) */
  soban_sync_session_set_sends_attachments (self->session, asked_for || !g_network_monitor_get_network_metered (self->monitor));
  self->cancellable = g_cancellable_new ();
  soban_sync_session_run_async (self->session, self->cancellable, on_session_finished, g_object_ref (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROPERTY_RUNNING]);
}

void
soban_sync_scheduler_sync_now (SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  start_session (scheduler, TRUE);
}

void
soban_sync_scheduler_cancel (SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  clear_timer (scheduler);
  if (scheduler->cancellable != NULL)
    g_cancellable_cancel (scheduler->cancellable);
}

void
soban_sync_scheduler_stop (SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  if (scheduler->listening) {
    g_signal_handlers_disconnect_by_func (scheduler->monitor, on_network_changed, scheduler);
    g_signal_handlers_disconnect_by_func (scheduler->store, on_store_changed, scheduler);
  }
  scheduler->listening = FALSE;
  soban_sync_scheduler_cancel (scheduler);
}

gboolean
soban_sync_scheduler_is_running (SobanSyncScheduler *scheduler)
{
  g_return_val_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler), FALSE);
  return scheduler->session != NULL;
}

SobanSyncSession *
soban_sync_scheduler_get_session (SobanSyncScheduler *scheduler)
{
  g_return_val_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler), NULL);
  return scheduler->session;
}
