/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which commune a new record belongs to. Fixed when the record is made (DESIGN 4: scope). */
#include "config.h"

#include "store/store-private.h"

#include <string.h>

static gboolean
has_scope (SobanStore *store, const char *scope, gboolean *ret_has, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT 1 FROM scope WHERE scope = :scope AND former = 0", error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", scope);
  return soban_step (statement, ret_has, error);
}

char *
soban_scope_choose (SobanStore *store, const char *form, const SobanFieldMap *fields, GError **error)
{
  const SobanFormEntry *entry = soban_form_library_find (store->forms, form);
  const char *commune = entry && *entry->unit_field ? soban_field_map_get (fields, entry->unit_field) : NULL;
  g_autofree char *home = NULL;

  if (commune && *commune) {
    const SobanUnitTable *units = soban_store_get_units (store, error);
    const SobanUnit *current;
    gboolean has;

    if (!units)
      return NULL;
    current = soban_unit_table_current (units, commune);
    if (current) {
      if (!has_scope (store, current->uid, &has, error))
        return NULL;
      if (has)
        return g_strdup (current->uid);
    }
    if (!has_scope (store, commune, &has, error))
      return NULL;
    if (has)
      return g_strdup (commune);
  }
  if (!soban_settings_get (store, SOBAN_SETTING_HOME_SCOPE, &home, error))
    return NULL;
  return home ? g_steal_pointer (&home) : g_strdup ("");
}
