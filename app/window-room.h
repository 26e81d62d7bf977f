/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Whether there is room for the letters: @window has the style class "narrow" where a line of twice the size of type holds few words, and "low"
 * where such a size leaves few lines over an on-screen keyboard. The bars of the window keep small there (style.css), for what stands between
 * them. To be called from size_allocate; the classes follow when the frame is over. Main thread. */
void soban_window_room_note (GtkWidget *window, int width, int height);
