/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/first-focus.h"

static gboolean
is_open (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget) && gtk_widget_get_child_visible (widget) && gtk_widget_is_sensitive (widget)
         && gtk_widget_get_can_focus (widget);
}

static gboolean
take (GtkWidget *widget)
{
  if (!is_open (widget)) {
    return FALSE;
  }
  /* What scrolls takes the focus for the arrow keys only, after all that is in it. */
  if (gtk_widget_get_focusable (widget) && !GTK_IS_SCROLLED_WINDOW (widget) && gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD)) {
    return TRUE;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (take (child)) {
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
soban_first_focus (GtkWidget *root)
{
  GtkRoot *window;
  GtkWidget *focus;

  g_return_val_if_fail (GTK_IS_WIDGET (root), FALSE);
  window = gtk_widget_get_root (root);
  focus = window == NULL ? NULL : gtk_root_get_focus (window);
  return (focus != NULL && gtk_widget_is_ancestor (focus, root)) || take (root);
}
