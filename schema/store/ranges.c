/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests, ranges and items: how records that differ from the collector's are found (PROTOCOL 8,
 * sync/README.md 4.10, 4.12)
 *
 * Invariants:
 *  (1) Digests, ranges and items speak of the same records: those of the scope inside the window, deleted ones too, as
 * they are without what waits to be relayed (settled-record.c).
 */
#include "config.h"

#include "store/store-private.h"

gboolean
soban_window_holds (SobanStore *store, const char *form, guint month)
{
  return store->db_thread.window_ms == 0 || month >= soban_digest_month_of_ms (store->db_thread.window_ms)
         || soban_form_is_registry (store, form);
}

/* ---- sums ---- */

typedef struct {
  const char *scope;
  SobanDigest digest;
  gboolean settled;
} DigestJob;

static const SobanIdRange everything = {
  { { 0 } },
  { { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 } },
};

/* An erasure on its way takes away what the collector still has: without it the state is neither here nor there. */
static gboolean
is_settled (SobanStore *store, const char *scope, gboolean *ret_settled, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT 1 FROM outbox JOIN record ON id = outbox.record WHERE scope = :scope UNION ALL "
      "SELECT 1 FROM relay JOIN record ON id = relay.record WHERE device = 0 AND scope = :scope LIMIT 1",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", scope);
  if (!soban_step (statement, &row, error))
    return FALSE;
  *ret_settled = !row;
  return TRUE;
}

static gboolean
is_inside (SobanStore *store, const SobanStoredRecord *record, const char *scope)
{
  return g_strcmp0 (record->scope, scope) == 0
         && soban_window_holds (store, record->form, soban_digest_month (&record->id));
}

/* The sums have each record as it is shown. */
static gboolean
take_out_waiting (SobanStore *store, DigestJob *job, GError **error)
{
  g_autoptr (GArray) records = soban_settled_records_list (store, &everything, error);

  for (guint i = 0; records && i < records->len; i++) {
    const SobanSettledRecord *record = &g_array_index (records, SobanSettledRecord, i);

    if (is_inside (store, &record->here, job->scope))
      soban_digest_subtract (&job->digest, &record->here.digest);
    if (is_inside (store, &record->settled, job->scope))
      soban_digest_add (&job->digest, &record->settled.digest);
  }
  return records != NULL;
}

static gboolean
sum_digest (SobanStore *store, DigestJob *job, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "SELECT form, month, low, high FROM digest WHERE scope = :scope", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":scope", job->scope);
  while (soban_step (statement, &row, error)) {
    SobanDigest term;

    if (!row)
      return TRUE;
    term = (SobanDigest){ (guint64)soban_column_int (statement, 2), (guint64)soban_column_int (statement, 3) };
    if (soban_window_holds (store, soban_column_text (statement, 0), (guint)soban_column_int (statement, 1)))
      soban_digest_add (&job->digest, &term);
  }
  return FALSE;
}

static gboolean
get_digest (SobanStore *store, gpointer data, GError **error)
{
  DigestJob *job = data;

  return sum_digest (store, job, error) && take_out_waiting (store, job, error)
         && is_settled (store, job->scope, &job->settled, error);
}

gboolean
soban_store_get_digest (SobanStore *store, const char *scope, SobanDigest *ret_digest, gboolean *ret_settled,
                        GError **error)
{
  DigestJob job = { .scope = scope };

  if (!soban_store_read (store, get_digest, &job, error))
    return FALSE;
  *ret_digest = job.digest;
  if (ret_settled)
    *ret_settled = job.settled;
  return TRUE;
}

/* FALSE: no more is wanted. */
typedef gboolean (*OnItem) (const SobanRangeItem *item, gpointer data);

typedef struct {
  const char *scope;
  OnItem on_item;
  gpointer data;
  GArray *waiting; /* (element-type SobanSettledRecord): they come in between by their ids */
  guint place;     /* in `waiting` */
} Visit;

