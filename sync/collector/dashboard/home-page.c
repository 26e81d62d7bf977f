/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indicators against targets, for one place and one period; below, the places that lie in it. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "attention.h"
#include "base/number-text.h"
#include "pages.h"

typedef struct {
  const SobanVisit *visit;
  SobanView *view;
  SobanFigures *figures;
  GHashTable *by_target; /* period text -> SobanFigures: for targets of another period than the one shown */
  SobanHtml *page;
} Home;

/* (transfer none): the figures of @period, read once. */
static SobanFigures *
find_figures (Home *self, const char *text, GError **error)
{
  SobanFigures *figures = g_hash_table_lookup (self->by_target, text);
  SobanPeriod *period;

  if (strcmp (text, self->view->period->text) == 0)
    return self->figures;
  if (figures != NULL)
    return figures;
  period = soban_period_parse (text);
  if (period == NULL)
    return self->figures;
  figures = soban_figures_read (self->visit->store, self->visit->reference, period, error);
  soban_period_free (period);
  if (figures != NULL)
    g_hash_table_insert (self->by_target, g_strdup (text), figures);
  return figures;
}

static char *
make_link (Home *self, const char *indicator, const char *period)
{
  g_autofree char *path = g_strconcat ("/indicator/", indicator, NULL);
  g_autofree char *unit = soban_area_to_text (&self->view->area);

  return soban_link (path, "unit", unit, "period", period, NULL);
}

static void
write_share (Home *self, const SobanIndicator *indicator, const SobanTarget *target, const SobanFigure *reached)
{
  const char *language = self->visit->language;
  g_autofree char *number = soban_number_text (target->value, language);
  g_autofree char *percent = soban_percent_text ((gint64) reached->sum, target->value, language);
  g_autofree char *of = g_strdup_printf (soban_visit_text (self->visit, N_ ("of %s")), number);
  g_autofree char *sum = soban_figure_text (indicator, &self->view->area, reached->sum, language);
  g_autofree char *whole = g_strdup_printf ("%s/%s", sum, number);

  soban_html_open (self->page, "td", "class", "number", "title", target->source, NULL);
  if (indicator->percent_target) {
    g_autofree char *share = g_strdup_printf ("%s%%", number);

    soban_html_element (self->page, "span", share, NULL);
  } else if (soban_figure_is_hidden (indicator, &self->view->area, reached->sum) || percent == NULL) {
    soban_html_element (self->page, "span", of, NULL);
  } else {
    soban_html_element (self->page, "strong", percent, NULL);
    soban_html_element (self->page, "small", whole, NULL);
  }
  if (strcmp (target->period, self->view->period->text) != 0)
    soban_html_element (self->page, "small", target->period, NULL);
  soban_html_close (self->page);
}

static gboolean
write_target (Home *self, const SobanIndicator *indicator, GError **error)
{
  const SobanVisit *visit = self->visit;
  const SobanTarget *target = soban_figures_find_target (visit->reference, indicator, &self->view->area, self->view->period, visit->today);
  SobanFigures *figures;
  SobanFigure reached;

  if (target == NULL) {
    soban_html_element (self->page, "td", "–", "class", "number quiet", NULL);
    return TRUE;
  }
  figures = find_figures (self, target->period, error);
  if (figures == NULL)
    return FALSE;
  reached = soban_figures_sum (figures, indicator->id, &self->view->area);
  write_share (self, indicator, target, &reached);
  return TRUE;
}

