/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lists that forms choose from (jr://file-csv/<name>.csv): root/item with one element a column
 *
 *   units          name (uid), label (full name), level, province (code), valid_from, valid_to, context
 *   villages       name (record id), label, commune, status, kind; and last a row `other`
 *   registry       every entry of every registry but villages: the same columns, kind = form id
 *   <form id>      the entries of one registry
 *   ethnic_groups  name (code), label
 *
 * A tree is made once and shared by all hosts: it is numbered before it is handed out and never changed after that.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"
#include "base/text.h"
#include "base/tsv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SRC_PREFIX "jr://file-csv/"
#define SRC_SUFFIX ".csv"
#define VILLAGE_FORM "village"

static void
clear_shared_tree (gpointer data)
{
  soban_tree_free (((SobanSharedTree *) data)->tree);
}

void
soban_shared_tree_unref (SobanSharedTree *shared)
{
  g_atomic_rc_box_release_full (shared, clear_shared_tree);
}

const SobanUnitTable *
soban_store_get_units (SobanStore *store, GError **error)
{
  const SobanUnitTable *units;

  g_mutex_lock (&store->shared.lock);
  if (!store->shared.units)
    store->shared.units = soban_unit_table_load (store->data_dir, error);
  units = store->shared.units;
  g_mutex_unlock (&store->shared.lock);
  return units;
}

/* A list in the making: rows are copies of one pattern, which spares looking up the columns' names for each. */
typedef struct {
  SobanTree *tree;
  SobanNode *root;
  SobanTree *pattern_tree;
  SobanNode *pattern;
} ListBuilder;

static void
begin_list (ListBuilder *builder, const char *const *columns)
{
  builder->tree = soban_tree_new ();
  builder->root = soban_node_new_element (builder->tree, soban_tree_get_root (builder->tree), NULL, NULL, NULL, "root");
  builder->pattern_tree = soban_tree_new ();
  builder->pattern = soban_node_new_element (builder->pattern_tree, soban_tree_get_root (builder->pattern_tree), NULL,
                                             NULL, NULL, "item");
  for (guint i = 0; columns[i]; i++)
    soban_node_new_element (builder->pattern_tree, builder->pattern, NULL, NULL, NULL, columns[i]);
}

/* @values: as many as there are columns. */
static void
add_row (ListBuilder *builder, const char *const *values)
{
  SobanNode *item = soban_node_copy (builder->pattern, builder->root, NULL);
  guint i = 0;

  for (SobanNode *column = item->first_child; column; column = column->next)
    soban_node_set_value (column, values[i++]);
}

static SobanTree *
finish_list (ListBuilder *builder)
{
  g_clear_pointer (&builder->pattern_tree, soban_tree_free);
  return g_steal_pointer (&builder->tree);
}

static SobanTree *
make_units_tree (SobanStore *store, GError **error)
{
  static const char *const columns[] = {
    "name", "label", "level", "province", "valid_from", "valid_to", "context", NULL
  };
  const SobanUnitTable *units = soban_store_get_units (store, error);
  ListBuilder builder;

  if (!units)
    return NULL;
  begin_list (&builder, columns);
  for (guint i = 0; i < soban_unit_table_size (units); i++) {
    const SobanUnit *unit = soban_unit_table_nth (units, i);
    const SobanUnit *province = soban_unit_table_province (units, unit->uid);
    const char *values[] = {
      unit->uid,      unit->full_name, unit->level == 1 ? "1" : "3", province ? province->code : "", unit->valid_from,
      unit->valid_to, unit->context
    };

    add_row (&builder, values);
  }
  return finish_list (&builder);
}

static SobanTree *
make_ethnic_tree (SobanStore *store, GError **error)
{
  static const char *const columns[] = { "name", "label", NULL };
  g_autofree char *file = g_build_filename (store->data_dir, "reference", "ethnic_groups.tsv", NULL);
  g_autoptr (SobanTsv) tsv = soban_tsv_load (file, error);
  ListBuilder builder;

  if (!tsv)
    return NULL;
  begin_list (&builder, columns);
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    const char *values[] = { soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "code")),
                             soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "name")) };

    add_row (&builder, values);
  }
  return finish_list (&builder);
}

static const char *
get_or_empty (const SobanRecordState *state, const char *path)
{
  const char *value = soban_record_state_get (state, path);

  return value ? value : "";
}

typedef struct {
  char *name, *label, *commune, *status, *sort;
  const char *kind;
} RegistryItem;

static void
free_registry_item (gpointer data)
{
  RegistryItem *item = data;

  g_free (item->name);
  g_free (item->label);
  g_free (item->commune);
  g_free (item->status);
  g_free (item->sort);
  g_free (item);
}

static RegistryItem *
make_registry_item (const SobanUuid *id, const char *form, const SobanRecordState *state)
{
  RegistryItem *item = g_new0 (RegistryItem, 1);
  const char *label = soban_record_state_get (state, "meta/instanceName");

  if (!label || !*label)
    label = soban_record_state_get (state, "name");
  item->name = soban_uuid_to_string (id);
  item->label = g_strdup (label && *label ? label : item->name);
  item->commune = g_strdup (get_or_empty (state, "commune_id"));
  item->status = g_strdup (get_or_empty (state, "status"));
  item->kind = form;
  item->sort = soban_text_collation_key (item->label);
  return item;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(RegistryItem *const *) a)->sort, (*(RegistryItem *const *) b)->sort);
}

