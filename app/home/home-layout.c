/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "home/home-layout.h"

#include "em.h"

enum { PART_STATE, PART_GLANCE, PART_RECORD, PART_NUMBERS, PART_REGISTRIES, N_PARTS };

/* in em, the page's own letters */
#define WIDE_EM_MIN 52
#define TINY_EM_MAX 15
#define GAP_EM 2.0
#define LEFT_SHARE 0.58

typedef struct {
  GtkWidget *parts[N_PARTS];
} Parts;

static Parts
get_parts (GtkWidget *page)
{
  Parts parts;
  GtkWidget *child = gtk_widget_get_first_child (page);

  for (guint i = 0; i < N_PARTS; i++, child = gtk_widget_get_next_sibling (child)) {
    g_assert (child != NULL);
    parts.parts[i] = child;
  }
  return parts;
}

static gboolean
is_wide (GtkWidget *page, int width)
{
  return width >= WIDE_EM_MIN * soban_em (page);
}

static gboolean
is_left (guint part)
{
  return part == PART_RECORD || part == PART_REGISTRIES;
}

/* Whether it is seen at @width. */
static gboolean
is_shown (GtkWidget *page, GtkWidget *part, guint index, int width)
{
  return gtk_widget_get_visible (part) && (index != PART_GLANCE || (!is_wide (page, width) && width >= TINY_EM_MAX * soban_em (page)));
}

static int
get_width (GtkWidget *page, guint part, int width)
{
  int left = (int)((width - GAP_EM * soban_em (page)) * LEFT_SHARE);

  if (!is_wide (page, width)) {
    return width;
  }
  return is_left (part) ? left : width - left - (int)(GAP_EM * soban_em (page));
}

static int
measure_height (GtkWidget *part, int width)
{
  int natural;

  gtk_widget_measure (part, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

static GtkSizeRequestMode
get_mode (GtkWidget *page)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *page, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  Parts parts = get_parts (page);
  int columns[2] = { 0, 0 };

  *minimum = *natural = 0;
  for (guint i = 0; i < N_PARTS; i++) {
    int least, usual;

    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
      gtk_widget_measure (parts.parts[i], orientation, -1, &least, &usual, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, usual);
    }
  }
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    return;
  }
  for (guint i = 0; i < N_PARTS; i++) {
    int width = for_size < 0 ? -1 : get_width (page, i, for_size);

    if (is_shown (page, parts.parts[i], i, for_size)) {
      columns[for_size >= 0 && is_wide (page, for_size) && !is_left (i)] += measure_height (parts.parts[i], width);
    }
  }
  *minimum = *natural = MAX (columns[0], columns[1]);
}

static void
allocate (GtkWidget *page, int width, int height, int baseline)
{
  Parts parts = get_parts (page);
  gboolean mirrored = gtk_widget_get_direction (page) == GTK_TEXT_DIR_RTL;
  int tops[2] = { 0, 0 };

  for (guint i = 0; i < N_PARTS; i++) {
    GtkWidget *part = parts.parts[i];
    guint column = is_wide (page, width) && !is_left (i);
    int part_width = get_width (page, i, width);
    GtkAllocation area = { (column == 1) != mirrored ? width - part_width : 0, tops[column], part_width, 0 };

    gtk_widget_set_child_visible (part, is_shown (page, part, i, width));
    if (!is_shown (page, part, i, width)) {
      continue;
    }
    area.height = measure_height (part, part_width);
    gtk_widget_size_allocate (part, &area, -1);
    tops[column] += area.height;
  }
}

void
soban_home_layout_set_up (GtkWidget *page)
{
  gtk_widget_set_layout_manager (page, gtk_custom_layout_new (get_mode, measure, allocate));
}
