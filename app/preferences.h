/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/**
 * SobanPreferences: what this program keeps about itself, apart from the store: language, renderer, window size. Kept
 * in GSettings where the schema org.soban.Soban is installed; else the defaults hold and changes last until the program
 * ends. Main thread.
 */
#define SOBAN_TYPE_PREFERENCES (soban_preferences_get_type ())
G_DECLARE_FINAL_TYPE (SobanPreferences, soban_preferences, SOBAN, PREFERENCES, GObject)

SobanPreferences *soban_preferences_new (void);
const char *soban_preferences_get_language (SobanPreferences *self); /* (transfer none): "vi" or "en" */
void soban_preferences_set_language (SobanPreferences *self, const char *language);
/* What draws, from the next start on: "auto", "processor" or "graphics" */
const char *soban_preferences_get_drawing (SobanPreferences *self);
void soban_preferences_set_drawing (SobanPreferences *self, const char *drawing);
/* Size of the type, 100 to 200 percent of the display's. */
int soban_preferences_get_text_percent (SobanPreferences *self);
void soban_preferences_set_text_percent (SobanPreferences *self, int percent);
/* "system", "light" or "dark" */
const char *soban_preferences_get_scheme (SobanPreferences *self);
void soban_preferences_set_scheme (SobanPreferences *self, const char *scheme);
/* What libadwaita reads. */
#define SOBAN_HIGH_CONTRAST_VARIABLE "ADW_DEBUG_HIGH_CONTRAST"
/* Also where the desktop does not ask for it; from the next start on. */
gboolean soban_preferences_get_high_contrast (SobanPreferences *self);
void soban_preferences_set_high_contrast (SobanPreferences *self, gboolean high_contrast);
void soban_preferences_get_window_size (SobanPreferences *self, int *ret_width, int *ret_height);
void soban_preferences_set_window_size (SobanPreferences *self, int width, int height);
