/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/record-state.h"

/* How far one (device, incarnation) has got. */
typedef struct {
  guint64 high_number;   /* every change up to here is in the log; 0: none yet */
  SobanStamp last_stamp; /* effective stamp of that change */
} SobanSenderMark;

/* What the log holds under one change id. */
typedef struct {
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  SobanStamp stamp;
  guint64 scope_number;
} SobanLogEntry;

/* One change about to be appended. */
typedef struct {
  const SobanChange *change; /* with its effective stamp */
  SobanStamp provisional;    /* the stamp it came with */
  guint64 scope_number;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES];
  gint64 admitted_ms;
} SobanAdmittedChange;

/**
 * SobanAdmissionStore: what admission needs of a store, called inside one writing transaction of the caller: SQLite
 * now, PostgreSQL later. Every function returns FALSE with @error only when the store itself fails; the caller then
 * rolls back.
 */
typedef struct {
  gboolean (*get_sender) (gpointer data, guint32 device, guint64 incarnation, SobanSenderMark *ret_mark, GError **error);
  gboolean (*put_sender) (gpointer data, guint32 device, guint64 incarnation, const SobanSenderMark *mark, GError **error);
  /* *ret_found FALSE when the log has no such change. */
  gboolean (*find_change) (gpointer data, const SobanChangeId *id, gboolean *ret_found, SobanLogEntry *ret_entry, GError **error);
  /* Locks the scope's counter until the transaction ends. Called in ascending order of scopes, so that two writers never wait for each other. */
  gboolean (*lock_scope) (gpointer data, const char *scope, guint64 *ret_last_number, GError **error);
  gboolean (*put_scope) (gpointer data, const char *scope, guint64 last_number, GError **error);
  /* *ret_state (transfer full) NULL and *ret_scope NULL when there is no such record. */
  gboolean (*get_record) (gpointer data, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error);
  /* Keeps @state and appends to the log: the two belong together. @created: the record is new. */
  gboolean (*append) (gpointer data, const SobanAdmittedChange *admitted, const SobanRecordState *state, gboolean created, GError **error);
  /* The other content that came under a number already given. */
  gboolean (*put_fork) (gpointer data, const SobanChange *change, const guint8 *hash, gint64 now_ms, GError **error);
  gpointer data;
} SobanAdmissionStore;
