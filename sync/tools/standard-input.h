/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* (transfer full) (nullable): the text of the file @path, or of standard input for "-". Errors: G_FILE_ERROR, also when it is not UTF-8. */
char *soban_read_file_or_input (const char *path, GError **error);
