/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk-write.h"
#include "client/pace.h"
#include "client/repair.h"
#include "log/digest.h"
#include "log/record-state.h"
#include "protocol/sync-round.h"
#include "wall-clock.h"

/* A change in a tablet's log, under the stamp in force there. */
typedef struct {
  const SobanChange *change; /* as it lies on the disk */
  SobanStamp stamp;
  guint64 scope_number; /* 0: not known; NUMBER_OF_SNAPSHOT: the collector has it */
  guint64 chain;        /* own: the chain after it */
  gboolean relay;       /* came by bundle, and no number is known yet */
  gboolean sent_on;     /* this sync has taken it along */
  gboolean asked;       /* this sync has asked whether the collector has it */
  guint boot;           /* own: index of the boot in which it was made */
} LogEntry;

#define NUMBER_OF_SNAPSHOT G_MAXUINT64

typedef struct {
  SobanUuid id;
  const char *scope;
  GPtrArray *entries; /* (element-type LogEntry), borrowed */
  SobanRecordState *state;
  gboolean spoilt; /* bits of its state have flipped on the disk */
} TabletRecord;

/**
 * Tablet: a model of the tablet's store, by the rules of schema/store: an append-only log, an outbox, cursors, records.
 *
 * 1. Its disk is a row of writes. Everything else is what replaying them gives: a copy of the row is a copy of the
 * tablet.
 * 2. A crash takes some of the writes that were not synced, always from the end. No number leaves before its write is
 * synced.
 */
typedef struct {
  guint32 device;
  guint64 first_incarnation;
  WallClock clock;
  GRand *dice;
  gboolean old;                 /* its program speaks 1.0 */
  gboolean raw_stamps;          /* another program: it stamps with its wall clock as it stands, never ratcheted */
  gboolean ignores_adjustments; /* a broken tablet, to see whether the simulation sees it */

  GPtrArray *disk;          /* (element-type DiskWrite) */
  guint synced;             /* writes that survive a crash */
  GPtrArray *image;         /* (nullable) (element-type DiskWrite): a backup of it */
  gint writes_left;         /* until the disk is full; -1: it is not */
  gboolean ignores_digests; /* a broken tablet: it never looks whether it differs */
  gboolean drops_forks;     /* a broken tablet: of what waits it issues nothing anew */

  guint64 incarnation;
  GHashTable *log;     /* SobanChangeId -> LogEntry */
  GPtrArray *own;      /* (element-type LogEntry), borrowed: the n-th of this incarnation has the number n + 1 */
  GHashTable *records; /* SobanUuid -> TabletRecord */
  GPtrArray *known;    /* (element-type TabletRecord), borrowed: in the order in which they came */
  GPtrArray *cursors;  /* (element-type SobanScopeCursor), ascending; with the page where a snapshot has come in part */
  gboolean paged;      /* of some changes it has only what won */
  GArray *boots;       /* (element-type SobanBoot): first_number is not kept, tablet-clock.c counts it */
  GArray *boot_ids;    /* (element-type guint32): of each boot */
  GArray *anchors;     /* (element-type SobanAnchor) */
  guint64 acked_number;
  SobanHybridClock hybrid;

  SobanSyncRound *round; /* (nullable): the one that is open */
  guint64 awaited_round; /* which one the network carries; 0: none */
  guint64 round_number;  /* the highest own number when it began: what is saved meanwhile goes with the next */
  Reading asked;         /* when it began */
  guint peer_minor;      /* which version the collector speaks, by its last answer */
  SobanPace pace;        /* how much goes at a time */
  gsize weight;          /* of the changes in the request that is open */
  gboolean probing;      /* the open request only asks what has arrived */
  gint64 asked_ms;       /* true time at which it left */
  gint64 stray_until_ms; /* till then copies of its requests may still arrive */
  gboolean forgetful;    /* its disk was set back or it was switched off: it may not know what it has sent */

  GBytes *newest_request; /* (nullable): the last that left */
  gboolean relaying;      /* the open request sends changes on */
  gint64 last_sync_ms; /* the collector's time in the newest answer */
  gboolean stick_out;  /* what it has written is carried about */
  SobanRepair *repair; /* (nullable): records that differ are being looked for */
  guint repairs;       /* begun in this sync */
  guint repaired;      /* records taken from the collector */
  gint64 now_ms;       /* true time of what it does at this moment */

  SobanHybridClock plain; /* a plain hybrid clock, for the comparison alone */
} Tablet;

/* @scopes: (element-type utf8), ascending */
Tablet *tablet_new (guint32 device, guint64 incarnation, const GPtrArray *scopes, WallClockKind kind, GRand *dice);
void tablet_free (Tablet *tablet);

guint64 tablet_draw_incarnation (Tablet *tablet);
guint64 tablet_get_last_number (const Tablet *tablet);
guint64 tablet_get_cursor (const Tablet *tablet, const char *scope);
guint64 tablet_get_chain (const Tablet *tablet, guint64 number);
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
/* Appends @write (transfer full) to the disk and does what it says. */
void tablet_write (Tablet *tablet, DiskWrite *write);
/* FALSE: the disk is full; asked before what may be refused. */
gboolean tablet_has_room (const Tablet *tablet, GError **error);
void tablet_sync_disk (Tablet *tablet);
/* The power goes: @kept of the unsynced writes happen to be on the disk. */
void tablet_crash (Tablet *tablet, guint kept);
guint tablet_count_unsynced (const Tablet *tablet);
/* The disk is another one: @disk (transfer full) (element-type DiskWrite), all of it synced. */
void tablet_set_disk (Tablet *tablet, GPtrArray *disk);

