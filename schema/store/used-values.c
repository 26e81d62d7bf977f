/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was answered to a question lately: a long list of choices begins with it. */
#include "config.h"

#include "store/store-private.h"

#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const char *form;
  char *path;
  guint max;
  GPtrArray *values; /* (element-type utf8) */
} UsedJob;

/* "opinion[<uuid>]/group" becomes "opinion[]/group": a question of a repeat is the same one in each instance. */
static char *
strip_ids (const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean within = FALSE;

  for (const char *at = path; *at; at++) {
    if (*at == ']')
      within = FALSE;
    if (!within)
      g_string_append_c (text, *at);
    if (*at == '[')
      within = TRUE;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_value (UsedJob *job, const char *value)
{
  if (*value && job->values->len < job->max && !g_ptr_array_find_with_equal_func (job->values, value, g_str_equal, NULL))
    g_ptr_array_add (job->values, g_strdup (value));
}

static void
add_values (UsedJob *job, const SobanFieldMap *fields)
{
  gboolean repeats = strchr (job->path, '[') != NULL;

  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;
    g_autofree char *stripped = NULL;

    soban_field_map_nth (fields, i, &path, &value);
    stripped = repeats ? strip_ids (path) : NULL;
    if (strcmp (stripped ? stripped : path, job->path) == 0)
      add_value (job, value);
  }
}

static gboolean
add_record (SobanStore *store, UsedJob *job, const SobanUuid *id, GError **error)
{
  g_auto (SobanStoredRecord) record = { 0 };
  g_autoptr (SobanFieldMap) fields = NULL;

  if (!soban_stored_record_load (store, id, store->db_thread.state, &record, error))
    return FALSE;
  if (!record.exists)
    return TRUE;
  fields = soban_record_state_get_fields (record.state);
  add_values (job, fields);
  return TRUE;
}

static gboolean
list_used (SobanStore *store, gpointer data, GError **error)
{
  UsedJob *job = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT record FROM summary WHERE form = :form AND deleted = 0 ORDER BY key DESC LIMIT :limit", error);
  gboolean row = TRUE;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", job->form);
  soban_bind_int (statement, ":limit", SOBAN_USED_RECORDS_MAX);
  while (row) {
    SobanUuid id;

    if (!soban_step (statement, &row, error))
      return FALSE;
    if (row && soban_column_uuid (statement, 0, &id))
      g_array_append_val (ids, id);
  }
  for (guint i = 0; i < ids->len && job->values->len < job->max; i++)
    if (!add_record (store, job, &g_array_index (ids, SobanUuid, i), error))
      return FALSE;
  return TRUE;
}

GStrv
soban_store_list_used (SobanStore *store, const char *form, const char *path, guint max, GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *wanted = strip_ids (path);
  UsedJob job = { form, wanted, max, values };

  if (!soban_store_read (store, list_used, &job, error)) {
    g_prefix_error (error, _ ("Looking for earlier answers: "));
    return NULL;
  }
  g_ptr_array_add (values, NULL);
  return (GStrv) g_ptr_array_steal (values, NULL);
}
