/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sample.h"
#include "window.h"

/* A window over @store, as tall and wide as the smallest tablet, drawn once. */
SobanWindow *ui_open_window (SobanStore *store);
void ui_close_window (SobanWindow *window);
/* (transfer none): the page that is seen in @window. */
GtkWidget *ui_get_top (SobanWindow *window);
/* What sample_wait() waits for in a SobanWindow: a form, no form any more, the choices of a long list. */
gboolean ui_has_entry (gpointer window);
gboolean ui_has_no_entry (gpointer window);
gboolean ui_has_choices (gpointer window);
/* Before g_test_run(): GTK in Vietnamese without animations, and warnings that stop the test. */
void ui_init (int *argc, char ***argv);
