/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A bar for a number beside others: as long as @value of @most, with a mark at @plan (0 = none). Decoration: the number stands in
 * words beside it, screen readers pass it over. */
GtkWidget *soban_report_bar_new (double value, double most, double plan);
/* The same on paper or anywhere: into the rectangle at 0,0. @colour: of the bar. */
void soban_report_bar_draw (cairo_t *cr, double width, double height, double value, double most, double plan, const GdkRGBA *colour);
