/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "published-form.h"

#include "form-shelf.h"

/* *ret_version: (transfer full) (nullable) */
static gboolean
find_version (SobanCollectorStore *store, const char *id, char **ret_version, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), error,
    "SELECT version FROM form WHERE id = ?1 ORDER BY CASE withdrawn_ms WHEN 0 THEN 0 ELSE 1 END, published_ms DESC LIMIT 1", "t", id);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped < 0)
    return FALSE;
  *ret_version = stepped == 1 ? g_strdup (soban_rows_get_text (rows, 0)) : NULL;
  return TRUE;
}

static gboolean
read_form (SobanCollectorStore *store, const char *id, const char *version, SobanForm **ret_form, GError **error)
{
  g_autofree char *newest = NULL;
  g_autoptr (GBytes) xml = NULL;

  if (version == NULL && !find_version (store, id, &newest, error))
    return FALSE;
  version = version != NULL ? version : newest;
  if (version == NULL)
    return TRUE;
  if (!soban_form_shelf_read (store, id, version, NULL, &xml, error))
    return FALSE;
  *ret_form = xml != NULL ? soban_form_parse (xml, error) : NULL;
  return xml == NULL || *ret_form != NULL;
}

SobanForm *
soban_published_form_find (const SobanReference *reference, SobanCollectorStore *store, const char *id, const char *version)
{
  g_autoptr (GError) error = NULL;
  SobanForm *form = NULL;

  if (!read_form (store, id, version, &form, &error))
    g_warning ("The published form %s %s: %s", id, version != NULL ? version : "", error->message);
  if (form != NULL)
    soban_form_library_add (reference->forms, form);
  return form;
}
