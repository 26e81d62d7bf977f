/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "home/home-digest.h"

/**
 * SobanHomePage: a tile for each form, the month's numbers, the drafts, one line on what is sent. Follows the store.
 * Signal "filled" each time it has been read anew.
 */
#define SOBAN_TYPE_HOME_PAGE (soban_home_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanHomePage, soban_home_page, SOBAN, HOME_PAGE, AdwBin)

GtkWidget *soban_home_page_new (SobanStore *store);
