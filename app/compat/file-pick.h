/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

typedef void (*SobanFilePickedFunc) (GFile *file, gpointer data);

/* Asks for one file to read over @parent's window; @func is called when one was chosen, while @parent is alive.
 * GtkFileChooserNative here, GtkFileDialog later. */
void soban_file_pick (GtkWidget *parent, const char *title, SobanFilePickedFunc func, gpointer data);
