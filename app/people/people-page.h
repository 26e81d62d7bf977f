/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <adwaita.h>

/** SobanPeoplePage: who writes on this tablet now, and who else does. Choosing a name leads back. */
#define SOBAN_TYPE_PEOPLE_PAGE (soban_people_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanPeoplePage, soban_people_page, SOBAN, PEOPLE_PAGE, AdwBin)

GtkWidget *soban_people_page_new (SobanStore *store);
