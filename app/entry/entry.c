/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/entry-private.h"

#include <glib/gi18n-lib.h>

#include "form/form-carry.h"
#include "store/settings.h"

/* As all forms of the programme call it (domain.md 3). */
#define VILLAGE_PATH "village_id"

G_DEFINE_FINAL_TYPE (SobanEntry, soban_entry, G_TYPE_OBJECT)

void
soban_entry_snapshot_free (gpointer data)
{
  SobanEntrySnapshot *snapshot = data;

  g_free (snapshot->form);
  g_free (snapshot->form_version);
  g_free (snapshot->title);
  g_free (snapshot->page);
  soban_field_map_unref (snapshot->fields);
  g_free (snapshot);
}

SobanEntrySnapshot *
soban_entry_snapshot_take (SobanEntry *self)
{
  SobanEntrySnapshot *snapshot = g_new0 (SobanEntrySnapshot, 1);
  const char *title = soban_form_instance_get (self->instance, "meta/instanceName");

  snapshot->id = self->draft->id;
  snapshot->form = g_strdup (self->draft->form);
  snapshot->form_version = g_strdup (self->draft->form_version);
  snapshot->title = g_strdup (title == NULL ? "" : title);
  snapshot->page = g_strdup (self->page);
  snapshot->fields = soban_form_instance_get_fields (self->instance, FALSE);
  return snapshot;
}

gboolean
soban_entry_snapshot_save (SobanStore *store, gpointer data, GError **error)
{
  SobanEntrySnapshot *snapshot = data;

  return soban_store_save_draft (store, &snapshot->id, snapshot->form, snapshot->form_version, snapshot->fields,
                                 snapshot->title, snapshot->page, error);
}

static gpointer
take_snapshot (gpointer data)
{
  return soban_entry_snapshot_take (data);
}

static void
on_autosave_state_changed (gpointer data)
{
  g_signal_emit_by_name (data, "save-state");
}

static const SobanAutosaveFuncs AUTOSAVE_FUNCS = {
  .snapshot = take_snapshot,
  .save = soban_entry_snapshot_save,
  .free_snapshot = soban_entry_snapshot_free,
  .state_changed = on_autosave_state_changed,
};

/* A new record begins with the tablet's village, as it does with its commune and its team, where the form asks for one and offers it. */
static void
fill_village (SobanEntry *self)
{
  g_autofree char *village = soban_store_get_setting (self->store, SOBAN_SETTING_VILLAGE);
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (self->instance, VILLAGE_PATH);
  g_autoptr (GPtrArray) choices = NULL;

  if (village == NULL || question == NULL || !question->relevant || *question->value != '\0') {
    return;
  }
  choices = soban_form_instance_list_choices (self->instance, VILLAGE_PATH);
  for (guint i = 0; i < choices->len; i++) {
    if (g_str_equal (((const SobanChoice *)g_ptr_array_index (choices, i))->value, village)) {
      soban_form_instance_set (self->instance, VILLAGE_PATH, village, NULL);
      return;
    }
  }
}

SobanEntry *
soban_entry_new (SobanStore *store, SobanDraft *draft, GError **error)
{
  g_autoptr (SobanEntry) self = g_object_new (SOBAN_TYPE_ENTRY, NULL);
  gboolean has_fields = soban_field_map_size (draft->fields) > 0;

  self->store = g_object_ref (store);
  self->draft = draft;
  self->page = g_strdup (draft->page);
  self->form = soban_form_library_get (soban_store_get_forms (store), draft->form, draft->form_version, error);
  if (self->form == NULL) {
    g_prefix_error (error, "%s: ", _("Opening the form"));
    return NULL;
  }
  self->host = soban_store_get_form_host (store);
  self->instance = soban_form_instance_new (self->form, self->host, has_fields ? draft->fields : NULL, error);
  if (self->instance == NULL) {
    g_prefix_error (error, "%s: ", _("Opening the form"));
    return NULL;
  }
  if (!has_fields) {
    fill_village (self);
  }
  self->touched = has_fields && (!draft->edits_record || draft->stored);
  self->initial = has_fields ? NULL : soban_form_instance_get_fields (self->instance, FALSE);
  self->autosave = soban_autosave_new (store, &AUTOSAVE_FUNCS, self);
  return g_steal_pointer (&self);
}

/* ---- what it is ---- */

