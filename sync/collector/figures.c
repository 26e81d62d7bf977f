/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "figures.h"

#include <string.h>

#include "base/limits.h"
#include "base/number-text.h"
#include "base/text.h"
#include "form/small-counts.h"

#define OWN_PREFIX "own:"
#define UNKNOWN_TEXT "unknown"

/* The sum of one indicator in one unit as the facts name it. */
typedef struct {
  char *indicator, *unit;
  SobanArea area; /* the finest one it belongs to */
  const SobanUnit *province;
  SobanFigure figure;
} Cell;

struct _SobanFigures {
  SobanCollectorStore *store;
  const SobanReference *reference;
  char *from, *to; /* of the period */
  GPtrArray *cells;
};

static void
free_cell (gpointer data)
{
  Cell *cell = data;

  g_free (cell->indicator);
  g_free (cell->unit);
  g_free (cell);
}

void
soban_figure_record_free (SobanFigureRecord *record)
{
  g_free (record->title);
  g_free (record->form);
  g_free (record->date);
  g_free (record);
}

static const SobanUnit *
find_present_unit (const SobanReference *reference, const char *uid)
{
  const SobanUnit *unit = soban_unit_table_current (reference->units, uid);

  return unit != NULL ? unit : soban_unit_table_find (reference->units, uid);
}

gboolean
soban_area_parse (const SobanReference *reference, const char *text, SobanArea *ret_area)
{
  gboolean own = text != NULL && g_str_has_prefix (text, OWN_PREFIX);
  const SobanUnit *unit;

  *ret_area = (SobanArea) { SOBAN_AREA_NATIONAL, NULL };
  if (text == NULL || *text == '\0')
    return TRUE;
  if (strcmp (text, UNKNOWN_TEXT) == 0) {
    ret_area->kind = SOBAN_AREA_UNKNOWN;
    return TRUE;
  }
  unit = find_present_unit (reference, own ? text + strlen (OWN_PREFIX) : text);
  if (unit == NULL || (own && unit->level != 1))
    return FALSE;
  ret_area->unit = unit;
  ret_area->kind = own ? SOBAN_AREA_PROVINCE_OWN : unit->level == 1 ? SOBAN_AREA_PROVINCE : SOBAN_AREA_COMMUNE;
  return TRUE;
}

char *
soban_area_to_text (const SobanArea *area)
{
  switch (area->kind) {
  case SOBAN_AREA_NATIONAL:
    return g_strdup ("");
  case SOBAN_AREA_UNKNOWN:
    return g_strdup (UNKNOWN_TEXT);
  case SOBAN_AREA_PROVINCE_OWN:
    return g_strconcat (OWN_PREFIX, area->unit->uid, NULL);
  default:
    return g_strdup (area->unit->uid);
  }
}

gboolean
soban_area_equal (const SobanArea *a, const SobanArea *b)
{
  return a->kind == b->kind && a->unit == b->unit;
}

static void
place_cell (const SobanReference *reference, Cell *cell)
{
  const SobanUnit *unit = find_present_unit (reference, cell->unit);

  if (unit == NULL) {
    cell->area.kind = SOBAN_AREA_UNKNOWN;
    return;
  }
  cell->area.unit = unit;
  cell->area.kind = unit->level == 1 ? SOBAN_AREA_PROVINCE_OWN : SOBAN_AREA_COMMUNE;
  cell->province = soban_unit_table_province (reference->units, unit->uid);
}

/* ?1 from, ?2 to, ?3 the year of a period below a year (a date that says only that year may belong to it). */
#define IN_PERIOD "(?1 = '' OR (date >= ?1 AND date < ?2))"
#define MAYBE_IN_PERIOD "(?1 <> '' AND (date = '' OR date = ?3))"

static SobanRows *
query_cells (SobanFigures *self, const char *year, GError **error)
{
  return soban_database_query (soban_collector_store_get_database (self->store), error,
    "SELECT indicator, unit, coalesce (sum (CASE WHEN " IN_PERIOD " THEN value END), 0.0),"
    " count (CASE WHEN " IN_PERIOD " THEN 1 END), count (CASE WHEN " MAYBE_IN_PERIOD " THEN 1 END)"
    " FROM fact GROUP BY indicator, unit", "ttt", self->from, self->to, year);
}

