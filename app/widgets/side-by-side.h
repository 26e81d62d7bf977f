/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* (transfer floating): two widgets (transfer floating) of the same width beside each other; below each other where that is too narrow
 * for them, as with large type on a small tablet. Main thread. */
GtkWidget *soban_side_by_side_new (GtkWidget *first, GtkWidget *second);
