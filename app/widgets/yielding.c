/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/yielding.h"

static GtkSizeRequestMode
get_mode (GtkWidget *bin)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
measure (GtkWidget *bin, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (bin), orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 0;
  }
}

static void
allocate (GtkWidget *bin, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (bin);
  int needed;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &needed, NULL, NULL, NULL);
  gtk_widget_set_child_visible (child, needed <= width);
  gtk_widget_allocate (child, MAX (needed, width), height, baseline, NULL);
}

void
soban_yielding_set_up (AdwBin *bin)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (bin), gtk_custom_layout_new (get_mode, measure, allocate));
}
