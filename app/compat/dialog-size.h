/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Makes @dialog as large as its letters want, within @parent (nullable). */
void soban_dialog_set_size (GtkWindow *dialog, GtkWindow *parent);
/* For a plain window: it has no key for that. */
void soban_dialog_close_by_escape (GtkWindow *dialog);
