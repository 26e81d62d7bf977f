/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define SOBAN_NO_BREAK "\u00a0"

/* (transfer full): @text as one word: no line ends in a date, a time or a short sentence. */
char *soban_held_text (const char *text);
/* The same of a moment (soban_time_text()), which would be too long: the clock may stand at the end of a line, the date is one word. */
char *soban_held_moment (const char *moment);
