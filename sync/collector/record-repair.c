/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record-repair.h"

#include "base/error.h"
#include "record-log.h"

#define MERGED_ANEW "the state of the record could not be read; it was merged anew from the log"

SobanRecordState *
soban_record_merge_log (SobanDatabase *database, const SobanUuid *record, GError **error)
{
  g_autoptr (SobanRecordState) merged = soban_record_state_new ();
  g_autoptr (GPtrArray) log = soban_record_log_read (database, record, NULL, error);

  if (log == NULL)
    return NULL;
  for (guint i = 0; i < log->len; i++)
    soban_record_state_merge (merged, ((SobanNumberedChange *) g_ptr_array_index (log, i))->change);
  return g_steal_pointer (&merged);
}

static gboolean
note (SobanCollectorStore *store, const SobanUuid *record, const char *kind, const char *detail, GError **error)
{
  const SobanIncidentNote incident = { .kind = kind, .record = record, .detail = detail, .noted_ms = soban_collector_store_now (store) };

  return soban_collector_store_put_incident (store, &incident, error);
}

SobanRecordState *
soban_record_read_state (SobanCollectorStore *store, const SobanUuid *record, const guint8 *data, gsize length, GError **error)
{
  g_autoptr (GError) unreadable = NULL;
  g_autoptr (SobanRecordState) state = soban_record_state_decode (data, length, &unreadable);

  if (state != NULL)
    return g_steal_pointer (&state);
  g_warning ("The state of a record is merged anew from the log: %s", unreadable->message);
  state = soban_record_merge_log (soban_collector_store_get_database (store), record, error);
  if (state == NULL || !note (store, record, SOBAN_INCIDENT_UNREADABLE, MERGED_ANEW, error))
    return NULL;
  return g_steal_pointer (&state);
}

/* The counter of the scope first, as whoever admits does. */
static gboolean
lock_scope_of (SobanCollectorStore *store, const SobanUuid *record, char **ret_scope, guint64 *ret_last_number, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), error,
                                                     "SELECT scope FROM record WHERE id = ?1", "b", record->bytes, (gsize) SOBAN_UUID_BYTES);
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped <= 0)
    return stepped == 0;
  *ret_scope = g_strdup (soban_rows_get_text (rows, 0));
  return admission.lock_scope (admission.data, *ret_scope, ret_last_number, error);
}

/* The digests of the scope follow. */
static gboolean
uncount (SobanCollectorStore *store, const SobanUuid *record, const char *scope, const SobanDigest *digest, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (soban_collector_store_get_database (store), error,
    "SELECT form, digest FROM record WHERE id = ?1", "b", record->bytes, (gsize) SOBAN_UUID_BYTES);
  SobanScopeDigests *digests = soban_collector_store_get_digests (store);
  SobanDigest before = { 0 };
  int stepped = rows != NULL ? soban_rows_step (rows, error) : -1;

  if (stepped <= 0)
    return stepped == 0;
  if (soban_rows_get_length (rows, 1) == SOBAN_DIGEST_BYTES)
    before = soban_digest_from_bytes (soban_rows_get_blob (rows, 1));
  soban_scope_digests_add (digests, scope, soban_rows_get_text (rows, 0), record, &before, -1);
  soban_scope_digests_add (digests, scope, soban_rows_get_text (rows, 0), record, digest, 1);
  return TRUE;
}

static gboolean
write_state (SobanCollectorStore *store, const SobanUuid *record, const char *scope, const SobanRecordState *state, GError **error)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint8 bytes[SOBAN_DIGEST_BYTES];
  SobanDigest digest;

  soban_record_state_encode (state, packed);
  digest = soban_digest_of_record (record, packed->data, packed->len);
  soban_digest_to_bytes (&digest, bytes);
  return uncount (store, record, scope, &digest, error)
         && soban_database_run (soban_collector_store_get_database (store), error,
              "UPDATE record SET state = ?2, digest = ?3, deleted = ?4, stale = 1 WHERE id = ?1", "bbbi", record->bytes,
              (gsize) SOBAN_UUID_BYTES, packed->data, (gsize) packed->len, bytes, (gsize) SOBAN_DIGEST_BYTES,
              (gint64) soban_record_state_is_deleted (state));
}

static gboolean
repair (SobanCollectorStore *store, const SobanUuid *record, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  g_autoptr (SobanRecordState) state = NULL;
  g_autofree char *scope = NULL;
  guint64 last_number;

  if (!lock_scope_of (store, record, &scope, &last_number, error))
    return FALSE;
  if (scope == NULL)
    return TRUE;
  state = soban_record_merge_log (soban_collector_store_get_database (store), record, error);
  return state != NULL && write_state (store, record, scope, state, error)
         && admission.put_scope (admission.data, scope, last_number, error)
         && note (store, record, SOBAN_INCIDENT_UNREADABLE, MERGED_ANEW, error);
}

gboolean
soban_record_repair (SobanCollectorStore *store, const SobanUuid *record, GError **error)
{
  g_autoptr (GError) fault = NULL;

  if (!soban_collector_store_begin (store, error))
    return FALSE;
  if (repair (store, record, &fault))
    return soban_collector_store_commit (store, error);
  soban_collector_store_roll_back (store);
  if (!g_error_matches (fault, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
  }
  g_warning ("A record and its log cannot be read: %s", fault->message);
  return note (store, record, SOBAN_INCIDENT_LOST, "neither the state nor the changes of the record can be read", error);
}
