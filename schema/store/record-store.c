/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saving a record
 * ===============
 *
 * Invariants:
 *  (1) A save is one change, one transaction, one fsync; where nothing differs nothing is written.
 *  (2) A problem of the answers never refuses a save; an S3 value in the clear does (DESIGN 9).
 *  (3) The change holds only what differs from the winners, so two people who change different fields keep both; and who
 *      made it (people.c), which is no difference by itself.
 */
#include "config.h"

#include "store/people-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_record_free (SobanRecord *record)
{
  if (!record)
    return;
  g_free (record->form);
  g_free (record->form_version);
  g_free (record->scope);
  g_clear_pointer (&record->fields, soban_field_map_unref);
  g_free (record->title);
  g_free (record->date);
  g_free (record->unit);
  g_free (record);
}

gboolean
soban_record_require (SobanStore *store, const SobanUuid *id, SobanRecordState *state, SobanStoredRecord *ret_record,
                      GError **error)
{
  if (!soban_stored_record_load (store, id, state, ret_record, error))
    return FALSE;
  if (!ret_record->exists) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _("There is no such record"));
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_summary (SobanStore *store, SobanRecord *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT needs_look, title, date, unit, EXISTS (SELECT 1 FROM outbox WHERE outbox.record = :id) "
      "FROM (SELECT :id AS id) LEFT JOIN summary ON summary.record = id",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":id", &record->id);
  if (!soban_step (statement, &row, error))
    return FALSE;
  g_assert (row);
  record->needs_look = soban_column_int (statement, 0) != 0;
  record->title = g_strdup (soban_column_text (statement, 1));
  record->date = g_strdup (soban_column_text (statement, 2));
  record->unit = g_strdup (soban_column_text (statement, 3));
  record->delivery = soban_column_int (statement, 4) ? SOBAN_RECORD_WAITING : SOBAN_RECORD_RECEIVED;
  /* Pulled just now and not derived yet: no summary. */
  record->title = record->title ? record->title : g_strdup ("");
  record->date = record->date ? record->date : g_strdup ("");
  record->unit = record->unit ? record->unit : g_strdup ("");
  return TRUE;
}

typedef struct {
  const SobanUuid *id;
  SobanRecord *record;
} GetJob;

static gboolean
get_record (SobanStore *store, gpointer data, GError **error)
{
  GetJob *job = data;
  g_auto (SobanStoredRecord) stored = { 0 };
  SobanRecord *record;

  if (!soban_record_require (store, job->id, store->db_thread.state, &stored, error))
    return FALSE;
  record = job->record = g_new0 (SobanRecord, 1);
  record->id = *job->id;
  record->form = g_steal_pointer (&stored.form);
  record->form_version = g_steal_pointer (&stored.form_version);
  record->scope = g_steal_pointer (&stored.scope);
  record->fields = soban_record_get_shown_fields (stored.state);
  record->deleted = soban_record_state_is_deleted (stored.state);
  record->erased = soban_record_state_is_erased (stored.state);
  record->created_ms = soban_uuid_get_ms (job->id);
  record->changed_ms = SOBAN_STAMP_MS (soban_record_state_get_newest (stored.state).stamp);
  return read_summary (store, record, error);
}

SobanRecord *
soban_store_get_record (SobanStore *store, const SobanUuid *id, GError **error)
{
  GetJob job = { .id = id };

  if (!soban_store_read (store, get_record, &job, error)) {
    g_prefix_error (error, _("Opening the record: "));
    g_clear_pointer (&job.record, soban_record_free);
  }
  return job.record;
}

SobanChange *
soban_change_begin (const SobanStoredRecord *record)
{
  SobanChange *change = soban_change_new ();

  change->record = record->id;
  change->form = g_strdup (record->form);
  change->form_version = g_strdup (record->form_version);
  change->scope = g_strdup (record->scope);
  return change;
}

SobanUuid
soban_record_new_id (SobanStore *store)
{
  gint64 now = MAX (soban_evidence_estimate_now (store), SOBAN_STAMP_MS (store->db_thread.clock.last));

  soban_store_assert_thread (store);
  return soban_uuid_new_v7 (MAX (now, SOBAN_PROGRAMME_START_MS), store->entropy);
}

