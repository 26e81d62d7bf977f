/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/* (transfer floating): an AdwPreferencesGroup to choose the team and the village that new records begin with. */
GtkWidget *soban_start_part_new (SobanStore *store);
