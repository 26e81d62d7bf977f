/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Lays out the three children of @box: a button, a small text, and a button that takes the rest. The text is said elsewhere too, and is
 * left out where the buttons need its room. Main thread. */
void soban_button_row_set_up (GtkBox *box);
