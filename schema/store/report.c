/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/report.h"

#include "store/store-private.h"

#include "base/limits.h"
#include "base/number-text.h"
#include "form/small-counts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* After every date. */
#define NO_END "~"

static const char *
get_end (const SobanPeriod *period)
{
  return *period->to ? period->to : NO_END;
}

/* A tablet is below province level. */
static gboolean
is_hidden (const SobanIndicator *indicator, double sum)
{
  return indicator && indicator->small_counts_hidden && soban_small_count_is (sum);
}

char *
soban_report_sum_text (double sum, gboolean hidden, const char *language)
{
  if (!hidden)
    return soban_decimal_text (sum, language);
  return sum <= SOBAN_SMALL_COUNT_MAX ? g_strdup_printf ("<%d", SOBAN_SMALL_COUNT_MAX + 1) : g_strdup ("");
}

const char *
soban_report_part_get_label (const SobanReportPart *part)
{
  return g_strcmp0 (part->key, "") == 0 ? _("Not said") : part->label;
}

char *
soban_report_part_get_text (const SobanReportPart *part, const char *language)
{
  g_autofree char *text = soban_report_sum_text (part->sum, part->hidden, language);

  return *text == '\0' ? g_strdup (_("not told")) : g_steal_pointer (&text);
}

typedef struct {
  const SobanPeriod *period;
  const char *unit;
  char *today;
  GArray *figures;
} ReportJob;

/* The target of the whole programme has no month; with "all" it is the newest span that has begun. */
static const SobanTarget *
find_target (const SobanIndicatorSet *indicators, const char *indicator, const ReportJob *job)
{
  const GPtrArray *targets = soban_indicator_set_list_targets (indicators);
  const char *newest = NULL;

  if (job->period->kind != SOBAN_PERIOD_ALL)
    return soban_indicator_set_find_target (indicators, indicator, job->unit, job->period->text, job->today);
  for (guint i = 0; i < targets->len; i++) {
    const SobanTarget *target = g_ptr_array_index (targets, i);
    g_autoptr (SobanPeriod) span = soban_period_parse (target->period);

    if (strcmp (target->indicator, indicator) == 0 && strcmp (target->unit, job->unit) == 0 && span
        && span->kind == SOBAN_PERIOD_SPAN && strcmp (span->from, job->today) <= 0 && g_strcmp0 (target->period, newest) > 0)
      newest = target->period;
  }
  return newest ? soban_indicator_set_find_target (indicators, indicator, job->unit, newest, job->today) : NULL;
}

static gboolean
read_figure (SobanStore *store, const SobanPeriod *period, SobanReportFigure *figure, GError **error)
{
  g_autoptr (sqlite3_stmt) sums = soban_database_prepare (store->db_thread.database,
                                                          "SELECT total (value), count (DISTINCT summary) FROM fact "
                                                          "WHERE indicator = :indicator AND date >= :from AND date < :to",
                                                          error);
  g_autoptr (sqlite3_stmt) undated = soban_database_prepare (
      store->db_thread.database, "SELECT count (DISTINCT summary) FROM fact WHERE indicator = :indicator AND date = ''", error);
  gboolean row;

  if (!sums || !undated)
    return FALSE;
  soban_bind_text (sums, ":indicator", figure->indicator->id);
  soban_bind_text (sums, ":from", period->from);
  soban_bind_text (sums, ":to", get_end (period));
  if (!soban_step (sums, &row, error))
    return FALSE;
  figure->sum = sqlite3_column_double (sums, 0);
  figure->records = soban_column_int (sums, 1);
  figure->hidden = is_hidden (figure->indicator, figure->sum);
  if (period->kind == SOBAN_PERIOD_ALL)
    return TRUE;
  soban_bind_text (undated, ":indicator", figure->indicator->id);
  if (!soban_step (undated, &row, error))
    return FALSE;
  figure->undated = soban_column_int (undated, 0);
  return TRUE;
}

static gboolean
read_report (SobanStore *store, gpointer data, GError **error)
{
  ReportJob *job = data;
  const GPtrArray *indicators = soban_indicator_set_list (store->indicators);

  for (guint i = 0; i < indicators->len; i++) {
    SobanReportFigure figure = { .indicator = g_ptr_array_index (indicators, i) };

    if (!*figure.indicator->form)
      continue;
    figure.target = find_target (store->indicators, figure.indicator->id, job);
    if (!read_figure (store, job->period, &figure, error))
      return FALSE;
    g_array_append_val (job->figures, figure);
  }
  return TRUE;
}

GArray *
soban_store_read_report (SobanStore *store, const SobanPeriod *period, const char *unit, GError **error)
{
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (SobanReportFigure));
  g_autoptr (GDateTime) now = soban_store_get_now (store);
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  ReportJob job = { period, unit, today, figures };

  if (!soban_store_read (store, read_report, &job, error)) {
    g_prefix_error (error, _("Reading the report: "));
    return NULL;
  }
  return g_steal_pointer (&figures);
}

void
soban_report_part_free (SobanReportPart *part)
{
  if (!part)
    return;
  g_free (part->key);
  g_free (part->label);
  g_free (part);
}

typedef struct {
  const char *indicator;
  const SobanPeriod *period;
  SobanReportSplit split;
  GPtrArray *parts;
} SplitJob;

