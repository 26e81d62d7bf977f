/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/record-state.h"
#include "protocol/sync-round.h"
#include "wall-clock.h"

/* A change in a tablet's log, under the stamp in force there. */
typedef struct {
  const SobanChange *change; /* as it lies on the disk */
  SobanStamp stamp;
} LogEntry;

typedef struct {
  SobanUuid id;
  const char *scope;
  GPtrArray *entries; /* (element-type LogEntry), borrowed */
  SobanRecordState *state;
} TabletRecord;

/**
 * Tablet: a model of the tablet's store, by the rules of schema/store: an append-only log, an outbox, cursors, records.
 *
 * 1. Its disk is a row of writes: own changes and results of rounds. Everything else is what replaying them gives.
 * 2. A crash takes some of the writes that were not synced, always from the end. No number leaves before its write is
 * synced.
 */
typedef struct {
  guint32 device;
  guint64 incarnation;
  WallClock clock;
  GRand *dice;
  gboolean raw_stamps;          /* another program: it stamps with its wall clock as it stands, never ratcheted */
  gboolean ignores_adjustments; /* a broken tablet, to see whether the simulation sees it */

  GPtrArray *disk;
  guint synced; /* writes that survive a crash */

  GHashTable *log;     /* SobanChangeId -> LogEntry */
  GPtrArray *own;      /* (element-type LogEntry), borrowed: the n-th has the number n + 1 */
  GHashTable *records; /* SobanUuid -> TabletRecord */
  GPtrArray *known;    /* (element-type TabletRecord), borrowed: in the order in which they came */
  GPtrArray *cursors;  /* (element-type SobanScopeCursor), ascending */
  guint64 acked_number;
  SobanHybridClock hybrid;

  SobanSyncRound *round; /* (nullable): the one that is open */
  guint64 round_number;  /* the highest own number when it began: what is saved meanwhile goes with the next */
} Tablet;

/* @scopes: (element-type utf8), ascending */
Tablet *tablet_new (guint32 device, guint64 incarnation, const GPtrArray *scopes, WallClockKind kind, GRand *dice);
void tablet_free (Tablet *tablet);

guint64 tablet_get_last_number (const Tablet *tablet);
guint64 tablet_get_cursor (const Tablet *tablet, const char *scope);
/* (nullable) */
TabletRecord *tablet_find (const Tablet *tablet, const SobanUuid *record);
SobanUuid tablet_new_id (Tablet *tablet, gint64 true_ms);

/**
 * tablet_save:
 * @change: (transfer full): record, form, scope and assignments are set; @seen is kept when it is below the cursor
 *
 * Numbers, stamps and writes the change. (transfer none): as it lies on the disk; lost by a crash before
 * tablet_sync_disk().
 */
const SobanChange *tablet_save (Tablet *tablet, SobanChange *change, gint64 true_ms);
void tablet_sync_disk (Tablet *tablet);
/* The power goes: @kept of the unsynced writes happen to be on the disk. */
void tablet_crash (Tablet *tablet, guint kept);
guint tablet_count_unsynced (const Tablet *tablet);

/* Opens a round with at most @changes_max changes: the bytes to send. */
GBytes *tablet_begin_round (Tablet *tablet, gint64 true_ms, guint changes_max, GError **error);

typedef struct {
  GPtrArray *changes; /* (transfer none) (element-type SobanNumberedChange): until the next write */
  gboolean go_on;     /* something is left to do */
  gboolean progress;
  gboolean unknown_receipt; /* more was acknowledged than the request brought */
} TabletResult;

/* Takes the whole answer, applies it in one write and closes the round. Errors: those of the round; then nothing was
 * applied. */
gboolean tablet_take_answer (Tablet *tablet, const guint8 *data, gsize length, TabletResult *ret_result,
                             GError **error);
void tablet_close_round (Tablet *tablet);
