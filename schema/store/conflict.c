/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conflicts: what a person has to decide
 * ======================================
 *
 * Invariants:
 *  (1) A conflict is a question that people answer with at least one answer that was overtaken by somebody who had not seen
 *      it (history.c). What the form computes is none: it follows from the answers.
 *  (2) A record that is deleted has one conflict at most: that somebody wrote in it, neither knowing of the other.
 *  (3) A decision is a change that has seen all the answers, also where the answer shown stays: then no tablet asks again.
 *      Answers that have no number of their scope yet stand among its bases.
 *  (4) Where one tablet alone has written there is no conflict, and its log is not read.
 */
#include "config.h"

#include "store/people-private.h"

#include "form/form-instance.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_conflict_free (SobanConflict *conflict)
{
  if (!conflict)
    return;
  g_free (conflict->path);
  g_clear_pointer (&conflict->shown, soban_history_item_free);
  g_ptr_array_unref (conflict->others);
  g_free (conflict);
}

gboolean
soban_conflict_has_writers (SobanStore *store, const SobanUuid *record, gboolean *ret_several, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT min (device) <> max (device) OR min (incarnation) <> max (incarnation) FROM change WHERE record = :record", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":record", record);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_several = row && soban_column_int (statement, 0) != 0;
  return TRUE;
}

/* Invariant 1. Without the form at hand: whatever is no register and no metadata. */
static gboolean
is_for_people (SobanForm *form, const char *path)
{
  if (strcmp (path, SOBAN_FIELD_DELETED) == 0)
    return TRUE;
  if (*path == '.' || g_str_has_prefix (path, "meta/"))
    return FALSE;
  return !form || soban_form_is_answered (form, path);
}

static guint
order_of (SobanForm *form, const char *path)
{
  return form ? soban_form_get_field_order (form, path) : 0;
}

/* ---- a deletion against an edit ---- */

/* The change that holds the delete register up. */
static const SobanLoggedChange *
find_deletion (const GArray *log, guint *ret_at)
{
  for (guint i = 0; i < log->len; i++) {
    const SobanLoggedChange *logged = &g_array_index (log, SobanLoggedChange, i);

    if (soban_change_find (logged->change, SOBAN_FIELD_DELETED)) {
      *ret_at = i;
      return logged;
    }
  }
  return NULL;
}

/* Once somebody has deleted the record who had seen the edit, the edit is settled. */
static gboolean
is_settled (const GArray *log, const SobanLoggedChange *edit)
{
  for (guint i = 0; i < log->len; i++) {
    const SobanLoggedChange *logged = &g_array_index (log, SobanLoggedChange, i);
    const SobanAssignment *deletion = soban_change_find (logged->change, SOBAN_FIELD_DELETED);

    if (deletion && g_strcmp0 (deletion->value, "1") == 0
        && (soban_history_has_seen (logged, edit) || soban_history_has_seen (edit, logged)))
      return TRUE;
  }
  return FALSE;
}

/* (nullable): the first answer of @change. */
static const SobanAssignment *
find_answer (const SobanChange *change, SobanForm *form)
{
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    if (strcmp (assignment->path, SOBAN_FIELD_DELETED) != 0 && is_for_people (form, assignment->path))
      return assignment;
  }
  return NULL;
}

static SobanConflict *
new_conflict (const char *path)
{
  SobanConflict *conflict = g_new0 (SobanConflict, 1);

  conflict->path = g_strdup (path);
  conflict->others = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_history_item_free);
  return conflict;
}

static void
add_deletion (SobanStore *store, const SobanRecordState *state, SobanForm *form, const GArray *log, GPtrArray *conflicts)
{
  guint deleted_at;
  const SobanLoggedChange *deletion = find_deletion (log, &deleted_at);

  for (guint i = 0; deletion && i < log->len; i++) {
    const SobanLoggedChange *edit = &g_array_index (log, SobanLoggedChange, i);
    const SobanAssignment *answer = find_answer (edit->change, form);
    SobanConflict *conflict;

    if (!answer || edit == deletion || is_settled (log, edit))
      continue;
    conflict = new_conflict (SOBAN_FIELD_DELETED);
    conflict->shown = soban_history_make_item (
        store, log, deleted_at, soban_change_find (deletion->change, SOBAN_FIELD_DELETED), state);
    g_ptr_array_add (conflict->others, soban_history_make_item (store, log, i, answer, state));
    g_ptr_array_add (conflicts, conflict);
    return;
  }
}

/* ---- an answer against an answer ---- */

static SobanConflict *
find_conflict (GPtrArray *conflicts, const char *path)
{
  for (guint i = 0; i < conflicts->len; i++) {
    SobanConflict *conflict = g_ptr_array_index (conflicts, i);

    if (strcmp (conflict->path, path) == 0)
      return conflict;
  }
  return NULL;
}

static gboolean
has_value (const SobanConflict *conflict, const char *value)
{
  for (guint i = 0; i < conflict->others->len; i++)
    if (g_strcmp0 (((const SobanHistoryItem *)g_ptr_array_index (conflict->others, i))->value, value) == 0)
      return TRUE;
  return FALSE;
}

static void
add_lost (SobanStore *store, const SobanRecordState *state, const GArray *log, guint at, const SobanAssignment *assignment,
          GPtrArray *conflicts)
{
  SobanConflict *conflict = find_conflict (conflicts, assignment->path);

  if (g_strcmp0 (soban_record_state_get (state, assignment->path), assignment->value) == 0)
    return;
  if (!conflict) {
    conflict = new_conflict (assignment->path);
    g_ptr_array_add (conflicts, conflict);
  }
  if (!has_value (conflict, assignment->value))
    g_ptr_array_add (conflict->others, soban_history_make_item (store, log, at, assignment, state));
}

