/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/catalogue.h"
#include "base/unit-table.h"
#include "form/form-library.h"
#include "form/indicator.h"

/* What the collector knows beside its records: units, forms, indicators and targets, texts. Immutable: any thread. */
typedef struct {
  char *data_dir;
  SobanUnitTable *units;
  SobanFormLibrary *forms;
  SobanIndicatorSet *indicators;
  SobanCatalogue *vietnamese;
  SobanCatalogue *english;
  char *checksum; /* of what the facts depend on: another one means deriving again */
} SobanReference;

SobanReference *soban_reference_load (const char *data_dir, const char *locale_dir, GError **error);
void soban_reference_free (SobanReference *reference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReference, soban_reference_free)

/* (transfer none): by "vi" or "en"; Vietnamese for anything else. */
const SobanCatalogue *soban_reference_get_catalogue (const SobanReference *reference, const char *language);
