/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-check.h"

#include "attachment-shelf.h"
#include "chain-walk.h"
#include "record-repair.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BATCH_ROWS 500

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

static void
check_state (Check *self, SobanRows *rows, const SobanUuid *id, const SobanRecordState *merged)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autofree char *text = soban_uuid_to_string (id);
  guint8 bytes[SOBAN_DIGEST_BYTES];
  SobanDigest digest;

  soban_record_state_encode (merged, packed);
  if (packed->len != soban_rows_get_length (rows, 1) || memcmp (packed->data, soban_rows_get_blob (rows, 1), packed->len) != 0
      || soban_record_state_is_deleted (merged) != (soban_rows_get_int (rows, 3) != 0))
    report (self, _ ("The record %s is not what its changes merge to."), text);
  digest = soban_digest_of_record (id, packed->data, packed->len);
  soban_digest_to_bytes (&digest, bytes);
  if (soban_rows_get_length (rows, 4) != sizeof bytes || memcmp (soban_rows_get_blob (rows, 4), bytes, sizeof bytes) != 0)
    report (self, _ ("The digest of the record %s is not that of its state."), text);
  if (soban_rows_get_int (rows, 5) == SOBAN_RECORD_NOT_DERIVED)
    report (self, _ ("The record %s could not be read, so it is not in the figures as it should be."), text);
}

/* S3, S4. *ret_last: the row looked at last, 0 when there is none after @after. */
static gboolean
check_some_states (Check *self, gint64 after, gint64 *ret_last, GError **error)
{
  g_autoptr (SobanRows) rows = soban_database_query (self->database, error,
    "SELECT row, state, id, deleted, digest, stale FROM record WHERE row > ?1 ORDER BY row LIMIT ?2", "ii", after, (gint64) BATCH_ROWS);
  int stepped;

  *ret_last = 0;
  if (rows == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (rows, error)) == 1) {
    g_autoptr (SobanRecordState) merged = NULL;
    g_autoptr (GError) unreadable = NULL;
    SobanUuid id = soban_rows_get_uuid (rows, 2);

    *ret_last = soban_rows_get_int (rows, 0);
    merged = soban_record_merge_log (self->database, &id, &unreadable);
    if (merged != NULL) {
      check_state (self, rows, &id, merged);
    } else {
      g_autofree char *text = soban_uuid_to_string (&id);

      report (self, _ ("The changes of the record %s cannot be read: %s"), text, unreadable->message);
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

static void
report_digest (const char *scope, const char *form, guint month, const SobanDigest *sum, gint64 count, gpointer data)
{
  static const SobanDigest nothing = { 0 };

  if (count != 0 || !soban_digest_equal (sum, &nothing))
    report (data, _ ("Commune %s, form %s, month %u-%02u: the digest is not the sum of the records."), scope, form, month / 12, month % 12 + 1);
}

/* S4: what the records give less what the table says leaves nothing. */
static gboolean
check_digests (Check *self, GError **error)
{
  g_autoptr (SobanScopeDigests) digests = soban_scope_digests_read_records (self->database, error);

  if (digests == NULL || !soban_scope_digests_subtract_table (digests, self->database, error))
    return FALSE;
  soban_scope_digests_foreach (digests, report_digest, self);
  return TRUE;
}

static gboolean
check_link (gint64 row, gint64 device, guint64 number, guint64 chain, guint64 stored, gpointer data, GError **error)
{
  if (chain != stored)
    report (data, _ ("Tablet %d, change %d: its place in the chain of changes is wrong."), (int) device, (int) number);
  return TRUE;
}

/* S5 */
static gboolean
check_chains (Check *self, GError **error)
{
  gint64 marks;

  if (!soban_chain_walk (self->database, check_link, self, error)
      || !soban_database_get_integer (self->database, error, 0, &marks,
           "SELECT count (*) FROM incarnation i WHERE chain <> coalesce ((SELECT chain FROM change c WHERE c.device = i.device"
           " AND c.incarnation = i.incarnation AND c.change_number = i.high_number), 0)", ""))
    return FALSE;
  if (marks > 0)
    report (self, _ ("Tablets whose chain of changes is not that of the log: %d"), (int) marks);
  return TRUE;
}

static gboolean
check_attachments (Check *self, GError **error)
{
  g_autoptr (GPtrArray) damaged = soban_attachment_shelf_list_damaged (self->database, error);

  for (guint i = 0; damaged != NULL && i < damaged->len; i++)
    report (self, _ ("The file %s is damaged."), (const char *) g_ptr_array_index (damaged, i));
  return damaged != NULL;
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
           && check_chains (&self, error) && check_states (&self, error) && check_digests (&self, error)
           && check_orphans (&self, error) && check_attachments (&self, error);
  soban_database_roll_back (self.database);
  return looked ? g_steal_pointer (&breaches) : NULL;
}
