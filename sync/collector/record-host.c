/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-host.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "form-shelf.h"
#include "form/choice-document.h"
#include "form/choice-index.h"
#include "form/choice-list.h"
#include "form/choice-table.h"
#include "log/record-state.h"

#define VILLAGE_FORM "village"

struct _SobanRecordHost {
  SobanFormHost host;
  const SobanReference *reference;
  const SobanCatalogue *catalogue;
  SobanCollectorStore *store;
  char *scope;
  GHashTable *constants;  /* list name -> SobanTree: the same for every scope */
  GHashTable *registries; /* list name -> SobanTree: of the present scope */
  GHashTable *files;      /* address of a form's own file -> SobanTree */
};

static const char *
get_or_empty (const SobanFieldMap *fields, const char *path)
{
  const char *value = soban_field_map_get (fields, path);

  return value != NULL ? value : "";
}

static void
add_entry (SobanChoiceTable *list, const SobanUuid *id, const char *form, const SobanFieldMap *fields)
{
  g_autofree char *id_text = soban_uuid_to_string (id);
  const char *label = get_or_empty (fields, "meta/instanceName");
  const char *values[] = { id_text, NULL, get_or_empty (fields, "commune_id"), get_or_empty (fields, "status"), form,
                           get_or_empty (fields, "meta/instanceID") };

  if (*label == '\0')
    label = get_or_empty (fields, "name");
  values[1] = *label != '\0' ? label : id_text;
  soban_choice_table_add (list, values);
}

static gboolean
add_entries (SobanRecordHost *self, SobanChoiceTable *list, const char *form, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (self->store);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT id, state FROM record WHERE form = ?1 AND scope = ?2 AND deleted = 0 ORDER BY row", "tt", form, self->scope);
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    g_autoptr (SobanRecordState) state = NULL;
    g_autoptr (SobanFieldMap) fields = NULL;
    SobanUuid id;

    state = soban_record_state_decode (soban_rows_get_blob (query, 1), soban_rows_get_length (query, 1), error);
    if (state == NULL)
      return FALSE;
    fields = soban_record_state_get_fields (state);
    id = soban_rows_get_uuid (query, 0);
    add_entry (list, &id, form, fields);
  }
  return stepped == 0;
}

static gboolean
fill_registry (SobanRecordHost *self, SobanChoiceTable *list, const char *name, GError **error)
{
  const GPtrArray *entries = soban_form_library_list (self->reference->forms);

  if (strcmp (name, "registry") != 0)
    return add_entries (self, list, strcmp (name, "villages") == 0 ? VILLAGE_FORM : name, error);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY && strcmp (entry->id, VILLAGE_FORM) != 0 && !add_entries (self, list, entry->id, error))
      return FALSE;
  }
  return TRUE;
}

static SobanTree *
make_registry (SobanRecordHost *self, const char *name, GError **error)
{
  g_autoptr (SobanChoiceTable) list = soban_choice_table_new (soban_registry_columns);

  if (!fill_registry (self, list, name, error))
    return NULL;
  if (strcmp (name, "villages") == 0) {
    const char *other[] = { "other", soban_catalogue_text (self->catalogue, N_ ("Another village, not in the list")), "", "", VILLAGE_FORM, "" };

    soban_choice_table_add (list, other);
  }
  return soban_tree_new_from_table (g_steal_pointer (&list));
}

static gboolean
is_registry (SobanRecordHost *self, const char *name)
{
  const SobanFormEntry *entry = soban_form_library_find (self->reference->forms, name);

  return strcmp (name, "villages") == 0 || strcmp (name, "registry") == 0 || (entry != NULL && entry->kind == SOBAN_FORM_REGISTRY);
}

