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

/* A row of `digest`, or what it should be. */
typedef struct {
  SobanDigest digest;
  gint64 records;
} Sum;

/* (transfer full): the key of a row of `digest`. */
static char *
make_sum_key (const char *scope, const char *form, guint month)
{
  return g_strdup_printf ("%s\n%s\n%u", scope, form, month);
}

static Sum *
get_sum (GHashTable *sums, char *key)
{
  Sum *sum = g_hash_table_lookup (sums, key);

  if (!sum) {
    sum = g_new0 (Sum, 1);
    g_hash_table_insert (sums, g_strdup (key), sum);
  }
  return sum;
}

/* What stands in the table is taken off what it should be: 0 must be left. */
static gboolean
take_off_sums (SobanStore *store, GHashTable *sums, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT scope, form, month, low, high, records FROM digest", error);
  gboolean row;

  if (!statement)
    return FALSE;
  while (soban_step (statement, &row, error)) {
    g_autofree char *key = NULL;
    SobanDigest digest;
    Sum *sum;

    if (!row)
      return TRUE;
    key = make_sum_key (soban_column_text (statement, 0), soban_column_text (statement, 1),
                        (guint) soban_column_int (statement, 2));
    sum = get_sum (sums, key);
    digest = (SobanDigest){ (guint64) soban_column_int (statement, 3), (guint64) soban_column_int (statement, 4) };
    soban_digest_subtract (&sum->digest, &digest);
    sum->records -= soban_column_int (statement, 5);
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

/* The digest is that of the state; into the sums with it. */
static void
check_digest (sqlite3_stmt *statement, const SobanUuid *id, gconstpointer blob, gsize length, GHashTable *sums,
              GPtrArray *sentences)
{
  const SobanDigest digest = soban_digest_of_record (id, blob, length);
  g_autofree char *key =
      make_sum_key (soban_column_text (statement, 3), soban_column_text (statement, 4), soban_digest_month (id));
  Sum *sum = get_sum (sums, key);
  guint8 bytes[SOBAN_DIGEST_BYTES];
  gconstpointer present;
  gsize present_length;

  soban_digest_to_bytes (&digest, bytes);
  present = soban_column_bytes (statement, 2, &present_length);
  if (present_length != sizeof bytes || memcmp (present, bytes, sizeof bytes) != 0) {
    g_autofree char *name = soban_uuid_to_string (id);

    tell (sentences, _("The digest of record %s is not that of its values"), name);
  }
  soban_digest_add (&sum->digest, &digest);
  sum->records++;
}

static gboolean
visit_states (SobanStore *store, GHashTable *sums, GPtrArray *sentences, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT id, state, digest, scope, form FROM record", error);
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
    if (!soban_column_uuid (statement, 0, &id)) {
      tell (sentences, _("A record has no proper id"));
      continue;
    }
    check_state (store, &id, blob, length, sentences);
    check_digest (statement, &id, blob, length, sums, sentences);
  }
  return FALSE;
}

static gboolean
check_states (SobanStore *store, GPtrArray *sentences, GError **error)
{
  static const SobanDigest none = { 0 };
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer sum;

  if (!visit_states (store, sums, sentences, error) || !take_off_sums (store, sums, error))
    return FALSE;
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, NULL, &sum))
    if (((Sum *) sum)->records != 0 || !soban_digest_equal (&((Sum *) sum)->digest, &none))
      tell (sentences, _("A sum of digests is not that of its records"));
  return TRUE;
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

/* What waits is numbered without a gap and linked; of what has a receipt some may be gone (window.c). */
static gboolean
check_numbers (SobanStore *store, GPtrArray *sentences, GError **error)
{
  const SobanIdentity *identity = &store->db_thread.identity;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT number, chain, body FROM change WHERE device = :device AND incarnation = :incarnation AND number > :acked "
      "ORDER BY number",
      error);
  guint64 number = identity->acked_number, chain = identity->acked_chain;
  gboolean row = TRUE, linked = TRUE;

  if (!statement)
    return FALSE;
  soban_bind_int (statement, ":device", identity->device);
  soban_bind_int (statement, ":incarnation", (gint64) identity->incarnation);
  soban_bind_int (statement, ":acked", (gint64) identity->acked_number);
  while (row) {
    g_autoptr (SobanChange) change = NULL;
    guint8 hash[SOBAN_CHANGE_HASH_BYTES];
    gconstpointer body;
    gsize length;

    if (!soban_step (statement, &row, error))
      return FALSE;
    if (!row)
      break;
    body = soban_column_bytes (statement, 2, &length);
    change = soban_change_decode (body, length, NULL);
    /* check_log() has told of one that cannot be read. */
    if (!change)
      continue;
    soban_change_hash (change, hash);
    chain = soban_change_chain (chain, hash);
    linked &= chain == (guint64) soban_column_int (statement, 1);
    if (++number != (guint64) soban_column_int (statement, 0))
      break;
  }
  if (number != identity->last_number)
    tell (sentences, _("The own changes are not numbered without a gap: the last number is %llu, that of the log %llu"),
          (unsigned long long) identity->last_number, (unsigned long long) number);
  else if (!linked || chain != identity->chain)
    tell (sentences, _("The own changes are not what they were when they were numbered"));
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
    { "SELECT count(*) FROM relay WHERE NOT EXISTS (SELECT 1 FROM change WHERE change.record = relay.record AND "
      "change.device = relay.device AND change.incarnation = relay.incarnation AND change.number = relay.number)",
      N_ ("%lld changes of others wait that are not in the log") },
    { "SELECT count(*) FROM change WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = change.record)",
      N_ ("%lld changes belong to no record") },
    { "SELECT count(*) FROM record WHERE stale = 0 AND NOT EXISTS (SELECT 1 FROM summary WHERE record = record.id)",
      N_ ("%lld records are missing in the lists") },
    { "SELECT count(*) FROM record WHERE stale = 1 AND (SELECT stale FROM derivation) = 0",
      N_ ("%lld records wait for a place in the lists, and nothing in the file says so") },
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
    { "SELECT count(*) FROM attachment_chunk WHERE NOT EXISTS (SELECT 1 FROM attachment WHERE key = attachment_chunk.attachment)",
      N_ ("%lld pieces belong to no file") },
    { "SELECT count(*) FROM attachment_use WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = attachment_use.record)",
      N_ ("%lld files are named by a record that is gone") },
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
             && check_numbers (store, sentences, error) && check_counts (store, sentences, error)
             && soban_attachments_check (store, sentences, error));
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
