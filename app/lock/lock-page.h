/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanLockPage: what stands in the window while it is locked: asks for the PIN, and shows the way back where it is forgotten. Signal
 * "unlocked": the PIN was right, or an enrolment has taken it away.
 */
#define SOBAN_TYPE_LOCK_PAGE (soban_lock_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanLockPage, soban_lock_page, SOBAN, LOCK_PAGE, AdwBin)

GtkWidget *soban_lock_page_new (SobanStore *store);
/* Takes the keyboard. */
void soban_lock_page_focus (SobanLockPage *self);
