/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-store.h"
#include "base/clock.h"
#include "database.h"

/**
 * SobanCollectorStore: the collector's one SQLite file: log, records, devices, users. One thread at a time; the server
 * opens one as OWNER for its writer thread and one as READER for its pages.
 *
 * Invariants (tests are named after them; soban_collector_check() looks for breaches):
 *  S1 the numbers of a scope are 1 .. its last_number, without a gap;
 *  S2 the numbers of a (device, incarnation) are 1 .. its high_number, without a gap;
 *  S3 a record's state is what its changes in the log merge to;
 *  S4 what is derived (title, search text, facts) belongs to the state, or the record is marked stale.
 */
typedef struct _SobanCollectorStore SobanCollectorStore;

/* @clock (nullable): the machine's. Brings an older schema up; errors of SOBAN_STORE_ERROR, TOO_NEW for a newer one. */
SobanCollectorStore *soban_collector_store_open (const char *path, SobanDatabaseRole role, gboolean create, const SobanClock *clock,
                                                 GError **error);
void soban_collector_store_close (SobanCollectorStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanCollectorStore, soban_collector_store_close)

SobanDatabase *soban_collector_store_get_database (SobanCollectorStore *store);
/* The collector's now in ms: never runs backwards, never behind the last admitted change (PROTOCOL 3.4). */
gint64 soban_collector_store_now (SobanCollectorStore *store);
/* Fails when the machine's clock is more than an hour behind the last admitted change. */
gboolean soban_collector_store_check_clock (SobanCollectorStore *store, GError **error);
gboolean soban_collector_store_put_last_stamp (SobanCollectorStore *store, SobanStamp stamp, GError **error);
/* A clock floor for devices: not before now, and not before anything admitted. */
SobanStamp soban_collector_store_get_floor (SobanCollectorStore *store);

gboolean soban_collector_store_begin (SobanCollectorStore *store, GError **error);
gboolean soban_collector_store_commit (SobanCollectorStore *store, GError **error);
void soban_collector_store_roll_back (SobanCollectorStore *store);

/* The store as admission sees it; lives as long as @store. */
SobanAdmissionStore soban_collector_store_get_admission (SobanCollectorStore *store);

char *soban_collector_store_get_setting (SobanCollectorStore *store, const char *key); /* (nullable) (transfer full) */
gboolean soban_collector_store_put_setting (SobanCollectorStore *store, const char *key, const char *value, GError **error);