static char *
find_coarse_year (const SobanPeriod *period)
{
  gboolean fine = period->kind == SOBAN_PERIOD_QUARTER || period->kind == SOBAN_PERIOD_MONTH;

  return fine ? g_strdup_printf ("%04d", period->year) : g_strdup ("-");
}

SobanFigures *
soban_figures_read (SobanCollectorStore *store, const SobanReference *reference, const SobanPeriod *period, GError **error)
{
  g_autoptr (SobanFigures) self = g_new0 (SobanFigures, 1);
  g_autofree char *year = find_coarse_year (period);
  g_autoptr (SobanRows) query = NULL;
  int stepped;

  self->store = store;
  self->reference = reference;
  self->from = g_strdup (period->from);
  self->to = g_strdup (period->to);
  self->cells = g_ptr_array_new_with_free_func (free_cell);
  query = query_cells (self, year, error);
  if (query == NULL)
    return NULL;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    Cell *cell = g_new0 (Cell, 1);

    cell->indicator = g_strdup (soban_rows_get_text (query, 0));
    cell->unit = g_strdup (soban_rows_get_text (query, 1));
    cell->figure.sum = soban_rows_get_double (query, 2);
    cell->figure.records = soban_rows_get_int (query, 3);
    cell->figure.undated = soban_rows_get_int (query, 4);
    place_cell (reference, cell);
    g_ptr_array_add (self->cells, cell);
  }
  return stepped == 0 ? g_steal_pointer (&self) : NULL;
}

void
soban_figures_free (SobanFigures *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->cells);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

static gboolean
is_in_area (const Cell *cell, const SobanArea *area)
{
  switch (area->kind) {
  case SOBAN_AREA_NATIONAL:
    return TRUE;
  case SOBAN_AREA_PROVINCE:
    return cell->province == area->unit;
  default:
    return soban_area_equal (&cell->area, area);
  }
}

static void
add_figure (SobanFigure *sum, const SobanFigure *part)
{
  sum->sum += part->sum;
  sum->records += part->records;
  sum->undated += part->undated;
}

SobanFigure
soban_figures_sum (const SobanFigures *self, const char *indicator, const SobanArea *area)
{
  SobanFigure sum = { 0 };

  for (guint i = 0; i < self->cells->len; i++) {
    const Cell *cell = g_ptr_array_index (self->cells, i);

    if (strcmp (cell->indicator, indicator) == 0 && is_in_area (cell, area))
      add_figure (&sum, &cell->figure);
  }
  return sum;
}

static SobanArea
find_part (const Cell *cell, const SobanArea *area)
{
  if (area->kind == SOBAN_AREA_NATIONAL && cell->province != NULL)
    return (SobanArea) { SOBAN_AREA_PROVINCE, cell->province };
  return cell->area;
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const SobanAreaFigure *first = *(SobanAreaFigure *const *) a, *second = *(SobanAreaFigure *const *) b;
  g_autofree char *first_key = NULL, *second_key = NULL;

  if (first->area.kind == SOBAN_AREA_UNKNOWN || second->area.kind == SOBAN_AREA_UNKNOWN)
    return (first->area.kind == SOBAN_AREA_UNKNOWN) - (second->area.kind == SOBAN_AREA_UNKNOWN);
  first_key = soban_text_collation_key (first->area.unit->name);
  second_key = soban_text_collation_key (second->area.unit->name);
  return strcmp (first_key, second_key);
}

static GPtrArray *
list_parts (const SobanFigures *self, const char *indicator, const SobanArea *area)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->cells->len; i++) {
    const Cell *cell = g_ptr_array_index (self->cells, i);
    SobanArea where = find_part (cell, area);
    SobanAreaFigure *part = NULL;

    if ((indicator != NULL && strcmp (cell->indicator, indicator) != 0) || !is_in_area (cell, area))
      continue;
    for (guint j = 0; j < parts->len && part == NULL; j++) {
      SobanAreaFigure *candidate = g_ptr_array_index (parts, j);

      if (soban_area_equal (&candidate->area, &where))
        part = candidate;
    }
    if (part == NULL) {
      part = g_new0 (SobanAreaFigure, 1);
      part->area = where;
      g_ptr_array_add (parts, part);
    }
    add_figure (&part->figure, &cell->figure);
  }
  g_ptr_array_sort (parts, compare_parts);
  return parts;
}

