/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "records/tools-layout.h"

#include "em.h"

#define LIST_MIN 5 /* em: a row, nearly */

struct _SobanToolsLayout {
  GtkLayoutManager parent_instance;

  gboolean open;
};

enum { PROP_OPEN = 1 };

G_DEFINE_FINAL_TYPE (SobanToolsLayout, soban_tools_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct {
  GtkWidget *tools, *list;
} Parts;

static Parts
get_parts (GtkWidget *widget)
{
  GtkWidget *tools = gtk_widget_get_first_child (widget);

  return (Parts){ tools, gtk_widget_get_next_sibling (tools) };
}

/* A scrolled window does not ask what it holds how high it is at a width. */
static int
measure_tools (GtkWidget *tools, int width)
{
  GtkWidget *viewport = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (tools));
  int height;

  gtk_widget_measure (gtk_viewport_get_child (GTK_VIEWPORT (viewport)), GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}

static int
get_list_min (GtkWidget *widget)
{
  return (int)(LIST_MIN * soban_em (widget));
}

static GtkSizeRequestMode
soban_tools_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
soban_tools_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  Parts parts = get_parts (widget);
  int minimums[2], naturals[2];

  /* Each has its own height: how wide they are at a height of both is no question. */
  for_size = orientation == GTK_ORIENTATION_HORIZONTAL ? -1 : for_size;
  gtk_widget_measure (parts.tools, orientation, for_size, &minimums[0], &naturals[0], NULL, NULL);
  gtk_widget_measure (parts.list, orientation, for_size, &minimums[1], &naturals[1], NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MAX (minimums[0], minimums[1]);
    *natural = MAX (naturals[0], naturals[1]);
  } else {
    *minimum = minimums[0] + minimums[1];
    *natural = (for_size < 0 ? naturals[0] : MAX (minimums[0], measure_tools (parts.tools, for_size))) + naturals[1];
  }
}

static void
soban_tools_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  SobanToolsLayout *self = SOBAN_TOOLS_LAYOUT (manager);
  Parts parts = get_parts (widget);
  int tools_min, tools_height, list_min, left;

  gtk_widget_measure (parts.tools, GTK_ORIENTATION_VERTICAL, width, &tools_min, NULL, NULL, NULL);
  tools_height = MAX (tools_min, measure_tools (parts.tools, width));
  gtk_widget_measure (parts.list, GTK_ORIENTATION_VERTICAL, width, &list_min, NULL, NULL, NULL);
  left = height - MAX (list_min, get_list_min (widget));
  if (tools_height > left) {
    tools_height = self->open ? height : MAX (tools_min, MIN (left, height - list_min));
  }
  gtk_widget_set_child_visible (parts.list, tools_height < height);
  gtk_widget_size_allocate (parts.tools, &(GtkAllocation){ 0, 0, width, tools_height }, -1);
  if (tools_height < height) {
    gtk_widget_size_allocate (parts.list, &(GtkAllocation){ 0, tools_height, width, height - tools_height }, -1);
  }
}

static void
soban_tools_layout_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_assert (id == PROP_OPEN);
  g_value_set_boolean (value, SOBAN_TOOLS_LAYOUT (object)->open);
}

static void
soban_tools_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_assert (id == PROP_OPEN);
  SOBAN_TOOLS_LAYOUT (object)->open = g_value_get_boolean (value);
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (object));
}

static void
soban_tools_layout_class_init (SobanToolsLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = soban_tools_layout_get_property;
  G_OBJECT_CLASS (klass)->set_property = soban_tools_layout_set_property;
  layout_class->get_request_mode = soban_tools_layout_get_request_mode;
  layout_class->measure = soban_tools_layout_measure;
  layout_class->allocate = soban_tools_layout_allocate;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_OPEN,
                                   g_param_spec_boolean ("open", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
soban_tools_layout_init (SobanToolsLayout *self)
{
}
