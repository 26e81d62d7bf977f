/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sample.h"
#include "window.h"

/* A window over @store, as tall and wide as the smallest tablet, drawn once. */
SobanWindow *ui_open_window (SobanStore *store);
void ui_close_window (SobanWindow *window);
/* Before g_test_run(): GTK in Vietnamese without animations, and warnings that stop the test. */
void ui_init (int *argc, char ***argv);
