/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"
#include "protocol/envelope.h"

/* Bundles as jobs of a worker thread (soban_store_run_async()), for programs without a window: see session.h. @place: a path. */

SobanBundleReport *soban_bundle_export (SobanStore *store, const char *place, SobanBundlePurpose purpose, GCancellable *cancellable,
                                        GError **error);
SobanBundleReport *soban_bundle_import (SobanStore *store, const char *place, GCancellable *cancellable, GError **error);
/* The same of a folder, where nothing for this tablet is no error. */
SobanBundleReport *soban_bundle_import_others (SobanStore *store, const char *folder, GCancellable *cancellable, GError **error);
/* Takes in what the other tablets have put into @folder, and writes what they may lack; this tablet's older files of this kind are taken away. */
SobanBundleReport *soban_bundle_exchange (SobanStore *store, const char *folder, GCancellable *cancellable, GError **error);

/* (transfer full): empty, and complete. */
SobanBundleReport *soban_bundle_report_new (void);

/* What names a bundle's file: it ends so. */
#define SOBAN_BUNDLE_SUFFIX ".soban"
