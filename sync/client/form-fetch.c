/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *   list what is missing (worker) -> ask for a piece (main context) -> keep it (worker) -> the next piece, or take the forms (worker)
 *
 * Invariants
 * 1. A content that is refused or wrong keeps only the versions away that need it.
 * 2. Whatever ends the fetching, what is whole is taken.
 */
#include "config.h"

#include "client/form-fetch.h"

#include "base/error.h"
#include "base/limits.h"

#define CONTENT_TYPE "application/octet-stream"

typedef struct {
  SobanStore *store;
  SobanTransport *transport;
  char *token;
  GPtrArray *offers;
  guint64 fingerprint;
  GArray *missing; /* (nullable) (element-type SobanMissingContent) */
  guint place;     /* in @missing */
  GBytes *piece;   /* (nullable): that is being kept */
  GError *fault;   /* (nullable): the first */
  SobanFormFetchCost cost;
} Fetch;

static void ask (GTask *task);

static void
free_fetch (gpointer data)
{
  Fetch *fetch = data;

  g_object_unref (fetch->store);
  g_object_unref (fetch->transport);
  g_free (fetch->token);
  g_ptr_array_unref (fetch->offers);
  g_clear_pointer (&fetch->missing, g_array_unref);
  g_clear_pointer (&fetch->piece, g_bytes_unref);
  g_clear_error (&fetch->fault);
  g_free (fetch);
}

static void
note_fault (Fetch *fetch, GError *error)
{
  if (fetch->fault == NULL)
    fetch->fault = error;
  else
    g_error_free (error);
}

/* ---- jobs: on a worker thread ---- */

static gboolean
list_job (SobanStore *store, gpointer data, GError **error)
{
  Fetch *fetch = data;

  fetch->missing = soban_store_list_missing_contents (store, fetch->offers, error);
  return fetch->missing != NULL;
}

static gboolean
keep_job (SobanStore *store, gpointer data, GError **error)
{
  Fetch *fetch = data;

  return soban_store_add_form_piece (store, &g_array_index (fetch->missing, SobanMissingContent, fetch->place), fetch->piece, error);
}

static gboolean
take_job (SobanStore *store, gpointer data, GError **error)
{
  Fetch *fetch = data;

  return soban_store_take_forms (store, fetch->offers, fetch->fingerprint, error);
}

/* ---- the run: on the main context ---- */

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;

  if (!soban_store_run_finish (fetch->store, result, &error))
    note_fault (fetch, error);
  if (fetch->fault != NULL)
    g_task_return_error (task, g_error_copy (fetch->fault));
  else
    g_task_return_boolean (task, TRUE);
}

/* (2) */
static void
take (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);

  soban_store_run_async (fetch->store, take_job, fetch, NULL, NULL, on_taken, task);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  const SobanMissingContent *missing = &g_array_index (fetch->missing, SobanMissingContent, fetch->place);
  GError *error = NULL;

  g_clear_pointer (&fetch->piece, g_bytes_unref);
  if (!soban_store_run_finish (fetch->store, result, &error)) {
    gboolean passes = g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT)
                      || g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);

    note_fault (fetch, error);
    if (!passes) {
      take (task);
      return;
    }
    fetch->place++; /* (1) */
  } else if (missing->have >= missing->bytes) {
    fetch->place++;
  }
  ask (task);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (SobanAnswer) answer = soban_transport_exchange_finish (SOBAN_TRANSPORT (source), result, &error);

  if (answer != NULL) {
    fetch->cost.requests++;
    fetch->cost.bytes_up += answer->bytes_up;
    fetch->cost.bytes_down += answer->bytes_down;
  }
  if (answer == NULL || !soban_answer_check (answer, CONTENT_TYPE, &error)) {
    gboolean refused = g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED);

    note_fault (fetch, error);
    if (!refused) {
      take (task);
      return;
    }
    fetch->place++; /* (1) */
    ask (task);
    return;
  }
  fetch->piece = g_bytes_ref (answer->body);
  soban_store_run_async (fetch->store, keep_job, fetch, NULL, NULL, on_kept, task);
}

static void
ask (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  const SobanMissingContent *missing;
  g_autofree char *hex = NULL, *path = NULL;

  if (fetch->place == fetch->missing->len || g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    take (task);
    return;
  }
  missing = &g_array_index (fetch->missing, SobanMissingContent, fetch->place);
  hex = soban_sha256_to_hex (missing->sha256);
  path = g_strdup_printf ("/v1/form/%s?from=%" G_GUINT64_FORMAT, hex, missing->have);
  soban_transport_exchange_async (fetch->transport, &(SobanRequest) { .path = path, .token = fetch->token }, g_task_get_cancellable (task),
                                  on_answered, task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;

  if (soban_store_run_finish (fetch->store, result, &error)) {
    ask (task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
soban_form_fetch_async (SobanStore *store, SobanTransport *transport, const char *token, GPtrArray *offers, guint64 fingerprint,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->store = g_object_ref (store);
  fetch->transport = g_object_ref (transport);
  fetch->token = g_strdup (token);
  fetch->offers = g_ptr_array_ref (offers);
  fetch->fingerprint = fingerprint;
  g_task_set_source_tag (task, soban_form_fetch_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, fetch, free_fetch);
  soban_store_run_async (store, list_job, fetch, NULL, NULL, on_listed, task);
}

gboolean
soban_form_fetch_finish (SobanStore *store, GAsyncResult *result, SobanFormFetchCost *ret_cost, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);
  if (ret_cost != NULL)
    *ret_cost = ((Fetch *) g_task_get_task_data (G_TASK (result)))->cost;
  return g_task_propagate_boolean (G_TASK (result), error);
}
