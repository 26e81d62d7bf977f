/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (SobanStore, soban_store, G_TYPE_OBJECT)

static void
soban_store_finalize (GObject *object)
{
  SobanStore *self = SOBAN_STORE (object);

  soban_store_stop_thread (self);
  g_clear_pointer (&self->jobs, g_async_queue_unref);
  g_clear_pointer (&self->db_thread.opened, g_hash_table_unref);
  g_clear_pointer (&self->db_thread.discarded, g_ptr_array_unref);
  soban_drafts_forget_discarded (self);
  g_clear_pointer (&self->db_thread.kept_forms, g_hash_table_unref);
  g_clear_pointer (&self->db_thread.underivable, g_hash_table_unref);
  g_clear_pointer (&self->db_thread.stale, soban_stale_queue_free);
  g_clear_pointer (&self->db_thread.settings, g_hash_table_unref);
  g_clear_pointer (&self->db_thread.sums, soban_digest_sums_free);
  g_clear_pointer (&self->db_thread.evidence, soban_clock_evidence_free);
  g_clear_pointer (&self->db_thread.boot_id, g_free);
  g_clear_pointer (&self->db_thread.state, soban_record_state_free);
  g_clear_pointer (&self->db_thread.bytes, g_byte_array_unref);
  g_clear_pointer (&self->shared.settings, g_hash_table_unref);
  g_free (self->shared.person);
  g_clear_pointer (&self->shared.evidence, soban_clock_evidence_free);
  g_clear_pointer (&self->shared.trees, g_hash_table_unref);
  g_clear_pointer (&self->shared.units, soban_unit_table_free);
  g_mutex_clear (&self->shared.lock);
  g_clear_pointer (&self->forms, soban_form_library_unref);
  g_clear_pointer (&self->indicators, soban_indicator_set_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->path);
  g_free (self->data_dir);
  G_OBJECT_CLASS (soban_store_parent_class)->finalize (object);
}

static void
soban_store_class_init (SobanStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_store_finalize;
  g_signal_new ("changed", SOBAN_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_store_init (SobanStore *self)
{
  g_mutex_init (&self->shared.lock);
  self->shared.trees =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_shared_tree_unref);
  self->db_thread.opened = soban_drafts_new_opened ();
  self->db_thread.kept_forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->shared.settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->db_thread.settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->db_thread.underivable = g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, g_free, NULL);
  self->db_thread.stale = soban_stale_queue_new ();
  self->db_thread.sums = soban_digest_sums_new ();
  self->db_thread.state = soban_record_state_new ();
  self->db_thread.bytes = g_byte_array_new ();
}

SobanStore *
soban_store_open (const char *path, const char *data_dir, const SobanClock *clock, GError **error)
{
  g_autoptr (SobanStore) self = g_object_new (SOBAN_TYPE_STORE, NULL);

  self->path = g_strdup (path);
  self->data_dir = g_strdup (data_dir);
  self->clock = clock ? clock : soban_clock_system ();
  self->entropy = soban_entropy_system ();
  self->context = g_main_context_ref_thread_default ();
  self->forms = soban_form_library_load (data_dir, error);
  if (!self->forms)
    return NULL;
  self->indicators = soban_indicator_set_load (data_dir, error);
  if (!self->indicators)
    return NULL;
  if (!soban_store_start_thread (self, error)) {
    g_prefix_error (error, _("Opening the records: "));
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
soban_store_close (SobanStore *store)
{
  soban_store_stop_thread (store);
}

const char *
soban_store_get_path (SobanStore *store)
{
  return store->path;
}

SobanFormLibrary *
soban_store_get_forms (SobanStore *store)
{
  return store->forms;
}

const SobanIndicatorSet *
soban_store_get_indicators (SobanStore *store)
{
  return store->indicators;
}

typedef struct {
  SobanStoreJob job;
  gpointer data;
  GDestroyNotify destroy;
} AsyncJob;

static void
free_async_job (gpointer data)
{
  AsyncJob *async = data;

  if (async->destroy)
    async->destroy (async->data);
  g_free (async);
}

static void
run_async_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AsyncJob *async = data;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (async->job (source, async->data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
soban_store_run_async (SobanStore *store, SobanStoreJob job, gpointer data, GDestroyNotify destroy,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  AsyncJob *async = g_new (AsyncJob, 1);

  *async = (AsyncJob){ job, data, destroy };
  g_task_set_source_tag (task, soban_store_run_async);
  g_task_set_task_data (task, async, free_async_job);
  g_task_run_in_thread (task, run_async_job);
}

gboolean
soban_store_run_finish (SobanStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
