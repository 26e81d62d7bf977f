/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * That a store's file was found damaged, remembered beside it: a damaged file is not written to, and looking it over is too long for every
 * start. Any thread.
 */
gboolean soban_damage_is_noted (const char *store_path);
/* What the last look at the file at @store_path found. */
void soban_damage_note (const char *store_path, gboolean damaged);
