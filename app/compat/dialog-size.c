/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/dialog-size.h"

#include "em.h"

/* em */
#define WIDTH 26
#define HEIGHT 44
#define MARGIN 1 /* seen of the parent above and below, where it is seen beside, too, and high enough for that */
#define HEIGHT_LOW 30

void
soban_dialog_set_size (GtkWindow *dialog, GtkWindow *parent)
{
  GtkWidget *measured = parent == NULL ? GTK_WIDGET (dialog) : GTK_WIDGET (parent);
  int em = (int)soban_em (measured);
  int width = WIDTH * em, height = HEIGHT * em;

  if (parent != NULL && gtk_widget_get_height (measured) > 0) {
    int room = gtk_widget_get_height (measured);
    gboolean whole = gtk_widget_get_width (measured) <= width || room <= HEIGHT_LOW * em;

    width = MIN (width, gtk_widget_get_width (measured));
    height = MIN (height, whole ? room : room - 2 * MARGIN * em);
  }
  gtk_window_set_default_size (dialog, width, height);
}

void
soban_dialog_close_by_escape (GtkWindow *dialog)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (GTK_WIDGET (dialog), controller);
}
