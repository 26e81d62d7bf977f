/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form-shelf.h"
#include "form/form-library.h"

/* A form with its files, read from where a person has put them. */
typedef struct {
  SobanForm *form;
  SobanFormOffer *offer;
  GPtrArray *contents; /* (element-type GBytes): the XForm and the files */
  GPtrArray *remarks;  /* (element-type utf8): findings of the checker and missing pictures, in words: the form works */
} SobanFormParcel;
void soban_form_parcel_free (SobanFormParcel *parcel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFormParcel, soban_form_parcel_free)

/**
 * soban_form_parcel_read:
 * @file: the XForm; what it names is looked for among @files, then beside it
 * @files: (nullable) (array zero-terminated=1): further files, named by the form or not
 * @library: the built-in forms: their lists need no file, and their versions cannot be published with another content
 *
 * (transfer full): checked: @error names each error of the form, with its line.
 */
SobanFormParcel *soban_form_parcel_read (const char *file, char **files, SobanFormLibrary *library, GError **error);
/* In one transaction of its own. @roles, @scopes: as in SobanPublication. */
gboolean soban_form_parcel_publish (const SobanFormParcel *parcel, SobanCollectorStore *store, const char *roles, const char *scopes, GError **error);
