/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* When @scroller loses height, to an on-screen keyboard or a turned tablet, or its page grows, by a message, the question being answered stays in
 * view: the field first, then what is said of it, then its label. Main thread. */
void soban_keep_in_view (GtkScrolledWindow *scroller);
/* The same at once: the keyboard has been put at a question. */
void soban_keep_in_view_now (GtkScrolledWindow *scroller);
