/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/* (transfer floating): the group of the settings that turns reading aloud on; where no voice is installed it says so. */
GtkWidget *soban_speech_part_new (SobanStore *store);
