/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-repair.h"

#include "base/error.h"

SobanRecordState *
soban_record_merge_log (SobanDatabase *database, const SobanUuid *record, GError **error)
{
  g_autoptr (SobanRecordState) merged = soban_record_state_new ();
  g_autoptr (SobanRows) rows = soban_database_query (database, error, "SELECT body FROM change WHERE record = ?1", "b", record->bytes,
                                                     (gsize) SOBAN_UUID_BYTES);
  int stepped;

  if (rows == NULL)
    return NULL;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    g_autoptr (SobanChange) change = soban_change_decode (soban_rows_get_blob (rows, 0), soban_rows_get_length (rows, 0), error);

    if (change == NULL)
      return NULL;
    soban_record_state_merge (merged, change);
  }
  return stepped == 0 ? g_steal_pointer (&merged) : NULL;
}

SobanRecordState *
soban_record_read_state (SobanCollectorStore *store, const SobanUuid *record, const guint8 *data, gsize length, GError **error)
{
  g_autoptr (GError) unreadable = NULL;
  g_autoptr (SobanRecordState) state = soban_record_state_decode (data, length, &unreadable);
  SobanIncidentNote note = {
    .kind = SOBAN_INCIDENT_UNREADABLE,
    .record = record,
    .detail = "the state of the record could not be read; it was merged anew from the log",
    .noted_ms = soban_collector_store_now (store),
  };

  if (state != NULL)
    return g_steal_pointer (&state);
  g_warning ("The state of a record is merged anew from the log: %s", unreadable->message);
  state = soban_record_merge_log (soban_collector_store_get_database (store), record, error);
  return state != NULL && soban_collector_store_put_incident (store, &note, error) ? g_steal_pointer (&state) : NULL;
}
