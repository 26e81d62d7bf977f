/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

typedef void (*SobanConfirmFunc) (gpointer data);

/**
 * soban_confirm:
 * @parent: a widget of the window to ask over
 * @heading: @body: plain text (escaped here)
 * @cancel: @action: button labels with mnemonics; @cancel is the default answer and that of Escape
 * @func: called when the person chose @action, while @parent is alive
 *
 * Nothing is asked where @parent is out of sight: its page has gone, or the window is locked.
 *
 * AdwMessageDialog here, AdwAlertDialog later.
 */
void soban_confirm (GtkWidget *parent, const char *heading, const char *body, const char *cancel, const char *action,
                    SobanConfirmFunc func, gpointer data);
