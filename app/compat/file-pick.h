/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

typedef void (*SobanFilePickedFunc) (GFile *file, gpointer data);

/* Asks for one file to read over @parent's window; @func is called when one was chosen, while @parent is alive.
 * GtkFileChooserNative here, GtkFileDialog later. */
void soban_file_pick (GtkWidget *parent, const char *title, SobanFilePickedFunc func, gpointer data);
/* @mime: (nullable): "image/png" or all of a kind: only such files are offered. */
void soban_file_pick_kind (GtkWidget *parent, const char *title, const char *mime, SobanFilePickedFunc func, gpointer data);
/* Asks for a file to write, @name proposed. @func is always called once: with NULL when none was chosen. */
void soban_file_save (GtkWidget *parent, const char *title, const char *name, SobanFilePickedFunc func, gpointer data);
/* The same for a folder (a memory stick). */
void soban_file_pick_folder (GtkWidget *parent, const char *title, SobanFilePickedFunc func, gpointer data);
