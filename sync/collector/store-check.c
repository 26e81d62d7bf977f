/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BATCH_RECORDS 500

typedef struct {
  SobanDatabase *database;
  GPtrArray *breaches;
} Check;

static void report (Check *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
report (Check *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->breaches, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static gboolean
check_file (Check *self, GError **error)
{
  g_autoptr (SobanRows) query = NULL;
  int stepped;

  /* PostgreSQL looks after its own files. */
  if (soban_database_get_kind (self->database) != SOBAN_DATABASE_SQLITE)
    return TRUE;
  query = soban_database_query (self->database, error, "PRAGMA quick_check", "");
  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    if (strcmp (soban_rows_get_text (query, 0), "ok") != 0)
      report (self, _ ("The file is damaged: %s"), soban_rows_get_text (query, 0));
  }
  return stepped == 0;
}

/* S1 and S2: as many numbers as the largest, which is what the counter says. */
static gboolean
check_numbers (Check *self, const char *sql, const char *sentence, GError **error)
{
  g_autoptr (SobanRows) query = soban_database_query (self->database, error, sql, "");
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1)
    report (self, sentence, soban_rows_get_text (query, 0), (int) soban_rows_get_int (query, 1), (int) soban_rows_get_int (query, 2));
  return stepped == 0;
}

static gboolean
merge_log (Check *self, gint64 row, SobanRecordState *merged, GError **error)
{
  g_autoptr (SobanRows) query = soban_database_query (self->database, error,
    "SELECT body FROM change WHERE record = (SELECT id FROM record WHERE row = ?1) ORDER BY id", "i", row);
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    g_autoptr (SobanChange) change = soban_change_decode (soban_rows_get_blob (query, 0), soban_rows_get_length (query, 0), error);

    if (change == NULL)
      return FALSE;
    soban_record_state_merge (merged, change);
  }
  return stepped == 0;
}

/* S3. *ret_last: the row looked at last, 0 when there is none after @after. */
static gboolean
check_some_states (Check *self, gint64 after, gint64 *ret_last, GError **error)
{
  g_autoptr (SobanRows) query = soban_database_query (self->database, error,
    "SELECT row, state, id, deleted FROM record WHERE row > ?1 ORDER BY row LIMIT ?2", "ii", after, (gint64) BATCH_RECORDS);
  int stepped;

  *ret_last = 0;
  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    g_autoptr (SobanRecordState) merged = soban_record_state_new ();
    g_autoptr (GByteArray) packed = g_byte_array_new ();
    SobanUuid id = soban_rows_get_uuid (query, 2);

    *ret_last = soban_rows_get_int (query, 0);
    if (!merge_log (self, *ret_last, merged, error))
      return FALSE;
    soban_record_state_encode (merged, packed);
    if (packed->len != soban_rows_get_length (query, 1) || memcmp (packed->data, soban_rows_get_blob (query, 1), packed->len) != 0
        || soban_record_state_is_deleted (merged) != (soban_rows_get_int (query, 3) != 0)) {
      g_autofree char *text = soban_uuid_to_string (&id);

      report (self, _ ("The record %s is not what its changes merge to."), text);
    }
  }
  return stepped == 0;
}

static gboolean
check_states (Check *self, GError **error)
{
  gint64 last = 0;

  do {
    if (!check_some_states (self, last, &last, error))
      return FALSE;
  } while (last != 0);
  return TRUE;
}

static gboolean
check_orphans (Check *self, GError **error)
{
  gint64 without_record, facts;

  if (!soban_database_get_integer (self->database, error, 0, &without_record,
                                   "SELECT count (*) FROM change WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.id = change.record)", "")
      || !soban_database_get_integer (self->database, error, 0, &facts,
                                      "SELECT count (*) FROM fact JOIN record ON record.row = fact.record WHERE deleted = 1 AND stale = 0", ""))
    return FALSE;
  if (without_record > 0)
    report (self, _ ("Changes that belong to no record: %d"), (int) without_record);
  if (facts > 0)
    report (self, _ ("Facts that belong to deleted records: %d"), (int) facts);
  return TRUE;
}

GPtrArray *
soban_collector_check (SobanCollectorStore *store, GError **error)
{
  g_autoptr (GPtrArray) breaches = g_ptr_array_new_with_free_func (g_free);
  Check self = { soban_collector_store_get_database (store), breaches };
  gboolean looked;

  /* One snapshot for all of it, beside a running server. */
  if (!soban_database_begin_reading (self.database, error))
    return NULL;
  looked = check_file (&self, error)
           && check_numbers (&self,
                             "SELECT uid, last_number, n FROM (SELECT uid, last_number, (SELECT count (*) FROM change WHERE scope = uid) AS n,"
                             " (SELECT coalesce (max (number), 0) FROM change WHERE scope = uid) AS top FROM scope"
                             " UNION SELECT scope, 0, count (*), max (number) FROM change WHERE scope NOT IN (SELECT uid FROM scope) GROUP BY scope) AS counted"
                             " WHERE last_number <> n OR n <> top",
                             _ ("Commune %s: its counter says %d, the log has %d changes."), error)
           && check_numbers (&self,
                             "SELECT device || '/' || incarnation, high_number, n FROM (SELECT device, incarnation, high_number,"
                             " (SELECT count (*) FROM change c WHERE c.device = i.device AND c.incarnation = i.incarnation) AS n,"
                             " (SELECT coalesce (max (change_number), 0) FROM change c WHERE c.device = i.device AND c.incarnation = i.incarnation) AS top"
                             " FROM incarnation i) AS counted WHERE high_number <> n OR n <> top",
                             _ ("Tablet %s: the receipt says %d, the log has %d changes."), error)
           && check_states (&self, error) && check_orphans (&self, error);
  soban_database_roll_back (self.database);
  return looked ? g_steal_pointer (&breaches) : NULL;
}
