/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "preferences.h"
#include "store/store.h"

/**
 * SobanSettingsPage: who writes, language, letters, drawing, what new records begin with, what is kept, backups.
 * Signal "language" ("vi" or "en"): the person chose another one.
 */
#define SOBAN_TYPE_SETTINGS_PAGE (soban_settings_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanSettingsPage, soban_settings_page, SOBAN, SETTINGS_PAGE, AdwBin)

GtkWidget *soban_settings_page_new (SobanStore *store, SobanPreferences *preferences);
