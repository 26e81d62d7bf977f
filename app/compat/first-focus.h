/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Puts the focus on the first below @root that takes it: of a group of radio buttons on the chosen one, else on the first. Goes by the order of the
 * widgets, not by their places as gtk_widget_child_focus() does in GTK 4.8, where what was not laid out yet has none. What is
 * in @root and has the focus keeps it. FALSE: nothing takes it. Main thread. */
gboolean soban_first_focus (GtkWidget *root);