static SobanTree *
make_list (SobanRecordHost *self, const char *name, GError **error)
{
  if (strcmp (name, "units") == 0)
    return soban_choice_list_new_units (self->reference->units);
  if (strcmp (name, "ethnic_groups") == 0)
    return soban_choice_list_new_ethnic_groups (self->reference->data_dir, error);
  if (is_registry (self, name))
    return make_registry (self, name, error);
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("There is no list named “%s”."), name);
  return NULL;
}

static SobanTree *
load_instance (gpointer data, const char *src, GError **error)
{
  SobanRecordHost *self = data;
  g_autofree char *name = soban_choice_list_name (src);
  GHashTable *cache;
  SobanTree *tree;

  cache = is_registry (self, name) ? self->registries : self->constants;
  tree = g_hash_table_lookup (cache, name);
  if (tree != NULL)
    return tree;
  tree = make_list (self, name, error);
  if (tree != NULL)
    g_hash_table_insert (cache, g_steal_pointer (&name), tree);
  return tree;
}

static gboolean
read_form_file (SobanRecordHost *self, const SobanForm *form, const char *src, SobanTree **ret_tree, GError **error)
{
  g_autofree char *name = soban_form_file_name (src);
  g_autoptr (GBytes) content = NULL;
  const char *text;
  gsize length;

  *ret_tree = NULL;
  if (!soban_form_shelf_read (self->store, soban_form_get_id (form), soban_form_get_version (form), name, &content, error))
    return FALSE;
  if (content == NULL)
    return TRUE;
  text = g_bytes_get_data (content, &length);
  *ret_tree = soban_choice_document_parse (name, text != NULL ? text : "", length, error);
  return *ret_tree != NULL;
}

static SobanTree *
load_file (gpointer data, const SobanForm *form, const char *src, GError **error)
{
  SobanRecordHost *self = data;
  g_autofree char *address = g_strconcat (soban_form_get_id (form), "/", soban_form_get_version (form), "/", src, NULL);
  SobanTree *tree = g_hash_table_lookup (self->files, address);

  if (tree != NULL)
    return tree;
  if (!read_form_file (self, form, src, &tree, error))
    return NULL;
  if (tree != NULL)
    g_hash_table_insert (self->files, g_steal_pointer (&address), tree);
  return tree;
}

static const char *
translate (gpointer data, const char *msgid)
{
  SobanRecordHost *self = data;

  return *msgid != '\0' ? soban_catalogue_text (self->catalogue, msgid) : msgid;
}

SobanRecordHost *
soban_record_host_new (const SobanReference *reference, const SobanCatalogue *catalogue, SobanCollectorStore *store)
{
  SobanRecordHost *self = g_new0 (SobanRecordHost, 1);

  self->reference = reference;
  self->catalogue = catalogue;
  self->store = store;
  self->constants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_tree_free);
  self->registries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_tree_free);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_tree_free);
  self->host = (SobanFormHost) {
    .clock = soban_clock_system (),
    .entropy = soban_entropy_system (),
    .load_instance = load_instance,
    .translate = translate,
    .language = soban_catalogue_get_language (catalogue),
    .choices = soban_choice_index_new (),
    .data = self,
    .load_file = load_file,
  };
  return self;
}

void
soban_record_host_free (SobanRecordHost *self)
{
  if (self == NULL)
    return;
  soban_choice_index_free (self->host.choices);
  g_hash_table_unref (self->constants);
  g_hash_table_unref (self->registries);
  g_hash_table_unref (self->files);
  g_free (self->scope);
  g_free (self);
}

const SobanFormHost *
soban_record_host_get (SobanRecordHost *self, const char *scope)
{
  if (g_strcmp0 (self->scope, scope) != 0) {
    soban_record_host_forget_registries (self);
    g_free (self->scope);
    self->scope = g_strdup (scope);
  }
  return &self->host;
}

void
soban_record_host_forget_registries (SobanRecordHost *self)
{
  /* The index points into the lists. */
  soban_choice_index_free (self->host.choices);
  self->host.choices = soban_choice_index_new ();
  g_hash_table_remove_all (self->registries);
}