SobanStore *
soban_entry_get_store (SobanEntry *self)
{
  return self->store;
}

SobanFormInstance *
soban_entry_get_instance (SobanEntry *self)
{
  return self->instance;
}

const SobanUuid *
soban_entry_get_id (SobanEntry *self)
{
  return &self->draft->id;
}

const char *
soban_entry_get_form_id (SobanEntry *self)
{
  return self->draft->form;
}

gboolean
soban_entry_get_edits_record (SobanEntry *self)
{
  return self->draft->edits_record;
}

const char *
soban_entry_get_title (SobanEntry *self)
{
  const char *title = soban_form_get_title (self->form);

  return *title == '\0' ? title : g_dgettext (GETTEXT_PACKAGE, title);
}

const char *
soban_entry_get_page (SobanEntry *self)
{
  return self->page;
}

gboolean
soban_entry_is_touched (SobanEntry *self)
{
  return self->touched;
}

/* ---- answers ---- */

static void
mark_changed (SobanEntry *self)
{
  self->touched = TRUE;
  soban_autosave_mark (self->autosave);
  g_signal_emit_by_name (self, "changed");
}

void
soban_entry_set (SobanEntry *self, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  const char *before = soban_form_instance_get (self->instance, path);

  g_return_if_fail (SOBAN_IS_ENTRY (self));
  if (g_strcmp0 (before == NULL ? "" : before, value == NULL ? "" : value) == 0) {
    return;
  }
  if (!soban_form_instance_set (self->instance, path, value, &error)) {
    g_warning ("Answer at %s: %s", path, error->message);
    return;
  }
  mark_changed (self);
}

char *
soban_entry_add_repeat (SobanEntry *self, const char *path, GError **error)
{
  char *instance_path = soban_form_instance_add_repeat (self->instance, path, error);

  if (instance_path != NULL) {
    mark_changed (self);
  }
  return instance_path;
}

/* (transfer full): of @fields those of the repeat's instance. */
static SobanFieldMap *
pick_instance (const SobanFieldMap *fields, const char *instance_path)
{
  SobanFieldMap *picked = soban_field_map_new ();

  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;

    soban_field_map_nth (fields, i, &path, &value);
    /* The mark of the instance, its answers, and what was confirmed of them. */
    if (strstr (path, instance_path) != NULL) {
      soban_field_map_set (picked, path, value);
    }
  }
  return picked;
}

void
soban_entry_remove_repeat (SobanEntry *self, const char *instance_path)
{
  g_autoptr (SobanFieldMap) before = soban_form_instance_get_fields (self->instance, FALSE);
  g_autofree char *path = g_strdup (instance_path);
  g_autoptr (GError) error = NULL;

  if (!soban_form_instance_remove_repeat (self->instance, path, &error)) {
    g_warning ("Removing %s: %s", path, error->message);
    return;
  }
  g_clear_pointer (&self->removed, soban_field_map_unref);
  self->removed = pick_instance (before, path);
  mark_changed (self);
}

gboolean
soban_entry_undo_removal (SobanEntry *self)
{
  g_autoptr (SobanFieldMap) removed = g_steal_pointer (&self->removed);
  g_autoptr (SobanFieldMap) fields = NULL;
  g_autoptr (GError) error = NULL;
  SobanFormInstance *instance;

  if (removed == NULL) {
    return FALSE;
  }
  /* The instances of a repeat stand in the order of their ids: read anew, it stands where it stood. */
  fields = soban_form_instance_get_fields (self->instance, FALSE);
  for (guint i = 0; i < soban_field_map_size (removed); i++) {
    const char *path, *value;

    soban_field_map_nth (removed, i, &path, &value);
    soban_field_map_set (fields, path, value);
  }
  instance = soban_form_instance_new (self->form, self->host, fields, &error);
  if (instance == NULL) {
    g_warning ("Bringing an instance back: %s", error->message);
    return FALSE;
  }
  soban_form_instance_free (self->instance);
  self->instance = instance;
  mark_changed (self);
  return TRUE;
}

void
soban_entry_confirm (SobanEntry *self, const char *path)
{
  soban_form_instance_confirm (self->instance, path);
  mark_changed (self);
}

void
soban_entry_set_page (SobanEntry *self, const char *page)
{
  if (g_strcmp0 (self->page, page) == 0) {
    return;
  }
  g_free (self->page);
  self->page = g_strdup (page);
  if (self->touched) {
    soban_autosave_mark (self->autosave);
  }
}

