/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-store.h"
#include "base/clock.h"
#include "database.h"
#include "scope-digests.h"

/**
 * SobanCollectorStore: the collector's data, in one SQLite file or a PostgreSQL database: log, records, devices, users. One thread at a time; the server
 * opens one as OWNER for its writer thread and one as READER for its pages.
 *
 * Invariants (tests are named after them; soban_collector_check() looks for breaches):
 *  S1 the numbers of a scope are 1 .. its last_number, without a gap;
 *  S2 the numbers of a (device, incarnation) are 1 .. its high_number, without a gap;
 *  S3 a record's state is what its changes in the log merge to;
 *  S4 the digests of a scope are the sums of what its records give, each by its state;
 *  S5 the chain of an author is that of its changes in the log;
 *  S6 what is derived (title, search text, facts) belongs to the state, or the record is marked stale.
 */
typedef struct _SobanCollectorStore SobanCollectorStore;

/* record.stale. On disk: append only. */
enum {
  SOBAN_RECORD_DERIVED = 0,
  SOBAN_RECORD_STALE = 1,       /* to be derived */
  SOBAN_RECORD_NOT_DERIVED = 2, /* its state cannot be read */
};

/* @address: as soban_database_open() takes it. @create: make what is not there and bring up what is older, which SQLite's file gets in any case.
 * @clock (nullable): the machine's. Errors of SOBAN_STORE_ERROR, TOO_NEW for a newer schema. */
SobanCollectorStore *soban_collector_store_open (const char *address, SobanDatabaseRole role, gboolean create, const SobanClock *clock,
                                                 GError **error);
void soban_collector_store_close (SobanCollectorStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanCollectorStore, soban_collector_store_close)

SobanDatabase *soban_collector_store_get_database (SobanCollectorStore *store);
/* The collector's now in ms: never runs backwards, never behind the last admitted change (PROTOCOL 3.4). */
gint64 soban_collector_store_now (SobanCollectorStore *store);
/* Fails when the machine's clock is more than an hour behind the last admitted change. */
gboolean soban_collector_store_check_clock (SobanCollectorStore *store, GError **error);
/* That @stamp was admitted, by this collector or by another one that writes the same database. */
void soban_collector_store_note_stamp (SobanCollectorStore *store, SobanStamp stamp);
/* A clock floor for devices: not before now, and not before anything admitted that this store knows of. */
SobanStamp soban_collector_store_get_floor (SobanCollectorStore *store);

gboolean soban_collector_store_begin (SobanCollectorStore *store, GError **error);
gboolean soban_collector_store_commit (SobanCollectorStore *store, GError **error);
void soban_collector_store_roll_back (SobanCollectorStore *store);

/* A transaction that only reads, all of it from one snapshot: so that a cursor, a digest and changes agree. */
gboolean soban_collector_store_begin_reading (SobanCollectorStore *store, GError **error);

/**
 * soban_collector_store_expect:
 * @changes: (element-type SobanNumberedChange): all that will be admitted in this transaction, whoever sent it
 *
 * First of all in a transaction that admits, before soban_collector_store_now(): takes the counters of their scopes in ascending
 * order, so that two collectors on one database never wait for each other, and learns what was admitted there.
 */
gboolean soban_collector_store_expect (SobanCollectorStore *store, const GPtrArray *changes, GError **error);
/* The same again that is still open is passed over. */
gboolean soban_collector_store_put_incident (SobanCollectorStore *store, const SobanIncidentNote *note, GError **error);
/* The store as admission sees it; lives as long as @store. */
SobanAdmissionStore soban_collector_store_get_admission (SobanCollectorStore *store);
/* (transfer none): what the transaction has changed of the table digest and not written yet: admission writes it with the counter of the
 * scope. Who changes records by another way adds here and writes, too. */
SobanScopeDigests *soban_collector_store_get_digests (SobanCollectorStore *store);

char *soban_collector_store_get_setting (SobanCollectorStore *store, const char *key); /* (nullable) (transfer full) */
gboolean soban_collector_store_put_setting (SobanCollectorStore *store, const char *key, const char *value, GError **error);
