/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-document.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "reports/report-table.h"

#define A4_WIDTH_PT 595.28
#define A4_HEIGHT_PT 841.89
#define MARGIN_PT 56.0
#define SIGNATURE_HEIGHT_PT 130.0

struct _SobanReportDocument {
  SobanReport *report;
  double width, height; /* between the margins */
  PangoLayout *layout;
  GArray *rows;         /* (element-type SobanReportTableRow) */
  GArray *page_starts;  /* (element-type guint): the first row of each page */
  gboolean signature_alone; /* it found no place below the last row */
};

static const SobanReportTableRow *
get_row (const SobanReportDocument *self, guint i)
{
  return &g_array_index (self->rows, SobanReportTableRow, i);
}

static double
put_heading (SobanReportDocument *self, const SobanReportPen *pen)
{
  const SobanReport *report = self->report;
  g_autofree char *made = g_strdup_printf (_("Made on %s"), report->made_on);
  g_autofree char *title = g_utf8_strup (_("Results of Project 8"), -1);
  double y = 0;

  y += soban_report_pen_put (pen, 0, y, title, 16, TRUE, self->width, PANGO_ALIGN_CENTER) + 4;
  y += soban_report_pen_put (pen, 0, y, report->period_label, 13, TRUE, self->width, PANGO_ALIGN_CENTER) + 4;
  if (*report->place != '\0') {
    y += soban_report_pen_put (pen, 0, y, report->place, 11, FALSE, self->width, PANGO_ALIGN_CENTER) + 4;
  }
  y += soban_report_pen_put (pen, 0, y, made, 9, FALSE, self->width, PANGO_ALIGN_CENTER);
  return y + 18;
}

static void
put_signatures (SobanReportDocument *self, const SobanReportPen *pen, double y)
{
  double half = self->width / 2;

  soban_report_pen_put (pen, 0, y, _("Made by"), 11, TRUE, half, PANGO_ALIGN_CENTER);
  soban_report_pen_put (pen, half, y, _("Women's Union of the commune"), 11, TRUE, half, PANGO_ALIGN_CENTER);
  soban_report_pen_put (pen, 0, y + 18, _("(signature, full name)"), 9, FALSE, half, PANGO_ALIGN_CENTER);
  soban_report_pen_put (pen, half, y + 18, _("(signature, seal)"), 9, FALSE, half, PANGO_ALIGN_CENTER);
  soban_report_pen_put (pen, 0, y + 104, self->report->person, 11, TRUE, half, PANGO_ALIGN_CENTER);
}

/* How tall row @i stands together with those that it must not be parted from. */
static double
measure_kept (SobanReportDocument *self, const SobanReportPen *pen, guint i)
{
  double height = 0;

  do {
    height += soban_report_table_put_row (pen, 0, self->width, get_row (self, i));
  } while (soban_report_table_keeps_next (get_row (self, i++)) && i < self->rows->len);
  return height;
}

static double
begin_page (SobanReportDocument *self, const SobanReportPen *pen, guint first)
{
  g_array_append_val (self->page_starts, first);
  return soban_report_table_put_top (pen, 0, self->width, get_row (self, first));
}

/* The last row goes over with the signatures: on a page of their own nobody could see what is signed. */
static void
place_signatures (SobanReportDocument *self, const SobanReportPen *pen, double y)
{
  guint last = self->rows->len - 1;
  double taken;

  if (y + SIGNATURE_HEIGHT_PT <= self->height) {
    return;
  }
  while (last > 0 && soban_report_table_keeps_next (get_row (self, last - 1))) {
    last--;
  }
  taken = soban_report_table_put_top (pen, 0, self->width, get_row (self, last)) + measure_kept (self, pen, last);
  if (last > g_array_index (self->page_starts, guint, self->page_starts->len - 1) && taken + SIGNATURE_HEIGHT_PT <= self->height) {
    g_array_append_val (self->page_starts, last);
  } else {
    self->signature_alone = TRUE;
  }
}