static void
assign_answer (const char *path, const char *value, gpointer user_data)
{
  /* A form's fields never say whether the record is deleted, nor who makes this change: both have their own calls. */
  if (strcmp (path, SOBAN_FIELD_DELETED) != 0 && strcmp (path, SOBAN_FIELD_PERSON) != 0)
    soban_change_assign (user_data, path, value);
}

SobanChange *
soban_change_from_fields (const SobanStoredRecord *record, const SobanFieldMap *before, const SobanFieldMap *after)
{
  SobanChange *change = soban_change_begin (record);

  soban_field_map_diff (before, after, assign_answer, change);
  return change;
}

typedef struct {
  SobanUuid id;
  gboolean is_new;
  const char *form;
  const char *form_version;
  const char *scope;
  const SobanFieldMap *fields;
} SaveJob;

/* The record as it stands, or a new one of the job's form. */
static gboolean
load_for_save (SobanStore *store, SaveJob *job, SobanStoredRecord *record, GError **error)
{
  if (job->is_new)
    job->id = soban_record_new_id (store);
  if (!soban_stored_record_load (store, &job->id, store->db_thread.state, record, error)
      || !soban_record_refuse_erased (record->state, error))
    return FALSE;
  if (!record->exists)
    record->scope = job->scope ? g_strdup (job->scope) : soban_scope_choose (store, job->form, job->fields, error);
  if (!record->scope)
    return FALSE;
  g_free (record->form);
  g_free (record->form_version);
  record->form = g_strdup (job->form);
  record->form_version = g_strdup (job->form_version);
  return TRUE;
}

static gboolean
save_record (SobanStore *store, gpointer data, GError **error)
{
  SaveJob *job = data;
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (SobanFieldMap) winners = NULL;
  g_autoptr (SobanFieldMap) before = NULL;
  g_autoptr (SobanChange) change = NULL;
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, job->form, job->form_version, error);

  if (!form || !soban_forms_refuse_sensitive (form, job->fields, error) || !load_for_save (store, job, &record, error))
    return FALSE;
  winners = soban_record_state_get_fields (record.state);
  before = soban_forms_leave_hidden (store, form, winners, job->fields);
  change = soban_change_from_fields (&record, before, job->fields);
  if (soban_change_is_empty (change))
    return TRUE;
  return soban_forms_keep (store, form, error) && soban_log_append_person (store, change, NULL, -1, NULL, error);
}

gboolean
soban_store_save (SobanStore *store, SobanUuid *id, const char *form, const char *form_version, const char *scope,
                  const SobanFieldMap *fields, GError **error)
{
  static const SobanUuid none = { 0 };
  SaveJob job = { *id, soban_uuid_equal (id, &none), form, form_version, scope, fields };

  if (!soban_store_write (store, save_record, &job, error)) {
    g_prefix_error (error, _("Saving the record: "));
    return FALSE;
  }
  *id = job.id;
  return TRUE;
}

typedef struct {
  const SobanUuid *id;
  const char *path;
  const char *value;
} AssignJob;

static gboolean
assign_field (SobanStore *store, gpointer data, GError **error)
{
  AssignJob *job = data;
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (SobanChange) change = NULL;

  if (!soban_record_require (store, job->id, store->db_thread.state, &record, error))
    return FALSE;
  if (g_strcmp0 (soban_record_state_get (record.state, job->path), job->value) == 0)
    return TRUE;
  change = soban_change_begin (&record);
  return soban_record_refuse_erased (record.state, error)
         && soban_change_answer (store, &record, job->path, job->value, change, error)
         && soban_log_append_person (store, change, NULL, -1, NULL, error);
}

gboolean
soban_store_set_deleted (SobanStore *store, const SobanUuid *id, gboolean deleted, GError **error)
{
  AssignJob job = { .id = id, .path = SOBAN_FIELD_DELETED, .value = deleted ? "1" : "0" };

  if (!soban_store_write (store, assign_field, &job, error)) {
    g_prefix_error (error, deleted ? _("Deleting the record: ") : _("Bringing the record back: "));
    return FALSE;
  }
  return TRUE;
}

gboolean
soban_store_restore_value (SobanStore *store, const SobanUuid *id, const char *path, const char *value, GError **error)
{
  AssignJob job = { .id = id, .path = path, .value = value };

  if (!soban_store_write (store, assign_field, &job, error)) {
    g_prefix_error (error, _("Putting the old value back: "));
    return FALSE;
  }
  return TRUE;
}