/* ---- another version of the form ---- */

gboolean
soban_entry_is_withdrawn (SobanEntry *self)
{
  return soban_form_library_is_withdrawn (soban_store_get_forms (self->store), self->draft->form, self->draft->form_version);
}

void
soban_entry_look_at_form (SobanEntry *self)
{
  g_autoptr (SobanForm) newest = soban_form_library_get (soban_store_get_forms (self->store), self->draft->form, NULL, NULL);

  g_clear_pointer (&self->newer, soban_form_unref);
  if (newest != NULL && !g_str_equal (soban_form_get_version (newest), self->draft->form_version)) {
    self->newer = g_steal_pointer (&newest);
  }
}

gboolean
soban_entry_has_newer_form (SobanEntry *self)
{
  return self->newer != NULL;
}

GPtrArray *
soban_entry_list_misfits (SobanEntry *self)
{
  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (self->instance, TRUE);

  g_return_val_if_fail (self->newer != NULL, NULL);
  return soban_form_list_misfits (self->form, self->newer, fields);
}

/* ---- beginning with an earlier record ---- */

const SobanRecord *
soban_entry_get_earlier (SobanEntry *self)
{
  return self->earlier;
}

gboolean
soban_entry_has_carried (SobanEntry *self)
{
  return self->carried != NULL;
}

guint
soban_entry_carry (SobanEntry *self)
{
  guint answers;

  g_return_val_if_fail (SOBAN_IS_ENTRY (self) && self->earlier != NULL, 0);
  if (self->carried != NULL) {
    return 0;
  }
  self->carried = soban_form_instance_carry (self->instance, self->earlier->fields, self->initial);
  answers = g_hash_table_size (self->carried);
  if (answers == 0) {
    g_clear_pointer (&self->carried, g_hash_table_unref);
    return 0;
  }
  mark_changed (self);
  return answers;
}

void
soban_entry_undo_carry (SobanEntry *self)
{
  g_autoptr (GHashTable) carried = g_steal_pointer (&self->carried);
  GHashTableIter iter;
  gpointer path, before;

  if (carried == NULL) {
    return;
  }
  g_hash_table_iter_init (&iter, carried);
  while (g_hash_table_iter_next (&iter, &path, &before)) {
    const char *now = soban_form_instance_get (self->instance, path);
    g_autoptr (GError) error = NULL;

    if (g_strcmp0 (now, soban_field_map_get (self->earlier->fields, path)) == 0
        && !soban_form_instance_set (self->instance, path, before, &error)) {
      g_warning ("Answer at %s: %s", (const char *)path, error->message);
    }
  }
  mark_changed (self);
}

/* ---- saving ---- */

SobanSaveState
soban_entry_get_save_state (SobanEntry *self)
{
  return soban_autosave_get_state (self->autosave);
}

const GError *
soban_entry_get_save_error (SobanEntry *self)
{
  return soban_autosave_get_error (self->autosave);
}

void
soban_entry_flush (SobanEntry *self)
{
  soban_autosave_flush (self->autosave);
}

gboolean
soban_entry_flush_now (SobanEntry *self, GError **error)
{
  return soban_autosave_flush_now (self->autosave, error);
}

static void
soban_entry_finalize (GObject *object)
{
  SobanEntry *self = SOBAN_ENTRY (object);

  g_clear_pointer (&self->autosave, soban_autosave_free);
  g_clear_pointer (&self->instance, soban_form_instance_free);
  g_clear_pointer (&self->host, soban_store_form_host_free);
  g_clear_pointer (&self->form, soban_form_unref);
  g_clear_pointer (&self->draft, soban_draft_free);
  g_clear_pointer (&self->newer, soban_form_unref);
  g_clear_pointer (&self->earlier, soban_record_free);
  g_clear_pointer (&self->initial, soban_field_map_unref);
  g_clear_pointer (&self->carried, g_hash_table_unref);
  g_clear_pointer (&self->removed, soban_field_map_unref);
  g_clear_object (&self->store);
  g_free (self->page);
  G_OBJECT_CLASS (soban_entry_parent_class)->finalize (object);
}

static void
soban_entry_class_init (SobanEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_entry_finalize;
  g_signal_new ("changed", SOBAN_TYPE_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("save-state", SOBAN_TYPE_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_entry_init (SobanEntry *self)
{
}
