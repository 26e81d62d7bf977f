/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-host.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/tsv.h"
#include "log/record-state.h"

#define SRC_PREFIX "jr://file-csv/"
#define SRC_SUFFIX ".csv"
#define VILLAGE_FORM "village"

struct _SobanRecordHost {
  SobanFormHost host;
  const SobanReference *reference;
  const SobanCatalogue *catalogue;
  SobanCollectorStore *store;
  char *scope;
  GHashTable *constants;  /* list name -> SobanTree: the same for every scope */
  GHashTable *registries; /* list name -> SobanTree: of the present scope */
};

static void
add_column (SobanNode *item, const char *name, const char *value)
{
  soban_node_set_value (soban_node_new_element (item->tree, item, NULL, "", "", name), value);
}

static SobanNode *
add_item (SobanTree *tree)
{
  SobanNode *root = soban_node_first_element (soban_tree_get_root (tree));

  return soban_node_new_element (tree, root, NULL, "", "", "item");
}

static SobanTree *
make_tree (void)
{
  SobanTree *tree = soban_tree_new ();

  soban_node_new_element (tree, soban_tree_get_root (tree), NULL, "", "", "root");
  return tree;
}

static SobanTree *
make_units (const SobanReference *reference)
{
  SobanTree *tree = make_tree ();

  for (guint i = 0; i < soban_unit_table_size (reference->units); i++) {
    const SobanUnit *unit = soban_unit_table_nth (reference->units, i);
    const SobanUnit *province = soban_unit_table_province (reference->units, unit->uid);
    SobanNode *item = add_item (tree);

    add_column (item, "name", unit->uid);
    add_column (item, "label", unit->full_name);
    add_column (item, "level", unit->level == 1 ? "1" : "3");
    add_column (item, "province", province != NULL ? province->code : "");
    add_column (item, "valid_from", unit->valid_from);
    add_column (item, "valid_to", unit->valid_to);
    add_column (item, "context", unit->context);
  }
  return tree;
}

static SobanTree *
make_ethnic_groups (const SobanReference *reference, GError **error)
{
  g_autofree char *path = g_build_filename (reference->data_dir, "reference", "ethnic_groups.tsv", NULL);
  g_autoptr (SobanTsv) table = soban_tsv_load (path, error);
  SobanTree *tree;

  if (table == NULL)
    return NULL;
  tree = make_tree ();
  for (guint row = 0; row < soban_tsv_rows (table); row++) {
    SobanNode *item = add_item (tree);

    add_column (item, "name", soban_tsv_cell (table, row, soban_tsv_column (table, "code")));
    add_column (item, "label", soban_tsv_cell (table, row, soban_tsv_column (table, "name")));
  }
  return tree;
}

static const char *
get_or_empty (const SobanFieldMap *fields, const char *path)
{
  const char *value = soban_field_map_get (fields, path);

  return value != NULL ? value : "";
}

static void
add_entry (SobanTree *tree, const SobanUuid *id, const char *form, const SobanFieldMap *fields)
{
  g_autofree char *id_text = soban_uuid_to_string (id);
  const char *name = get_or_empty (fields, "meta/instanceName");
  SobanNode *item = add_item (tree);

  if (*name == '\0')
    name = get_or_empty (fields, "name");
  add_column (item, "name", id_text);
  add_column (item, "label", *name != '\0' ? name : id_text);
  add_column (item, "commune", get_or_empty (fields, "commune_id"));
  add_column (item, "status", get_or_empty (fields, "status"));
  add_column (item, "kind", form);
}

static gboolean
add_entries (SobanRecordHost *self, SobanTree *tree, const char *form, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (self->store);
  g_autoptr (sqlite3_stmt) query = soban_database_query (database, error,
    "SELECT id, state FROM record WHERE form = ?1 AND scope = ?2 AND deleted = 0 ORDER BY row", "tt", form, self->scope);
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_database_step (database, query, error)) == 1) {
    g_autoptr (SobanRecordState) state = NULL;
    g_autoptr (SobanFieldMap) fields = NULL;
    SobanUuid id;

    state = soban_record_state_decode (sqlite3_column_blob (query, 1), sqlite3_column_bytes (query, 1), error);
    if (state == NULL)
      return FALSE;
    fields = soban_record_state_get_fields (state);
    memcpy (id.bytes, sqlite3_column_blob (query, 0), SOBAN_UUID_BYTES);
    add_entry (tree, &id, form, fields);
  }
  return stepped == 0;
}

static gboolean
fill_registry (SobanRecordHost *self, SobanTree *tree, const char *name, GError **error)
{
  const GPtrArray *entries = soban_form_library_list (self->reference->forms);

  if (strcmp (name, "registry") != 0)
    return add_entries (self, tree, strcmp (name, "villages") == 0 ? VILLAGE_FORM : name, error);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY && strcmp (entry->id, VILLAGE_FORM) != 0 && !add_entries (self, tree, entry->id, error))
      return FALSE;
  }
  return TRUE;
}

static SobanTree *
make_registry (SobanRecordHost *self, const char *name, GError **error)
{
  g_autoptr (SobanTree) tree = make_tree ();

  if (!fill_registry (self, tree, name, error))
    return NULL;
  if (strcmp (name, "villages") == 0) {
    SobanNode *item = add_item (tree);

    add_column (item, "name", "other");
    add_column (item, "label", soban_catalogue_text (self->catalogue, N_ ("Another village, not in the list")));
    add_column (item, "commune", "");
    add_column (item, "status", "");
    add_column (item, "kind", VILLAGE_FORM);
  }
  return g_steal_pointer (&tree);
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
    return make_units (self->reference);
  if (strcmp (name, "ethnic_groups") == 0)
    return make_ethnic_groups (self->reference, error);
  if (is_registry (self, name))
    return make_registry (self, name, error);
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("There is no list named “%s”."), name);
  return NULL;
}

static SobanTree *
load_instance (gpointer data, const char *src, GError **error)
{
  SobanRecordHost *self = data;
  g_autofree char *name = NULL;
  GHashTable *cache;
  SobanTree *tree;

  if (g_str_has_prefix (src, SRC_PREFIX) && g_str_has_suffix (src, SRC_SUFFIX))
    name = g_strndup (src + strlen (SRC_PREFIX), strlen (src) - strlen (SRC_PREFIX) - strlen (SRC_SUFFIX));
  else
    name = g_strdup (src);
  cache = is_registry (self, name) ? self->registries : self->constants;
  tree = g_hash_table_lookup (cache, name);
  if (tree != NULL)
    return tree;
  tree = make_list (self, name, error);
  if (tree != NULL)
    g_hash_table_insert (cache, g_steal_pointer (&name), tree);
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
  self->host = (SobanFormHost) {
    .clock = soban_clock_system (),
    .entropy = soban_entropy_system (),
    .load_instance = load_instance,
    .translate = translate,
    .language = soban_catalogue_get_language (catalogue),
    .data = self,
  };
  return self;
}

void
soban_record_host_free (SobanRecordHost *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->constants);
  g_hash_table_unref (self->registries);
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
  g_hash_table_remove_all (self->registries);
}