GPtrArray *
soban_figures_list_parts (const SobanFigures *self, const char *indicator, const SobanArea *area)
{
  return list_parts (self, indicator, area);
}

GPtrArray *
soban_figures_list_active_parts (const SobanFigures *self, const SobanArea *area)
{
  return list_parts (self, NULL, area);
}

static gboolean
add_records (const SobanFigures *self, const Cell *cell, GPtrArray *records, GError **error)
{
  SobanDatabase *database = soban_collector_store_get_database (self->store);
  g_autoptr (SobanRows) query = soban_database_query (database, error,
    "SELECT id, title, form, fact.date, value, needs_look FROM (SELECT record, date, value FROM fact WHERE indicator = ?3 AND unit = ?4"
    " AND " IN_PERIOD ") AS fact JOIN record ON record.row = fact.record", "tttt", self->from, self->to, cell->indicator, cell->unit);
  int stepped;

  if (query == NULL)
    return FALSE;
  while ((stepped = soban_rows_step (query, error)) == 1) {
    SobanFigureRecord *record = g_new0 (SobanFigureRecord, 1);

    record->id = soban_rows_get_uuid (query, 0);
    record->title = g_strdup (soban_rows_get_text (query, 1));
    record->form = g_strdup (soban_rows_get_text (query, 2));
    record->date = g_strdup (soban_rows_get_text (query, 3));
    record->value = soban_rows_get_double (query, 4);
    record->needs_look = soban_rows_get_int (query, 5) != 0;
    g_ptr_array_add (records, record);
  }
  return stepped == 0;
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const SobanFigureRecord *first = *(SobanFigureRecord *const *) a, *second = *(SobanFigureRecord *const *) b;
  int order = strcmp (second->date, first->date);

  return order != 0 ? order : soban_uuid_compare (&second->id, &first->id);
}

GPtrArray *
soban_figures_list_records (const SobanFigures *self, const char *indicator, const SobanArea *area, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_figure_record_free);

  for (guint i = 0; i < self->cells->len; i++) {
    const Cell *cell = g_ptr_array_index (self->cells, i);

    if (strcmp (cell->indicator, indicator) == 0 && is_in_area (cell, area) && !add_records (self, cell, records, error))
      return NULL;
  }
  g_ptr_array_sort (records, compare_records);
  return g_steal_pointer (&records);
}

gboolean
soban_figure_is_hidden (const SobanIndicator *indicator, const SobanArea *area, double value)
{
  gboolean below_province = area->kind != SOBAN_AREA_NATIONAL && area->kind != SOBAN_AREA_PROVINCE;

  return indicator->small_counts_hidden && below_province && soban_small_count_is (value);
}

char *
soban_figure_text (const SobanIndicator *indicator, const SobanArea *area, double value, const char *language)
{
  if (soban_figure_is_hidden (indicator, area, value))
    return g_strdup ("<5");
  return soban_decimal_text (value, language);
}

const SobanTarget *
soban_figures_find_target (const SobanReference *reference, const SobanIndicator *indicator, const SobanArea *area, const SobanPeriod *period,
                           const char *today)
{
  const char *unit = area->unit != NULL ? area->unit->uid : "";
  const GPtrArray *targets = soban_indicator_set_list_targets (reference->indicators);
  const SobanTarget *newest = NULL;

  if (area->kind == SOBAN_AREA_UNKNOWN || area->kind == SOBAN_AREA_PROVINCE_OWN)
    return NULL;
  if (period->kind != SOBAN_PERIOD_ALL)
    return soban_indicator_set_find_target (reference->indicators, indicator->id, unit, period->text, today);
  for (guint i = 0; i < targets->len; i++) {
    const SobanTarget *target = g_ptr_array_index (targets, i);
    g_autoptr (SobanPeriod) span = soban_period_parse (target->period);

    if (strcmp (target->indicator, indicator->id) != 0 || strcmp (target->unit, unit) != 0 || span == NULL
        || span->kind != SOBAN_PERIOD_SPAN || strcmp (span->from, today) > 0)
      continue;
    if (newest == NULL || strcmp (target->period, newest->period) > 0)
      newest = soban_indicator_set_find_target (reference->indicators, indicator->id, unit, target->period, today);
  }
  return newest;
}
