/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/two-pane.h"

#include "compat/first-focus.h"
#include "em.h"

/* em: the list has LIST_SHARE of the width within these bounds, the content at least as much as the narrowest list. */
#define LIST_MIN 18
#define LIST_MAX 28
#define LIST_SHARE 0.45

struct _SobanTwoPane {
  GtkWidget parent_instance;

  GtkWidget *list;
  GtkWidget *line;
  GtkWidget *content;
  GtkWidget *shown;    /* the one that is seen when folded */
  GtkWidget *focus[2]; /* (nullable): weak; what had the focus in the list and in the content */
  gboolean folded;
  guint told_source;
};

enum { PROP_FOLDED = 1, N_PROPS };

G_DEFINE_FINAL_TYPE (SobanTwoPane, soban_two_pane, GTK_TYPE_WIDGET)

gboolean
soban_two_pane_get_folded (SobanTwoPane *self)
{
  g_return_val_if_fail (SOBAN_IS_TWO_PANE (self), FALSE);
  return self->folded;
}

gboolean
soban_two_pane_get_content_alone (SobanTwoPane *self)
{
  g_return_val_if_fail (SOBAN_IS_TWO_PANE (self), FALSE);
  return self->folded && self->shown == self->content;
}

static void
show_children (SobanTwoPane *self)
{
  gtk_widget_set_child_visible (self->list, !self->folded || self->shown == self->list);
  gtk_widget_set_child_visible (self->line, !self->folded);
  gtk_widget_set_child_visible (self->content, !self->folded || self->shown == self->content);
}

/* Where the keyboard stood in @from it is found again; in what opens it stands on the first that takes it. */
static void
move_focus (SobanTwoPane *self, GtkWidget *from, GtkWidget *to)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  gboolean had = focus != NULL && gtk_widget_is_ancestor (focus, from);

  g_set_weak_pointer (&self->focus[from == self->content], had ? focus : NULL);
  show_children (self);
  if (had && (self->focus[to == self->content] == NULL || !gtk_widget_grab_focus (self->focus[to == self->content]))) {
    soban_first_focus (to);
  }
}

static void
show_pane (SobanTwoPane *self, GtkWidget *pane)
{
  GtkWidget *from = self->shown;

  if (from == pane) {
    return;
  }
  self->shown = pane;
  if (self->folded) {
    move_focus (self, from, pane);
    gtk_widget_queue_resize (GTK_WIDGET (self));
  }
}

void
soban_two_pane_show_list (SobanTwoPane *self)
{
  g_return_if_fail (SOBAN_IS_TWO_PANE (self));
  show_pane (self, self->list);
}

void
soban_two_pane_show_content (SobanTwoPane *self)
{
  g_return_if_fail (SOBAN_IS_TWO_PANE (self));
  show_pane (self, self->content);
}

/* ---- layout ---- */

static gboolean
is_narrow (SobanTwoPane *self, int width)
{
  return width < 2 * LIST_MIN * soban_em (GTK_WIDGET (self));
}

static int
get_list_width (SobanTwoPane *self, int width)
{
  double em = soban_em (GTK_WIDGET (self));

  return (int)CLAMP (width * LIST_SHARE, LIST_MIN * em, LIST_MAX * em);
}