static void
find_shown (SobanStore *store, const SobanRecordState *state, const GArray *log, SobanConflict *conflict)
{
  const SobanWriteKey *winner = soban_record_state_get_winner (state, conflict->path);

  for (guint i = 0; winner && i < log->len && !conflict->shown; i++) {
    const SobanChange *change = g_array_index (log, SobanLoggedChange, i).change;
    const SobanWriteKey key = { change->stamp, change->id };
    const SobanAssignment *assignment = soban_change_find (change, conflict->path);

    if (assignment && soban_write_key_compare (winner, &key) == 0)
      conflict->shown = soban_history_make_item (store, log, i, assignment, state);
  }
}

static void
add_answers (SobanStore *store, const SobanRecordState *state, SobanForm *form, const GArray *log, GPtrArray *conflicts)
{
  for (guint i = 0; i < log->len; i++) {
    const GPtrArray *assignments = g_array_index (log, SobanLoggedChange, i).change->assignments;

    for (guint k = 0; k < assignments->len; k++) {
      const SobanAssignment *assignment = g_ptr_array_index (assignments, k);

      if (is_for_people (form, assignment->path) && soban_history_is_lost (log, i, assignment))
        add_lost (store, state, log, i, assignment, conflicts);
    }
  }
  for (guint i = conflicts->len; i > 0; i--) {
    SobanConflict *conflict = g_ptr_array_index (conflicts, i - 1);

    find_shown (store, state, log, conflict);
    /* The winner of a snapshot is always in the log; without one there is nothing to choose against. */
    if (!conflict->shown)
      g_ptr_array_remove_index (conflicts, i - 1);
  }
}

static int
compare_by_form (gconstpointer a, gconstpointer b, gpointer form)
{
  const SobanConflict *left = *(const SobanConflict *const *)a, *right = *(const SobanConflict *const *)b;
  guint left_order = order_of (form, left->path), right_order = order_of (form, right->path);

  return left_order != right_order ? (left_order < right_order ? -1 : 1) : strcmp (left->path, right->path);
}

static gboolean
list_conflicts (SobanStore *store, const SobanStoredRecord *record, GPtrArray *conflicts, GError **error)
{
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, record->form, record->form_version, NULL);
  g_autoptr (GArray) log = NULL;
  gboolean several;

  if (!soban_conflict_has_writers (store, &record->id, &several, error))
    return FALSE;
  if (!several || soban_record_state_is_erased (record->state))
    return TRUE;
  log = soban_history_read_log (store, &record->id, error);
  if (!log)
    return FALSE;
  if (soban_record_state_is_deleted (record->state))
    add_deletion (store, record->state, form, log, conflicts);
  else
    add_answers (store, record->state, form, log, conflicts);
  g_ptr_array_sort_with_data (conflicts, compare_by_form, form);
  return TRUE;
}

gboolean
soban_conflict_exists (SobanStore *store, const SobanStoredRecord *record, gboolean *ret_exists, GError **error)
{
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_conflict_free);

  if (!list_conflicts (store, record, conflicts, error))
    return FALSE;
  *ret_exists = conflicts->len > 0;
  return TRUE;
}

typedef struct {
  const SobanUuid *id;
  GPtrArray *conflicts;
} ListJob;

static gboolean
run_list (SobanStore *store, gpointer data, GError **error)
{
  ListJob *job = data;
  g_auto (SobanStoredRecord) record = { 0 };

  return soban_record_require (store, job->id, store->db_thread.state, &record, error)
         && list_conflicts (store, &record, job->conflicts, error);
}

GPtrArray *
soban_store_list_conflicts (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify)soban_conflict_free);
  ListJob job = { id, conflicts };

  if (!soban_store_read (store, run_list, &job, error)) {
    g_prefix_error (error, _("Reading what needs a decision: "));
    return NULL;
  }
  return g_steal_pointer (&conflicts);
}

/* ---- the decision ---- */

typedef struct {
  const SobanUuid *id;
  const char *path;
  const char *value;
} SettleJob;

/* Invariant 3 */
static gboolean
add_bases (SobanStore *store, SobanChange *change, GError **error)
{
  g_autoptr (GArray) log = soban_history_read_log (store, &change->record, error);
  const SobanIdentity *identity = &store->db_thread.identity;

  if (!log)
    return FALSE;
  for (guint i = 0; i < log->len; i++) {
    const SobanLoggedChange *logged = &g_array_index (log, SobanLoggedChange, i);
    const SobanChangeId *id = &logged->change->id;

    if (logged->arrived == 0 && (id->device != identity->device || id->incarnation != identity->incarnation))
      soban_change_add_base (change, id);
  }
  return TRUE;
}

static gboolean
settle (SobanStore *store, gpointer data, GError **error)
{
  const SettleJob *job = data;
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (SobanChange) change = NULL;

  if (!soban_record_require (store, job->id, store->db_thread.state, &record, error)
      || !soban_record_refuse_erased (record.state, error))
    return FALSE;
  change = soban_change_begin (&record);
  return soban_change_answer (store, &record, job->path, job->value, change, error) && add_bases (store, change, error)
         && soban_log_append_person (store, change, NULL, -1, NULL, error);
}

gboolean
soban_store_settle (SobanStore *store, const SobanUuid *id, const char *path, const char *value, GError **error)
{
  SettleJob job = { id, path, value };

  if (!soban_store_write (store, settle, &job, error)) {
    g_prefix_error (error, _("Keeping the decision: "));
    return FALSE;
  }
  return TRUE;
}
