/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "media/voice.h"

/**
 * SobanListenButton: plays or reads something, and stops it when tapped again, when another one in the window is tapped, and when it is not seen any
 * more (the page was turned). What sounds is made when it is first wanted.
 */
#define SOBAN_TYPE_LISTEN_BUTTON (soban_listen_button_get_type ())
G_DECLARE_FINAL_TYPE (SobanListenButton, soban_listen_button, SOBAN, LISTEN_BUTTON, GtkButton)

/* (transfer full): what sounds now */
typedef SobanVoice *(*SobanListenFunc) (gpointer data);

/**
 * soban_listen_button_new:
 * @text: (nullable): what stands on it: "Listen"; NULL = an icon alone
 * @name: for a screen reader
 * @destroy: (nullable): of @data
 */
GtkWidget *soban_listen_button_new (const char *text, const char *name, SobanListenFunc func, gpointer data, GDestroyNotify destroy);
gboolean soban_listen_button_is_sounding (SobanListenButton *self);
