/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Lets the texts of all buttons, expanders and titles below @root take several lines: at twice the size of type they are wider
 * than a tablet. GTK 4.8 has no property for it. Columns (AdwClamp) become as wide as as many letters of the size that is set, now and
 * when it changes. Main thread. */
void soban_wrap_labels (GtkWidget *root);
