/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store thread: it owns the connection, everybody else queues a job and waits.
 *
 * Invariants:
 *  (1) Only this thread touches store->db_thread.
 *  (2) A write is one transaction: on failure the file and what is remembered of it are as before.
 *  (3) Checkpoints run when nobody waits, or when the log grows beyond its bound.
 */
#include "config.h"

#include "store/migrate.h"
#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>

#define IDLE_MS 300
#define IDLE_DERIVE_RECORDS 32
#define WAL_PAGES_IDLE 500
#define WAL_PAGES_MAX 4000

typedef struct {
  SobanStoreJob job;
  gpointer data;
  GError **error;
  gboolean last;
  gboolean result;
  gboolean done;
  GMutex lock;
  GCond finished;
} QueuedJob;

void
soban_store_assert_thread (SobanStore *store)
{
  g_assert (g_thread_self () == store->thread);
}

/* Works off what an earlier run, or a new version of the derivation, left stale: as long as nobody waits. */
static QueuedJob *
derive_until_next_job (SobanStore *store)
{
  QueuedJob *queued = NULL;

  while (!queued && store->db_thread.stale_left > 0) {
    g_autoptr (GError) error = NULL;

    if (!soban_store_derive_stale (store, IDLE_DERIVE_RECORDS, &store->db_thread.stale_left, &error)) {
      g_message ("%s", error->message);
      store->db_thread.stale_left = 0;
    }
    queued = g_async_queue_try_pop (store->jobs);
  }
  return queued;
}

static QueuedJob *
pop_job (SobanStore *store)
{
  QueuedJob *queued = g_async_queue_timeout_pop (store->jobs, IDLE_MS * 1000);

  if (!queued && store->db_thread.database) {
    soban_traces_remove (store);
    soban_database_checkpoint (store->db_thread.database, WAL_PAGES_IDLE);
    queued = derive_until_next_job (store);
  }
  /* Nothing to do until the next job, however long that takes. */
  return queued ? queued : g_async_queue_pop (store->jobs);
}

static gpointer
run_thread (gpointer data)
{
  SobanStore *store = data;
  gboolean last = FALSE;

  while (!last) {
    QueuedJob *queued = pop_job (store);

    last = queued->last;
    queued->result = queued->job (store, queued->data, queued->error);
    g_mutex_lock (&queued->lock);
    queued->done = TRUE;
    g_cond_signal (&queued->finished);
    g_mutex_unlock (&queued->lock);
  }
  return NULL;
}

/* FALSE with @error when the store is closed. */
static gboolean
push_job (SobanStore *store, QueuedJob *queued)
{
  gboolean closed;

  g_mutex_lock (&store->shared.lock);
  closed = store->shared.closed;
  if (!closed || queued->last)
    g_async_queue_push (store->jobs, queued);
  if (queued->last)
    store->shared.closed = TRUE;
  g_mutex_unlock (&store->shared.lock);
  if (closed && !queued->last)
    g_set_error (queued->error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_IO, _("The store is closed"));
  return !closed || queued->last;
}

static gboolean
run_and_wait (SobanStore *store, SobanStoreJob job, gpointer data, gboolean last, GError **error)
{
  QueuedJob queued = { .job = job, .data = data, .error = error, .last = last };

  g_mutex_init (&queued.lock);
  g_cond_init (&queued.finished);
  if (push_job (store, &queued)) {
    g_mutex_lock (&queued.lock);
    while (!queued.done)
      g_cond_wait (&queued.finished, &queued.lock);
    g_mutex_unlock (&queued.lock);
  }
  g_cond_clear (&queued.finished);
  g_mutex_clear (&queued.lock);
  return queued.result;
}

gboolean
soban_store_read (SobanStore *store, SobanStoreJob job, gpointer data, GError **error)
{
  if (g_thread_self () == store->thread)
    return job (store, data, error);
  return run_and_wait (store, job, data, FALSE, error);
}

static gboolean
on_changed_idle (gpointer data)
{
  g_autoptr (SobanStore) store = g_weak_ref_get (data);

  if (!store)
    return G_SOURCE_REMOVE;
  g_mutex_lock (&store->shared.lock);
  store->shared.changed_queued = FALSE;
  g_mutex_unlock (&store->shared.lock);
  g_signal_emit_by_name (store, "changed");
  return G_SOURCE_REMOVE;
}

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
queue_changed (SobanStore *store)
{
  g_autoptr (GSource) source = NULL;
  GWeakRef *weak;
  gboolean queued;

  g_mutex_lock (&store->shared.lock);
  queued = store->shared.changed_queued;
  store->shared.changed_queued = TRUE;
  g_mutex_unlock (&store->shared.lock);
  if (queued)
    return;
  weak = g_new (GWeakRef, 1);
  g_weak_ref_init (weak, store);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_changed_idle, weak, free_weak_ref);
  g_source_attach (source, store->context);
}

typedef struct {
  SobanStoreJob job;
  gpointer data;
} WriteJob;

