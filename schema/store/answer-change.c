/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One answer of a record is given from outside its form: put back, or decided. What the form computes follows it. */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>

gboolean
soban_record_refuse_erased (const SobanRecordState *state, GError **error)
{
  if (!soban_record_state_is_erased (state))
    return TRUE;
  g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("The record was erased by law, for good"));
  return FALSE;
}

typedef struct {
  SobanForm *form;
  SobanChange *change;
} Computed;

static void
assign_computed (const char *path, const char *value, gpointer data)
{
  Computed *computed = data;

  if (*path != '.' && !soban_form_is_answered (computed->form, path))
    soban_change_assign (computed->change, path, value);
}

static gboolean
compute (SobanStore *store, SobanForm *form, const SobanStoredRecord *record, const char *path, const char *value,
         SobanChange *change, GError **error)
{
  g_autoptr (SobanFieldMap) before = soban_record_state_get_fields (record->state);
  g_autoptr (SobanFieldMap) after = NULL;
  g_autoptr (SobanFormInstance) instance = NULL;
  Computed computed = { form, change };

  if (!store->db_thread.form_host)
    store->db_thread.form_host = soban_store_get_form_host (store);
  instance = soban_form_instance_new (form, store->db_thread.form_host, before, error);
  if (!instance || !soban_form_instance_set (instance, path, value, error))
    return FALSE;
  after = soban_form_instance_get_fields (instance, FALSE);
  soban_field_map_diff (before, after, assign_computed, &computed);
  return TRUE;
}

gboolean
soban_change_answer (SobanStore *store, const SobanStoredRecord *record, const char *path, const char *value,
                     SobanChange *change, GError **error)
{
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, record->form, record->form_version, NULL);
  g_autoptr (SobanFieldMap) answer = soban_field_map_new ();

  soban_store_assert_thread (store);
  if (value)
    soban_field_map_set (answer, path, value);
  if (form && *path != '.'
      && (!soban_forms_refuse_sensitive (form, answer, error)
          || (soban_form_is_answered (form, path) && !compute (store, form, record, path, value, change, error))))
    return FALSE;
  soban_change_assign (change, path, value);
  return TRUE;
}
