/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pango/pangocairo.h>

/* Writes on a surface of cairo, or only measures. Lengths in points. One thread at a time. */
typedef struct {
  PangoLayout *layout;
  cairo_t *cr; /* (nullable): NULL only measures */
} SobanReportPen;

/* How tall @text stands in @width; it is written with its upper left corner at @x, @y. A word that is wider is torn. */
double soban_report_pen_put (const SobanReportPen *pen, double x, double y, const char *text, double size_pt, gboolean bold, double width,
                             PangoAlignment alignment);
void soban_report_pen_rule (const SobanReportPen *pen, double x, double y, double width, double thickness);