/* Where each page begins: the same functions that draw are asked for heights. */
static void
break_pages (SobanReportDocument *self)
{
  const SobanReportPen pen = { self->layout, NULL };
  gboolean begun = TRUE; /* nothing stands on the page yet */
  double y = put_heading (self, &pen) + begin_page (self, &pen, 0);

  for (guint i = 0; i < self->rows->len; i++) {
    if (!begun && y + measure_kept (self, &pen, i) > self->height) {
      y = begin_page (self, &pen, i);
    }
    y += soban_report_table_put_row (&pen, 0, self->width, get_row (self, i));
    begun = soban_report_table_keeps_next (get_row (self, i)) && begun;
  }
  place_signatures (self, &pen, y);
}

SobanReportDocument *
soban_report_document_new (SobanReport *report, cairo_t *cr, double width, double height)
{
  SobanReportDocument *self = g_new0 (SobanReportDocument, 1);

  self->report = soban_report_ref (report);
  self->width = width - 2 * MARGIN_PT;
  self->height = height - 2 * MARGIN_PT;
  self->layout = pango_cairo_create_layout (cr);
  self->rows = soban_report_table_new (report);
  self->page_starts = g_array_new (FALSE, FALSE, sizeof (guint));
  break_pages (self);
  return self;
}

void
soban_report_document_free (SobanReportDocument *self)
{
  if (self == NULL) {
    return;
  }
  soban_report_unref (self->report);
  g_object_unref (self->layout);
  g_array_unref (self->rows);
  g_array_unref (self->page_starts);
  g_free (self);
}

guint
soban_report_document_count_pages (const SobanReportDocument *self)
{
  return self->page_starts->len + (self->signature_alone ? 1 : 0);
}

void
soban_report_document_draw (SobanReportDocument *self, cairo_t *cr, guint page)
{
  const SobanReportPen pen = { self->layout, cr };
  guint n_pages = soban_report_document_count_pages (self);
  guint next = page + 1 < self->page_starts->len ? g_array_index (self->page_starts, guint, page + 1) : self->rows->len;
  double y = 0;

  g_return_if_fail (page < n_pages);
  cairo_save (cr);
  cairo_translate (cr, MARGIN_PT, MARGIN_PT);
  if (page < self->page_starts->len) {
    guint first = g_array_index (self->page_starts, guint, page);

    y = page == 0 ? put_heading (self, &pen) : 0;
    y += soban_report_table_put_top (&pen, y, self->width, get_row (self, first));
    for (guint i = first; i < next; i++) {
      y += soban_report_table_put_row (&pen, y, self->width, get_row (self, i));
    }
  }
  if (page + 1 == n_pages) {
    put_signatures (self, &pen, y + 24);
  }
  if (n_pages > 1) {
    g_autofree char *number = g_strdup_printf ("%u/%u", page + 1, n_pages);

    soban_report_pen_put (&pen, 0, self->height + 16, number, 9, FALSE, self->width, PANGO_ALIGN_CENTER);
  }
  cairo_restore (cr);
}

gboolean
soban_report_document_write (SobanReport *report, const char *path, GError **error)
{
  cairo_surface_t *surface = cairo_pdf_surface_create (path, A4_WIDTH_PT, A4_HEIGHT_PT);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  if (cairo_status (cr) == CAIRO_STATUS_SUCCESS) {
    g_autoptr (SobanReportDocument) document = soban_report_document_new (report, cr, A4_WIDTH_PT, A4_HEIGHT_PT);

    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, report->period_label);
    for (guint page = 0; page < soban_report_document_count_pages (document); page++) {
      soban_report_document_draw (document, cr, page);
      cairo_show_page (cr);
    }
  }
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Writing %s: %s"), path, cairo_status_to_string (status));
    return FALSE;
  }
  return TRUE;
}
