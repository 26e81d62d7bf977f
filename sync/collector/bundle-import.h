/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "registries.h"
#include "round.h"

/* A bundle that a tablet has written for the collector (sync/README.md 10.2), taken in by the very steps of a request (round.h). */

/* What one bundle brought. */
typedef struct {
  guint32 device;
  char *device_name;
  guint8 device_key[SOBAN_PUBLIC_KEY_BYTES];
  guint admitted;       /* changes that were new here */
  guint64 acked_number; /* all of the tablet's own up to here are here */
  gboolean forked;      /* the tablet has to issue its changes anew (5.8): the receipt tells it */
  GByteArray *receipt;  /* the stream of the receipt, not sealed yet */
} SobanBundleOutcome;

void soban_bundle_outcome_clear (SobanBundleOutcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanBundleOutcome, soban_bundle_outcome_clear)

/**
 * soban_bundle_take_in:
 * @store: OWNER or GUEST: beside a running server a guest is right
 * @path: the bundle; read once: what is taken in is a copy of it, whose signature was checked
 * @spool_dir: where that copy is for as long as it is needed, without a name
 *
 * Part by part, each in a transaction of its own: what was taken in stays, whatever comes after it; the same bundle again is harmless.
 * Errors: SOBAN_BUNDLE_ERROR, G_FILE_ERROR, SOBAN_SYNC_ERROR for what the tablet may not send or has garbled, the store's.
 */
gboolean soban_bundle_take_in (SobanCollectorStore *store, const SobanRegistries *registries, const char *path, const char *spool_dir,
                               SobanBundleOutcome *ret_outcome, GError **error);

/**
 * soban_bundle_write_receipt:
 * @bundle_path: the bundle: it gives the receipt its name
 * @place: a folder or the path of a new file
 *
 * (transfer full) (nullable): the path of the receipt, sealed to the tablet and signed.
 */
char *soban_bundle_write_receipt (SobanCollectorStore *store, const SobanBundleOutcome *outcome, const char *bundle_path, const char *place,
                                  GError **error);
/* Whether the bundle @name has been answered already: its receipt stands in @folder. */
gboolean soban_bundle_has_receipt (const char *folder, const char *name);

#define SOBAN_BUNDLE_SUFFIX ".soban"
