/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * soban_language_init:
 * @wanted: (nullable): "vi", "en", or NULL for the environment's SOBAN_LANGUAGE, else "vi" (the tablet shows Vietnamese unless told otherwise)
 *
 * Sets LANGUAGE, the locale and the gettext domain of the process so that the catalogue is used even where no vi_VN
 * locale is generated (glibc ignores LANGUAGE under the C locale). Call once, first thing in main(), before any thread.
 */
void soban_language_init (const char *wanted);

/* (transfer none): "vi" or "en" as set by soban_language_init(). */
const char *soban_language_get (void);

/* (transfer none): the folder with <language>/LC_MESSAGES/soban.mo: $SOBAN_LOCALE_DIR, else where it was installed. */
const char *soban_locale_dir (void);
/* (transfer none): the folder with forms/ and reference/: $SOBAN_DATA_DIR, else where it was installed. */
const char *soban_data_dir (void);
