/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When to sync: sync/README.md 7.
 *
 * Invariants
 * 1. At most one session runs.
 * 2. While listening, a network that appears starts a sync and forgets how many attempts went wrong before.
 * 3. At most one timer waits, and none while a session runs.
 */
#include "client/scheduler.h"

#include "base/clock.h"
#include "client/retry-policy.h"
#include "store/sync-store.h"

/* A network that has just appeared often goes again at once: the sync starts when it stayed this long. */
#define SETTLE_MS 3000

struct _SobanSyncScheduler {
  GObject parent;

  SobanStore *store;
  SobanSyncSession *session; /* (nullable): running */
  GCancellable *cancellable; /* of the session */

  gboolean listening;
  gboolean was_available;
  GSource *timer; /* (nullable) */
  guint attempts; /* in a row that did not complete */
};

typedef enum { PROPERTY_RUNNING = 1, N_PROPERTIES } Property;
static GParamSpec *properties[N_PROPERTIES];

enum { FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SobanSyncScheduler, soban_sync_scheduler, G_TYPE_OBJECT)

static void
clear_timer (SobanSyncScheduler *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
on_timer (gpointer user_data)
{
  SobanSyncScheduler *self = user_data;

  clear_timer (self);
  soban_sync_scheduler_sync_now (self);
  return G_SOURCE_REMOVE;
}

static void
sync_later (SobanSyncScheduler *self, guint delay_ms)
{
  clear_timer (self);
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

static void
on_session_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SobanSyncScheduler) self = user_data;
  g_autoptr (GError) error = NULL;
  guint delay_ms;

  self->attempts = soban_sync_session_run_finish (SOBAN_SYNC_SESSION (source), result, &error) ? 0 : self->attempts + 1;
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  if (error != NULL && self->listening && soban_retry_policy_next (error, self->attempts, draw_random (), &delay_ms))
    sync_later (self, delay_ms);
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
  gboolean appeared = available && !self->was_available;

  self->was_available = available;
  if (!appeared || self->session != NULL)
    return;
  self->attempts = 0;
  if (is_enrolled (self))
    sync_later (self, SETTLE_MS);
}

static void
soban_sync_scheduler_dispose (GObject *object)
{
  SobanSyncScheduler *self = SOBAN_SYNC_SCHEDULER (object);

  soban_sync_scheduler_stop (self);
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

SobanSyncScheduler *
soban_sync_scheduler_new (SobanStore *store)
{
  SobanSyncScheduler *self = g_object_new (SOBAN_TYPE_SYNC_SCHEDULER, NULL);

  self->store = g_object_ref (store);
  return self;
}

void
soban_sync_scheduler_start (SobanSyncScheduler *scheduler)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  if (scheduler->listening || !is_enrolled (scheduler))
    return;
  scheduler->listening = TRUE;
  scheduler->was_available = FALSE;
  g_signal_connect (monitor, "network-changed", G_CALLBACK (on_network_changed), scheduler);
  on_network_changed (monitor, g_network_monitor_get_network_available (monitor), scheduler);
}

void
soban_sync_scheduler_sync_now (SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  if (scheduler->session != NULL)
    return;
  clear_timer (scheduler);
  scheduler->session = soban_sync_session_new (scheduler->store);
  scheduler->cancellable = g_cancellable_new ();
  soban_sync_session_run_async (scheduler->session, scheduler->cancellable, on_session_finished, g_object_ref (scheduler));
  g_object_notify_by_pspec (G_OBJECT (scheduler), properties[PROPERTY_RUNNING]);
}

void
soban_sync_scheduler_stop (SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_SYNC_SCHEDULER (scheduler));
  clear_timer (scheduler);
  if (scheduler->listening)
    g_signal_handlers_disconnect_by_func (g_network_monitor_get_default (), on_network_changed, scheduler);
  scheduler->listening = FALSE;
  if (scheduler->cancellable != NULL)
    g_cancellable_cancel (scheduler->cancellable);
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
