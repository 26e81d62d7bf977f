/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "preferences.h"
#include "store/store.h"

/**
 * SobanApplication: owns the store, the sync scheduler and the preferences; opens the store on a worker once the
 * first frame is drawn, and hands it to the windows. On SIGTERM and on quitting, every answer is saved first.
 */
#define SOBAN_APPLICATION_ID "org.soban.Soban"
#define SOBAN_TYPE_APPLICATION (soban_application_get_type ())
G_DECLARE_FINAL_TYPE (SobanApplication, soban_application, SOBAN, APPLICATION, AdwApplication)

/* @store_path: (nullable): NULL = soban/soban.db in the XDG data folder. */
SobanApplication *soban_application_new (SobanPreferences *preferences, const char *store_path);
SobanPreferences *soban_application_get_preferences (SobanApplication *self); /* (transfer none) */
const char *soban_application_get_store_path (SobanApplication *self);
SobanStore *soban_application_get_store (SobanApplication *self); /* (transfer none) (nullable): until it is open */
/* Lets go of what is held only for speed; it is read again when it is wanted. */
void soban_application_spare_memory (SobanApplication *self);
/* Opens the store again, after an error that the person has mended. */
void soban_application_open_store (SobanApplication *self);
/* Keeps @language and starts the program anew in it: gettext speaks one language a process. */
void soban_application_set_language (SobanApplication *self, const char *language);
/* Keeps the choice and starts the program anew: libadwaita asks once. */
void soban_application_set_high_contrast (SobanApplication *self, gboolean high_contrast);
/* Ends the program, takes the copy @path in place of the store and starts anew. */
void soban_application_restore (SobanApplication *self, const char *path);
/* Once the program has ended: what soban_application_restore() asked for. FALSE: nothing was asked; else *ret_sentence says what was
 * done, for people. */
gboolean soban_application_finish_restore (SobanApplication *self, char **ret_sentence);
/* (nullable) (transfer none): what was being done when another language or contrast was chosen, as soban_window_describe_resume() says it: for SOBAN_RESUME. */
const char *soban_application_get_resume (SobanApplication *self);
/* Whether one of the above asked for the program to be started once this one has ended. */
gboolean soban_application_wants_restart (SobanApplication *self);
/* Adds the style sheet and the icons of the program to the display: for tests; an AdwApplication finds them by itself. */
void soban_application_add_style (void);
