/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "conflicts/look-item.h"

/* (transfer floating): what needs a look, with its decision; it is written when a button is pressed. @item is copied from. */
GtkWidget *soban_look_card_new (SobanStore *store, const SobanLookItem *item);
/* The first button to decide with. */
void soban_look_card_focus (GtkWidget *card);
