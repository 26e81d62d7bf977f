/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/keyring.h"
#include "protocol/signing-keys.h"

/* Who writes and reads bundles on this tablet: read once for each export or import. */
typedef struct {
  SobanIdentity identity;
  SobanSigningKeys keys; /* its own pair */
  SobanKeys *ring;       /* the collector's key and the communes' */
} SobanBundleOwner;

/* Errors: NOT_ENROLLED of SOBAN_SYNC_ERROR, NO_KEYS of SOBAN_BUNDLE_ERROR. */
gboolean soban_bundle_owner_load (SobanBundleOwner *owner, SobanStore *store, GError **error);
void soban_bundle_owner_clear (SobanBundleOwner *owner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanBundleOwner, soban_bundle_owner_clear)
