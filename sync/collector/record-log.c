/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-log.h"

GPtrArray *
soban_record_log_read (SobanDatabase *database, const SobanUuid *record, const char *scope, GError **error)
{
  g_autoptr (GPtrArray) log = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  g_autoptr (SobanRows) rows = soban_database_query (database, error,
    "SELECT number, body FROM change WHERE record = ?1 AND (?2 = '' OR scope = ?2) ORDER BY number", "bt", record->bytes,
    (gsize) SOBAN_UUID_BYTES, scope == NULL ? "" : scope);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanChange *change = soban_change_decode (soban_rows_get_blob (rows, 1), soban_rows_get_length (rows, 1), error);

    if (change == NULL)
      return NULL;
    g_ptr_array_add (log, soban_numbered_change_new (change, (guint64) soban_rows_get_int (rows, 0)));
  }
  return stepped == 0 ? g_steal_pointer (&log) : NULL;
}
