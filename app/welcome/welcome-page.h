/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/**
 * SobanWelcomePage: the first run: language; then link with the commune office by a file or a code, or start without
 * one, with commune and name. Signals: "language" ("vi" or "en"), "done", "left" (only where the PIN was forgotten: back to asking for it).
 */
#define SOBAN_TYPE_WELCOME_PAGE (soban_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanWelcomePage, soban_welcome_page, SOBAN, WELCOME_PAGE, AdwBin)

typedef enum {
  SOBAN_WELCOME_FIRST_RUN,
  SOBAN_WELCOME_LINK,      /* later: no language, no start without, and a way back */
  SOBAN_WELCOME_FORGOTTEN, /* the PIN is: an enrolment of the office that the tablet is linked with takes it away (client/session.h) */
} SobanWelcomePurpose;

GtkWidget *soban_welcome_page_new (SobanStore *store, SobanWelcomePurpose purpose);
/* Enrols with the file's contents. */
void soban_welcome_page_enrol_file (SobanWelcomePage *self, GFile *file);
/* For pictures and tests: shows the step "language", "ways", "code" or "local". */
void soban_welcome_page_show_step (SobanWelcomePage *self, const char *step);
