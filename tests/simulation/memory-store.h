/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-store.h"
#include "log/digest.h"
#include "mark.h"

/* One change of the log. */
typedef struct {
  guint references;
  SobanChange *change; /* with its effective stamp */
  SobanStamp provisional;
  guint64 scope_number;
  gint64 admitted_ms;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  guint64 chain; /* of its author */
} StoredChange;

/**
 * MemoryStore: an admission store in memory, with transactions. What a transaction wrote lies in a layer of its own
 * until the commit, so that a roll-back (or a crash) is to forget the layer. It checks how it is called: a breach of
 * the contract of admission-store.h is an error of the domain BREACH.
 */
typedef struct _MemoryStore MemoryStore;

/* @marks: what is counted */
MemoryStore *memory_store_new (guint64 *marks);
/* (transfer full): what is committed now. */
MemoryStore *memory_store_copy (MemoryStore *store);
void memory_store_free (MemoryStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MemoryStore, memory_store_free)

SobanAdmissionStore memory_store_get_admission (MemoryStore *store);
void memory_store_begin (MemoryStore *store);
/* Checks that the numbers of each scope go on without a gap. */
gboolean memory_store_commit (MemoryStore *store, GError **error);
void memory_store_roll_back (MemoryStore *store);

/* The disk is full after @calls more calls of this transaction (SOBAN_STORE_ERROR_FULL). */
void memory_store_fail_after (MemoryStore *store, guint calls);
/* A broken disk, to see whether the simulation sees it: the last change of the next commit is written nowhere. */
void memory_store_lose_one (MemoryStore *store);

/* (transfer none) (element-type StoredChange): all that is committed, in order. */
const GPtrArray *memory_store_get_log (MemoryStore *store);
/* (transfer none) (element-type StoredChange): of one scope; the n-th has the number n + 1. Empty where there is none.
 */
const GPtrArray *memory_store_get_scope (MemoryStore *store, const char *scope);
/* Below it the log is not pulled any more. */
guint64 memory_store_get_floor (MemoryStore *store, const char *scope);
void memory_store_raise_floor (MemoryStore *store, const char *scope, guint64 number);
/* (nullable) (transfer none) */
const StoredChange *memory_store_find (MemoryStore *store, const SobanChangeId *id);
/* (element-type SobanUuid): of one scope, ascending */
GArray *memory_store_list_records (MemoryStore *store, const char *scope);
SobanDigest memory_store_get_digest (MemoryStore *store, const SobanUuid *record);
/* (nullable) (transfer full) */
SobanRecordState *memory_store_get_state (MemoryStore *store, const SobanUuid *record);
