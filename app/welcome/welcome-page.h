/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanWelcomePage: the first run: language; then link with the commune office by a file or a code, or start without
 * one, with commune and name. Signals: "language" ("vi" or "en"), "done".
 */
#define SOBAN_TYPE_WELCOME_PAGE (soban_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanWelcomePage, soban_welcome_page, SOBAN, WELCOME_PAGE, AdwBin)

/* @first_run: FALSE = linking later: no language, no start without, and a way back */
GtkWidget *soban_welcome_page_new (SobanStore *store, gboolean first_run);
/* Enrols with the file's contents. */
void soban_welcome_page_enrol_file (SobanWelcomePage *self, GFile *file);
/* For pictures and tests: shows the step "language", "ways", "code" or "local". */
void soban_welcome_page_show_step (SobanWelcomePage *self, const char *step);
