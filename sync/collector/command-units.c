/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"

char *
soban_command_today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (soban_clock_wall_ms (soban_clock_system ()) / 1000);

  return g_date_time_format (now, "%Y-%m-%d");
}

static void
add_uid (GPtrArray *uids, const char *uid)
{
  if (!g_ptr_array_find_with_equal_func (uids, uid, g_str_equal, NULL))
    g_ptr_array_add (uids, g_strdup (uid));
}

gboolean
soban_command_add_commune (GPtrArray *uids, const SobanUnitTable *units, const char *text, const char *today, GError **error)
{
  const SobanUnit *unit = strchr (text, '@') != NULL ? soban_unit_table_find (units, text) : soban_unit_table_find_code (units, text, today);

  if (unit == NULL || unit->level == 1)
    return soban_command_fail_usage (error, _ ("“%s” is no commune in force today."), text);
  add_uid (uids, unit->uid);
  return TRUE;
}

gboolean
soban_command_add_province (GPtrArray *uids, const SobanUnitTable *units, const char *code, const char *today, GError **error)
{
  guint before = uids->len;

  for (guint i = 0; i < soban_unit_table_size (units); i++) {
    const SobanUnit *unit = soban_unit_table_nth (units, i);

    if (unit->level == 3 && g_str_equal (unit->parent_code, code) && soban_unit_valid_on (unit, today))
      add_uid (uids, unit->uid);
  }
  return uids->len > before || soban_command_fail_usage (error, _ ("“%s” is no province with communes in force today."), code);
}
