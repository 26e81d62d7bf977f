/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "memory-store.h"

typedef struct {
  char *scope;
  GBytes *state; /* packed, as on a disk */
} StoredRecord;

typedef struct {
  GPtrArray *log;      /* (element-type StoredChange), owned */
  GHashTable *changes; /* SobanChangeId -> StoredChange */
  GHashTable *senders; /* SobanChangeId of number 0 -> SobanSenderMark */
  GHashTable *scopes;  /* scope -> guint64 */
  GHashTable *records; /* SobanUuid -> StoredRecord */
  guint conflicts, incidents, forks;
} Layer;

struct _MemoryStore {
  Layer base, open;
  GHashTable *floors;   /* scope -> guint64 */
  GHashTable *numbered; /* scope -> GPtrArray of StoredChange, borrowed */
  GPtrArray *locked;    /* scopes, as they were locked */
  GPtrArray *nothing;
  guint64 *marks;
  gboolean in_transaction, lose_one;
  gint calls_left; /* -1: no end */
};

/* Appends @stored (transfer full) to what is committed; checks its number. */
gboolean memory_store_keep (MemoryStore *store, StoredChange *stored, GError **error);
