/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Shows which key does what, above @parent. An AdwWindow here, AdwShortcutsDialog later. (transfer none): the window. */
GtkWindow *soban_keys_show (GtkWindow *parent);
