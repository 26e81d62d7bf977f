/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the filters of a list offer: the villages that records name, and from which month on there are records. */
#include "config.h"

#include "store/store-private.h"

#include "base/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
soban_village_use_free (SobanVillageUse *use)
{
  if (!use)
    return;
  g_free (use->village);
  g_free (use->title);
  g_free (use);
}

static int
compare_titles (gconstpointer a, gconstpointer b)
{
  const SobanVillageUse *first = *(const SobanVillageUse *const *) a;
  const SobanVillageUse *second = *(const SobanVillageUse *const *) b;
  g_autofree char *first_folded = soban_text_fold (first->title);
  g_autofree char *second_folded = soban_text_fold (second->title);
  int order = strcmp (first_folded, second_folded);

  return order != 0 ? order : strcmp (first->title, second->title);
}

static gboolean
list_villages (SobanStore *store, gpointer data, GError **error)
{
  GPtrArray *uses = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT village, count(*) FROM summary NOT INDEXED WHERE deleted = 0 AND village <> '' GROUP BY village", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    SobanVillageUse *use;

    if (!row)
      return TRUE;
    use = g_new0 (SobanVillageUse, 1);
    use->village = g_strdup (soban_column_text (statement, 0));
    use->records = soban_column_int (statement, 1);
    g_ptr_array_add (uses, use);
  }
  return FALSE;
}

GPtrArray *
soban_store_list_villages (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) uses = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_village_use_free);

  if (!soban_store_read (store, list_villages, uses, error)) {
    g_prefix_error (error, _ ("Listing the villages: "));
    return NULL;
  }
  for (guint i = 0; i < uses->len; i++) {
    SobanVillageUse *use = g_ptr_array_index (uses, i);
    GError *failure = NULL;
    g_autofree char *title = soban_store_get_title (store, use->village, &failure);

    if (failure) {
      g_propagate_prefixed_error (error, failure, _("Listing the villages: "));
      return NULL;
    }
    use->title = title && *title ? g_steal_pointer (&title) : g_strdup (use->village);
  }
  g_ptr_array_sort (uses, compare_titles);
  return g_steal_pointer (&uses);
}

static gboolean
get_first_month (SobanStore *store, gpointer data, GError **error)
{
  char **ret_month = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT substr(date, 1, 7) FROM summary WHERE deleted = 0 AND registry = 0 AND date <> '' ORDER BY key LIMIT 1", error);
  gboolean row;

  if (!statement || !soban_step (statement, &row, error))
    return FALSE;
  *ret_month = g_strdup (row ? soban_column_text (statement, 0) : "");
  return TRUE;
}

char *
soban_store_get_first_month (SobanStore *store, GError **error)
{
  char *month = NULL;

  if (!soban_store_read (store, get_first_month, &month, error))
    g_prefix_error (error, _ ("Looking for the first record: "));
  return month;
}
