/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-batch.h"
#include "collector-store.h"

struct _SobanCollectorStore {
  SobanDatabase *database;
  SobanDatabaseRole role;
  const SobanClock *clock;
  gint64 now_ms;
  SobanStamp last_stamp;
  SobanScopeDigests *digests; /* not written yet */
  GHashTable *stamps;         /* uid -> gint64 *: greatest stamp appended to a scope since its counter was taken */
  SobanAdmissionBatch *batch; /* of PostgreSQL; NULL: SQLite is told change by change */
  /* Of SQLite, the record read last: its id, its form (NULL: there is none) and digest. */
  SobanUuid record;
  char *form;
  SobanDigest digest;
};
