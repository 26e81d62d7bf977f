/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lists that forms choose from (jr://file-csv/<name>.csv): root/item with one element a column
 *
 *   units          name (uid), label (full name), level, province (code), valid_from, valid_to, context
 *   villages       name (record id), label, commune, status, kind, instance (meta/instanceID: by it a form knows itself); and last a row `other`
 *   registry       every entry of every registry but villages: the same columns, kind = form id
 *   <form id>      the entries of one registry
 *   ethnic_groups  name (code), label
 *
 * A tree is made once and shared by all hosts; nobody changes it after that.
 */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"
#include "base/text.h"
#include "form/choice-list.h"
#include "form/choice-table.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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

/* Whoever fills in forms may never need the units otherwise: they are read for this and not kept. */
static SobanTree *
make_units_tree (SobanStore *store, GError **error)
{
  g_autoptr (SobanUnitTable) read = NULL;
  const SobanUnitTable *units;

  g_mutex_lock (&store->shared.lock);
  units = store->shared.units;
  g_mutex_unlock (&store->shared.lock);
  if (!units)
    units = read = soban_unit_table_load (store->data_dir, error);
  return units ? soban_choice_list_new_units (units) : NULL;
}

static const char *
get_or_empty (const SobanRecordState *state, const char *path)
{
  const char *value = soban_record_state_get (state, path);

  return value ? value : "";
}

typedef struct {
  char *name, *label, *commune, *status, *instance, *sort;
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
  g_free (item->instance);
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
  item->instance = g_strdup (get_or_empty (state, "meta/instanceID"));
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
    return list_registry (store, SOBAN_VILLAGE_FORM, items, error);
  if (strcmp (name, "registry") != 0)
    return list_registry (store, name, items, error);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY && strcmp (entry->id, SOBAN_VILLAGE_FORM) != 0
        && !list_registry (store, entry->id, items, error))
      return FALSE;
  }
  return TRUE;
}

static SobanTree *
make_registry_tree (SobanStore *store, const char *name, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (free_registry_item);
  g_autoptr (SobanChoiceTable) table = NULL;

  if (!list_registries (store, name, items, error))
    return NULL;
  g_ptr_array_sort (items, compare_items);
  table = soban_choice_table_new (soban_registry_columns);
  for (guint i = 0; i < items->len; i++) {
    const RegistryItem *item = g_ptr_array_index (items, i);
    const char *values[] = { item->name, item->label, item->commune, item->status, item->kind, item->instance };

    soban_choice_table_add (table, values);
  }
  if (strcmp (name, "villages") == 0) {
    const char *other[] = { "other", _("Another village, not in the list"), "", "", SOBAN_VILLAGE_FORM, "" };

    soban_choice_table_add (table, other);
  }
  return soban_tree_new_from_table (g_steal_pointer (&table));
}

static gboolean
is_registry_list (SobanStore *store, const char *name)
{
  const SobanFormEntry *entry = soban_form_library_find (store->forms, name);

  return strcmp (name, "villages") == 0 || strcmp (name, "registry") == 0
         || (entry && entry->kind == SOBAN_FORM_REGISTRY);
}

SobanSharedTree *
soban_store_share_tree (SobanStore *store, const char *src, SobanTree *tree)
{
  SobanSharedTree *shared = g_atomic_rc_box_new0 (SobanSharedTree);

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

  job->shared = tree ? soban_store_share_tree (store, job->src, tree) : NULL;
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
    tree = soban_choice_list_new_ethnic_groups (store->data_dir, error);
  else
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _("There is no list named “%s”"), name);
  return tree ? soban_store_share_tree (store, src, tree) : NULL;
}

SobanSharedTree *
soban_store_find_tree (SobanStore *store, const char *src)
{
  SobanSharedTree *shared;

  g_mutex_lock (&store->shared.lock);
  shared = g_hash_table_lookup (store->shared.trees, src);
  if (shared)
    g_atomic_rc_box_acquire (shared);
  g_mutex_unlock (&store->shared.lock);
  return shared;
}

SobanSharedTree *
soban_store_load_tree (SobanStore *store, const char *src, GError **error)
{
  g_autofree char *name = soban_choice_list_name (src);
  SobanSharedTree *shared = soban_store_find_tree (store, src);

  return shared ? shared : make_list (store, src, name, error);
}

static gboolean
is_registry_src (gpointer key, gpointer value, gpointer data)
{
  g_autofree char *name = soban_choice_list_name (key);

  return strcmp (name, "units") != 0 && strcmp (name, "ethnic_groups") != 0 && !g_str_has_prefix (key, SOBAN_FORM_FILE_PREFIX);
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

void
soban_store_drop_lists (SobanStore *store)
{
  soban_store_forget_lists (store);
  g_mutex_lock (&store->shared.lock);
  g_hash_table_remove_all (store->shared.trees);
  g_mutex_unlock (&store->shared.lock);
}