/* Those of `waiting` below @before (nullable: all that are left). */
static gboolean
visit_waiting (SobanStore *store, Visit *visit, const SobanUuid *before)
{
  for (; visit->place < visit->waiting->len; visit->place++) {
    const SobanStoredRecord *record =
        &g_array_index (visit->waiting, SobanSettledRecord, visit->place).settled;
    const SobanRangeItem item = { record->id, record->digest.low };

    if (before && soban_uuid_compare (&record->id, before) > 0)
      return TRUE;
    if (is_inside (store, record, visit->scope) && !visit->on_item (&item, visit->data))
      return FALSE;
  }
  return TRUE;
}

static gboolean
visit_rows (SobanStore *store, Visit *visit, sqlite3_stmt *statement, GError **error)
{
  gboolean row;

  while (soban_step (statement, &row, error)) {
    SobanRangeItem item = { 0 };
    gconstpointer digest;
    gsize length;

    if (!row) {
      visit_waiting (store, visit, NULL);
      return TRUE;
    }
    digest = soban_column_bytes (statement, 2, &length);
    if (!soban_column_uuid (statement, 0, &item.id) || length != SOBAN_DIGEST_BYTES
        || !soban_window_holds (store, soban_column_text (statement, 1), soban_digest_month (&item.id)))
      continue;
    item.fingerprint = soban_digest_from_bytes (digest).low;
    if (!visit_waiting (store, visit, &item.id) || !visit->on_item (&item, visit->data))
      return TRUE;
  }
  return FALSE;
}

/* The end of all ids is the only one that is no id itself. */
static gboolean
visit_range (SobanStore *store, const char *scope, const SobanIdRange *range, OnItem on_item, gpointer data,
             GError **error)
{
  g_autoptr (GArray) waiting = soban_settled_records_list (store, range, error);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT id, form, digest FROM record WHERE id >= :from AND id < :to AND scope = :scope AND NOT EXISTS "
      "(SELECT 1 FROM relay WHERE relay.record = record.id) ORDER BY id",
      error);
  Visit visit = { scope, on_item, data, waiting, 0 };

  if (!waiting || !statement)
    return FALSE;
  soban_bind_uuid (statement, ":from", &range->from);
  soban_bind_uuid (statement, ":to", &range->to);
  soban_bind_text (statement, ":scope", scope);
  return visit_rows (store, &visit, statement, error);
}

typedef struct {
  const char *scope;
  const GArray *ranges;
  guint max;
  GArray *out;
} RangeJob;

static gboolean
on_summed_item (const SobanRangeItem *item, gpointer data)
{
  SobanRangeSum *sum = data;

  sum->count++;
  sum->fingerprint += item->fingerprint;
  return TRUE;
}

static gboolean
list_ranges (SobanStore *store, gpointer data, GError **error)
{
  RangeJob *job = data;

  for (guint i = 0; i < job->ranges->len; i++) {
    SobanRangeSum sum = { 0 };

    if (!visit_range (store, job->scope, &g_array_index (job->ranges, SobanIdRange, i), on_summed_item, &sum, error))
      return FALSE;
    g_array_append_val (job->out, sum);
  }
  return TRUE;
}

GArray *
soban_store_list_ranges (SobanStore *store, const char *scope, const GArray *ranges, GError **error)
{
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (SobanRangeSum));
  RangeJob job = { .scope = scope, .ranges = ranges, .out = sums };

  return soban_store_read (store, list_ranges, &job, error) ? g_steal_pointer (&sums) : NULL;
}

static gboolean
on_listed_item (const SobanRangeItem *item, gpointer data)
{
  RangeJob *job = data;

  g_array_append_vals (job->out, item, 1);
  return job->out->len <= job->max;
}

static gboolean
list_items (SobanStore *store, gpointer data, GError **error)
{
  RangeJob *job = data;

  return visit_range (store, job->scope, &g_array_index (job->ranges, SobanIdRange, 0), on_listed_item, job, error);
}

GArray *
soban_store_list_items (SobanStore *store, const char *scope, const SobanIdRange *range, guint max, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SobanRangeItem));
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (SobanIdRange));
  RangeJob job = { scope, ranges, max, items };

  g_array_append_vals (ranges, range, 1);
  return soban_store_read (store, list_items, &job, error) ? g_steal_pointer (&items) : NULL;
}