static gboolean
run_write (SobanStore *store, gpointer data, GError **error)
{
  const WriteJob *write = data;
  const SobanIdentity identity = store->db_thread.identity;
  const SobanHybridClock clock = store->db_thread.clock;
  const gint64 boottime_ms = store->db_thread.boottime_ms, window_ms = store->db_thread.window_ms;
  const gboolean stale = soban_stale_is_marked (store);
  gboolean done;

  soban_store_assert_thread (store);
  if (store->db_thread.writing) /* part of the transaction that runs: soban_store_save_together() */
    return write->job (store, write->data, error);
  soban_database_checkpoint (store->db_thread.database, WAL_PAGES_MAX);
  store->db_thread.shown_changed = FALSE;
  store->db_thread.registry_changed = FALSE;
  if (!soban_database_begin (store->db_thread.database, error))
    return FALSE;
  store->db_thread.writing = TRUE;
  done = write->job (store, write->data, error);
  store->db_thread.writing = FALSE;
  if (!done || !soban_digest_sums_flush (store->db_thread.sums, store->db_thread.database, error))
    soban_database_roll_back (store->db_thread.database);
  else if (soban_database_commit (store->db_thread.database, error)) {
    soban_settings_publish (store, TRUE);
    soban_present_time_publish (store);
    if (store->db_thread.registry_changed)
      soban_store_forget_lists (store);
    if (store->db_thread.shown_changed)
      queue_changed (store);
    return TRUE;
  }
  soban_settings_publish (store, FALSE);
  soban_digest_sums_clear (store->db_thread.sums);
  soban_stale_take_back (store, stale);
  soban_evidence_forget (store);
  soban_store_forget_lists (store);
  store->db_thread.identity = identity;
  store->db_thread.clock = clock;
  store->db_thread.boottime_ms = boottime_ms;
  store->db_thread.window_ms = window_ms;
  g_hash_table_remove_all (store->db_thread.kept_forms);
  return FALSE;
}

gboolean
soban_store_write (SobanStore *store, SobanStoreJob job, gpointer data, GError **error)
{
  WriteJob write = { job, data };

  return soban_store_read (store, run_write, &write, error);
}

gboolean
soban_store_save_together (SobanStore *store, SobanStoreJob job, gpointer data, GError **error)
{
  g_return_val_if_fail (SOBAN_IS_STORE (store), FALSE);
  return soban_store_write (store, job, data, error);
}

/* Once at least where the file says that something is stale: then it says so no longer. */
static gboolean
load_stale (SobanStore *store, GError **error)
{
  store->db_thread.stale_left = 0;
  if (!soban_stale_load (store, error))
    return FALSE;
  if (soban_stale_is_marked (store))
    store->db_thread.stale_left = 1;
  return TRUE;
}

/* What could not be let go is tried again at the next opening. */
static void
sweep_attachments (SobanStore *store)
{
  g_autoptr (GError) error = NULL;

  if (!soban_attachments_sweep_all (store, &error))
    g_message ("%s", error->message);
}

static gboolean
open_database (SobanStore *store, gpointer data, GError **error)
{
  g_autofree char *inputs = soban_derive_inputs (store->data_dir);
  SobanDatabase *database = soban_database_open (store->path, error);

  store->db_thread.database = database;
  if (database && soban_migrate (database, error) && soban_identity_load (store, error) && soban_settings_load (store, error)
      && soban_forms_load (store, error) && soban_migrate_derived (database, inputs, error)
      && load_stale (store, error)) {
    /* The first reading in this boot. */
    soban_evidence_estimate_now (store);
    sweep_attachments (store);
    soban_present_time_publish (store);
    return TRUE;
  }
  store->db_thread.database = NULL;
  soban_database_close (database, FALSE);
  return FALSE;
}

static gboolean
close_database (SobanStore *store, gpointer data, GError **error)
{
  g_clear_pointer (&store->db_thread.form_host, soban_store_form_host_free);
  if (store->db_thread.database) {
    soban_traces_remove (store);
    soban_database_close (store->db_thread.database, TRUE);
  }
  store->db_thread.database = NULL;
  return TRUE;
}

gboolean
soban_store_start_thread (SobanStore *store, GError **error)
{
  store->jobs = g_async_queue_new ();
  store->thread = g_thread_new ("soban-store", run_thread, store);
  if (run_and_wait (store, open_database, NULL, FALSE, error))
    return TRUE;
  soban_store_stop_thread (store);
  return FALSE;
}

void
soban_store_stop_thread (SobanStore *store)
{
  if (!store->thread)
    return;
  g_assert (g_thread_self () != store->thread);
  run_and_wait (store, close_database, NULL, TRUE, NULL);
  g_clear_pointer (&store->thread, g_thread_join);
}

static gboolean
spare_memory (SobanStore *store, gpointer data, GError **error)
{
  soban_store_drop_lists (store);
  soban_database_spare_memory (store->db_thread.database);
  return TRUE;
}

gboolean
soban_store_spare_memory (SobanStore *store, GError **error)
{
  return soban_store_read (store, spare_memory, NULL, error);
}
