/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"
#include "store/store.h"

/* Where the bytes of a picture, a sound or another file are: among the files of a form's version, or among the attachments. */
typedef struct {
  char *form, *version; /* (nullable): NULL: an attachment */
  char *name;
} SobanFileSource;

SobanFileSource *soban_file_source_new_for_form (SobanFormInstance *instance, const char *address);
SobanFileSource *soban_file_source_new_for_attachment (const char *name);
SobanFileSource *soban_file_source_copy (const SobanFileSource *source);
void soban_file_source_free (SobanFileSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFileSource, soban_file_source_free)
gboolean soban_file_source_equal (const SobanFileSource *a, const SobanFileSource *b); /* both (nullable) */
/* (transfer full): NOT_FOUND of SOBAN_STORE_ERROR when this tablet does not have it. Waits for the store. */
GBytes *soban_file_source_read (const SobanFileSource *source, SobanStore *store, GError **error);
