/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/report-pen.h"

#define FONT "Noto Sans, Be Vietnam Pro, DejaVu Sans, Sans"

double
soban_report_pen_put (const SobanReportPen *self, double x, double y, const char *text, double size_pt, gboolean bold, double width,
                      PangoAlignment alignment)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT);
  int height;

  pango_font_description_set_size (font, (int)(size_pt * PANGO_SCALE));
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (self->layout, font);
  pango_layout_set_width (self->layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (self->layout, alignment);
  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_size (self->layout, NULL, &height);
  if (self->cr != NULL) {
    cairo_set_source_rgb (self->cr, 0, 0, 0);
    cairo_move_to (self->cr, x, y);
    pango_cairo_show_layout (self->cr, self->layout);
  }
  return (double)height / PANGO_SCALE;
}

void
soban_report_pen_rule (const SobanReportPen *self, double x, double y, double width, double thickness)
{
  if (self->cr == NULL) {
    return;
  }
  cairo_set_source_rgb (self->cr, 0, 0, 0);
  cairo_set_line_width (self->cr, thickness);
  cairo_move_to (self->cr, x, y);
  cairo_line_to (self->cr, x + width, y);
  cairo_stroke (self->cr);
}
