/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "attention.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

gboolean
soban_attention_count (SobanCollectorStore *store, SobanAttention *ret_attention, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);

  return soban_database_get_integer (database, error, 0, &ret_attention->conflicts, "SELECT count (*) FROM conflict WHERE settled_ms IS NULL", "")
         && soban_database_get_integer (database, error, 0, &ret_attention->incidents,
              "SELECT count (*) FROM incident WHERE settled_ms IS NULL", "");
}

static void
free_conflict (gpointer data)
{
  SobanOpenConflict *conflict = data;

  g_free (conflict->path);
  g_free (conflict);
}

static SobanChangeId
read_id (SobanRows *rows, int column)
{
  return (SobanChangeId) { (guint32) soban_rows_get_int (rows, column), (guint64) soban_rows_get_int (rows, column + 1),
                           (guint64) soban_rows_get_int (rows, column + 2) };
}

GPtrArray *
soban_attention_list_conflicts (SobanCollectorStore *store, guint offset, guint limit, GError **error)
{
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func (free_conflict);
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), error,
    "SELECT record, path, winner_device, winner_incarnation, winner_number, loser_device, loser_incarnation, loser_number FROM conflict"
    " WHERE settled_ms IS NULL ORDER BY listed_ms DESC, id DESC LIMIT ?1 OFFSET ?2", "ii", (gint64) limit, (gint64) offset);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    SobanOpenConflict *conflict = g_new0 (SobanOpenConflict, 1);

    conflict->record = soban_rows_get_uuid (rows, 0);
    conflict->path = g_strdup (soban_rows_get_text (rows, 1));
    conflict->winner = read_id (rows, 2);
    conflict->loser = read_id (rows, 5);
    g_ptr_array_add (conflicts, conflict);
  }
  return stepped == 0 ? g_steal_pointer (&conflicts) : NULL;
}

static void
free_incident (gpointer data)
{
  SobanIncident *incident = data;

  g_free (incident->kind);
  g_free (incident->device_name);
  g_free (incident->scope);
  g_free (incident->detail);
  g_free (incident->note);
  g_free (incident);
}

static SobanIncident *
read_incident (SobanRows *rows)
{
  SobanIncident *incident = g_new0 (SobanIncident, 1);

  incident->id = soban_rows_get_int (rows, 0);
  incident->kind = g_strdup (soban_rows_get_text (rows, 1));
  incident->device = (guint32) soban_rows_get_int (rows, 2);
  incident->device_name = g_strdup (soban_rows_get_text (rows, 3));
  incident->scope = g_strdup (soban_rows_get_text (rows, 4));
  incident->has_record = soban_rows_get_length (rows, 5) == SOBAN_UUID_BYTES;
  incident->record = soban_rows_get_uuid (rows, 5);
  incident->detail = g_strdup (soban_rows_get_text (rows, 6));
  incident->noted_ms = soban_rows_get_int (rows, 7);
  incident->settled_ms = soban_rows_get_int (rows, 8);
  incident->note = g_strdup (soban_rows_get_text (rows, 9));
  return incident;
}

GPtrArray *
soban_attention_list_incidents (SobanCollectorStore *store, SobanIncidentsAsked asked, guint offset, guint limit, gint64 *ret_total,
                                GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  g_autoptr (GPtrArray) incidents = g_ptr_array_new_with_free_func (free_incident);
  g_autoptr (SobanRows) rows = NULL;
  gint64 all = asked == SOBAN_INCIDENTS_ALL;
  int stepped;

  if (!soban_database_get_integer (database, error, 0, ret_total, "SELECT count (*) FROM incident WHERE settled_ms IS NULL OR ?1 = 1", "i", all))
    return NULL;
  rows = soban_database_query (database, error,
    "SELECT id, kind, device, coalesce (device.name, ''), scope, record, detail, at_ms, settled_ms, note FROM incident"
    " LEFT JOIN device ON device.number = incident.device WHERE settled_ms IS NULL OR ?3 = 1 ORDER BY at_ms DESC, id DESC LIMIT ?1 OFFSET ?2",
    "iii", (gint64) limit, (gint64) offset, all);
  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1)
    g_ptr_array_add (incidents, read_incident (rows));
  return stepped == 0 ? g_steal_pointer (&incidents) : NULL;
}

gboolean
soban_attention_settle_incident (SobanCollectorStore *store, gint64 id, const char *note, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (store);
  gint64 known;

  if (!soban_database_run (database, error, "UPDATE incident SET settled_ms = ?2, note = ?3 WHERE id = ?1 AND settled_ms IS NULL", "iit", id,
                           soban_collector_store_now (store), note))
    return FALSE;
  if (soban_database_count_changed (database) == 1)
    return TRUE;
  if (!soban_database_get_integer (database, error, 0, &known, "SELECT count (*) FROM incident WHERE id = ?1", "i", id))
    return FALSE;
  g_set_error (error, SOBAN_STORE_ERROR, known > 0 ? SOBAN_STORE_ERROR_CONSTRAINT : SOBAN_STORE_ERROR_NOT_FOUND,
               known > 0 ? _ ("Incident %lld is settled already.") : _ ("There is no incident %lld."), (long long) id);
  return FALSE;
}
