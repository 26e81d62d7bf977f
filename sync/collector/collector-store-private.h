/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"

/* A row of the table record, as far as admission needs it. */
typedef struct {
  gboolean known; /* it has been read */
  SobanUuid id;
  char *form;     /* NULL: there is no such record */
  SobanDigest digest;
} SobanRecordRow;

struct _SobanCollectorStore {
  SobanDatabase *database;
  SobanDatabaseRole role;
  const SobanClock *clock;
  gint64 now_ms;
  SobanStamp last_stamp;
  SobanScopeDigests *digests; /* not written yet */
  GHashTable *stamps;         /* uid -> gint64 *: greatest stamp appended to a scope since its counter was taken */
  SobanRecordRow row;         /* read last */
};

void soban_record_row_clear (SobanRecordRow *row);
