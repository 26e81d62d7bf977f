/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists, rows, sums: what the pages show. All read from the derived tables. */
#include "config.h"

#include "store/store-private.h"
#include "store/summary-key.h"

#include "base/limits.h"
#include "base/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
has_letter (const char *word)
{
  for (const char *at = word; *at; at = g_utf8_next_char (at))
    if (g_unichar_isalnum (g_utf8_get_char (at)))
      return TRUE;
  return FALSE;
}

/* (nullable): the typed words as an FTS5 query: each a quoted prefix, all of them wanted. NULL when nothing can be
 * searched for. */
static char *
make_match (const char *typed)
{
  g_autofree char *folded = typed ? soban_text_fold (typed) : g_strdup ("");
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  g_autoptr (GString) match = g_string_new (NULL);

  for (guint i = 0; words[i]; i++) {
    g_auto (GStrv) parts = NULL;
    g_autofree char *quoted = NULL;

    if (!has_letter (words[i]))
      continue;
    parts = g_strsplit (words[i], "\"", -1);
    quoted = g_strjoinv ("\"\"", parts);
    g_string_append_printf (match, "\"%s\"* ", quoted);
  }
  return match->len > 0 ? g_string_free (g_steal_pointer (&match), FALSE) : NULL;
}

/* The first text after every text that starts with @prefix (dates are ASCII). */
static char *
make_end (const char *prefix)
{
  return g_strconcat (prefix, "~", NULL);
}

SobanRecordQuery *
soban_record_query_copy (const SobanRecordQuery *query)
{
  SobanRecordQuery *copy = g_memdup2 (query, sizeof *query);

  copy->form = g_strdup (query->form);
  copy->search = g_strdup (query->search);
  copy->month = g_strdup (query->month);
  copy->indicator = g_strdup (query->indicator);
  copy->from = g_strdup (query->from);
  copy->to = g_strdup (query->to);
  copy->unit = g_strdup (query->unit);
  copy->village = g_strdup (query->village);
  copy->team = g_strdup (query->team);
  return copy;
}

void
soban_record_query_free (SobanRecordQuery *query)
{
  if (!query)
    return;
  g_free ((gpointer) query->form);
  g_free ((gpointer) query->search);
  g_free ((gpointer) query->month);
  g_free ((gpointer) query->indicator);
  g_free ((gpointer) query->from);
  g_free ((gpointer) query->to);
  g_free ((gpointer) query->unit);
  g_free ((gpointer) query->village);
  g_free ((gpointer) query->team);
  g_free (query);
}

/* Of a list that long the file's pages are not wanted again soon. */
#define LONG_LIST_RECORDS 10000

typedef struct {
  const SobanRecordQuery *query;
  GArray *ids;
} ListJob;

static gboolean
has_bound (const char *date)
{
  return date && *date;
}

static void
bind_report (sqlite3_stmt *statement, const SobanRecordQuery *query)
{
  const struct {
    const char *name, *value;
  } values[] = {
    { ":village", query->village },
    { ":team", query->team },
    { ":indicator", query->indicator },
    { ":from", has_bound (query->from) ? query->from : NULL },
    { ":to", has_bound (query->to) ? query->to : NULL },
    { ":unit", query->unit },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i].value)
      soban_bind_text (statement, values[i].name, values[i].value);
}

/* What of the summary a record must be. Only fixed pieces are put together, so the texts are few: interned, they serve as keys of the
 * statement cache. */
static void
append_conditions (GString *sql, const SobanRecordQuery *query)
{
  /* What was deleted may be disputed, too. */
  g_string_append (sql, query->conflict ? "conflict = 1" : "deleted = :deleted");
  g_string_append (sql, query->form ? " AND form = :form" : query->registries || query->indicator ? "" : " AND registry = 0");
  g_string_append (sql, query->month ? " AND summary.date >= :month AND summary.date < :month_end" : "");
  g_string_append (sql, query->needs_look ? " AND needs_look = 1" : "");
  g_string_append (sql, query->village ? " AND village = :village" : "");
  g_string_append (sql, query->team ? " AND team = :team" : "");
  if (query->indicator) {
    g_string_append (sql, " AND key IN (SELECT summary FROM fact WHERE indicator = :indicator");
    g_string_append (sql, has_bound (query->from) ? " AND fact.date >= :from" : "");
    g_string_append (sql, has_bound (query->to) ? " AND fact.date < :to" : "");
    g_string_append (sql, query->unit ? " AND fact.unit = :unit)" : ")");
  } else {
    g_string_append (sql, has_bound (query->from) ? " AND summary.date >= :from" : "");
    g_string_append (sql, has_bound (query->to) ? " AND summary.date < :to" : "");
    g_string_append (sql, query->unit ? " AND unit = :unit" : "");
  }
  g_string_append (sql, query->waiting ? " AND EXISTS (SELECT 1 FROM outbox WHERE outbox.record = summary.record)" : "");
}

