/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/keys.h"

#include "compat/wrap-labels.h"

GtkWindow *
soban_keys_show (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/soban/Soban/compat/keys.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));

  soban_wrap_labels (GTK_WIDGET (window));
  gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
  return window;
}
