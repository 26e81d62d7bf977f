/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pages.h"
#include "published-form.h"

#define FIRST_YEAR 2021
#define PHASE_YEARS 5

void
soban_view_clear (SobanView *view)
{
  g_clear_pointer (&view->period, soban_period_free);
}

gboolean
soban_fail_not_found (GError **error, const SobanVisit *visit)
{
  g_set_error_literal (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, soban_visit_text (visit, N_ ("There is nothing at this address.")));
  return FALSE;
}

gboolean
soban_view_read (const SobanVisit *visit, SobanView *ret_view, GError **error)
{
  if (!soban_area_parse (visit->reference, soban_visit_get (visit, "unit"), &ret_view->area))
    return soban_fail_not_found (error, visit);
  ret_view->period = soban_period_parse (soban_visit_get (visit, "period"));
  return ret_view->period != NULL || soban_fail_not_found (error, visit);
}

guint
soban_visit_get_page (const SobanVisit *visit)
{
  guint64 number;

  return g_ascii_string_to_unsigned (soban_visit_get (visit, "page"), 10, 1, 100000, &number, NULL) ? (guint) number : 1;
}

char *
soban_area_name (const SobanVisit *visit, const SobanArea *area)
{
  switch (area->kind) {
  case SOBAN_AREA_NATIONAL:
    return g_strdup (soban_visit_text (visit, N_ ("Whole country")));
  case SOBAN_AREA_UNKNOWN:
    return g_strdup (soban_visit_text (visit, N_ ("Unit not known")));
  case SOBAN_AREA_PROVINCE_OWN:
    return g_strdup_printf (soban_visit_text (visit, N_ ("%s (recorded at the province)")), area->unit->full_name);
  default:
    return g_strdup (area->unit->full_name);
  }
}

static void
write_place (SobanHtml *page, const SobanVisit *visit, const SobanArea *area, const SobanView *view, const char *path)
{
  g_autofree char *name = soban_area_name (visit, area);
  g_autofree char *unit = soban_area_to_text (area);
  g_autofree char *link = soban_link (path, "unit", unit, "period", soban_visit_get (visit, "period"), NULL);

  soban_html_open (page, "li", NULL);
  if (soban_area_equal (area, &view->area))
    soban_html_element (page, "span", name, "aria-current", "location", NULL);
  else
    soban_html_link (page, link, name);
  soban_html_close (page);
}

void
soban_html_places (SobanHtml *page, const SobanVisit *visit, const SobanView *view, const char *path)
{
  SobanArea national = { SOBAN_AREA_NATIONAL, NULL };
  const SobanUnit *province = view->area.unit != NULL ? soban_unit_table_province (visit->reference->units, view->area.unit->uid) : NULL;
  SobanArea parent = { SOBAN_AREA_PROVINCE, province };

  if (view->area.kind == SOBAN_AREA_NATIONAL)
    return;
  soban_html_open (page, "nav", "class", "places", "aria-label", soban_visit_text (visit, N_ ("Place")), NULL);
  soban_html_open (page, "ol", NULL);
  write_place (page, visit, &national, view, path);
  if (province != NULL)
    write_place (page, visit, &parent, view, path);
  if (view->area.kind != SOBAN_AREA_NATIONAL && view->area.kind != SOBAN_AREA_PROVINCE)
    write_place (page, visit, &view->area, view, path);
  soban_html_close (page);
  soban_html_close (page);
}

static void
write_period (SobanHtml *page, const SobanVisit *visit, const SobanView *view, const char *path, const char *text, const char *label)
{
  g_autofree char *link = soban_link (path, "unit", soban_visit_get (visit, "unit"), "period", text, NULL);
  gboolean here = strcmp (view->period->text, text) == 0;

  soban_html_element (page, "a", label, "href", link, "aria-current", here ? "true" : NULL, NULL);
}

/* Quarters and months of the year that is chosen, or that the chosen one lies in. */
static void
write_parts_of_year (SobanHtml *page, const SobanVisit *visit, const SobanView *view, const char *path)
{
  soban_html_open (page, "div", "class", "pills", NULL);
  for (int quarter = 1; quarter <= 4; quarter++) {
    g_autofree char *text = g_strdup_printf ("%d-Q%d", view->period->year, quarter);
    g_autofree char *label = g_strdup_printf (soban_visit_text (visit, N_ ("Q%d")), quarter);

    write_period (page, visit, view, path, text, label);
  }
  for (int month = 1; month <= 12; month++) {
    g_autofree char *text = g_strdup_printf ("%d-%02d", view->period->year, month);
    g_autofree char *label = g_strdup_printf (soban_visit_text (visit, N_ ("M%d")), month);

    write_period (page, visit, view, path, text, label);
  }
  soban_html_close (page);
}

void
soban_html_periods (SobanHtml *page, const SobanVisit *visit, const SobanView *view, const char *path)
{
  int this_year = atoi (visit->today);
  gboolean within_year = view->period->kind != SOBAN_PERIOD_ALL && view->period->kind != SOBAN_PERIOD_SPAN;

  soban_html_open (page, "nav", "class", "periods", "aria-label", soban_visit_text (visit, N_ ("Period")), NULL);
  soban_html_open (page, "div", "class", "pills", NULL);
  write_period (page, visit, view, path, "all", soban_visit_text (visit, N_ ("Whole programme")));
  for (int year = FIRST_YEAR; year <= this_year; year += PHASE_YEARS) {
    g_autofree char *text = g_strdup_printf ("%d-%d", year, year + PHASE_YEARS - 1);
    g_autofree char *label = g_strdup_printf ("%d–%d", year, year + PHASE_YEARS - 1);

    write_period (page, visit, view, path, text, label);
  }
  for (int year = this_year; year >= FIRST_YEAR && year > this_year - 6; year--) {
    g_autofree char *text = g_strdup_printf ("%d", year);

    write_period (page, visit, view, path, text, text);
  }
  soban_html_close (page);
  if (within_year)
    write_parts_of_year (page, visit, view, path);
  soban_html_close (page);
}

void
soban_html_number_cell (SobanHtml *page, const char *number, const char *href)
{
  soban_html_open (page, "td", "class", "number", NULL);
  if (href != NULL)
    soban_html_link (page, href, number);
  else
    soban_html_text (page, number);
  soban_html_close (page);
}

const char *
soban_form_name (const SobanVisit *visit, const char *form)
{
  g_autoptr (SobanForm) definition = soban_form_library_get (visit->reference->forms, form, NULL, NULL);

  if (definition == NULL)
    definition = soban_published_form_find (visit->reference, visit->store, form, NULL);
  /* A form that is not at hand is named by its id. */
  return g_intern_string (definition != NULL ? soban_visit_text (visit, soban_form_get_title (definition)) : form);
}

GBytes *
soban_message_page_make (const SobanVisit *visit, const char *title, const char *sentence)
{
  g_autoptr (SobanHtml) page = soban_html_new (visit, title, NULL);

  soban_html_element (page, "h1", title, NULL);
  soban_html_note (page, "note", sentence);
  soban_html_link (page, "/", soban_visit_text (visit, N_ ("To the indicators")));
  return soban_html_finish (page);
}
