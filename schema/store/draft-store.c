/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drafts
 * ======
 *
 * A draft is a set of pending answers over `base`, the record's fields at the moment it was opened (none for a new
 * record).
 *
 * Invariants:
 *  (1) Each save of a draft is one transaction with one fsync: what was saved survives kill -9 and a power cut.
 *  (2) A draft that was only opened leaves no trace in the file.
 *  (3) Completing is one transaction: the change is in the log and the draft is gone, or neither.
 *  (4) The change of an edit holds what the person changed since opening, and says how far this tablet had pulled then:
 *      what came in meanwhile in other fields stays, in the same field it was not seen. An answer that the form hid
 *      before the edit and after it was not changed by the person, though the form leaves it out.
 *  (5) A draft belongs to who writes when it is begun; the change is made by who writes when it is completed (people.c).
 */
#include "config.h"

#include "store/people-private.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_draft_free (SobanDraft *draft)
{
  if (!draft)
    return;
  g_free (draft->form);
  g_free (draft->form_version);
  g_clear_pointer (&draft->fields, soban_field_map_unref);
  g_free (draft->title);
  g_free (draft->page);
  g_free (draft->person);
  g_free (draft);
}

/* A draft's row, or what is remembered of one that was opened and has no row yet. */
typedef struct {
  SobanUuid id;
  gboolean stored;
  gboolean edits_record;
  char *form, *form_version;
  SobanFieldMap *base;
  guint64 seen;
  char *title, *page, *person;
  gint64 started_ms, changed_ms;
} OpenDraft;

static void
free_open_draft (gpointer data)
{
  OpenDraft *open = data;

  if (!open)
    return;
  g_free (open->form);
  g_free (open->form_version);
  g_clear_pointer (&open->base, soban_field_map_unref);
  g_free (open->title);
  g_free (open->page);
  g_free (open->person);
  g_free (open);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenDraft, free_open_draft)

/* The base is kept as pairs in the encoding of a change: a codec that is there and checked. A record that several
 * changes have brought beyond the bounds of one is refused here: what is written must be readable. */
static gboolean
encode_base (const OpenDraft *open, GByteArray *out, GError **error)
{
  g_autoptr (SobanChange) change = soban_change_new ();
  g_autoptr (SobanFieldMap) nothing = soban_field_map_new ();

  change->id.number = 1;
  change->record = open->id;
  change->form = g_strdup (open->form);
  change->form_version = g_strdup (open->form_version);
  change->scope = g_strdup ("");
  soban_change_assign_diff (change, nothing, open->base);
  if (!soban_change_check_shape (change, error))
    return FALSE;
  soban_change_encode (change, out);
  return TRUE;
}

static SobanFieldMap *
decode_base (gconstpointer data, gsize length, GError **error)
{
  g_autoptr (SobanChange) change = soban_change_decode (data, length, error);
  g_autoptr (SobanFieldMap) base = soban_field_map_new ();

  if (!change)
    return NULL;
  for (guint i = 0; i < change->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (change->assignments, i);

    soban_field_map_set (base, assignment->path, assignment->value);
  }
  return g_steal_pointer (&base);
}

static OpenDraft *
read_open_draft (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (OpenDraft) open = g_new0 (OpenDraft, 1);
  gsize length;
  gconstpointer base = soban_column_bytes (statement, 4, &length);

  open->stored = TRUE;
  open->base = decode_base (base, length, error);
  if (!open->base || !soban_column_uuid (statement, 0, &open->id))
    return NULL;
  open->form = g_strdup (soban_column_text (statement, 1));
  open->form_version = g_strdup (soban_column_text (statement, 2));
  open->edits_record = soban_column_int (statement, 3) != 0;
  open->seen = (guint64) soban_column_int (statement, 5);
  open->title = g_strdup (soban_column_text (statement, 6));
  open->page = g_strdup (soban_column_text (statement, 7));
  open->started_ms = soban_column_int (statement, 8);
  open->changed_ms = soban_column_int (statement, 9);
  open->person = g_strdup (soban_column_text (statement, 10));
  return g_steal_pointer (&open);
}

