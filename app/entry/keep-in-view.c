/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/keep-in-view.h"

#include "entry/question-view.h"

#define AIR 8

/* The whole question where there is room for it. Else from the label to the field, or, where a message is shown, from the field to the message.
 * Places in what is scrolled, which stay right while it is being scrolled. FALSE: the focus is elsewhere. */
static gboolean
find_wanted (GtkScrolledWindow *scroller, double page, double *ret_top, double *ret_bottom)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (scroller));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  GtkWidget *viewport = gtk_scrolled_window_get_child (scroller);
  GtkWidget *content = viewport == NULL ? NULL : gtk_widget_get_first_child (viewport);
  GtkWidget *question;
  graphene_rect_t field, whole;

  if (focus == NULL || content == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (scroller))
      || !gtk_widget_compute_bounds (focus, content, &field)) {
    return FALSE;
  }
  question = gtk_widget_get_ancestor (focus, SOBAN_TYPE_QUESTION_VIEW);
  if (question == NULL || !gtk_widget_compute_bounds (question, content, &whole)) {
    whole = field;
  }
  *ret_bottom = whole.origin.y + whole.size.height + AIR;
  if (whole.size.height + 2 * AIR > page && question != NULL && !soban_question_view_shows_message (SOBAN_QUESTION_VIEW (question))) {
    *ret_bottom = field.origin.y + field.size.height + AIR;
  }
  *ret_top = MIN (MAX (whole.origin.y - AIR, *ret_bottom - page), field.origin.y - AIR);
  /* A field that is seen beats a message that would push it out. */
  *ret_bottom = MIN (*ret_bottom, *ret_top + page);
  return TRUE;
}

/* GTK is perhaps on its way to the field alone: a value that is set ends that, gtk_adjustment_clamp_page() would not. */
static void
scroll_to (GtkAdjustment *adjustment, double top, double bottom)
{
  double value = MAX (gtk_adjustment_get_value (adjustment), bottom - gtk_adjustment_get_page_size (adjustment));

  gtk_adjustment_set_value (adjustment, MIN (value, top));
}

static gboolean
on_idle (gpointer data)
{
  GtkScrolledWindow *scroller = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  double top, bottom;

  if (find_wanted (scroller, gtk_adjustment_get_page_size (adjustment), &top, &bottom)) {
    scroll_to (adjustment, MAX (top, 0), bottom);
  }
  return G_SOURCE_REMOVE;
}

void
soban_keep_in_view_now (GtkScrolledWindow *scroller)
{
  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (scroller));
  /* The children get their places after the adjustment has its size. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle, g_object_ref (scroller), g_object_unref);
}

void
soban_keep_in_view (GtkScrolledWindow *scroller)
{
  GtkAdjustment *adjustment;

  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (scroller));
  adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  g_signal_connect_object (adjustment, "notify::page-size", G_CALLBACK (soban_keep_in_view_now), scroller, G_CONNECT_SWAPPED);
  /* A message that appears makes the page longer. */
  g_signal_connect_object (adjustment, "notify::upper", G_CALLBACK (soban_keep_in_view_now), scroller, G_CONNECT_SWAPPED);
}
