/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry.h"

#include <adwaita.h>

/**
 * SobanRepeatList: the instances of a repeat, with a way into each, out for each, and one more.
 * Signals: "opened" (instance path), "added" (instance path).
 */
#define SOBAN_TYPE_REPEAT_LIST (soban_repeat_list_get_type ())
G_DECLARE_FINAL_TYPE (SobanRepeatList, soban_repeat_list, SOBAN, REPEAT_LIST, AdwBin)

GtkWidget *soban_repeat_list_new (SobanEntry *entry, const char *repeat_path);
void soban_repeat_list_refresh (SobanRepeatList *self);
