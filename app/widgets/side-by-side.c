/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/side-by-side.h"

#define GAP 8 /* px */

typedef struct {
  GtkWidget *first, *second;
} Pair;

static Pair
get_pair (GtkWidget *widget)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);

  return (Pair){ first, gtk_widget_get_next_sibling (first) };
}

static int
measure_larger (Pair pair, GtkOrientation orientation, int for_size, gboolean natural)
{
  int minimums[2], naturals[2];

  gtk_widget_measure (pair.first, orientation, for_size, &minimums[0], &naturals[0], NULL, NULL);
  gtk_widget_measure (pair.second, orientation, for_size, &minimums[1], &naturals[1], NULL, NULL);
  return natural ? MAX (naturals[0], naturals[1]) : MAX (minimums[0], minimums[1]);
}

static gboolean
is_narrow (Pair pair, int width)
{
  return width >= 0 && (width - GAP) / 2 < measure_larger (pair, GTK_ORIENTATION_HORIZONTAL, -1, FALSE);
}

static GtkSizeRequestMode
get_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  Pair pair = get_pair (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = measure_larger (pair, orientation, -1, FALSE);
    *natural = 2 * measure_larger (pair, orientation, -1, TRUE) + GAP;
  } else if (is_narrow (pair, for_size)) {
    *minimum = *natural = 2 * measure_larger (pair, orientation, for_size, TRUE) + GAP;
  } else {
    *minimum = *natural = measure_larger (pair, orientation, for_size < 0 ? -1 : (for_size - GAP) / 2, TRUE);
  }
}

static void
allocate (GtkWidget *widget, int width, int height, int baseline)
{
  Pair pair = get_pair (widget);
  gboolean narrow = is_narrow (pair, width);
  gboolean mirrored = !narrow && gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int own_width = narrow ? width : (width - GAP) / 2, own_height = narrow ? (height - GAP) / 2 : height;
  GtkAllocation begin = { 0, 0, own_width, own_height };
  GtkAllocation end = { narrow ? 0 : width - own_width, narrow ? height - own_height : 0, own_width, own_height };

  gtk_widget_size_allocate (pair.first, mirrored ? &end : &begin, -1);
  gtk_widget_size_allocate (pair.second, mirrored ? &begin : &end, -1);
}

GtkWidget *
soban_side_by_side_new (GtkWidget *first, GtkWidget *second)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_widget_set_layout_manager (box, gtk_custom_layout_new (get_mode, measure, allocate));
  return box;
}
