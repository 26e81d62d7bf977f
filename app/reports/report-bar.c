/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/report-bar.h"

#include <math.h>

#define BAR_HEIGHT 12
#define MARK_WIDTH 2.0

typedef struct {
  double value, most, plan;
} Bar;

static void
add_rounded (cairo_t *cr, double width, double height)
{
  double radius = MIN (height, width) / 2;

  cairo_new_sub_path (cr);
  cairo_arc (cr, width - radius, radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, width - radius, height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, radius, height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, radius, radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

void
soban_report_bar_draw (cairo_t *cr, double width, double height, double value, double most, double plan,
                       const GdkRGBA *colour)
{
  double length = most > 0 ? width * CLAMP (value / most, 0, 1) : 0;
  GdkRGBA trough = *colour;

  trough.alpha = 0.16F;
  gdk_cairo_set_source_rgba (cr, &trough);
  add_rounded (cr, width, height);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, colour);
  if (length > 0) {
    add_rounded (cr, MAX (length, height), height);
    cairo_fill (cr);
  }
  if (plan > 0 && most > 0) {
    cairo_rectangle (cr, round (CLAMP (width * plan / most, 0, width) - MARK_WIDTH), 0, MARK_WIDTH, height);
    cairo_fill (cr);
  }
}

static void
on_draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const Bar *bar = data;
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &colour);
  if (gtk_widget_get_direction (GTK_WIDGET (area)) == GTK_TEXT_DIR_RTL) {
    cairo_translate (cr, width, 0);
    cairo_scale (cr, -1, 1);
  }
  soban_report_bar_draw (cr, width, height, bar->value, bar->most, bar->plan, &colour);
}

GtkWidget *
soban_report_bar_new (double value, double most, double plan)
{
  GtkWidget *area = gtk_drawing_area_new ();
  Bar *bar = g_new (Bar, 1);

  *bar = (Bar) { value, most, plan };
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), BAR_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), on_draw, bar, g_free);
  gtk_accessible_update_state (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_add_css_class (area, "report-bar");
  return area;
}
