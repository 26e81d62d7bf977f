/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/button-row.h"

#define GAP 8 /* px */

typedef struct {
  GtkWidget *widget;
  int minimum, natural; /* px; 0: the widget is hidden */
  int width;            /* px: its share; 0: hidden or left out */
} Part;

typedef struct {
  Part first, text, last;
} Row;

static Part
get_part (GtkWidget *widget)
{
  Part part = { .widget = widget };

  if (gtk_widget_should_layout (widget)) {
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &part.minimum, &part.natural, NULL, NULL);
  }
  return part;
}

static Row
get_row (GtkWidget *box)
{
  GtkWidget *first = gtk_widget_get_first_child (box);
  GtkWidget *text = gtk_widget_get_next_sibling (first);

  return (Row) { get_part (first), get_part (text), get_part (gtk_widget_get_next_sibling (text)) };
}

static int
with_gap (int width)
{
  return width > 0 ? width + GAP : 0;
}

static int
get_natural (const Row *row)
{
  return with_gap (row->first.natural) + with_gap (row->text.natural) + row->last.natural;
}

static void
share (Row *row, int width)
{
  Part *first = &row->first, *text = &row->text, *last = &row->last;

  text->width = get_natural (row) <= width ? text->natural : 0;
  first->width = first->natural == 0 ? 0 : CLAMP (width - with_gap (text->width) - GAP - last->natural, first->minimum, first->natural);
  last->width = MAX (width - with_gap (first->width) - with_gap (text->width), last->minimum);
}

static GtkSizeRequestMode
get_mode (GtkWidget *box)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
measure_height (const Part *part)
{
  int minimum = 0;

  if (part->width > 0) {
    gtk_widget_measure (part->widget, GTK_ORIENTATION_VERTICAL, part->width, &minimum, NULL, NULL, NULL);
  }
  return minimum;
}

static void
measure (GtkWidget *box, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  Row row = get_row (box);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = with_gap (row.first.minimum) + row.last.minimum;
    *natural = get_natural (&row);
    return;
  }
  share (&row, for_size < 0 ? get_natural (&row) : for_size);
  *minimum = MAX (measure_height (&row.first), measure_height (&row.last));
  *natural = *minimum = MAX (*minimum, measure_height (&row.text));
}

static void
place (GtkWidget *box, const Part *part, int x, int height)
{
  gboolean mirrored = gtk_widget_get_direction (box) == GTK_TEXT_DIR_RTL;
  GtkAllocation area = { mirrored ? gtk_widget_get_width (box) - x - part->width : x, 0, part->width, height };

  if (part->width > 0) {
    gtk_widget_size_allocate (part->widget, &area, -1);
  }
}

static void
allocate (GtkWidget *box, int width, int height, int baseline)
{
  Row row = get_row (box);

  share (&row, width);
  gtk_widget_set_child_visible (row.text.widget, row.text.width > 0);
  place (box, &row.first, 0, height);
  place (box, &row.text, with_gap (row.first.width), height);
  place (box, &row.last, with_gap (row.first.width) + with_gap (row.text.width), height);
}

void
soban_button_row_set_up (GtkBox *box)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (box), gtk_custom_layout_new (get_mode, measure, allocate));
}
