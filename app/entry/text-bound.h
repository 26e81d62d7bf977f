/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Keeps what is typed or pasted into @text, a GtkText or GtkTextView, within what an answer may hold, for its life: more is not
 * let in at all (a paste of 10 MB would freeze a weak tablet), and the page says so (action "entry.too-long"). */
void soban_text_bound_watch (GtkWidget *text);
