/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles for the app: the jobs of bundle-export.c and bundle-import.c on a worker thread. */
#include "config.h"

#include "client/bundle.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

SobanBundleReport *
soban_bundle_report_new (void)
{
  SobanBundleReport *report = g_new0 (SobanBundleReport, 1);

  report->paths = g_ptr_array_new_with_free_func (g_free);
  report->complete = TRUE;
  return report;
}

void
soban_bundle_report_free (SobanBundleReport *report)
{
  if (report == NULL)
    return;
  g_ptr_array_unref (report->paths);
  g_free (report);
}

/* One export or import on its way through a worker thread. */
typedef struct {
  char *path; /* (nullable): the place is on no disk of this machine */
  gboolean export;
  SobanBundlePurpose purpose;
  GCancellable *cancellable;
  SobanBundleReport *report;
} Passage;

static void
free_passage (gpointer data)
{
  Passage *passage = data;

  g_free (passage->path);
  g_clear_object (&passage->cancellable);
  g_clear_pointer (&passage->report, soban_bundle_report_free);
  g_free (passage);
}

static gboolean
run_job (SobanStore *store, gpointer data, GError **error)
{
  Passage *passage = data;

  if (passage->path == NULL) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NODEV, _("this place is on no disk of this tablet"));
    return FALSE;
  }
  passage->report = passage->export ? soban_bundle_export (store, passage->path, passage->purpose, passage->cancellable, error)
                                    : soban_bundle_import (store, passage->path, passage->cancellable, error);
  return passage->report != NULL;
}

static void
on_job_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Passage *passage = g_task_get_task_data (task);
  GError *error = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error))
    g_task_return_pointer (task, g_steal_pointer (&passage->report), (GDestroyNotify) soban_bundle_report_free);
  else
    g_task_return_error (task, error);
}

/* @passage: (transfer full). The job looks at the cancellable itself: a half-written file is taken away before it ends. */
static void
run (SobanStore *store, Passage *passage, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (store, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, passage, free_passage);
  soban_store_run_async (store, run_job, passage, NULL, NULL, on_job_done, task);
}

static Passage *
new_passage (GFile *place, GCancellable *cancellable)
{
  Passage *passage = g_new0 (Passage, 1);

  passage->path = g_file_get_path (place);
  g_set_object (&passage->cancellable, cancellable);
  return passage;
}

void
soban_bundle_export_async (SobanStore *store, GFile *place, SobanBundlePurpose purpose, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  Passage *passage = new_passage (place, cancellable);

  passage->export = TRUE;
  passage->purpose = purpose;
  run (store, passage, soban_bundle_export_async, callback, user_data);
}

SobanBundleReport *
soban_bundle_export_finish (SobanStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
soban_bundle_import_async (SobanStore *store, GFile *place, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  run (store, new_passage (place, cancellable), soban_bundle_import_async, callback, user_data);
}

SobanBundleReport *
soban_bundle_import_finish (SobanStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
