/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Villages that teams add themselves: a village has no official code, so the registry entry is made where it is first
 * named.
 *
 * An answer village_id = "other" with a village_new becomes the id of a village of the same commune whose name reads
 * the same without accents and without its type word ("thôn", "bản" ...), or of a new one. Two type words that differ
 * make two villages. The words as typed stay in village_new.
 */
#include "config.h"

#include "store/people-private.h"

#include "base/text.h"

#include <string.h>

/* The type words as they fold, and the choice of the form's question `kind`. */
static const struct {
  const char *folded;
  const char *kind;
  guint words;
} kinds[] = {
  { "thon ", "thon", 1 }, { "ban ", "ban", 1 },
  { "xom ", "xom", 1 },   { "lang ", "lang", 1 },
  { "buon ", "buon", 1 }, { "ap ", "ap", 1 },
  { "phum ", "phum", 1 }, { "soc ", "soc", 1 },
  { "khu ", "khu", 1 },   { "to dan pho ", "to_dan_pho", 3 },
};

/* @name without its type word; *ret_kind NULL when it has none. */
static char *
split_name (const char *name, const char **ret_kind)
{
  g_autofree char *folded = soban_text_fold (name);
  g_auto (GStrv) words = g_strsplit_set (name, " \t\n", -1);
  g_autoptr (GPtrArray) filled = g_ptr_array_new ();

  *ret_kind = NULL;
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_ptr_array_add (filled, words[i]);
  g_ptr_array_add (filled, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (folded, kinds[i].folded) && filled->len > kinds[i].words + 1) {
      *ret_kind = kinds[i].kind;
      return g_strjoinv (" ", (char **) filled->pdata + kinds[i].words);
    }
  return g_strjoinv (" ", (char **) filled->pdata);
}

static gboolean
is_village (const SobanRecordState *state, const char *commune, const char *folded, const char *kind)
{
  const char *name = soban_record_state_get (state, "name");
  const char *present_kind = soban_record_state_get (state, "kind");
  const char *ignored;
  g_autofree char *bare = name ? split_name (name, &ignored) : NULL;
  g_autofree char *present = bare ? soban_text_fold (bare) : NULL;

  return !soban_record_state_is_deleted (state) && g_strcmp0 (present, folded) == 0
         && g_strcmp0 (soban_record_state_get (state, "commune_id"), commune) == 0
         && (!kind || !present_kind || strcmp (kind, present_kind) == 0);
}

typedef struct {
  const char *commune;
  const char *folded;
  const char *kind; /* (nullable) */
  SobanRecordState *state;
} Sought;

/* *ret_id (nullable): among those that the lists have. */
static gboolean
find_listed (SobanStore *store, const Sought *sought, char **ret_id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT id, state FROM record WHERE id IN (SELECT record FROM summary WHERE form = :form)", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", SOBAN_VILLAGE_FORM);
  while (soban_step (statement, &row, error)) {
    gconstpointer blob;
    gsize length;
    SobanUuid id;

    if (!row || *ret_id)
      return TRUE;
    blob = soban_column_bytes (statement, 1, &length);
    if (!soban_column_uuid (statement, 0, &id) || !soban_record_state_load (sought->state, blob, length, error))
      return FALSE;
    if (is_village (sought->state, sought->commune, sought->folded, sought->kind))
      *ret_id = soban_uuid_to_string (&id);
  }
  return FALSE;
}

/* The same among those that are to be derived yet. */
static gboolean
find_stale (SobanStore *store, const Sought *sought, char **ret_id, GError **error)
{
  g_autoptr (GArray) ids = soban_stale_list_villages (store, error);

  for (guint i = 0; ids && i < ids->len && !*ret_id; i++) {
    g_auto (SobanStoredRecord) record = { 0 };

    if (!soban_stored_record_load (store, &g_array_index (ids, SobanUuid, i), sought->state, &record, error))
      return FALSE;
    if (g_strcmp0 (record.form, SOBAN_VILLAGE_FORM) == 0
        && is_village (sought->state, sought->commune, sought->folded, sought->kind))
      *ret_id = soban_uuid_to_string (&record.id);
  }
  return ids != NULL;
}

/* *ret_id (nullable): the village of @commune that reads like @name. */
static gboolean
find_village (SobanStore *store, const char *commune, const char *name, char **ret_id, GError **error)
{
  const char *kind;
  g_autofree char *bare = split_name (name, &kind);
  g_autofree char *folded = soban_text_fold (bare);
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  const Sought sought = { commune, folded, kind, state };

  *ret_id = NULL;
  return find_listed (store, &sought, ret_id, error) && (*ret_id || find_stale (store, &sought, ret_id, error));
}

/* (transfer full): the fields of a new village, calculated by its form. */
static SobanFieldMap *
fill_village (SobanStore *store, SobanForm *form, const char *commune, const char *name, GError **error)
{
  const char *kind;
  g_autofree char *bare = split_name (name, &kind);
  SobanFormHost *host = soban_store_get_form_host (store);
  g_autoptr (SobanFormInstance) instance = soban_form_instance_new (form, host, NULL, error);
  SobanFieldMap *fields = NULL;

  if (instance && soban_form_instance_set (instance, "commune_id", commune, error)
      && soban_form_instance_set (instance, "name", bare, error)
      && (!kind || soban_form_instance_set (instance, "kind", kind, error)))
    fields = soban_form_instance_get_fields (instance, TRUE);
  g_clear_pointer (&instance, soban_form_instance_free);
  soban_store_form_host_free (host);
  return fields;
}

/* (transfer full): the new village's id. */
static char *
add_village (SobanStore *store, const char *commune, const char *name, GError **error)
{
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, SOBAN_VILLAGE_FORM, NULL, error);
  g_autoptr (SobanFieldMap) fields = form ? fill_village (store, form, commune, name, error) : NULL;
  g_autoptr (SobanFieldMap) nothing = soban_field_map_new ();
  g_autoptr (SobanChange) change = NULL;
  g_auto (SobanStoredRecord) record = { 0 };

  if (!fields)
    return NULL;
  record.id = soban_record_new_id (store);
  record.form = g_strdup (SOBAN_VILLAGE_FORM);
  record.form_version = g_strdup (soban_form_get_version (form));
  record.scope = soban_scope_choose (store, SOBAN_VILLAGE_FORM, fields, error);
  if (!record.scope)
    return NULL;
  change = soban_change_from_fields (&record, nothing, fields);
  if (!soban_forms_keep (store, form, error) || !soban_log_append_person (store, change, NULL, -1, NULL, error))
    return NULL;
  /* The record that names it is derived next, and must find it in the list. */
  soban_store_forget_lists (store);
  return soban_uuid_to_string (&record.id);
}

gboolean
soban_village_register (SobanStore *store, SobanFieldMap *fields, GError **error)
{
  const char *commune = soban_field_map_get (fields, "commune_id");
  const char *name = soban_field_map_get (fields, "village_new");
  g_autofree char *normal = name ? soban_text_normalize (name, -1) : NULL;
  g_autofree char *id = NULL;

  if (g_strcmp0 (soban_field_map_get (fields, "village_id"), "other") != 0 || !commune || !*commune || !normal
      || !*g_strstrip (normal))
    return TRUE;
  if (!find_village (store, commune, normal, &id, error))
    return FALSE;
  if (!id)
    id = add_village (store, commune, normal, error);
  if (!id)
    return FALSE;
  soban_field_map_set (fields, "village_id", id);
  return TRUE;
}
