/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Fills @choice with @names; a name that is wider than the page is cut with an ellipsis: GTK's own row asks for all of its width,
 * which at twice the size of type is more than a tablet has. */
void soban_text_choice_fill (GtkDropDown *choice, GListModel *names);