/* The order of days is that of the keys, so neither way sorts: what matches comes from the search index from the highest key down. */
static char *
make_list_sql (const SobanRecordQuery *query, gboolean match)
{
  const char *key = match ? "search.rowid" : "key";
  g_autoptr (GString) sql = g_string_new (match ? "SELECT record FROM search CROSS JOIN summary ON summary.key = search.rowid WHERE search "
                                                  "MATCH :match AND "
                                                : "SELECT record FROM summary WHERE ");

  append_conditions (sql, query);
  if (query->month)
    g_string_append_printf (sql, " AND %s >= :month_first AND %s < :month_after", key, key);
  if (query->order == SOBAN_RECORDS_BY_NAME)
    g_string_append (sql, " ORDER BY name, title, key DESC");
  else
    g_string_append_printf (sql, query->order == SOBAN_RECORDS_OLDEST ? " ORDER BY %s ASC" : " ORDER BY %s DESC", key);
  g_string_append (sql, query->limit > 0 ? " LIMIT :limit" : "");
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static void
bind_month (sqlite3_stmt *statement, const char *month, const char *end)
{
  soban_bind_text (statement, ":month", month);
  soban_bind_text (statement, ":month_end", end);
  soban_bind_int (statement, ":month_first", soban_summary_key_first (month));
  soban_bind_int (statement, ":month_after", soban_summary_key_end (month));
}

static gboolean
list_records (SobanStore *store, gpointer data, GError **error)
{
  static const SobanRecordQuery everything = { 0 };
  ListJob *job = data;
  const SobanRecordQuery *query = job->query ? job->query : &everything;
  g_autofree char *match = make_match (query->search);
  g_autofree char *month_end = query->month ? make_end (query->month) : NULL;
  g_autofree char *sql = make_list_sql (query, match != NULL);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, g_intern_string (sql), error);
  gboolean row;

  if (!statement)
    return FALSE;
  if (!query->conflict)
    soban_bind_int (statement, ":deleted", query->deleted);
  if (query->form)
    soban_bind_text (statement, ":form", query->form);
  if (query->month)
    bind_month (statement, query->month, month_end);
  if (match)
    soban_bind_text (statement, ":match", match);
  if (query->limit > 0)
    soban_bind_int (statement, ":limit", query->limit);
  bind_report (statement, query);
  while (soban_step (statement, &row, error)) {
    SobanUuid id;

    if (!row) {
      if (job->ids->len > LONG_LIST_RECORDS)
        soban_database_spare_memory (store->db_thread.database);
      return TRUE;
    }
    if (soban_column_uuid (statement, 0, &id))
      g_array_append_val (job->ids, id);
  }
  return FALSE;
}

static gboolean
count_to_look (SobanStore *store, gpointer data, GError **error)
{
  return soban_database_read_int (store->db_thread.database,
                                  "SELECT (SELECT count(*) FROM summary WHERE conflict = 1) + "
                                  "(SELECT count(*) FROM summary INDEXED BY summary_look WHERE needs_look = 1 AND deleted = 0 AND conflict = 0)",
                                  data, error);
}

gboolean
soban_store_count_to_look (SobanStore *store, gint64 *ret_count, GError **error)
{
  return soban_store_read (store, count_to_look, ret_count, error);
}

GArray *
soban_store_list_records (SobanStore *store, const SobanRecordQuery *query, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SobanUuid));
  ListJob job = { query, ids };

  return soban_store_read (store, list_records, &job, error) ? g_steal_pointer (&ids) : NULL;
}

void
soban_record_row_free (SobanRecordRow *row)
{
  if (!row)
    return;
  g_free (row->form);
  g_free (row->title);
  g_free (row->date);
  g_free (row->unit);
  g_free (row);
}

typedef struct {
  const SobanUuid *ids;
  guint n_ids;
  GPtrArray *rows;
} RowsJob;

static SobanRecordRow *
make_row (SobanStore *store, const SobanUuid *id, sqlite3_stmt *statement)
{
  SobanRecordRow *row = g_new0 (SobanRecordRow, 1);
  gsize length;
  gconstpointer state = soban_column_bytes (statement, 7, &length);

  row->id = *id;
  row->form = g_strdup (soban_column_text (statement, 0));
  row->title = g_strdup (soban_column_text (statement, 1));
  row->date = g_strdup (soban_column_text (statement, 2));
  row->unit = g_strdup (soban_column_text (statement, 3));
  row->needs_look = soban_column_int (statement, 4) != 0;
  row->deleted = soban_column_int (statement, 5) != 0;
  row->delivery = soban_column_int (statement, 6) ? SOBAN_RECORD_WAITING : SOBAN_RECORD_RECEIVED;
  if (soban_record_state_load (store->db_thread.state, state, length, NULL))
    row->changed_ms = SOBAN_STAMP_MS (soban_record_state_get_newest (store->db_thread.state).stamp);
  return row;
}

