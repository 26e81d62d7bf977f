/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/keep-in-view.h"

#include "entry/question-view.h"

#define AIR 8

/* With its label and message where there is room for them, else the field alone. */
static GtkWidget *
find_wanted (GtkScrolledWindow *scroller, double page)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (scroller));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  GtkWidget *question;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (scroller))) {
    return NULL;
  }
  question = gtk_widget_get_ancestor (focus, SOBAN_TYPE_QUESTION_VIEW);
  return question != NULL && gtk_widget_get_height (question) + 2 * AIR <= page ? question : focus;
}

static gboolean
on_idle (gpointer data)
{
  GtkScrolledWindow *scroller = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  GtkWidget *wanted = find_wanted (scroller, gtk_adjustment_get_page_size (adjustment));
  GtkWidget *viewport = gtk_scrolled_window_get_child (scroller);
  graphene_rect_t bounds;
  double top;

  if (wanted == NULL || viewport == NULL || !gtk_widget_compute_bounds (wanted, viewport, &bounds)) {
    return G_SOURCE_REMOVE;
  }
  top = bounds.origin.y + gtk_adjustment_get_value (adjustment);
  gtk_adjustment_clamp_page (adjustment, MAX (top - AIR, 0), top + bounds.size.height + AIR);
  return G_SOURCE_REMOVE;
}

static void
on_page_size (GtkScrolledWindow *scroller)
{
  /* The children get their places after the adjustment has its size. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle, g_object_ref (scroller), g_object_unref);
}

void
soban_keep_in_view (GtkScrolledWindow *scroller)
{
  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (scroller));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (scroller), "notify::page-size", G_CALLBACK (on_page_size), scroller,
                           G_CONNECT_SWAPPED);
}
