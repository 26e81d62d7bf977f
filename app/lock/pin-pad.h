/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * SobanPinPad: asks for a PIN: what is asked, a dot for each digit, large keys. By touch, by the keys of a keyboard, by a screen reader, which is
 * told how many digits there are and never which. Signal "entered" (the PIN): OK was pressed with enough digits; the pad is empty again.
 */
#define SOBAN_TYPE_PIN_PAD (soban_pin_pad_get_type ())
G_DECLARE_FINAL_TYPE (SobanPinPad, soban_pin_pad, SOBAN, PIN_PAD, AdwBin)

GtkWidget *soban_pin_pad_new (void);
/* Empties the pad and asks @question. */
void soban_pin_pad_ask (SobanPinPad *self, const char *question);
/* @sentence: (nullable): below the dots; it goes with the next digit. */
void soban_pin_pad_tell (SobanPinPad *self, const char *sentence);
/* While TRUE no key does anything, and the pad says that the PIN is looked at. */
void soban_pin_pad_set_busy (SobanPinPad *self, gboolean busy);
/* No key does anything for @wait_ms, and the pad says for how long. Ends by itself. */
void soban_pin_pad_wait (SobanPinPad *self, gint64 wait_ms);
/* Takes the keyboard. */
void soban_pin_pad_focus (SobanPinPad *self);
/* Keys pressed anywhere in @widget, which holds the pad, come to it while it is in view. */
void soban_pin_pad_take_keys_of (SobanPinPad *self, GtkWidget *widget);