/* tablet-clock.c */
Reading tablet_read_clock (const Tablet *tablet, gint64 true_ms);
/* @reading was written: the boot is known, and how long it has run. */
void tablet_note_reading (Tablet *tablet, const Reading *reading);
void tablet_note_anchor (Tablet *tablet, const Reading *reading, gint64 true_ms);
/* (transfer full): what tells how wrong the clock was at the own changes after @after. */
SobanClockEvidence *tablet_get_evidence (const Tablet *tablet, guint64 after);
/* The tablet's own estimate of the time. */
gint64 tablet_estimate_now (Tablet *tablet, gint64 true_ms);

/* tablet-fork.c */
/**
 * tablet_renew:
 * @acked_number: the collector has all up to here as the tablet made it
 * @adjustments: (nullable) (element-type SobanStampAdjustment): told with the fork, of what is shared
 * @incarnation: drawn anew
 *
 * Issues what is left anew as 1, 2, 3 ... of @incarnation (sync/README.md 5.8).
 */
void tablet_renew (Tablet *tablet, guint64 acked_number, GArray *adjustments, guint64 incarnation, gint64 true_ms);
/* What replaying a renewal does. */
void tablet_apply_renewal (Tablet *tablet, const DiskWrite *write);

/* parts of the replay that tablet-fork.c needs, too */
LogEntry *tablet_log_change (Tablet *tablet, const SobanChange *change, guint64 scope_number);
void tablet_log_own (Tablet *tablet, const SobanChange *change, guint boot);
void tablet_remerge (TabletRecord *record);
void tablet_take_adjustments (Tablet *tablet, const GArray *adjustments, guint64 acked_number);

SobanScopeCursor *tablet_find_cursor (const Tablet *tablet, const char *scope); /* (nullable) */

/* tablet-relay.c */
/* (element-type LogEntry), borrowed, each sender's ascending: what is to be sent on. */
GPtrArray *tablet_list_relayed (const Tablet *tablet);
gboolean tablet_has_unplaced (const Tablet *tablet, const char *scope);
/* They were asked for, all there is of them has come. */
void tablet_note_asked (Tablet *tablet, const GArray *records);
/* Another sync may send on again what the collector has passed over. */
void tablet_begin_sync (Tablet *tablet);
/* The same: all of @scope that has no number yet, own ones, too. */
GPtrArray *tablet_list_numberless (const Tablet *tablet, const char *scope);
/* (transfer full): what is known of the clock of the sender of @first, from there on. */
SobanClockEvidence *tablet_get_evidence_of (const Tablet *tablet, const SobanChangeId *first);
void tablet_apply_exchange (Tablet *tablet, const DiskWrite *write);
/* Adds to the open round; FALSE: not all had room, or the collector may not take them: own changes that stand on them
 * wait. */
gboolean tablet_add_relayed (Tablet *tablet);

/* tablet-repair.c */
/* Without what waits to be relayed: what the collector should have. */
SobanDigest tablet_get_digest (const Tablet *tablet, const char *scope);
SobanRecordState *tablet_get_settled_state (const TabletRecord *record);
/* Whether something of it waits to be relayed. */
gboolean tablet_record_waits (const TabletRecord *record);
void tablet_apply_replacement (Tablet *tablet, const DiskWrite *write);

/* tablet-round.c */
/* Opens a round with at most @changes_max changes: the bytes to send. */
GBytes *tablet_begin_round (Tablet *tablet, gint64 true_ms, guint changes_max, GError **error);

typedef struct {
  GPtrArray *changes; /* (transfer none) (element-type SobanNumberedChange): until the next write */
  gboolean go_on;     /* something is left to do */
  gboolean progress;
  gboolean forked; /* nothing was applied but the receipt; the tablet has a new incarnation */
  gboolean set_back;
  gboolean differs; /* its digest of a scope is not the collector's, though nothing is left to do */
} TabletResult;

/* The round has ended without an answer: what of it arrived is not known. */
void tablet_break_round (Tablet *tablet);
/* What a program of 1.0 sends instead (tablet-old.c); @changes: (element-type SobanNumberedChange) */
GBytes *tablet_write_old_request (const Tablet *tablet, const GPtrArray *changes);
/* Takes the whole answer, applies it in one write and closes the round. Errors: those of the round; then nothing was
 * applied. */
gboolean tablet_take_answer (Tablet *tablet, const guint8 *data, gsize length, gint64 true_ms, TabletResult *ret_result,
                             GError **error);
void tablet_close_round (Tablet *tablet);
SobanHello *tablet_make_hello (const Tablet *tablet);
/* What @round has brought, to be written. */
DiskWrite *tablet_make_result (const Tablet *tablet, SobanSyncRound *round, gint64 true_ms);

/* tablet-bundle.c: the streams inside the files */
/* For the collector: everything that waits. */
GBytes *tablet_write_bundle (Tablet *tablet, gint64 true_ms);
/* For another tablet: all that it has of @scope. */
GBytes *tablet_write_exchange (Tablet *tablet, const char *scope, gint64 true_ms);
/* A receipt, or what another tablet wrote. Errors: it is not for this tablet; then nothing was applied. */
gboolean tablet_take_bundle (Tablet *tablet, const guint8 *data, gsize length, gint64 true_ms, TabletResult *ret_result,
                             GError **error);
