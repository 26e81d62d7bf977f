/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanPinPage: sets the PIN, changes it or takes it away: where there is one it is asked for first, a new one twice. Signal "done" (a sentence
 * for the person): it is set, or gone.
 */
#define SOBAN_TYPE_PIN_PAGE (soban_pin_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanPinPage, soban_pin_page, SOBAN, PIN_PAGE, AdwBin)

/* @removes: takes it away */
GtkWidget *soban_pin_page_new (SobanStore *store, gboolean removes);
/* Takes the keyboard. */
void soban_pin_page_focus (SobanPinPage *self);
