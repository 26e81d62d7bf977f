/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

void
desk_set_up_new (Desk *desk, gconstpointer data)
{
  desk->store = sample_store_new ();
  desk->window = ui_open_window (desk->store);
}

void
desk_set_up_begun (Desk *desk, gconstpointer data)
{
  desk->store = sample_store_new ();
  sample_store_begin (desk->store);
  desk->window = ui_open_window (desk->store);
}

void
desk_set_up_filled (Desk *desk, gconstpointer data)
{
  desk->store = sample_store_new ();
  sample_store_begin (desk->store);
  sample_store_fill (desk->store);
  desk->window = ui_open_window (desk->store);
}

void
desk_tear_down (Desk *desk, gconstpointer data)
{
  ui_close_window (desk->window);
  sample_store_free (desk->store);
}
