/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Lays out the five children of @page: what is the matter now, this month at a glance, what can be recorded, this month's numbers, the registers.
 * Below each other in this order; where there is room for two columns of letters, what is recorded stands on the left and what is told on the
 * right, and the glance, which then only repeats, is left out, as it is where letters are so large that it would push the rest away. Main
 * thread. */
void soban_home_layout_set_up (GtkWidget *page);
