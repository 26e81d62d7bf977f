/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * Reading bundles: sync/README.md 10.3, 10.4. What bundle-import.c and its parts share.
 *
 * Invariants
 * 1. Nothing of a file is applied before it is known to be whole and whose it is. A receipt is held in memory until then; an exchange, which may
 *    be long, is read twice: only who holds the exchange key can have written either.
 * 2. The same file twice, a late receipt, one that a sync has overtaken: harmless. A cursor moves only from where the receipt began.
 * 3. What a receipt confirms is what this tablet wrote: same device, same incarnation, same chain; else nothing is taken from it.
 */

#include "client/bundle-owner.h"
#include "client/bundle.h"
#include "protocol/sync-round.h"

typedef struct {
  SobanStore *store;
  GCancellable *cancellable; /* (nullable) */
  SobanBundleOwner owner;
  SobanBundleReport *report;
} SobanBundleImport;

/* Takes the next plain bytes of a bundle; @head NULL: it has not come yet. */
typedef gboolean (*SobanBundleTake) (gpointer data, const SobanEnvelopeHead *head, const GByteArray *plain, GError **error);
/* Reads @path to its end and checks who wrote it; @take sees the pieces before that is known. */
gboolean soban_bundle_import_read (const SobanBundleImport *self, const char *path, SobanBundleTake take, gpointer data,
                                   SobanBundleKind *ret_kind, GError **error);

/* For the round of a receipt; @data: the store. */
gboolean soban_bundle_import_lookup_chain (guint64 number, guint64 *ret_chain, gpointer data);
/* @round: all of the receipt has been fed. */
gboolean soban_bundle_import_take_receipt (SobanBundleImport *self, SobanSyncRound *round, GError **error);
/* The second reading of an exchange. */
gboolean soban_bundle_import_take_exchange (SobanBundleImport *self, const char *path, GError **error);
