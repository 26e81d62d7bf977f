/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* (transfer full): what an error of the store or of a form means for the person, and what to do; translated. */
char *soban_trouble_text (const GError *error);
/* (transfer none): the same in three words, for the head of a page. */
const char *soban_trouble_title (const GError *error);
