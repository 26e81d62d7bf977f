/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soban_store_check(): the invariants of the file, recomputed from scratch. Each breach is a sentence. */
#include "config.h"

#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SENTENCES_MAX 100

G_GNUC_PRINTF (2, 3)
static void
tell (GPtrArray *sentences, const char *format, ...)
{
  va_list arguments;

  if (sentences->len >= SENTENCES_MAX)
    return;
  va_start (arguments, format);
  g_ptr_array_add (sentences, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static gboolean
check_integrity (SobanStore *store, GPtrArray *sentences, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, "PRAGMA quick_check", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    if (!row)
      return TRUE;
    if (g_strcmp0 (soban_column_text (statement, 0), "ok") != 0)
      tell (sentences, _("The file is damaged: %s"), soban_column_text (statement, 0));
  }
  return FALSE;
}

static void
check_state (SobanStore *store, const SobanUuid *id, gconstpointer blob, gsize length, GPtrArray *sentences)
{
  g_autofree char *name = soban_uuid_to_string (id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) log = soban_log_list (store, id, &error);
  g_autoptr (SobanRecordState) state = soban_record_state_new ();
  GByteArray *bytes = store->db_thread.bytes;

  if (!log) {
    tell (sentences, _("The log of record %s cannot be read: %s"), name, error->message);
    return;
  }
  if (log->len == 0)
    tell (sentences, _("Record %s has no change in the log"), name);
  for (guint i = 0; i < log->len; i++)
    soban_record_state_merge (state, g_ptr_array_index (log, i));
  g_byte_array_set_size (bytes, 0);
  soban_record_state_encode (state, bytes);
  if (bytes->len != length || memcmp (bytes->data, blob, length) != 0)
    tell (sentences, _("Record %s is not what its log merges to"), name);
}

static gboolean
check_states (SobanStore *store, GPtrArray *sentences, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT id, state FROM record", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    gconstpointer blob;
    gsize length;
    SobanUuid id;

    if (!row)
      return TRUE;
    blob = soban_column_bytes (statement, 1, &length);
    if (soban_column_uuid (statement, 0, &id))
      check_state (store, &id, blob, length, sentences);
    else
      tell (sentences, _("A record has no proper id"));
  }
  return FALSE;
}

/* The body of a change must be of the row it stands in. */
static gboolean
check_log (SobanStore *store, GPtrArray *sentences, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT record, device, incarnation, number, body FROM change", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    g_autoptr (SobanChange) change = NULL;
    gconstpointer body;
    gsize length;
    SobanUuid record;

    if (!row)
      return TRUE;
    body = soban_column_bytes (statement, 4, &length);
    change = soban_change_decode (body, length, NULL);
    if (!change || !soban_column_uuid (statement, 0, &record) || !soban_uuid_equal (&record, &change->record)
        || change->id.device != soban_column_int (statement, 1)
        || change->id.incarnation != (guint64) soban_column_int (statement, 2)
        || change->id.number != (guint64) soban_column_int (statement, 3))
      tell (sentences, _("Change %lld of tablet %lld cannot be read"), (long long) soban_column_int (statement, 3),
            (long long) soban_column_int (statement, 1));
  }
  return FALSE;
}

static gboolean
check_numbers (SobanStore *store, GPtrArray *sentences, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT count(*), coalesce (min (number), 1), coalesce (max (number), 0) FROM change "
                              "WHERE device = :device AND incarnation = :incarnation",
                              error);
  gint64 count, low, high;
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64) identity->incarnation);
  if (!soban_step (statement, &row, error))
    return FALSE;
  g_assert (row);
  count = soban_column_int (statement, 0);
  low = soban_column_int (statement, 1);
  high = soban_column_int (statement, 2);
  if (low != 1 || high != count || (guint64) high != identity->last_number)
    tell (sentences, _("The own changes are not numbered without a gap: %lld changes, the last number is %lld"),
          (long long) count, (long long) high);
  return TRUE;
}

/* Counts that must be 0, each with its sentence. */
static gboolean
check_counts (SobanStore *store, GPtrArray *sentences, GError **error)
{
  const struct {
    const char *sql;
    const char *sentence;
  } counts[] = {
    { "SELECT count(*) FROM outbox WHERE number <= (SELECT acked_number FROM identity)",
      N_ ("%lld changes wait although they have a receipt") },
    { "SELECT (SELECT last_number - acked_number FROM identity) - (SELECT count(*) FROM outbox)",
      N_ ("%lld changes have neither a receipt nor a place among those that wait") },
    { "SELECT count(*) FROM outbox WHERE NOT EXISTS (SELECT 1 FROM change, identity WHERE change.record = "
      "outbox.record "
      "AND change.device = identity.device AND change.incarnation = identity.incarnation AND change.number = "
      "outbox.number)",
      N_ ("%lld changes wait that are not in the log") },
    { "SELECT count(*) FROM change WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = change.record)",
      N_ ("%lld changes belong to no record") },
    { "SELECT count(*) FROM record WHERE stale = 0 AND NOT EXISTS (SELECT 1 FROM summary WHERE record = record.id)",
      N_ ("%lld records are missing in the lists") },
    { "SELECT count(*) FROM summary WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = summary.record)",
      N_ ("%lld rows of the lists have no record") },
    { "SELECT count(*) FROM summary WHERE NOT EXISTS (SELECT 1 FROM search WHERE search.rowid = summary.key)",
      N_ ("%lld records cannot be found by searching") },
    { "SELECT (SELECT count(*) FROM search) - (SELECT count(*) FROM summary)",
      N_ ("The search has %lld texts too many") },
    { "SELECT count(*) FROM fact WHERE NOT EXISTS (SELECT 1 FROM summary WHERE key = fact.summary AND deleted = 0)",
      N_ ("%lld figures belong to no living record") },
    { "SELECT count(*) FROM answer WHERE NOT EXISTS (SELECT 1 FROM draft WHERE id = answer.draft)",
      N_ ("%lld answers belong to no draft") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    gint64 count;

    if (!soban_database_read_int (store->db_thread.database, counts[i].sql, &count, error))
      return FALSE;
    if (count != 0)
      tell (sentences, _(counts[i].sentence), (long long) count);
  }
  return TRUE;
}

static gboolean
check (SobanStore *store, gpointer data, GError **error)
{
  GPtrArray *sentences = data;

  if (!check_integrity (store, sentences, error))
    return FALSE;
  /* Beyond a damaged file the rest would only repeat it. */
  return sentences->len > 0
         || (check_log (store, sentences, error) && check_states (store, sentences, error)
             && check_numbers (store, sentences, error) && check_counts (store, sentences, error));
}

GPtrArray *
soban_store_check (SobanStore *store, GError **error)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);

  if (!soban_store_read (store, check, sentences, error)) {
    g_prefix_error (error, _("Checking the records: "));
    return NULL;
  }
  return g_steal_pointer (&sentences);
}
