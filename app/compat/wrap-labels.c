/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/wrap-labels.h"

static void
wrap (GtkWidget *label, GtkJustification justification)
{
  if (!GTK_IS_LABEL (label)) {
    return;
  }
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* Between words only: a button whose word is torn is hard to read. */
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_justify (GTK_LABEL (label), justification);
}

void
soban_wrap_labels (GtkWidget *root)
{
  if (GTK_IS_BUTTON (root)) {
    wrap (gtk_button_get_child (GTK_BUTTON (root)), GTK_JUSTIFY_CENTER);
  } else if (GTK_IS_EXPANDER (root)) {
    wrap (gtk_expander_get_label_widget (GTK_EXPANDER (root)), GTK_JUSTIFY_LEFT);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    soban_wrap_labels (child);
  }
}
