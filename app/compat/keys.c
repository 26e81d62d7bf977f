/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compat/keys.h"

#include "compat/dialog-size.h"
#include "compat/wrap-labels.h"

#include <string.h>

/* GtkShortcutLabel has the raw name of a key that GTK knows by a better one. */
static void
name_keys (GtkWidget *widget)
{
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "";
  guint key = strchr (text, '_') == NULL ? GDK_KEY_VoidSymbol : gdk_keyval_from_name (text);

  if (key != GDK_KEY_VoidSymbol) {
    g_autofree char *name = gtk_accelerator_get_label (key, 0);

    gtk_label_set_text (GTK_LABEL (widget), g_strdelimit (name, "_", ' '));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    name_keys (child);
  }
}

GtkWindow *
soban_keys_show (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/soban/Soban/compat/keys.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));

  soban_wrap_labels (GTK_WIDGET (window));
  name_keys (GTK_WIDGET (window));
  soban_dialog_set_size (window, parent);
  gtk_window_set_transient_for (window, parent);
  soban_dialog_close_by_escape (window);
  gtk_window_present (window);
  return window;
}