/* FALSE with @error when a record cannot be read. */
static gboolean
list_registry (SobanStore *store, const char *form, GPtrArray *items, GError **error)
{
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT record.id, record.state FROM summary JOIN record ON record.id = summary.record "
                              "WHERE summary.form = :form AND summary.deleted = 0",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", form);
  while (soban_step (statement, &row, error)) {
    gconstpointer blob;
    gsize length;
    SobanUuid id;

    if (!row)
      return TRUE;
    blob = soban_column_bytes (statement, 1, &length);
    if (!soban_column_uuid (statement, 0, &id) || !soban_record_state_load (state, blob, length, error))
      return FALSE;
    g_ptr_array_add (items, make_registry_item (&id, form, state));
  }
  return FALSE;
}

static gboolean
list_registries (SobanStore *store, const char *name, GPtrArray *items, GError **error)
{
  const GPtrArray *entries = soban_form_library_list (store->forms);

  if (strcmp (name, "villages") == 0)
    return list_registry (store, VILLAGE_FORM, items, error);
  if (strcmp (name, "registry") != 0)
    return list_registry (store, name, items, error);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY && strcmp (entry->id, VILLAGE_FORM) != 0
        && !list_registry (store, entry->id, items, error))
      return FALSE;
  }
  return TRUE;
}

static void
add_registry_item (ListBuilder *builder, const RegistryItem *item)
{
  const char *values[] = { item->name, item->label, item->commune, item->status, item->kind };

  add_row (builder, values);
}

static SobanTree *
make_registry_tree (SobanStore *store, const char *name, GError **error)
{
  static const char *const columns[] = { "name", "label", "commune", "status", "kind", NULL };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (free_registry_item);
  ListBuilder builder;

  if (!list_registries (store, name, items, error))
    return NULL;
  g_ptr_array_sort (items, compare_items);
  begin_list (&builder, columns);
  for (guint i = 0; i < items->len; i++)
    add_registry_item (&builder, g_ptr_array_index (items, i));
  if (strcmp (name, "villages") == 0) {
    const char *other[] = { "other", _("Another village, not in the list"), "", "", VILLAGE_FORM };

    add_row (&builder, other);
  }
  return finish_list (&builder);
}

static gboolean
is_registry_list (SobanStore *store, const char *name)
{
  const SobanFormEntry *entry = soban_form_library_find (store->forms, name);

  return strcmp (name, "villages") == 0 || strcmp (name, "registry") == 0
         || (entry && entry->kind == SOBAN_FORM_REGISTRY);
}

/* (transfer full): what is in the table of shared trees under @src now. */
static SobanSharedTree *
share_tree (SobanStore *store, const char *src, SobanTree *tree)
{
  SobanSharedTree *shared = g_atomic_rc_box_new0 (SobanSharedTree);
  SobanNode *root = soban_tree_get_root (tree);

  /* Numbers the nodes now: later it would be a write while others read. */
  soban_node_compare_order (root, soban_node_first_element (root));
  shared->tree = tree;
  g_mutex_lock (&store->shared.lock);
  g_hash_table_insert (store->shared.trees, g_strdup (src), g_atomic_rc_box_acquire (shared));
  g_mutex_unlock (&store->shared.lock);
  return shared;
}

typedef struct {
  const char *src;
  const char *name;
  SobanSharedTree *shared;
} ListJob;

/* On the store thread, where no record can change between reading the list and sharing it. */
static gboolean
share_registry_tree (SobanStore *store, gpointer data, GError **error)
{
  ListJob *job = data;
  SobanTree *tree = make_registry_tree (store, job->name, error);

  job->shared = tree ? share_tree (store, job->src, tree) : NULL;
  return tree != NULL;
}

static SobanSharedTree *
make_list (SobanStore *store, const char *src, const char *name, GError **error)
{
  ListJob job = { src, name, NULL };
  SobanTree *tree = NULL;

  if (is_registry_list (store, name)) {
    soban_store_read (store, share_registry_tree, &job, error);
    return job.shared;
  }
  if (strcmp (name, "units") == 0)
    tree = make_units_tree (store, error);
  else if (strcmp (name, "ethnic_groups") == 0)
    tree = make_ethnic_tree (store, error);
  else
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _("There is no list named “%s”"), name);
  return tree ? share_tree (store, src, tree) : NULL;
}

SobanSharedTree *
soban_store_load_tree (SobanStore *store, const char *src, GError **error)
{
  g_autofree char *name = NULL;
  SobanSharedTree *shared;

  g_mutex_lock (&store->shared.lock);
  shared = g_hash_table_lookup (store->shared.trees, src);
  if (shared)
    g_atomic_rc_box_acquire (shared);
  g_mutex_unlock (&store->shared.lock);
  if (shared)
    return shared;
  if (g_str_has_prefix (src, SRC_PREFIX) && g_str_has_suffix (src, SRC_SUFFIX))
    name = g_strndup (src + strlen (SRC_PREFIX), strlen (src) - strlen (SRC_PREFIX) - strlen (SRC_SUFFIX));
  return make_list (store, src, name ? name : src, error);
}

static gboolean
is_registry_src (gpointer key, gpointer value, gpointer data)
{
  return strcmp (key, SRC_PREFIX "units" SRC_SUFFIX) != 0 && strcmp (key, SRC_PREFIX "ethnic_groups" SRC_SUFFIX) != 0;
}

void
soban_store_forget_lists (SobanStore *store)
{
  soban_store_assert_thread (store);
  g_clear_pointer (&store->db_thread.form_host, soban_store_form_host_free);
  g_mutex_lock (&store->shared.lock);
  g_hash_table_foreach_remove (store->shared.trees, is_registry_src, NULL);
  g_mutex_unlock (&store->shared.lock);
}
