/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Shows what this program is, over @parent (nullable). An AdwWindow here, an AdwDialog later. */
void soban_about_show (GtkWindow *parent);
