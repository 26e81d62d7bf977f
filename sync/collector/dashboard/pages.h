/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "html.h"

/**
 * Each page by its address. (transfer full) (nullable): the page; NULL with @error, NOT_FOUND of SOBAN_STORE_ERROR when
 * the address names nothing.
 */
GBytes *soban_home_page_make (const SobanVisit *visit, GError **error);                              /* / */
GBytes *soban_indicator_page_make (const SobanVisit *visit, const char *indicator, GError **error);  /* /indicator/ID */
GBytes *soban_records_page_make (const SobanVisit *visit, gboolean needs_look, GError **error);      /* /records, /look */
GBytes *soban_record_page_make (const SobanVisit *visit, const char *id, GError **error);            /* /record/ID */
GBytes *soban_devices_page_make (const SobanVisit *visit, GError **error);                           /* /devices */
GBytes *soban_forms_page_make (const SobanVisit *visit, GError **error);                             /* /forms */
GBytes *soban_conflicts_page_make (const SobanVisit *visit, GError **error);                         /* /conflicts */
GBytes *soban_incidents_page_make (const SobanVisit *visit, GError **error);                         /* /incidents */
GBytes *soban_message_page_make (const SobanVisit *visit, const char *title, const char *sentence);

/* What several pages share (page-parts.c). */
typedef struct {
  SobanArea area;
  SobanPeriod *period;
} SobanView;
void soban_view_clear (SobanView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanView, soban_view_clear)
/* Reads unit and period from the address. */
gboolean soban_view_read (const SobanVisit *visit, SobanView *ret_view, GError **error);

/* (transfer full): "xã Bảo Yên", "Whole country", … */
char *soban_area_name (const SobanVisit *visit, const SobanArea *area);
/* Whole country › province › commune, each a link to @path at that place but the last. */
void soban_html_places (SobanHtml *page, const SobanVisit *visit, const SobanView *view, const char *path);
/* The choice of the period, as links to @path. */
void soban_html_periods (SobanHtml *page, const SobanVisit *visit, const SobanView *view, const char *path);
/* A number cell; a link when @href is given. */
void soban_html_number_cell (SobanHtml *page, const char *number, const char *href);
/* (transfer none): the title of a form. */
const char *soban_form_name (const SobanVisit *visit, const char *form);
gboolean soban_fail_not_found (GError **error, const SobanVisit *visit);
/* The page number of the address, 1 when it has none. */
guint soban_visit_get_page (const SobanVisit *visit);
