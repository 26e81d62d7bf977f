/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-document.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "reports/report-bar.h"

#define A4_WIDTH_PT 595.28
#define A4_HEIGHT_PT 841.89
#define MARGIN_PT 56.0
#define ROW_PADDING_PT 5.0
#define BAR_HEIGHT_PT 5.0
#define SIGNATURE_HEIGHT_PT 130.0
#define FONT "Noto Sans, Be Vietnam Pro, DejaVu Sans, Sans"

typedef enum { COLUMN_LABEL, COLUMN_MEASURE, COLUMN_SUM, COLUMN_PLAN, N_COLUMNS } Column;

static const double column_shares[N_COLUMNS] = { 0.47, 0.16, 0.13, 0.24 };

struct _SobanReportDocument {
  SobanReport *report;
  double width, height; /* between the margins */
  PangoLayout *layout;
  GArray *page_starts;  /* (element-type guint): the first line of each page */
  gboolean signature_alone; /* it found no place below the last line */
};

static void
set_text (SobanReportDocument *self, const char *text, double size_pt, gboolean bold, double width, PangoAlignment alignment)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT);

  pango_font_description_set_size (font, (int)(size_pt * PANGO_SCALE));
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (self->layout, font);
  pango_layout_set_width (self->layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (self->layout, alignment);
  pango_layout_set_text (self->layout, text, -1);
}

static double
get_height (SobanReportDocument *self)
{
  int height;

  pango_layout_get_size (self->layout, NULL, &height);
  return (double)height / PANGO_SCALE;
}

/* @cr (nullable): NULL only measures. */
static double
put_text (SobanReportDocument *self, cairo_t *cr, double x, double y, const char *text, double size_pt, gboolean bold,
          double width, PangoAlignment alignment)
{
  set_text (self, text, size_pt, bold, width, alignment);
  if (cr != NULL) {
    cairo_move_to (cr, x, y);
    pango_cairo_show_layout (cr, self->layout);
  }
  return get_height (self);
}

static double
put_heading (SobanReportDocument *self, cairo_t *cr)
{
  const SobanReport *report = self->report;
  g_autofree char *made = g_strdup_printf (_("Made on %s"), report->made_on);
  g_autofree char *title = g_utf8_strup (_("Results of Project 8"), -1);
  double y = 0;

  y += put_text (self, cr, 0, y, title, 16, TRUE, self->width, PANGO_ALIGN_CENTER) + 4;
  y += put_text (self, cr, 0, y, report->period_label, 13, TRUE, self->width, PANGO_ALIGN_CENTER) + 4;
  if (*report->place != '\0') {
    y += put_text (self, cr, 0, y, report->place, 11, FALSE, self->width, PANGO_ALIGN_CENTER) + 4;
  }
  y += put_text (self, cr, 0, y, made, 9, FALSE, self->width, PANGO_ALIGN_CENTER);
  return y + 18;
}

static double
put_cells (SobanReportDocument *self, cairo_t *cr, double y, const char *const *texts, gboolean bold)
{
  double x = 0, height = 0;

  for (Column i = 0; i < N_COLUMNS; i++) {
    double width = self->width * column_shares[i];
    PangoAlignment alignment = i >= COLUMN_SUM ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
    double cell = put_text (self, cr, x, y + ROW_PADDING_PT, texts[i], 9.5, bold, width - 8, alignment);

    height = MAX (height, cell);
    x += width;
  }
  return height + 2 * ROW_PADDING_PT;
}

static void
put_rule (SobanReportDocument *self, cairo_t *cr, double y, double thickness)
{
  cairo_set_line_width (cr, thickness);
  cairo_move_to (cr, 0, y);
  cairo_line_to (cr, self->width, y);
  cairo_stroke (cr);
}

static double
put_table_head (SobanReportDocument *self, cairo_t *cr, double y)
{
  const char *const texts[] = { _("Indicator"), _("Counted in"), _("Done"), _("Done/plan") };
  double height = put_cells (self, cr, y, texts, TRUE);

  if (cr != NULL) {
    put_rule (self, cr, y + height, 1);
  }
  return height + 2;
}

