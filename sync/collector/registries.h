/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reference.h"

/* Which forms are registries: what a tablet's window never leaves out (sync/README.md 4.1). Immutable: any thread. */
typedef struct {
  char *ids;     /* between blanks, one before the first and after the last */
  guint32 check; /* CRC-32C of the ids, sorted, each with a line feed: whether the tablet means the same forms */
} SobanRegistries;

SobanRegistries *soban_registries_new (const SobanReference *reference);
void soban_registries_free (SobanRegistries *registries);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRegistries, soban_registries_free)