/* Published figures stand beside the sums, never in them; the newest first shown. */
static void
write_published (Home *self, const SobanIndicator *indicator)
{
  const SobanArea *area = &self->view->area;
  const char *place = area->kind == SOBAN_AREA_NATIONAL ? "national" : area->kind == SOBAN_AREA_PROVINCE ? area->unit->name : NULL;
  const GPtrArray *results = soban_indicator_set_list_results (self->visit->reference->indicators);

  soban_html_open (self->page, "td", "class", "published", NULL);
  for (guint i = 0; i < results->len && place != NULL; i++) {
    const SobanPublishedResult *result = g_ptr_array_index (results, i);
    gint64 value = g_ascii_strtoll (result->achieved, NULL, 10);
    g_autofree char *number = NULL, *line = NULL;

    if (strcmp (result->indicator, indicator->id) != 0 || strcmp (result->place, place) != 0 || *result->achieved == '\0')
      continue;
    number = value > 0 ? soban_number_text (value, self->visit->language) : g_strdup (result->achieved);
    line = *result->as_of != '\0' ? g_strdup_printf ("%s (%s)", number, result->as_of) : g_strdup (number);
    soban_html_element (self->page, "small", line, "title", result->source, NULL);
  }
  soban_html_close (self->page);
}

static gboolean
write_indicator (Home *self, const SobanIndicator *indicator, GError **error)
{
  const SobanVisit *visit = self->visit;
  SobanFigure figure = soban_figures_sum (self->figures, indicator->id, &self->view->area);
  g_autofree char *number = soban_figure_text (indicator, &self->view->area, figure.sum, visit->language);
  g_autofree char *link = make_link (self, indicator->id, soban_visit_get (visit, "period"));
  gboolean opens = figure.records > 0 && !soban_figure_is_hidden (indicator, &self->view->area, figure.sum);

  soban_html_open (self->page, "tr", "id", indicator->id, NULL);
  soban_html_open (self->page, "th", "scope", "row", NULL);
  soban_html_text (self->page, soban_visit_text (visit, indicator->label));
  if (figure.undated > 0) {
    g_autofree char *count = soban_number_text (figure.undated, visit->language);
    g_autofree char *undated = g_strdup_printf (soban_visit_text (visit, N_ ("Not in the sum, without a date: %s")), count);

    soban_html_element (self->page, "small", undated, NULL);
  }
  soban_html_close (self->page);
  soban_html_number_cell (self->page, number, opens ? link : NULL);
  if (!write_target (self, indicator, error))
    return FALSE;
  write_published (self, indicator);
  soban_html_close (self->page);
  return TRUE;
}

static gboolean
write_table (Home *self, gboolean core, const char *caption, GError **error)
{
  const SobanVisit *visit = self->visit;
  const GPtrArray *indicators = soban_indicator_set_list (visit->reference->indicators);

  soban_html_open (self->page, "table", "class", "indicators", NULL);
  soban_html_element (self->page, "caption", caption, NULL);
  soban_html_open (self->page, "thead", NULL);
  soban_html_open (self->page, "tr", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Indicator")), "scope", "col", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Recorded")), "scope", "col", "class", "number", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Against target")), "scope", "col", "class", "number", NULL);
  soban_html_element (self->page, "th", soban_visit_text (visit, N_ ("Published")), "scope", "col", "class", "published", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
  soban_html_open (self->page, "tbody", NULL);
  for (guint i = 0; i < indicators->len; i++) {
    const SobanIndicator *indicator = g_ptr_array_index (indicators, i);

    if (indicator->core == core && !write_indicator (self, indicator, error))
      return FALSE;
  }
  soban_html_close (self->page);
  soban_html_close (self->page);
  return TRUE;
}

static void
write_parts (Home *self)
{
  const SobanVisit *visit = self->visit;
  g_autoptr (GPtrArray) parts = NULL;

  if (self->view->area.kind != SOBAN_AREA_NATIONAL && self->view->area.kind != SOBAN_AREA_PROVINCE)
    return;
  parts = soban_figures_list_active_parts (self->figures, &self->view->area);
  soban_html_element (self->page, "h2", self->view->area.kind == SOBAN_AREA_NATIONAL ? soban_visit_text (visit, N_ ("Provinces"))
                                                                                   : soban_visit_text (visit, N_ ("Communes and wards")), NULL);
  if (parts->len == 0) {
    soban_html_note (self->page, "note", soban_visit_text (visit, N_ ("Nothing has been received here yet. When a tablet sends its records, they show here.")));
    return;
  }
  soban_html_open (self->page, "ul", "class", "parts", NULL);
  for (guint i = 0; i < parts->len; i++) {
    const SobanAreaFigure *part = g_ptr_array_index (parts, i);
    g_autofree char *name = soban_area_name (visit, &part->area);
    g_autofree char *unit = soban_area_to_text (&part->area);
    g_autofree char *link = soban_link ("/", "unit", unit, "period", soban_visit_get (visit, "period"), NULL);

    soban_html_open (self->page, "li", NULL);
    soban_html_link (self->page, link, name);
    soban_html_close (self->page);
  }
  soban_html_close (self->page);
}