static double
put_line (SobanReportDocument *self, cairo_t *cr, double y, const SobanReportLine *line)
{
  static const GdkRGBA ink = { 0.10F, 0.37F, 0.71F, 1 };
  g_autofree char *plan = soban_report_line_get_plan_text (line);
  const char *const texts[] = { line->label, line->measure, line->text, plan };
  double height = put_cells (self, cr, y, texts, FALSE);

  if (line->plan > 0) {
    if (cr != NULL) {
      cairo_save (cr);
      cairo_translate (cr, 0, y + height - ROW_PADDING_PT);
      soban_report_bar_draw (cr, self->width * column_shares[COLUMN_LABEL] - 8, BAR_HEIGHT_PT, line->sum, line->plan, 0, &ink);
      cairo_restore (cr);
    }
    height += BAR_HEIGHT_PT + 2;
  }
  if (cr != NULL) {
    cairo_set_source_rgb (cr, 0, 0, 0);
    put_rule (self, cr, y + height, 0.3);
  }
  return height;
}

static void
put_signatures (SobanReportDocument *self, cairo_t *cr, double y)
{
  double half = self->width / 2;

  put_text (self, cr, 0, y, _("Made by"), 11, TRUE, half, PANGO_ALIGN_CENTER);
  put_text (self, cr, half, y, _("Women's Union of the commune"), 11, TRUE, half, PANGO_ALIGN_CENTER);
  put_text (self, cr, 0, y + 18, _("(signature, full name)"), 9, FALSE, half, PANGO_ALIGN_CENTER);
  put_text (self, cr, half, y + 18, _("(signature, seal)"), 9, FALSE, half, PANGO_ALIGN_CENTER);
  put_text (self, cr, 0, y + 104, self->report->person, 11, TRUE, half, PANGO_ALIGN_CENTER);
}

/* Where each page begins: the same functions that draw are asked for heights. */
static void
break_pages (SobanReportDocument *self)
{
  guint start = 0;
  double y = put_heading (self, NULL) + put_table_head (self, NULL, 0);

  g_array_append_val (self->page_starts, start);
  for (guint i = 0; i < self->report->lines->len; i++) {
    double height = put_line (self, NULL, 0, g_ptr_array_index (self->report->lines, i));

    if (y + height > self->height) {
      g_array_append_val (self->page_starts, i);
      y = put_table_head (self, NULL, 0);
    }
    y += height;
  }
  self->signature_alone = y + SIGNATURE_HEIGHT_PT > self->height;
}

SobanReportDocument *
soban_report_document_new (SobanReport *report, cairo_t *cr, double width, double height)
{
  SobanReportDocument *self = g_new0 (SobanReportDocument, 1);

  self->report = soban_report_ref (report);
  self->width = width - 2 * MARGIN_PT;
  self->height = height - 2 * MARGIN_PT;
  self->layout = pango_cairo_create_layout (cr);
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
  guint n_pages = soban_report_document_count_pages (self);
  guint next = page + 1 < self->page_starts->len ? g_array_index (self->page_starts, guint, page + 1) : self->report->lines->len;
  double y = 0;

  g_return_if_fail (page < n_pages);
  cairo_save (cr);
  cairo_translate (cr, MARGIN_PT, MARGIN_PT);
  cairo_set_source_rgb (cr, 0, 0, 0);
  if (page < self->page_starts->len) {
    y = page == 0 ? put_heading (self, cr) : 0;
    y += put_table_head (self, cr, y);
    for (guint i = g_array_index (self->page_starts, guint, page); i < next; i++) {
      y += put_line (self, cr, y, g_ptr_array_index (self->report->lines, i));
    }
  }
  if (page + 1 == n_pages) {
    put_signatures (self, cr, y + 24);
  }
  if (n_pages > 1) {
    g_autofree char *number = g_strdup_printf ("%u/%u", page + 1, n_pages);

    put_text (self, cr, 0, self->height + 16, number, 9, FALSE, self->width, PANGO_ALIGN_CENTER);
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
