/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * The word that an input method is still composing (Telex: "ddoongf" on its way to "đồng") is in no text yet. Modules
 * differ in what they do with it when the focus goes: some commit it, some drop it (odk.md 2, complaint 30). Here it is
 * kept.
 */

/* Watches @text, a GtkText or GtkTextView, for its life. */
void soban_word_in_flight_watch (GtkWidget *text);
/* Takes the word over into the text, once: asks the module first, and puts the word in itself when the module has not.
 */
void soban_word_in_flight_commit (GtkWidget *text);
