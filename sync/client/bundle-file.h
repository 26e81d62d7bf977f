/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/durable-file.h"
#include "protocol/envelope.h"

/* One bundle on its way to a file, sealed piece by piece. One owner at a time. */
typedef struct _SobanBundleFile SobanBundleFile;

/* Errors: G_FILE_ERROR, SOBAN_BUNDLE_ERROR; a file that is there already is never replaced. */
SobanBundleFile *soban_bundle_file_new (const char *path, const SobanEnvelopeAddress *address, GError **error);
void soban_bundle_file_free (SobanBundleFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanBundleFile, soban_bundle_file_free)
/**
 * soban_bundle_file_add:
 * @plain: whole frames; emptied
 * @ret_room: (out): FALSE: they would go beyond the bound of a file and were left out; what is in it can still be ended
 */
gboolean soban_bundle_file_add (SobanBundleFile *file, GByteArray *plain, gboolean *ret_room, GError **error);
/* Ends the stream, signs it, makes it durable and reads it back (sync/README.md 10.5). */
gboolean soban_bundle_file_commit (SobanBundleFile *file, GError **error);

/**
 * soban_bundle_file_choose_path:
 * @place: a folder, or the path of a file
 * @kind: the last part of the name, "" or "-exchange"
 *
 * (transfer full): @place itself when it is no folder; else a name of it that no bundle has: "soban-17-2026-11-22-1.soban".
 */
char *soban_bundle_file_choose_path (const char *place, guint32 device, const char *kind);
/* What a crash left half-written in the folder @place, by this @device, goes. Nothing happens when it is no folder. */
void soban_bundle_file_sweep (const char *place, guint32 device);