static void
write_stale_note (Home *self)
{
  gint64 stale = 0;

  if (soban_database_get_integer (soban_collector_store_get_database (self->visit->store), NULL, 0, &stale,
                                  "SELECT count (*) FROM record WHERE stale = 1", "") && stale > 0) {
    g_autofree char *count = soban_number_text (stale, self->visit->language);
    g_autofree char *note = g_strdup_printf (soban_visit_text (self->visit, N_ ("Just arrived and still being counted: %s. Open the page again in a moment.")), count);

    soban_html_note (self->page, "warning", note);
  }
}

static void
write_attention_link (Home *self, const char *path, const char *text, gint64 count)
{
  g_autofree char *number = soban_number_text (count, self->visit->language);

  soban_html_open (self->page, "li", NULL);
  soban_html_open (self->page, "a", "href", path, "class", count > 0 ? "some" : NULL, NULL);
  soban_html_text (self->page, text);
  soban_html_element (self->page, "span", number, "class", "count", NULL);
  soban_html_close (self->page);
  soban_html_close (self->page);
}

/* How many answers differ and what was not in order: to be looked at, not to be decided. */
static gboolean
write_attention (Home *self, GError **error)
{
  const SobanVisit *visit = self->visit;
  SobanAttention attention;

  if (!soban_attention_count (visit->store, &attention, error))
    return FALSE;
  soban_html_open (self->page, "nav", "class", "attention", "aria-label", soban_visit_text (visit, N_ ("To look at")), NULL);
  soban_html_open (self->page, "ul", "class", "parts", NULL);
  write_attention_link (self, "/conflicts", soban_visit_text (visit, N_ ("Different answers")), attention.conflicts);
  write_attention_link (self, "/incidents", soban_visit_text (visit, N_ ("Incidents")), attention.incidents);
  soban_html_close (self->page);
  soban_html_close (self->page);
  return TRUE;
}

static GBytes *
make_page (Home *self, GError **error)
{
  const SobanVisit *visit = self->visit;
  g_autofree char *name = soban_area_name (visit, &self->view->area);
  g_autofree char *period = soban_period_label (self->view->period, visit->catalogue);
  g_autoptr (SobanHtml) page = soban_html_new (visit, name, "/");

  self->page = page;
  soban_html_places (page, visit, self->view, "/");
  soban_html_element (page, "h1", name, NULL);
  soban_html_element (page, "p", period, "class", "lead", NULL);
  soban_html_periods (page, visit, self->view, "/");
  write_stale_note (self);
  if (!write_attention (self, error))
    return NULL;
  if (!write_table (self, TRUE, soban_visit_text (visit, N_ ("The nine core targets")), error)
      || !write_table (self, FALSE, soban_visit_text (visit, N_ ("Other figures")), error))
    return NULL;
  write_parts (self);
  return soban_html_finish (page);
}

GBytes *
soban_home_page_make (const SobanVisit *visit, GError **error)
{
  g_auto (SobanView) view = { 0 };
  g_autoptr (SobanFigures) figures = NULL;
  g_autoptr (GHashTable) by_target = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_figures_free);
  Home self = { .visit = visit, .view = &view, .by_target = by_target };

  if (!soban_view_read (visit, &view, error))
    return NULL;
  figures = soban_figures_read (visit->store, visit->reference, view.period, error);
  if (figures == NULL)
    return NULL;
  self.figures = figures;
  return make_page (&self, error);
}