#define COLUMNS "id, form, form_version, edits_record, base, seen, title, page, started_ms, changed_ms, person"

/* (transfer full) (nullable): without @error when there is none. */
static OpenDraft *
load_draft (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT " COLUMNS " FROM draft WHERE id = :id", error);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_uuid (statement, ":id", id);
  if (!soban_step (statement, &row, error) || !row)
    return NULL;
  return read_open_draft (statement, error);
}

static SobanFieldMap *
load_fields (SobanStore *store, const OpenDraft *open, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT path, value FROM answer WHERE draft = :id", error);
  g_autoptr (SobanFieldMap) fields = soban_field_map_copy (open->base);
  gboolean row;

  if (!statement)
    return NULL;
  soban_bind_uuid (statement, ":id", &open->id);
  while (soban_step (statement, &row, error)) {
    if (!row)
      return g_steal_pointer (&fields);
    soban_field_map_set (fields, soban_column_text (statement, 0), soban_column_text (statement, 1));
  }
  return NULL;
}

static SobanDraft *
make_draft (const OpenDraft *open, SobanFieldMap *fields)
{
  SobanDraft *draft = g_new0 (SobanDraft, 1);

  draft->id = open->id;
  draft->form = g_strdup (open->form);
  draft->form_version = g_strdup (open->form_version);
  draft->stored = open->stored;
  draft->edits_record = open->edits_record;
  draft->fields = fields;
  draft->title = g_strdup (open->title ? open->title : "");
  draft->page = g_strdup (open->page);
  draft->person = g_strdup (open->person);
  draft->started_ms = open->started_ms;
  draft->changed_ms = open->changed_ms;
  return draft;
}

typedef struct {
  const SobanUuid *id;
  const char *form;
  const char *form_version;
  const SobanFieldMap *fields;
  const char *title;
  const char *page;
  SobanDraft *draft;
  GPtrArray *drafts;
} DraftJob;

/* Remembers @open until its first answer (invariant 2). */
static void
remember (SobanStore *store, OpenDraft *open)
{
  g_hash_table_replace (store->db_thread.opened, &open->id, open);
}

static gboolean
start_draft (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, job->form, NULL, error);
  g_autoptr (OpenDraft) open = g_new0 (OpenDraft, 1);

  if (!form || !soban_person_get (store, &open->person, error))
    return FALSE;
  open->id = soban_record_new_id (store);
  open->form = g_strdup (job->form);
  open->form_version = g_strdup (soban_form_get_version (form));
  open->base = soban_field_map_new ();
  open->started_ms = open->changed_ms = soban_store_get_now_ms (store, NULL);
  job->draft = make_draft (open, soban_field_map_new ());
  remember (store, g_steal_pointer (&open));
  return TRUE;
}

SobanDraft *
soban_store_start_draft (SobanStore *store, const char *form, GError **error)
{
  DraftJob job = { .form = form };

  if (!soban_store_read (store, start_draft, &job, error))
    g_prefix_error (error, _("Starting a new entry: "));
  return job.draft;
}

/* The record as it is now, as the base of an edit. */
static OpenDraft *
open_record (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (OpenDraft) open = g_new0 (OpenDraft, 1);

  if (!soban_record_require (store, id, store->db_thread.state, &record, error)
      || !soban_record_refuse_erased (record.state, error)
      || !soban_scope_get_cursor (store, record.scope, &open->seen, error) || !soban_person_get (store, &open->person, error))
    return NULL;
  open->id = *id;
  open->edits_record = TRUE;
  open->form = g_steal_pointer (&record.form);
  open->form_version = g_steal_pointer (&record.form_version);
  open->base = soban_record_state_get_fields (record.state);
  open->started_ms = open->changed_ms = soban_store_get_now_ms (store, NULL);
  return g_steal_pointer (&open);
}

static gboolean
read_draft (SobanStore *store, DraftJob *job, const OpenDraft *open, GError **error)
{
  SobanFieldMap *fields = load_fields (store, open, error);

  job->draft = fields ? make_draft (open, fields) : NULL;
  return job->draft != NULL;
}

