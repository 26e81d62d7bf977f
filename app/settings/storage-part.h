/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "store/store.h"

/* What lies in the folder of the ledger. */
typedef struct {
  guint64 ledger_bytes; /* the store's file and its log; photos are in it */
  guint64 photo_bytes;
  guint photos;
  guint waiting;      /* photos that wait to be sent */
  guint64 copy_bytes; /* backups, and former ledgers that were put aside */
  guint copies;
  guint64 free_bytes;
  char *folder;
} SobanStorage;
void soban_storage_free (SobanStorage *storage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanStorage, soban_storage_free)
/* (transfer full): blocks: on a worker only. */
SobanStorage *soban_storage_measure (SobanStore *store, GError **error);

/* (transfer floating): an AdwPreferencesGroup that says where the records lie, how much room they take and how far back they are kept. */
GtkWidget *soban_storage_part_new (SobanStore *store);