static int
get_line_width (SobanTwoPane *self)
{
  int width;

  gtk_widget_measure (self->line, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

static GtkSizeRequestMode
soban_two_pane_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
soban_two_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  SobanTwoPane *self = SOBAN_TWO_PANE (widget);
  int list_width, minimums[2], naturals[2];

  if (orientation == GTK_ORIENTATION_HORIZONTAL || for_size < 0 || is_narrow (self, for_size)) {
    gtk_widget_measure (self->shown, orientation, for_size, minimum, natural, NULL, NULL);
    return;
  }
  list_width = get_list_width (self, for_size);
  gtk_widget_measure (self->list, orientation, list_width, &minimums[0], &naturals[0], NULL, NULL);
  gtk_widget_measure (self->content, orientation, for_size - list_width - get_line_width (self), &minimums[1], &naturals[1], NULL, NULL);
  *minimum = MAX (minimums[0], minimums[1]);
  *natural = MAX (naturals[0], naturals[1]);
}

/* Whoever hears it asks for another layout, which nobody may while one is being made. */
static gboolean
on_folded (gpointer data)
{
  SobanTwoPane *self = data;

  self->told_source = 0;
  g_object_notify (G_OBJECT (self), "folded");
  return G_SOURCE_REMOVE;
}

static void
set_folded (SobanTwoPane *self, gboolean folded)
{
  if (self->folded == folded) {
    return;
  }
  self->folded = folded;
  show_children (self);
  if (self->told_source == 0) {
    self->told_source = g_idle_add_full (G_PRIORITY_HIGH, on_folded, self, NULL);
  }
}

static void
soban_two_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SobanTwoPane *self = SOBAN_TWO_PANE (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int list_width = get_list_width (self, width), line_width, content_width;

  set_folded (self, is_narrow (self, width));
  if (self->folded) {
    gtk_widget_allocate (self->shown, width, height, -1, NULL);
    return;
  }
  line_width = get_line_width (self);
  content_width = width - list_width - line_width;
  gtk_widget_size_allocate (self->list, &(GtkAllocation){ mirrored ? width - list_width : 0, 0, list_width, height }, -1);
  gtk_widget_size_allocate (self->line, &(GtkAllocation){ mirrored ? content_width : list_width, 0, line_width, height }, -1);
  gtk_widget_size_allocate (self->content, &(GtkAllocation){ mirrored ? 0 : width - content_width, 0, content_width, height }, -1);
}

/* ---- the object ---- */

static gboolean
soban_two_pane_grab_focus (GtkWidget *widget)
{
  SobanTwoPane *self = SOBAN_TWO_PANE (widget);

  return gtk_widget_grab_focus (self->shown) || soban_first_focus (self->shown);
}

static void
soban_two_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_assert (id == PROP_FOLDED);
  g_value_set_boolean (value, soban_two_pane_get_folded (SOBAN_TWO_PANE (object)));
}

static void
soban_two_pane_dispose (GObject *object)
{
  SobanTwoPane *self = SOBAN_TWO_PANE (object);

  g_clear_handle_id (&self->told_source, g_source_remove);
  g_clear_weak_pointer (&self->focus[0]);
  g_clear_weak_pointer (&self->focus[1]);
  self->shown = NULL;
  g_clear_pointer (&self->list, gtk_widget_unparent);
  g_clear_pointer (&self->line, gtk_widget_unparent);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (soban_two_pane_parent_class)->dispose (object);
}

static void
soban_two_pane_class_init (SobanTwoPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = soban_two_pane_get_property;
  G_OBJECT_CLASS (klass)->dispose = soban_two_pane_dispose;
  widget_class->get_request_mode = soban_two_pane_get_request_mode;
  widget_class->measure = soban_two_pane_measure;
  widget_class->size_allocate = soban_two_pane_size_allocate;
  widget_class->grab_focus = soban_two_pane_grab_focus;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_FOLDED,
      g_param_spec_boolean ("folded", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
soban_two_pane_init (SobanTwoPane *self)
{
  self->folded = TRUE;
}

GtkWidget *
soban_two_pane_new (GtkWidget *list, GtkWidget *content)
{
  SobanTwoPane *self = g_object_new (SOBAN_TYPE_TWO_PANE, NULL);
  GtkWidget *line = gtk_separator_new (GTK_ORIENTATION_VERTICAL);

  self->list = self->shown = list;
  self->line = line;
  self->content = content;
  gtk_widget_set_parent (list, GTK_WIDGET (self));
  gtk_widget_set_parent (line, GTK_WIDGET (self));
  gtk_widget_set_parent (content, GTK_WIDGET (self));
  show_children (self);
  return GTK_WIDGET (self);
}
