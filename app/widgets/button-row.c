/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/button-row.h"

#define GAP 8 /* px */

typedef struct {
  GtkWidget *first, *text, *last;
  int first_width, text_width, last_width; /* px; none of the one that is hidden or left out */
} Row;

static Row
get_row (GtkWidget *box)
{
  Row row = { .first = gtk_widget_get_first_child (box) };

  row.text = gtk_widget_get_next_sibling (row.first);
  row.last = gtk_widget_get_next_sibling (row.text);
  return row;
}

static void
measure_width (GtkWidget *widget, int *ret_minimum, int *ret_natural)
{
  *ret_minimum = *ret_natural = 0;
  if (gtk_widget_should_layout (widget)) {
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, ret_minimum, ret_natural, NULL, NULL);
  }
}

static int
with_gap (int width)
{
  return width > 0 ? width + GAP : 0;
}

static Row
share (GtkWidget *box, int width)
{
  Row row = get_row (box);
  int first_least, first, text_least, text, last_least, last;

  measure_width (row.first, &first_least, &first);
  measure_width (row.text, &text_least, &text);
  measure_width (row.last, &last_least, &last);
  row.text_width = with_gap (first) + with_gap (text) + last <= width ? text : 0;
  row.first_width = first == 0 ? 0 : CLAMP (width - with_gap (row.text_width) - GAP - last, first_least, first);
  row.last_width = MAX (width - with_gap (row.first_width) - with_gap (row.text_width), last_least);
  return row;
}

static GtkSizeRequestMode
get_mode (GtkWidget *box)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
measure_height (GtkWidget *widget, int width)
{
  int minimum = 0;

  if (width > 0) {
    gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  }
  return minimum;
}

static void
measure (GtkWidget *box, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  Row row = get_row (box);
  int first_least, first, text_least, text, last_least, last;

  measure_width (row.first, &first_least, &first);
  measure_width (row.text, &text_least, &text);
  measure_width (row.last, &last_least, &last);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = with_gap (first_least) + last_least;
    *natural = with_gap (first) + with_gap (text) + last;
    return;
  }
  row = share (box, for_size < 0 ? with_gap (first) + with_gap (text) + last : for_size);
  *minimum = MAX (measure_height (row.first, row.first_width), measure_height (row.last, row.last_width));
  *natural = *minimum = MAX (*minimum, measure_height (row.text, row.text_width));
}

static void
place (GtkWidget *box, GtkWidget *widget, int x, int width, int height)
{
  gboolean mirrored = gtk_widget_get_direction (box) == GTK_TEXT_DIR_RTL;
  GtkAllocation area = { mirrored ? gtk_widget_get_width (box) - x - width : x, 0, width, height };

  gtk_widget_size_allocate (widget, &area, -1);
}

static void
allocate (GtkWidget *box, int width, int height, int baseline)
{
  Row row = share (box, width);

  if (row.first_width > 0) {
    place (box, row.first, 0, row.first_width, height);
  }
  gtk_widget_set_child_visible (row.text, row.text_width > 0);
  if (row.text_width > 0) {
    place (box, row.text, with_gap (row.first_width), row.text_width, height);
  }
  if (row.last_width > 0) {
    place (box, row.last, with_gap (row.first_width) + with_gap (row.text_width), row.last_width, height);
  }
}

void
soban_button_row_set_up (GtkBox *box)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (box), gtk_custom_layout_new (get_mode, measure, allocate));
}
