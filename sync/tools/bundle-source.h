/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "command.h"

/* What is in a bundle, as far as the keys of a store open it: receipts for its tablet, exchanges of its communes (sync/README.md 10). */
typedef struct _SobanBundleSource SobanBundleSource;

/* Whether a file that begins with @data is a bundle. */
gboolean soban_bundle_source_is_one (const guint8 *data, gsize length);
/* Opens --store. */
SobanBundleSource *soban_bundle_source_new (SobanRun *run, GError **error);
void soban_bundle_source_free (SobanBundleSource *source);
/* (transfer none) (nullable): until the next call, what @data opened to; NULL with @error. A line about who wrote it goes to @out first. */
const GByteArray *soban_bundle_source_feed (SobanBundleSource *source, const guint8 *data, gsize length, GString *out, GError **error);
gboolean soban_bundle_source_finish (SobanBundleSource *source, GError **error);
