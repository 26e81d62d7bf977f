/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanLookPage: what needs a look: questions with two answers, each with one decision, and records that break a rule of
 * their form. Signal "loaded" when it shows what the store says.
 */
#define SOBAN_TYPE_LOOK_PAGE (soban_look_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanLookPage, soban_look_page, SOBAN, LOOK_PAGE, AdwBin)

GtkWidget *soban_look_page_new (SobanStore *store);
