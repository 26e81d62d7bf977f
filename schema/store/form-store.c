/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms that records refer to: every version is kept in the file, so a record can be read when the program's
 * own forms have moved on. */
#include "config.h"

#include "store/store-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* TRUE when the program ships this very text, so that the library reads it from there when it is wanted. */
static gboolean
is_shipped (SobanStore *store, const char *id, gconstpointer xml, gsize length)
{
  g_autofree char *name = g_strdup_printf ("%s.xml", id);
  g_autofree char *file = g_build_filename (store->data_dir, "forms", name, NULL);
  g_autofree char *contents = NULL;
  gsize size;

  return soban_form_library_is_built_in (store->forms, id) && g_file_get_contents (file, &contents, &size, NULL)
         && size == length && memcmp (contents, xml, length) == 0;
}

static void
mark_kept (SobanStore *store, const char *id, const char *version)
{
  g_hash_table_add (store->db_thread.kept_forms, g_strconcat (id, " ", version, NULL));
}

gboolean
soban_forms_offer (SobanStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT id, version, offered FROM form_offer", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    if (!row)
      return TRUE;
    soban_form_library_offer (store->forms, soban_column_text (statement, 0), soban_column_text (statement, 1),
                              soban_column_int (statement, 2) != 0);
  }
  return FALSE;
}

gboolean
soban_forms_load (SobanStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT id, version, xml FROM form", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (SobanForm) form = NULL;
    g_autoptr (GError) local = NULL;
    gconstpointer xml;
    gsize length;

    if (!row)
      return soban_forms_offer (store, error);
    mark_kept (store, soban_column_text (statement, 0), soban_column_text (statement, 1));
    xml = soban_column_bytes (statement, 2, &length);
    if (is_shipped (store, soban_column_text (statement, 0), xml, length))
      continue;
    bytes = g_bytes_new (xml, length);
    form = soban_form_parse (bytes, &local);
    /* A form that this program cannot read must not keep the other records away: its records show their plain
     * fields. */
    if (form)
      soban_form_library_add (store->forms, form);
    else
      g_message (_("The kept form %s cannot be read: %s"), soban_column_text (statement, 0), local->message);
  }
  return FALSE;
}

gboolean
soban_forms_keep (SobanStore *store, SobanForm *form, GError **error)
{
  g_autofree char *key = g_strconcat (soban_form_get_id (form), " ", soban_form_get_version (form), NULL);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gconstpointer xml;
  gsize length;

  if (g_hash_table_contains (store->db_thread.kept_forms, key))
    return TRUE;
  statement = soban_database_prepare (
      store->db_thread.database, "INSERT OR IGNORE INTO form (id, version, xml) VALUES (:id, :version, :xml)", error);
  if (!statement)
    return FALSE;
  xml = g_bytes_get_data (soban_form_get_xml (form), &length);
  soban_bind_text (statement, ":id", soban_form_get_id (form));
  soban_bind_text (statement, ":version", soban_form_get_version (form));
  soban_bind_bytes (statement, ":xml", xml, length);
  if (!soban_run (statement, error))
    return FALSE;
  mark_kept (store, soban_form_get_id (form), soban_form_get_version (form));
  return TRUE;
}

gboolean
soban_forms_refuse_sensitive (SobanForm *form, const SobanFieldMap *fields, GError **error)
{
  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path, *value;

    soban_field_map_nth (fields, i, &path, &value);
    /* A confirmed warning holds the value itself. */
    if (g_str_has_prefix (path, SOBAN_FIELD_CONFIRMED_PREFIX))
      path += strlen (SOBAN_FIELD_CONFIRMED_PREFIX);
    if (*value != '\0' && soban_form_get_level (form, path) >= SOBAN_LEVEL_SENSITIVE) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_SENSITIVE,
                   _("“%s” is sensitive and cannot be stored before it can be sealed"), path);
      return FALSE;
    }
  }
  return TRUE;
}

/* (transfer full) (nullable): what the form shows of @fields; NULL when it cannot be filled in. */
static SobanFieldMap *
list_shown (SobanStore *store, SobanForm *form, const SobanFieldMap *fields)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanFormInstance) instance = NULL;

  if (!store->db_thread.form_host)
    store->db_thread.form_host = soban_store_get_form_host (store);
  instance = soban_form_instance_new (form, store->db_thread.form_host, fields, &error);
  if (instance)
    return soban_form_instance_get_fields (instance, TRUE);
  g_message (_("Looking for hidden answers of %s: %s"), soban_form_get_id (form), error->message);
  return NULL;
}

typedef struct {
  const SobanFieldMap *after;
  SobanFieldMap *shown_before, *shown_after;
} Comparison;

/* Left out of what was handed in, and shown neither before nor now. */
static gboolean
is_hidden (const Comparison *comparison, const char *path)
{
  return !soban_field_map_get (comparison->after, path) && !soban_field_map_get (comparison->shown_before, path)
         && !soban_field_map_get (comparison->shown_after, path);
}

/* What goes with an entry that the person took out goes as well. */
static gboolean
stands_in_removed (const Comparison *comparison, const char *path)
{
  for (const char *end = strchr (path, ']'); end; end = strchr (end + 1, ']')) {
    g_autofree char *entry = g_strndup (path, end + 1 - path);

    if (!soban_field_map_get (comparison->after, entry) && !is_hidden (comparison, entry))
      return TRUE;
  }
  return FALSE;
}

SobanFieldMap *
soban_forms_leave_hidden (SobanStore *store, SobanForm *form, const SobanFieldMap *before, const SobanFieldMap *after)
{
  SobanFieldMap *left = soban_field_map_copy (before);
  g_autoptr (SobanFieldMap) whole = soban_field_map_copy (after);
  g_autoptr (SobanFieldMap) shown_before = NULL;
  g_autoptr (SobanFieldMap) shown_after = NULL;
  const guint given = soban_field_map_size (after);
  const char *path, *value;

  for (guint i = 0; i < soban_field_map_size (before); i++) {
    soban_field_map_nth (before, i, &path, &value);
    if (!soban_field_map_get (after, path))
      soban_field_map_set (whole, path, value);
  }
  if (soban_field_map_size (whole) == given)
    return left;
  shown_before = list_shown (store, form, before);
  shown_after = list_shown (store, form, whole);
  for (guint i = 0; shown_before && shown_after && i < soban_field_map_size (before); i++) {
    const Comparison comparison = { after, shown_before, shown_after };

    soban_field_map_nth (before, i, &path, NULL);
    if (is_hidden (&comparison, path) && !stands_in_removed (&comparison, path))
      soban_field_map_set (left, path, NULL);
  }
  return left;
}