static gboolean
get_rows (SobanStore *store, gpointer data, GError **error)
{
  RowsJob *job = data;
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT summary.form, title, date, unit, needs_look, deleted, "
                              "EXISTS (SELECT 1 FROM outbox WHERE outbox.record = :id), state "
                              "FROM summary JOIN record ON record.id = summary.record WHERE summary.record = :id",
                              error);

  if (!statement)
    return FALSE;
  for (guint i = 0; i < job->n_ids; i++) {
    gboolean row;

    soban_bind_uuid (statement, ":id", &job->ids[i]);
    if (!soban_step (statement, &row, error))
      return FALSE;
    g_ptr_array_add (job->rows, row ? make_row (store, &job->ids[i], statement) : NULL);
    sqlite3_reset (statement);
  }
  return TRUE;
}

GPtrArray *
soban_store_get_rows (SobanStore *store, const SobanUuid *ids, guint n_ids, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_record_row_free);
  RowsJob job = { ids, n_ids, rows };

  g_return_val_if_fail (n_ids <= SOBAN_LIST_PAGE_ROWS, NULL);
  return soban_store_read (store, get_rows, &job, error) ? g_steal_pointer (&rows) : NULL;
}

typedef struct {
  SobanUuid id;
  char *title;
} TitleJob;

static gboolean
get_title (SobanStore *store, gpointer data, GError **error)
{
  TitleJob *job = data;
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database, "SELECT title FROM summary WHERE record = :id", error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_uuid (statement, ":id", &job->id);
  if (!soban_step (statement, &row, error))
    return FALSE;
  job->title = row ? g_strdup (soban_column_text (statement, 0)) : NULL;
  return TRUE;
}

char *
soban_store_get_title (SobanStore *store, const char *id_text, GError **error)
{
  TitleJob job = { 0 };

  if (!id_text || !soban_uuid_parse (id_text, &job.id))
    return NULL;
  if (!soban_store_read (store, get_title, &job, error)) {
    g_prefix_error (error, _("Reading the title of %s: "), id_text);
    return NULL;
  }
  return job.title;
}

typedef struct {
  const char *name; /* of the indicator or form */
  const char *period;
  double sum;
  gint64 records;
} SumJob;

static gboolean
sum_facts (SobanStore *store, gpointer data, GError **error)
{
  SumJob *job = data;
  g_autofree char *end = make_end (job->period);
  g_autoptr (sqlite3_stmt) statement =
      soban_database_prepare (store->db_thread.database,
                              "SELECT total (value), count (DISTINCT summary) FROM fact "
                              "WHERE indicator = :indicator AND date >= :period AND date < :end",
                              error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":indicator", job->name);
  soban_bind_text (statement, ":period", job->period);
  soban_bind_text (statement, ":end", end);
  if (!soban_step (statement, &row, error))
    return FALSE;
  g_assert (row);
  job->sum = sqlite3_column_double (statement, 0);
  job->records = soban_column_int (statement, 1);
  return TRUE;
}

gboolean
soban_store_sum_facts (SobanStore *store, const char *indicator, const char *period, double *ret_sum,
                       gint64 *ret_records, GError **error)
{
  SumJob job = { .name = indicator, .period = period ? period : "" };

  if (!soban_store_read (store, sum_facts, &job, error))
    return FALSE;
  if (ret_sum)
    *ret_sum = job.sum;
  if (ret_records)
    *ret_records = job.records;
  return TRUE;
}

static gboolean
count_records (SobanStore *store, gpointer data, GError **error)
{
  SumJob *job = data;
  g_autofree char *end = make_end (job->period);
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT count(*) FROM summary WHERE form = :form AND deleted = 0 AND date >= :period AND date < :end "
      "AND key >= :first AND key < :after",
      error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", job->name);
  soban_bind_text (statement, ":period", job->period);
  soban_bind_text (statement, ":end", end);
  soban_bind_int (statement, ":first", soban_summary_key_first (job->period));
  soban_bind_int (statement, ":after", soban_summary_key_end (job->period));
  if (!soban_step (statement, &row, error))
    return FALSE;
  job->records = row ? soban_column_int (statement, 0) : 0;
  return TRUE;
}

gint64
soban_store_count_records (SobanStore *store, const char *form, const char *period, GError **error)
{
  SumJob job = { .name = form, .period = period ? period : "" };

  if (!soban_store_read (store, count_records, &job, error)) {
    g_prefix_error (error, _("Counting the records of %s: "), form);
    return -1;
  }
  return job.records;
}
