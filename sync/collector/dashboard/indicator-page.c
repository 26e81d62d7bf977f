/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sum, opened: national -> provinces -> communes -> exactly the records that make it up. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/number-text.h"
#include "form/small-counts.h"
#include "pages.h"

#define PAGE_RECORDS 200

typedef struct {
  const SobanVisit *visit;
  SobanView *view;
  const SobanIndicator *indicator;
  SobanFigures *figures;
  SobanHtml *page;
  char *path;
} Drill;

static char *
make_link (Drill *self, const SobanArea *area)
{
  g_autofree char *unit = soban_area_to_text (area);

  return soban_link (self->path, "unit", unit, "period", soban_visit_get (self->visit, "period"), NULL);
}

static void
write_head (Drill *self, const char *name)
{
  soban_html_open (self->page, "thead", NULL);
  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", name, "scope", "col", NULL);
  soban_html_element (self->page, "th", soban_visit_text (self->visit, self->indicator->measure), "scope", "col", "class", "number", NULL);
  soban_html_element (self->page, "th", soban_visit_text (self->visit, N_ ("Records")), "scope", "col", "class", "number", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
}

/* @hidden: not told; the text of a number that is not small says only that. */
static void
write_numbers (Drill *self, const SobanArea *area, const SobanFigure *figure, gboolean hidden, const char *link)
{
  const SobanVisit *visit = self->visit;
  gboolean companion = hidden && !soban_small_count_is (figure->sum);
  g_autofree char *sum = companion ? g_strdup (soban_visit_text (visit, N_ ("not told")))
                                   : soban_figure_text (self->indicator, area, figure->sum, visit->language);
  g_autofree char *records = hidden ? g_strdup (sum) : soban_number_text (figure->records, visit->language);

  soban_html_number_cell (self->page, sum, hidden ? NULL : link);
  soban_html_number_cell (self->page, records, NULL);
}

static void
write_total (Drill *self)
{
  SobanFigure total = soban_figures_sum (self->figures, self->indicator->id, &self->view->area);

  soban_html_open (self->page, "tfoot", NULL);
  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", soban_visit_text (self->visit, N_ ("Total")), "scope", "row", NULL);
  write_numbers (self, &self->view->area, &total, soban_figure_is_hidden (self->indicator, &self->view->area, total.sum), NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
}

/* (transfer full): which of @parts are not told. *ret_apart FALSE: these stand in one row, which is the total. */
static gboolean *
find_hidden (Drill *self, const GPtrArray *parts, gboolean *ret_apart)
{
  g_autofree gboolean *hidden = g_new0 (gboolean, parts->len + 1);
  g_autofree double *sums = g_new0 (double, parts->len + 1);

  for (guint i = 0; i < parts->len; i++) {
    const SobanAreaFigure *part = g_ptr_array_index (parts, i);

    sums[i] = part->figure.sum;
    hidden[i] = soban_figure_is_hidden (self->indicator, &part->area, sums[i]);
  }
  *ret_apart = !self->indicator->small_counts_hidden || self->view->area.kind != SOBAN_AREA_PROVINCE
               || soban_small_counts_hide (sums, parts->len, TRUE, hidden);
  return g_steal_pointer (&hidden);
}

static void
write_part (Drill *self, const SobanArea *area, const char *name, const SobanFigure *figure, gboolean hidden)
{
  g_autofree char *link = make_link (self, area);

  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", name, "scope", "row", NULL);
  write_numbers (self, area, figure, hidden, link);
  soban_html_close (self->page);
}

static void
write_parts (Drill *self)
{
  const SobanVisit *visit = self->visit;
  g_autoptr (GPtrArray) parts = soban_figures_list_parts (self->figures, self->indicator->id, &self->view->area);
  gboolean national = self->view->area.kind == SOBAN_AREA_NATIONAL, apart;
  g_autofree gboolean *hidden = find_hidden (self, parts, &apart);

  soban_html_open (self->page, "table", "class", "parts", NULL);
  soban_html_element (self->page, "caption", national ? soban_visit_text (visit, N_ ("By province")) : soban_visit_text (visit, N_ ("By commune")), NULL);
  write_head (self, national ? soban_visit_text (visit, N_ ("Province")) : soban_visit_text (visit, N_ ("Commune or ward")));
  soban_html_open (self->page, "tbody", NULL);
  for (guint i = 0; i < parts->len; i++) {
    const SobanAreaFigure *part = g_ptr_array_index (parts, i);
    g_autofree char *name = soban_area_name (visit, &part->area);

    if (part->figure.records > 0 && (apart || !hidden[i]))
      write_part (self, &part->area, name, &part->figure, hidden[i]);
  }
  if (!apart) {
    SobanFigure total = soban_figures_sum (self->figures, self->indicator->id, &self->view->area);

    write_part (self, &self->view->area, soban_visit_text (visit, N_ ("Several, told together")), &total, FALSE);
  }
  soban_html_close (self->page);
  write_total (self);
  soban_html_close (self->page);
}

static void
write_record (Drill *self, const SobanFigureRecord *record)
{
  const SobanVisit *visit = self->visit;
  g_autofree char *id = soban_uuid_to_string (&record->id);
  g_autofree char *link = g_strconcat ("/record/", id, NULL);
  g_autofree char *date = soban_date_text (record->date, visit->language);
  g_autofree char *value = soban_figure_text (self->indicator, &self->view->area, record->value, visit->language);

  soban_html_open (self->page, "tr", NULL);
  soban_html_open (self->page, "th", "scope", "row", NULL);
  soban_html_link (self->page, link, *record->title != '\0' ? record->title : soban_visit_text (visit, N_ ("Without a title")));
  if (record->needs_look)
    soban_html_element (self->page, "small", soban_visit_text (visit, N_ ("needs a look")), "class", "look", NULL);
  soban_html_close (self->page);
  soban_html_element (self->page, "td", *date != '\0' ? date : soban_visit_text (visit, N_ ("no date")), NULL);
  soban_html_number_cell (self->page, value, NULL);
  soban_html_close (self->page);
}

static void
write_records_table (Drill *self, const GPtrArray *records, guint first, guint end)
{
  const SobanVisit *visit = self->visit;
  SobanFigure total = soban_figures_sum (self->figures, self->indicator->id, &self->view->area);
  g_autofree char *sum = soban_figure_text (self->indicator, &self->view->area, total.sum, visit->language);

  soban_html_open (self->page, "table", "class", "records", NULL);
  soban_html_element (self->page, "caption", soban_visit_text (visit, N_ ("The records that make up this sum")), NULL);
  soban_html_open (self->page, "thead", NULL);
  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Record")), "scope", "col", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Date")), "scope", "col", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, self->indicator->measure), "scope", "col", "class", "number", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
  soban_html_open (self->page, "tbody", NULL);
  for (guint i = first; i < end; i++)
    write_record (self, g_ptr_array_index (records, i));
  soban_html_close (self->page);
  soban_html_open (self->page, "tfoot", NULL);
  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Total")), "scope", "row", "colspan", "2", NULL);
  soban_html_number_cell (self->page, sum, NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
  soban_html_close (self->page);
}