static const char *
choose_sql (SobanReportSplit split)
{
#define PARTS(column)                                                                                                  \
  "SELECT " column ", total (value), count (DISTINCT fact.summary) FROM fact JOIN summary ON summary.key = "            \
  "fact.summary WHERE indicator = :indicator AND fact.date >= :from AND fact.date < :to "                               \
  "GROUP BY 1 ORDER BY 2 DESC, 1"
  switch (split) {
  case SOBAN_REPORT_BY_VILLAGE:
    return PARTS ("summary.village");
  case SOBAN_REPORT_BY_TEAM:
    return PARTS ("summary.team");
  case SOBAN_REPORT_BY_UNIT:
  default:
    return PARTS ("fact.unit");
  }
#undef PARTS
}

static gboolean
split_report (SobanStore *store, gpointer data, GError **error)
{
  SplitJob *job = data;
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (store->db_thread.database, choose_sql (job->split), error);
  gboolean row;

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":indicator", job->indicator);
  soban_bind_text (statement, ":from", job->period->from);
  soban_bind_text (statement, ":to", get_end (job->period));
  while (soban_step (statement, &row, error)) {
    SobanReportPart *part;

    if (!row)
      return TRUE;
    part = g_new0 (SobanReportPart, 1);
    part->key = g_strdup (soban_column_text (statement, 0));
    part->sum = sqlite3_column_double (statement, 1);
    part->records = soban_column_int (statement, 2);
    g_ptr_array_add (job->parts, part);
  }
  return FALSE;
}

/* What was written by hand where nothing in the lists fitted is its own label. */
static gboolean
name_parts (SobanStore *store, SobanReportSplit split, GPtrArray *parts, GError **error)
{
  const SobanUnitTable *units = split == SOBAN_REPORT_BY_UNIT ? soban_store_get_units (store, error) : NULL;

  if (split == SOBAN_REPORT_BY_UNIT && !units)
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    SobanReportPart *part = g_ptr_array_index (parts, i);
    const SobanUnit *unit = units ? soban_unit_table_find (units, part->key) : NULL;
    GError *failure = NULL;

    part->label = unit ? g_strdup (unit->full_name) : split == SOBAN_REPORT_BY_UNIT ? NULL : soban_store_get_title (store, part->key, &failure);
    if (failure) {
      g_propagate_error (error, failure);
      return FALSE;
    }
    if (!part->label)
      part->label = g_strdup (part->key);
  }
  return TRUE;
}

/* Told, greater ones that are not, small ones, none. */
static int
rank (const SobanReportPart *part)
{
  return part->sum <= 0 ? 3 : soban_small_count_is (part->sum) ? 2 : part->hidden ? 1 : 0;
}

/* What is not told stands in an order that does not tell it, either. */
static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const SobanReportPart *first = *(SobanReportPart *const *)a, *second = *(SobanReportPart *const *)b;

  if (rank (first) != rank (second))
    return rank (first) - rank (second);
  if (!first->hidden && first->sum != second->sum)
    return first->sum > second->sum ? -1 : 1;
  return strcmp (first->key, second->key);
}

/* In place of all that is hidden. */
static void
join_hidden (GPtrArray *parts)
{
  SobanReportPart *joined = g_new0 (SobanReportPart, 1);

  joined->label = g_strdup (_ ("Several, told together"));
  for (guint i = parts->len; i > 0; i--) {
    const SobanReportPart *part = g_ptr_array_index (parts, i - 1);

    if (!part->hidden)
      continue;
    joined->sum += part->sum;
    joined->records += part->records;
    g_ptr_array_remove_index (parts, i - 1);
  }
  joined->hidden = soban_small_count_is (joined->sum);
  g_ptr_array_insert (parts, 0, joined);
}

static void
hide_small_parts (const SobanIndicator *indicator, GPtrArray *parts)
{
  g_autofree double *sums = g_new0 (double, parts->len);
  g_autofree gboolean *hidden = g_new0 (gboolean, parts->len);
  gboolean apart;

  if (!indicator || !indicator->small_counts_hidden)
    return;
  for (guint i = 0; i < parts->len; i++)
    sums[i] = ((SobanReportPart *)g_ptr_array_index (parts, i))->sum;
  apart = soban_small_counts_hide (sums, parts->len, FALSE, hidden);
  for (guint i = 0; i < parts->len; i++)
    ((SobanReportPart *)g_ptr_array_index (parts, i))->hidden = hidden[i];
  if (apart)
    g_ptr_array_sort (parts, compare_parts);
  else
    join_hidden (parts);
}

GPtrArray *
soban_store_split_report (SobanStore *store, const char *indicator, const SobanPeriod *period, SobanReportSplit split, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_report_part_free);
  SplitJob job = { indicator, period, split, parts };

  if (!soban_store_read (store, split_report, &job, error) || !name_parts (store, split, parts, error)) {
    g_prefix_error (error, _("Reading the report: "));
    return NULL;
  }
  hide_small_parts (soban_indicator_set_find (store->indicators, indicator), parts);
  return g_steal_pointer (&parts);
}

char *
soban_store_get_unit_label (SobanStore *store, const char *uid, GError **error)
{
  const SobanUnitTable *units = uid ? soban_store_get_units (store, error) : NULL;
  const SobanUnit *unit = units ? soban_unit_table_find (units, uid) : NULL;

  if (!uid)
    return g_strdup ("");
  if (!units) {
    g_prefix_error (error, _("Reading the units: "));
    return NULL;
  }
  if (!unit)
    return g_strdup (uid);
  return *unit->context ? g_strdup_printf ("%s, %s", unit->full_name, unit->context) : g_strdup (unit->full_name);
}
