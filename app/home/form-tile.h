/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "form/form-library.h"

/* A tile that starts a new record of one form; of a registry flatter, and it opens the list of entries beside. */
#define SOBAN_TYPE_FORM_TILE (soban_form_tile_get_type ())
G_DECLARE_FINAL_TYPE (SobanFormTile, soban_form_tile, SOBAN, FORM_TILE, AdwBin)

/* @entry must outlive the tile. */
GtkWidget *soban_form_tile_new (const SobanFormEntry *entry);
const SobanFormEntry *soban_form_tile_get_entry (SobanFormTile *self); /* (transfer none) */
/* Records this month; of a registry: entries in all. */
void soban_form_tile_set_count (SobanFormTile *self, gint64 count);
