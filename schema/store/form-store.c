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

  return soban_form_library_find (store->forms, id) && g_file_get_contents (file, &contents, &size, NULL)
         && size == length && memcmp (contents, xml, length) == 0;
}

static void
mark_kept (SobanStore *store, const char *id, const char *version)
{
  g_hash_table_add (store->db_thread.kept_forms, g_strconcat (id, " ", version, NULL));
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
      return TRUE;
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
      g_message ("The kept form %s cannot be read: %s", soban_column_text (statement, 0), local->message);
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
