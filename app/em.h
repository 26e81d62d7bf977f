/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* px, > 0: how large the letters of @widget are, in which lengths that belong to the text are counted. Main thread. */
double soban_em (GtkWidget *widget);
