/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/form-offer.h"
#include "store/store.h"

/* The forms that the collector publishes, as they come to the tablet and as they are kept (sync/README.md 4.6a). */

/* The fingerprint of the list that this tablet has whole; 0: none, or what it has was taken by another program, which may have refused what this
 * one understands. */
gboolean soban_store_get_forms_fingerprint (SobanStore *store, guint64 *ret_fingerprint, GError **error);

typedef struct {
  guint8 sha256[SOBAN_SHA256_BYTES];
  guint64 bytes, have; /* have: so much has come already */
} SobanMissingContent;
/* (transfer full) (element-type SobanMissingContent): what is still to be fetched of @offers (element-type SobanFormOffer), each once, in their
 * order: a form that comes first is whole first. */
GArray *soban_store_list_missing_contents (SobanStore *store, const GPtrArray *offers, GError **error);
/**
 * soban_store_add_form_piece:
 * @missing: what is fetched; its @have moves on
 *
 * Keeps the next piece. Errors of SOBAN_STORE_ERROR: CONSTRAINT when the piece is empty or more than is missing; CORRUPT when the content is
 * complete and not the one of its hash: then all of it is let go.
 */
gboolean soban_store_add_form_piece (SobanStore *store, SobanMissingContent *missing, GBytes *piece, GError **error);
/**
 * soban_store_take_forms:
 * @offers: (element-type SobanFormOffer): the whole list
 *
 * Takes each version that is whole, if this program can read it, and offers for new records exactly what @offers say. When nothing is missing any more the
 * list is remembered by @fingerprint.
 */
gboolean soban_store_take_forms (SobanStore *store, const GPtrArray *offers, guint64 fingerprint, GError **error);

/* (transfer full) (nullable): a file that this version of the form brought along ("a.png", or its address "jr://images/a.png"); NULL without @error when
 * there is none. */
GBytes *soban_store_get_form_file (SobanStore *store, const char *form, const char *version, const char *name, GError **error);
