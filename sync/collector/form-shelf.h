/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/form-offer.h"
#include "collector-store.h"
#include "devices.h"

/*
 * The forms that are published here (sync/README.md 4.6a). A version and its files never change once they are put; who gets it and whether it is
 * withdrawn may.
 */

typedef struct {
  SobanFormOffer *offer;
  char *title;
  char *roles, *scopes; /* between blanks, one before the first and after the last; "" = everybody */
  gint64 published_ms, withdrawn_ms; /* 0: not withdrawn */
} SobanPublication;
/* Takes @offer over. */
SobanPublication *soban_publication_new (SobanFormOffer *offer);
void soban_publication_free (SobanPublication *publication);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanPublication, soban_publication_free)

/* ---- inside a writing transaction ---- */

/* A content that is there already stays. */
gboolean soban_form_shelf_put_content (SobanCollectorStore *store, GBytes *content, GError **error);
/**
 * soban_form_shelf_put:
 *
 * Publishes what is new, and gives what is published already the audience of @publication. The contents must be there. Records of the version
 * are derived anew. Errors of SOBAN_STORE_ERROR: CONSTRAINT when the same version is published with another content, or when the list of forms
 * grew beyond its bounds.
 */
gboolean soban_form_shelf_put (SobanCollectorStore *store, const SobanPublication *publication, GError **error);
/* NOT_FOUND when there is no such version. */
gboolean soban_form_shelf_withdraw (SobanCollectorStore *store, const char *id, const char *version, GError **error);

/* ---- reading ---- */

/* (transfer full) (element-type SobanPublication): by id and version in byte order. */
GPtrArray *soban_form_shelf_list (SobanCollectorStore *store, GError **error);
/* (transfer full) (element-type SobanFormOffer): what @device should have, in the order of a FORMS frame. */
GPtrArray *soban_form_shelf_list_for (SobanCollectorStore *store, const SobanDevice *device, GError **error);
/**
 * soban_form_shelf_read_piece:
 * @from: in bytes
 *
 * *ret_piece: (transfer full) (nullable): at most SOBAN_FORM_PIECE_BYTES_MAX bytes of a content that is meant for @device; NULL when it is not, or
 * when it ends before @from.
 */
gboolean soban_form_shelf_read_piece (SobanCollectorStore *store, const SobanDevice *device, const guint8 *sha256, guint64 from, GBytes **ret_piece,
                                      GError **error);
/* *ret_content: (transfer full) (nullable): the XForm; with @name: that file of the version. */
gboolean soban_form_shelf_read (SobanCollectorStore *store, const char *id, const char *version, const char *name, GBytes **ret_content, GError **error);
