/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/* (transfer floating): the group of the PIN: set, change, take away, lock now. Main thread. */
GtkWidget *soban_pin_part_new (SobanStore *store);
