/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

/* Where GTK looks for icons. Main thread. */

/* Only in the program and in GTK: theirs are pictures, those of the desktop's theme are drawings that load librsvg. */
void soban_icon_source_use_own (GdkDisplay *display);
/* In the desktop's theme too: a file chooser shows types of files, the about window the program's own icon. */
void soban_icon_source_use_all (GdkDisplay *display);