static gboolean
write_records (Drill *self, GError **error)
{
  SobanFigure total = soban_figures_sum (self->figures, self->indicator->id, &self->view->area);
  g_autoptr (GPtrArray) records = NULL;
  g_autofree char *link = make_link (self, &self->view->area);
  guint number = soban_visit_get_page (self->visit), pages, first;

  if (soban_figure_is_hidden (self->indicator, &self->view->area, total.sum)) {
    soban_html_note (self->page, "note", soban_visit_text (self->visit, N_ ("Fewer than five: to protect the people, the number and its records are not shown.")));
    return TRUE;
  }
  records = soban_figures_list_records (self->figures, self->indicator->id, &self->view->area, error);
  if (records == NULL)
    return FALSE;
  if (records->len == 0) {
    soban_html_note (self->page, "note", soban_visit_text (self->visit, N_ ("Nothing is recorded here in this period.")));
    return TRUE;
  }
  pages = (records->len + PAGE_RECORDS - 1) / PAGE_RECORDS;
  number = MIN (number, pages);
  first = (number - 1) * PAGE_RECORDS;
  write_records_table (self, records, first, MIN (first + PAGE_RECORDS, records->len));
  soban_html_pager (self->page, link, number, pages);
  return TRUE;
}

static GBytes *
make_page (Drill *self, GError **error)
{
  const SobanVisit *visit = self->visit;
  const char *label = soban_visit_text (visit, self->indicator->label);
  g_autofree char *place = soban_area_name (visit, &self->view->area);
  g_autofree char *period = soban_period_label (self->view->period, visit->catalogue);
  g_autofree char *lead = g_strdup_printf ("%s · %s", place, period);
  g_autoptr (SobanHtml) page = soban_html_new (visit, label, "/");

  self->page = page;
  soban_html_places (page, visit, self->view, self->path);
  soban_html_element (page, "h1", label, NULL);
  soban_html_element (page, "p", lead, "class", "lead", NULL);
  soban_html_periods (page, visit, self->view, self->path);
  if (self->view->area.kind == SOBAN_AREA_NATIONAL || self->view->area.kind == SOBAN_AREA_PROVINCE)
    write_parts (self);
  else if (!write_records (self, error))
    return NULL;
  return soban_html_finish (page);
}

GBytes *
soban_indicator_page_make (const SobanVisit *visit, const char *id, GError **error)
{
  g_auto (SobanView) view = { 0 };
  g_autoptr (SobanFigures) figures = NULL;
  g_autofree char *path = g_strconcat ("/indicator/", id, NULL);
  Drill self = { .visit = visit, .view = &view, .path = path, .indicator = soban_indicator_set_find (visit->reference->indicators, id) };

  if (self.indicator == NULL) {
    soban_fail_not_found (error, visit);
    return NULL;
  }
  if (!soban_view_read (visit, &view, error))
    return NULL;
  figures = soban_figures_read (visit->store, visit->reference, view.period, error);
  if (figures == NULL)
    return NULL;
  self.figures = figures;
  return make_page (&self, error);
}
