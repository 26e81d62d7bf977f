/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/record-state.h"

/* How far one (device, incarnation) has got. */
typedef struct {
  guint64 high_number;   /* every change up to here is in the log; 0: none yet */
  SobanStamp last_stamp; /* effective stamp of that change */
  guint64 high_chain;    /* the chain after it (sync/README.md 4.8); 0 where high_number is 0 */
} SobanSenderMark;

/* What the log holds under one change id. */
typedef struct {
  guint8 hash[SOBAN_CHANGE_HASH_BYTES]; /* of the change as its author sent it */
  SobanStamp stamp;
  guint64 scope_number;
  guint64 chain;
} SobanLogEntry;

/* One change about to be appended. */
typedef struct {
  const SobanChange *change; /* with its effective stamp and corrected time; of an erased record without its values */
  SobanStamp provisional;    /* the stamp it came with */
  guint64 scope_number;
  guint8 hash[SOBAN_CHANGE_HASH_BYTES]; /* of the change as its author sent it: @change may have lost values */
  guint64 chain;                        /* its author's, after it */
  gint64 admitted_ms;
  guint32 relayed_by; /* the device that brought it; 0: its author itself */
  gboolean marked;    /* an incident goes with it */
} SobanAdmittedChange;

/* Two writes to one field whose authors did not know of each other (PROTOCOL 3.2e). */
typedef struct {
  SobanUuid record;
  const char *scope;
  const char *path;     /* SOBAN_FIELD_DELETED: one deleted what the other wrote to */
  SobanChangeId winner; /* both are in the log, or are appended in this transaction */
  SobanChangeId loser;
  guint64 scope_number; /* of the later of the two: who has pulled it knows of both */
  gint64 found_ms;
} SobanConflictNote;

/* What an officer should know of (PROTOCOL 7, 8). The kinds are kept in stores: append only. */
#define SOBAN_INCIDENT_FORK "fork"                 /* two devices that think they are one */
#define SOBAN_INCIDENT_FORMER_SCOPE "former-scope" /* changes of a scope that the device has left */

typedef struct {
  const char *kind;
  guint32 device;
  const char *scope;       /* (nullable) */
  const SobanUuid *record; /* (nullable) */
  const char *detail;      /* English, numbers and ids: nothing that a record says */
  gint64 noted_ms;
} SobanIncidentNote;

/**
 * SobanAdmissionStore: what admission needs of a store, called inside one writing transaction of the caller: SQLite or
 * PostgreSQL. Every function returns FALSE with @error only when the store itself fails; the caller then rolls back.
 */
typedef struct {
  gboolean (*get_sender) (gpointer data, guint32 device, guint64 incarnation, SobanSenderMark *ret_mark, GError **error);
  gboolean (*put_sender) (gpointer data, guint32 device, guint64 incarnation, const SobanSenderMark *mark, GError **error);
  /* *ret_found FALSE when the log has no such change. */
  gboolean (*find_change) (gpointer data, const SobanChangeId *id, gboolean *ret_found, SobanLogEntry *ret_entry, GError **error);
  /* The change as it lies in the log; *ret_change (transfer full) NULL when the log has no such change. */
  gboolean (*read_change) (gpointer data, const SobanChangeId *id, SobanChange **ret_change, GError **error);
  /* Locks the scope's counter until the transaction ends. Called in ascending order of scopes, so that two writers never wait for each other. */
  gboolean (*lock_scope) (gpointer data, const char *scope, guint64 *ret_last_number, GError **error);
  gboolean (*put_scope) (gpointer data, const char *scope, guint64 last_number, GError **error);
  /* *ret_state (transfer full) NULL and *ret_scope NULL when there is no such record. */
  gboolean (*get_record) (gpointer data, const SobanUuid *record, char **ret_scope, SobanRecordState **ret_state, GError **error);
  /* Keeps @state and appends to the log: the two belong together. @created: the record is new. */
  gboolean (*append) (gpointer data, const SobanAdmittedChange *admitted, const SobanRecordState *state, gboolean created, GError **error);
  /* The other content that came under a number already given. */
  gboolean (*put_fork) (gpointer data, const SobanChange *change, const guint8 *hash, gint64 now_ms, GError **error);
  /* The same pair and path again is passed over. */
  gboolean (*put_conflict) (gpointer data, const SobanConflictNote *conflict, GError **error);
  /* Somebody who had pulled the scope up to @seen has written @paths (element-type utf8) of @record: their conflicts with a scope_number
   * up to @seen are settled. */
  gboolean (*settle_conflicts) (gpointer data, const SobanUuid *record, const GPtrArray *paths, guint64 seen, gint64 now_ms, GError **error);
  /* The same again (all but its time) is passed over. */
  gboolean (*put_incident) (gpointer data, const SobanIncidentNote *note, GError **error);
  gpointer data;
} SobanAdmissionStore;