static gboolean
edit_record (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenDraft) stored = load_draft (store, job->id, &local);
  OpenDraft *open;

  if (local) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (stored)
    return read_draft (store, job, stored, error);
  open = open_record (store, job->id, error);
  if (!open)
    return FALSE;
  job->draft = make_draft (open, soban_field_map_copy (open->base));
  remember (store, open);
  return TRUE;
}

SobanDraft *
soban_store_edit_record (SobanStore *store, const SobanUuid *id, GError **error)
{
  DraftJob job = { .id = id };

  if (!soban_store_read (store, edit_record, &job, error))
    g_prefix_error (error, _("Opening the record: "));
  return job.draft;
}

/* (transfer full) */
static OpenDraft *
copy_open_draft (const OpenDraft *draft)
{
  OpenDraft *copy = g_new (OpenDraft, 1);

  *copy = *draft;
  copy->form = g_strdup (draft->form);
  copy->form_version = g_strdup (draft->form_version);
  copy->base = soban_field_map_copy (draft->base);
  copy->title = g_strdup (draft->title);
  copy->page = g_strdup (draft->page);
  copy->person = g_strdup (draft->person);
  return copy;
}

/* (transfer full): the stored draft, else a copy of what is remembered; NOT_FOUND when there is neither. */
static OpenDraft *
require_draft (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  OpenDraft *open = load_draft (store, id, &local);
  const OpenDraft *remembered;

  if (open)
    return open;
  if (local) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  remembered = g_hash_table_lookup (store->db_thread.opened, id);
  if (!remembered) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, _("There is no such draft"));
    return NULL;
  }
  return copy_open_draft (remembered);
}

static gboolean
get_draft (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (OpenDraft) open = require_draft (store, job->id, error);

  return open && read_draft (store, job, open, error);
}

SobanDraft *
soban_store_get_draft (SobanStore *store, const SobanUuid *id, GError **error)
{
  DraftJob job = { .id = id };

  if (!soban_store_read (store, get_draft, &job, error))
    g_prefix_error (error, _("Opening the draft: "));
  return job.draft;
}

static gboolean
list_drafts (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT " COLUMNS " FROM draft ORDER BY changed_ms DESC, id DESC", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    g_autoptr (OpenDraft) open = NULL;
    SobanFieldMap *fields;

    if (!row)
      return TRUE;
    open = read_open_draft (statement, error);
    fields = open ? load_fields (store, open, error) : NULL;
    if (!fields)
      return FALSE;
    g_ptr_array_add (job->drafts, make_draft (open, fields));
  }
  return FALSE;
}

GPtrArray *
soban_store_list_drafts (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_draft_free);
  DraftJob job = { .drafts = drafts };

  return soban_store_read (store, list_drafts, &job, error) ? g_steal_pointer (&drafts) : NULL;
}

static gboolean
write_draft (SobanStore *store, const OpenDraft *open, const DraftJob *job, GError **error)
{
  g_autoptr (GByteArray) base = g_byte_array_new ();
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "INSERT INTO draft (" COLUMNS
      ") VALUES (:id, :form, :version, :edits, :base, :seen, :title, :page, :started, :changed, :person) "
      "ON CONFLICT (id) DO UPDATE SET title = excluded.title, page = excluded.page, changed_ms = excluded.changed_ms",
      error);

  if (!statement || !encode_base (open, base, error))
    return FALSE;
  soban_bind_uuid (statement, ":id", &open->id);
  soban_bind_text (statement, ":form", open->form);
  soban_bind_text (statement, ":version", open->form_version);
  soban_bind_int (statement, ":edits", open->edits_record);
  soban_bind_bytes (statement, ":base", base->data, base->len);
  soban_bind_int (statement, ":seen", (gint64) open->seen);
  soban_bind_text (statement, ":title", job->title ? job->title : "");
  soban_bind_text (statement, ":page", job->page);
  soban_bind_int (statement, ":started", open->started_ms);
  soban_bind_int (statement, ":changed", soban_store_get_now_ms (store, NULL));
  soban_bind_text (statement, ":person", open->person);
  return soban_run (statement, error);
}

