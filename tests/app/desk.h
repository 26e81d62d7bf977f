/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui.h"

/* A fixture: a store of its own and a window over it. */
typedef struct {
  SobanStore *store;
  SobanWindow *window;
} Desk;

/* As the tablet comes: nobody has said yet whose it is. */
void desk_set_up_new (Desk *desk, gconstpointer data);
/* Past the first run (sample_store_begin()), without a record. */
void desk_set_up_begun (Desk *desk, gconstpointer data);
/* With the records of sample_store_fill(). */
void desk_set_up_filled (Desk *desk, gconstpointer data);
void desk_tear_down (Desk *desk, gconstpointer data);
