/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* (transfer floating): a text (nullable) that begins at the left, takes as many lines as it needs and tears a word only where it must.
 * @class (nullable): its class in style.css. Main thread. */
GtkWidget *soban_wrapped_label_new (const char *text, const char *class);
