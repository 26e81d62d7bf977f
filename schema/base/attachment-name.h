/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/limits.h"

#include <glib.h>

#define SOBAN_ATTACHMENT_NAME_BYTES_MAX (64 + 1 + SOBAN_ATTACHMENT_EXTENSION_BYTES_MAX)

/*
 * The name of an attachment: what a person answered to an `upload` question is a file (a photo, a sound), the value of the question is the
 * file's name: 64 lower case hexadecimal digits of its SHA-256, a dot, and an extension of 1 to SOBAN_ATTACHMENT_EXTENSION_BYTES_MAX
 * of a-z and 0-9 ("….jpg"). Any value of that shape names an attachment, whatever the question.
 */
gboolean soban_attachment_name_is_valid (const char *name);
/* (transfer full) (nullable): of these bytes; NULL when @extension ("jpg", "JPG") cannot stand in a name. */
char *soban_attachment_name_new (gconstpointer data, gsize length, const char *extension);
/* Of a valid name: whether these are the bytes that it names. */
gboolean soban_attachment_name_fits (const char *name, gconstpointer data, gsize length);
/* (transfer none): of a valid name. */
const char *soban_attachment_name_get_extension (const char *name);
