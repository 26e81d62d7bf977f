/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/dialog-size.h"

/* em */
#define WIDTH 26
#define HEIGHT 44
#define MARGIN 1 /* seen of the parent above and below, where it is high enough for that */
#define HEIGHT_LOW 30

void
soban_dialog_set_size (GtkWindow *dialog, GtkWindow *parent)
{
  GtkWidget *measured = parent == NULL ? GTK_WIDGET (dialog) : GTK_WIDGET (parent);
  int em = pango_font_description_get_size (pango_context_get_font_description (gtk_widget_get_pango_context (measured))) / PANGO_SCALE;
  int width = WIDTH * em, height = HEIGHT * em;

  if (parent != NULL && gtk_widget_get_height (measured) > 0) {
    int room = gtk_widget_get_height (measured);

    width = MIN (width, gtk_widget_get_width (measured));
    height = MIN (height, room > HEIGHT_LOW * em ? room - 2 * MARGIN * em : room);
  }
  gtk_window_set_default_size (dialog, width, height);
}
