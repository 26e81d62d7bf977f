/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What a file is, by its name alone. */

/* Whether this tablet would show it as a picture. */
gboolean soban_file_kind_is_picture (const char *name);
/* (transfer full): in words: "PDF document" */
char *soban_file_kind_text (const char *name);