/* Pending answers that differ from the stored ones; an answer that equals the base again is forgotten. */
static gboolean
write_answers (SobanStore *store, const OpenDraft *open, const SobanChange *pending, GError **error)
{
  g_autoptr (sqlite3_stmt) removal = soban_database_prepare (
      store->db_thread.database, "DELETE FROM answer WHERE draft = :id AND path = :path", error);
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "INSERT OR REPLACE INTO answer (draft, path, value) VALUES (:id, :path, :value)", error);

  if (!removal || !statement)
    return FALSE;
  for (guint i = 0; i < pending->assignments->len; i++) {
    const SobanAssignment *assignment = g_ptr_array_index (pending->assignments, i);
    gboolean as_base = g_strcmp0 (soban_field_map_get (open->base, assignment->path), assignment->value) == 0;
    sqlite3_stmt *chosen = as_base ? removal : statement;

    soban_bind_uuid (chosen, ":id", &open->id);
    soban_bind_text (chosen, ":path", assignment->path);
    if (!as_base)
      soban_bind_text (chosen, ":value", assignment->value);
    if (!soban_run (chosen, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
remove_draft (SobanStore *store, const SobanUuid *id, GError **error)
{
  g_autoptr (sqlite3_stmt) answers =
      soban_database_prepare (store->db_thread.database, "DELETE FROM answer WHERE draft = :id", error);
  g_autoptr (sqlite3_stmt) draft =
      soban_database_prepare (store->db_thread.database, "DELETE FROM draft WHERE id = :id", error);

  if (!answers || !draft)
    return FALSE;
  soban_bind_uuid (answers, ":id", id);
  soban_bind_uuid (draft, ":id", id);
  return soban_run (answers, error) && soban_run (draft, error);
}

/* A draft that the caller saves without having opened it here: as soban_store_start_draft() or edit_record() would. */
static OpenDraft *
find_or_make_draft (SobanStore *store, const DraftJob *job, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (OpenDraft) made = NULL;
  OpenDraft *open = require_draft (store, job->id, &local);

  if (open || !g_error_matches (local, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND)) {
    if (!open)
      g_propagate_error (error, g_steal_pointer (&local));
    return open;
  }
  /* Undo: over the same base, else what came in meanwhile would be taken back with it. */
  if (store->db_thread.discarded_draft && soban_uuid_equal (&((OpenDraft *) store->db_thread.discarded_draft)->id, job->id)) {
    open = copy_open_draft (store->db_thread.discarded_draft);
    open->stored = FALSE;
    return open;
  }
  if (!soban_stored_record_load (store, job->id, store->db_thread.state, &record, error))
    return NULL;
  if (record.exists)
    return open_record (store, job->id, error);
  made = g_new0 (OpenDraft, 1);
  if (!soban_person_get (store, &made->person, error))
    return NULL;
  made->id = *job->id;
  made->form = g_strdup (job->form);
  made->form_version = g_strdup (job->form_version);
  made->base = soban_field_map_new ();
  made->started_ms = soban_store_get_now_ms (store, NULL);
  return g_steal_pointer (&made);
}

/* (transfer full): what turns the draft as it is stored into @fields, checked as a change would be. */
static SobanChange *
make_pending (const OpenDraft *open, const SobanFieldMap *stored, const SobanFieldMap *fields, GError **error)
{
  g_autoptr (SobanChange) pending = soban_change_new ();

  pending->id.number = 1;
  pending->record = open->id;
  pending->form = g_strdup (open->form);
  pending->form_version = g_strdup (open->form_version);
  pending->scope = g_strdup ("");
  soban_change_assign_diff (pending, stored, fields);
  return soban_change_normalize (pending, error) ? g_steal_pointer (&pending) : NULL;
}

static gboolean
save_draft (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (OpenDraft) open = find_or_make_draft (store, job, error);
  g_autoptr (SobanFieldMap) stored = open ? load_fields (store, open, error) : NULL;
  g_autoptr (SobanForm) form = NULL;
  g_autoptr (SobanChange) pending = NULL;

  if (!stored)
    return FALSE;
  form = soban_form_library_get (store->forms, open->form, open->form_version, error);
  if (!form || !soban_forms_refuse_sensitive (form, job->fields, error))
    return FALSE;
  pending = make_pending (open, stored, job->fields, error);
  if (!pending)
    return FALSE;
  if (soban_change_is_empty (pending)
      && (!open->stored
          || (g_strcmp0 (open->title, job->title ? job->title : "") == 0 && g_strcmp0 (open->page, job->page) == 0)))
    return TRUE;
  store->db_thread.shown_changed = TRUE;
  return soban_forms_keep (store, form, error) && write_draft (store, open, job, error)
         && write_answers (store, open, pending, error);
}

gboolean
soban_store_save_draft (SobanStore *store, const SobanUuid *id, const char *form, const char *form_version,
                        const SobanFieldMap *fields, const char *title, const char *page, GError **error)
{
  DraftJob job = {
    .id = id, .form = form, .form_version = form_version, .fields = fields, .title = title, .page = page
  };

  if (!soban_store_write (store, save_draft, &job, error)) {
    g_prefix_error (error, _("Keeping the answers: "));
    return FALSE;
  }
  return TRUE;
}

static gboolean
move_draft (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (OpenDraft) open = require_draft (store, job->id, error);
  g_autoptr (SobanForm) form = open ? soban_form_library_get (store->forms, open->form, job->form_version, error) : NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (!form || !soban_forms_keep (store, form, error))
    return FALSE;
  g_free (open->form_version);
  open->form_version = g_strdup (job->form_version);
  job->title = open->title;
  job->page = open->page;
  if (!write_draft (store, open, job, error))
    return FALSE;
  statement = soban_database_prepare (store->db_thread.database, "UPDATE draft SET form_version = :version WHERE id = :id",
                                      error);
  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":version", job->form_version);
  soban_bind_uuid (statement, ":id", job->id);
  store->db_thread.shown_changed = TRUE;
  return soban_run (statement, error);
}

gboolean
soban_store_move_draft (SobanStore *store, const SobanUuid *id, const char *form_version, GError **error)
{
  DraftJob job = { .id = id, .form_version = form_version };

  if (!soban_store_write (store, move_draft, &job, error)) {
    g_prefix_error (error, _("Moving the draft to another version of its form: "));
    return FALSE;
  }
  return TRUE;
}

/* The change of a completed draft: @fields against the base, on the record as it is now. */
static SobanChange *
make_completion (SobanStore *store, const OpenDraft *open, SobanForm *form, const SobanFieldMap *fields,
                 GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (SobanFieldMap) before = NULL;

  if (!soban_stored_record_load (store, &open->id, store->db_thread.state, &record, error)
      || !soban_record_refuse_erased (record.state, error))
    return NULL;
  if (!record.exists)
    record.scope = soban_scope_choose (store, open->form, fields, error);
  if (!record.scope)
    return NULL;
  g_free (record.form);
  g_free (record.form_version);
  record.form = g_strdup (open->form);
  record.form_version = g_strdup (open->form_version);
  before = soban_forms_leave_hidden (store, form, open->base, fields);
  return soban_change_from_fields (&record, before, fields);
}

static gboolean
complete_draft (SobanStore *store, gpointer data, GError **error)
{
  DraftJob *job = data;
  g_autoptr (OpenDraft) open = require_draft (store, job->id, error);
  g_autoptr (SobanForm) form =
      open ? soban_form_library_get (store->forms, open->form, open->form_version, error) : NULL;
  g_autoptr (SobanFieldMap) fields = soban_field_map_copy (job->fields);
  g_autoptr (SobanChange) change = NULL;

  if (!form || !soban_forms_refuse_sensitive (form, fields, error) || !soban_village_register (store, fields, error))
    return FALSE;
  change = make_completion (store, open, form, fields, error);
  if (!change || !soban_forms_keep (store, form, error))
    return FALSE;
  if (!soban_change_is_empty (change)
      && !soban_log_append_person (store, change, open->person, open->edits_record ? (gint64) open->seen : -1, open->base, error))
    return FALSE;
  if (!open->edits_record && !soban_latest_remember (store, open->person, open->form, &open->id, error))
    return FALSE;
  store->db_thread.shown_changed = TRUE;
  return remove_draft (store, job->id, error);
}

void
soban_drafts_forget_discarded (SobanStore *store)
{
  g_clear_pointer (&store->db_thread.discarded_draft, free_open_draft);
}

static void
forget_discarded_if (SobanStore *store, const SobanUuid *id)
{
  const OpenDraft *discarded = store->db_thread.discarded_draft;

  if (discarded && soban_uuid_equal (&discarded->id, id))
    soban_drafts_forget_discarded (store);
}

static gboolean
forget_opened (SobanStore *store, gpointer data, GError **error)
{
  g_hash_table_remove (store->db_thread.opened, data);
  forget_discarded_if (store, data);
  return TRUE;
}

gboolean
soban_store_complete_draft (SobanStore *store, const SobanUuid *id, const SobanFieldMap *fields, GError **error)
{
  DraftJob job = { .id = id, .fields = fields };

  if (!soban_store_write (store, complete_draft, &job, error)) {
    g_prefix_error (error, _("Completing the entry: "));
    return FALSE;
  }
  return soban_store_read (store, forget_opened, (gpointer) id, error);
}

static gboolean
discard_draft (SobanStore *store, gpointer data, GError **error)
{
  store->db_thread.shown_changed = TRUE;
  return soban_attachments_discard (store, data, error) && remove_draft (store, data, error);
}

typedef struct {
  const SobanUuid *id;
  OpenDraft *open; /* (nullable) */
} Discarding;

static gboolean
load_discarded (SobanStore *store, gpointer data, GError **error)
{
  Discarding *discarding = data;

  discarding->open = require_draft (store, discarding->id, NULL);
  return TRUE;
}

static gboolean
remember_discarded (SobanStore *store, gpointer data, GError **error)
{
  Discarding *discarding = data;

  g_hash_table_remove (store->db_thread.opened, discarding->id);
  /* NULL: it was discarded twice. */
  if (discarding->open) {
    soban_drafts_forget_discarded (store);
    store->db_thread.discarded_draft = g_steal_pointer (&discarding->open);
  }
  return TRUE;
}

gboolean
soban_store_discard_draft (SobanStore *store, const SobanUuid *id, GError **error)
{
  Discarding discarding = { .id = id };

  soban_store_read (store, load_discarded, &discarding, NULL);
  if (!soban_store_write (store, discard_draft, (gpointer) id, error)) {
    g_prefix_error (error, _("Discarding the draft: "));
    free_open_draft (discarding.open);
    return FALSE;
  }
  return soban_store_read (store, remember_discarded, &discarding, error);
}

gboolean
soban_drafts_remove_edits (SobanStore *store, const SobanUuid *record, GError **error)
{
  g_hash_table_remove (store->db_thread.opened, record);
  forget_discarded_if (store, record);
  return remove_draft (store, record, error);
}

gboolean
soban_drafts_forget_seen (SobanStore *store, GError **error)
{
  GHashTableIter iter;
  gpointer open;

  g_hash_table_iter_init (&iter, store->db_thread.opened);
  while (g_hash_table_iter_next (&iter, NULL, &open))
    ((OpenDraft *) open)->seen = 0;
  if (store->db_thread.discarded_draft)
    ((OpenDraft *) store->db_thread.discarded_draft)->seen = 0;
  return soban_database_execute (store->db_thread.database, "UPDATE draft SET seen = 0", error);
}

GHashTable *
soban_drafts_new_opened (void)
{
  return g_hash_table_new_full (soban_uuid_hash, soban_uuid_equal, NULL, free_open_draft);
}
