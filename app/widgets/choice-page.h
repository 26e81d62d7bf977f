/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "widgets/choice-model.h"

/**
 * SobanChoicePage: a page with a search field above a long list of choices: communes, villages, teams.
 * Signal "chosen" (value, label). Back without choosing: the action win.back.
 */
#define SOBAN_TYPE_CHOICE_PAGE (soban_choice_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanChoicePage, soban_choice_page, SOBAN, CHOICE_PAGE, AdwBin)

GtkWidget *soban_choice_page_new (const char *title, SobanChoiceModel *model);
