/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an entry is opened: its draft and its form are read on the store's thread. */
#include "entry/entry-private.h"

#include "base/error.h"
#include "form/form-carry.h"

typedef struct {
  char *form;
  SobanUuid id;
  SobanDraft *draft;
  SobanForm *newer;     /* (nullable) */
  SobanRecord *earlier; /* (nullable) */
} OpenRequest;

static void
open_request_free (gpointer data)
{
  OpenRequest *request = data;

  g_free (request->form);
  g_clear_pointer (&request->draft, soban_draft_free);
  g_clear_pointer (&request->newer, soban_form_unref);
  g_clear_pointer (&request->earlier, soban_record_free);
  g_free (request);
}

/* An activity or a month's tally is often like the last one; an entry of a register never is. */
static gboolean
find_earlier (SobanStore *store, OpenRequest *request, GError **error)
{
  const SobanFormEntry *entry = soban_form_library_find (soban_store_get_forms (store), request->form);
  g_autoptr (GError) local = NULL;

  if (entry == NULL || (entry->kind != SOBAN_FORM_ACTIVITY && entry->kind != SOBAN_FORM_TALLY)) {
    return TRUE;
  }
  request->earlier = soban_store_get_latest (store, request->form, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return TRUE;
}

/* A draft opens with its own version; the one for new records is only offered. */
static gboolean
find_newer (SobanStore *store, OpenRequest *request, GError **error)
{
  g_autoptr (SobanForm) newest = soban_form_library_get (soban_store_get_forms (store), request->draft->form, NULL, error);

  if (newest == NULL) {
    return FALSE;
  }
  if (!g_str_equal (soban_form_get_version (newest), request->draft->form_version)) {
    request->newer = g_steal_pointer (&newest);
  }
  return TRUE;
}

static gboolean
run_open (SobanStore *store, gpointer data, GError **error)
{
  OpenRequest *request = data;
  g_autoptr (GError) record_error = NULL;
  g_autoptr (SobanForm) form = NULL;

  if (request->form != NULL) {
    request->draft = find_earlier (store, request, error) ? soban_store_start_draft (store, request->form, error) : NULL;
  } else {
    /* The record first: the draft of a record is found by it, and one that was opened before without an answer is
     * stale. */
    request->draft = soban_store_edit_record (store, &request->id, &record_error);
    if (request->draft == NULL && g_error_matches (record_error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND)) {
      request->draft = soban_store_get_draft (store, &request->id, error);
    } else if (request->draft == NULL) {
      g_propagate_error (error, g_steal_pointer (&record_error));
    }
  }
  if (request->draft == NULL) {
    return FALSE;
  }
  /* Parsed here, so that the window does not wait for it. */
  form =
      soban_form_library_get (soban_store_get_forms (store), request->draft->form, request->draft->form_version, error);
  return form != NULL && find_newer (store, request, error);
}

/* Takes @earlier over. */
static void
offer_earlier (SobanEntry *self, SobanRecord *earlier)
{
  g_autoptr (SobanRecord) record = earlier;
  g_autoptr (GPtrArray) paths = NULL;

  if (record == NULL || self->initial == NULL) {
    return;
  }
  paths = soban_form_instance_list_carried (self->instance, record->fields, self->initial);
  if (paths->len > 0) {
    self->earlier = g_steal_pointer (&record);
  }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  OpenRequest *request = g_task_get_task_data (task);
  GError *error = NULL;
  SobanEntry *entry;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  entry = soban_entry_new (SOBAN_STORE (source), g_steal_pointer (&request->draft), &error);
  if (entry == NULL) {
    g_task_return_error (task, error);
    return;
  }
  entry->newer = g_steal_pointer (&request->newer);
  offer_earlier (entry, g_steal_pointer (&request->earlier));
  g_task_return_pointer (task, entry, g_object_unref);
}

void
soban_entry_open_async (SobanStore *store, const char *form, const SobanUuid *id, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (store, NULL, callback, user_data);
  OpenRequest *request = g_new0 (OpenRequest, 1);

  g_assert ((form == NULL) != (id == NULL));
  g_task_set_source_tag (task, soban_entry_open_async);
  request->form = g_strdup (form);
  if (id != NULL) {
    request->id = *id;
  }
  g_task_set_task_data (task, request, open_request_free);
  soban_store_run_async (store, run_open, request, NULL, NULL, on_opened, task);
}

SobanEntry *
soban_entry_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
