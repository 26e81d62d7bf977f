/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* Lets the child of @bin be left out where it has no room: it is said elsewhere too. Main thread. */
void soban_yielding_set_up (AdwBin *bin);
