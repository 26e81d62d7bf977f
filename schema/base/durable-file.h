/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * SobanDurableFile: a new file, for a stick that may be full or pulled out at any moment: it is there whole, or not at all. Any one thread.
 *
 * Invariants
 *  1. Until soban_durable_file_commit() nothing stands under the final name; what is written stands under that name with
 *     SOBAN_DURABLE_FILE_SUFFIX behind it.
 *  2. After it has returned TRUE the file is on the medium, its name too, and the medium gave back the very bytes that were written.
 *  3. Another file is never replaced.
 *  4. What was not committed is removed, as far as the medium lets.
 *
 * Errors are G_FILE_ERROR (NOSPC, IO, EXIST ...) and SOBAN_BUNDLE_ERROR_UNSURE when the medium gave back something else.
 */
typedef struct _SobanDurableFile SobanDurableFile;

#define SOBAN_DURABLE_FILE_SUFFIX ".part"

SobanDurableFile *soban_durable_file_new (const char *path, GError **error);
void soban_durable_file_free (SobanDurableFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDurableFile, soban_durable_file_free)
gboolean soban_durable_file_write (SobanDurableFile *file, const guint8 *data, gsize length, GError **error);
/* Nothing can be written any more. On FALSE no file is left behind. */
gboolean soban_durable_file_commit (SobanDurableFile *file, GError **error);
/* (transfer none) */
const char *soban_durable_file_get_path (const SobanDurableFile *file);

/* Removes a file, and its name from the medium. */
gboolean soban_durable_file_remove (const char *path, GError **error);
