/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/clock-evidence.h"
#include "log/digest.h"
#include "store/store.h"

/* What the sync needs of the store. Cursors move only in the transaction that applies the changes (PROTOCOL 4.2). */

typedef struct {
  guint32 device;       /* 0: not enrolled */
  guint64 incarnation;
  guint64 last_number;  /* the highest number given */
  guint64 acked_number; /* the highest with a receipt */
  guint64 chain;        /* the hash chain at last_number (sync/README.md 4.8) */
  guint64 acked_chain;  /* and at acked_number */
  guint collector_minor; /* the minor version that the collector's stream header said last; 0 at first */
} SobanIdentity;
gboolean soban_store_get_identity (SobanStore *store, SobanIdentity *ret_identity, GError **error);
/* The chain after the own change @number. NOT_FOUND when the log has it no more. */
gboolean soban_store_get_chain (SobanStore *store, guint64 number, guint64 *ret_chain, GError **error);

typedef struct {
  char *scope;
  guint64 cursor; /* the last number of the scope that was applied */
  /* In the middle of a snapshot (sync/README.md 5.9). */
  gboolean has_page;
  SobanUuid page;
  guint64 page_top;
  /* Of an answer only. */
  gboolean more;   /* the scope has further changes */
  guint64 skipped; /* changes between the cursors that lie outside the window */
} SobanCursor;
/* (transfer full) (element-type SobanCursor): one per scope of the enrolment, ascending. */
GPtrArray *soban_store_get_cursors (SobanStore *store, GError **error);

/* Keeps the enrolment: device number, token, url, key, scopes, role, home scope, in one transaction; re-labels the
 * changes made before. */
typedef struct {
  guint32 device;
  const char *device_name, *url, *key, *token, *role, *scopes, *home_scope;
  guint kept_days; /* how far back the tablet keeps activities; 0 = all of them */
  gboolean takes_pin_away; /* whoever gave it may open the tablet: it proved that */
} SobanEnrolment;
gboolean soban_store_enrol (SobanStore *store, const SobanEnrolment *enrolment, GError **error);

/* (transfer full) (element-type SobanChange): own changes with a number > @after, ascending, at most @max. Only
 * what is fsynced. */
GPtrArray *soban_store_list_outgoing (SobanStore *store, guint64 after, guint max, GError **error);
/* Own changes that no receipt covers yet; -1 with @error: "nothing waits" is no failure to read. */
gint64 soban_store_count_waiting (SobanStore *store, GError **error);
/**
 * soban_store_get_evidence:
 *
 * (transfer full): boots and anchors that speak of the own changes after @after_number, back to the last anchor before
 * the first of them (sync/README.md 4.6). The reading of HELLO is no part of it.
 */
SobanClockEvidence *soban_store_get_evidence (SobanStore *store, guint64 after_number, GError **error);

/* Changes of one other sender that came by bundle and have no number of the scope yet (sync/README.md 5.12). */
typedef struct {
  SobanClockEvidence *evidence; /* whose changes, and what is known of its clock: maybe no boot and no anchor */
  GPtrArray *changes;           /* (element-type SobanChange): ascending by number */
} SobanRelayed;
void soban_relayed_free (SobanRelayed *relayed);
/* (transfer full) (element-type SobanRelayed): what no collector has been given yet; at most @max changes in all. Those
 * that a round has taken along (SobanSyncResult.relayed) are not given again until a bundle brings more of the sender. */
GPtrArray *soban_store_list_relayed (SobanStore *store, guint max, GError **error);

typedef struct {
  guint64 number;   /* own change */
  SobanStamp stamp; /* its effective stamp */
} SobanAdjustment;

/* When an own change was recorded (sync/README.md 4.4). */
typedef struct {
  guint64 number;
  gint64 recorded_ms;
  SobanTimeQuality time_quality;
} SobanRecordedTime;

typedef struct {
  guint64 acked_number;     /* receipt: the collector has every own change up to this */
  GArray *adjustments;      /* (nullable) (element-type SobanAdjustment) */
  GPtrArray *changes;       /* (nullable) (element-type SobanChange): pulled, with effective stamps */
  GPtrArray *cursors;       /* (nullable) (element-type SobanCursor): new cursors */
  SobanStamp floor;         /* clock floor; 0 = leave */
  gint64 collector_ms;      /* 0 = not known */
  gboolean set_back;        /* the collector has lost what it had confirmed (an older copy was put back): apply.c (7) */
  guint64 incarnation;      /* whose round it was; 0 = not checked. CONSTRAINT after the tablet was enrolled anew */
  /* 1.1 */
  GArray *scope_numbers;    /* (nullable) (element-type guint64): of `changes`, in their order; 0 = of a snapshot */
  GArray *times;            /* (nullable) (element-type SobanRecordedTime) */
  gint64 wall_ms;           /* the tablet's clocks when it was collector_ms; both 0: now */
  gint64 boottime_ms;
  guint collector_minor;    /* what the answer's stream header said */
  const GPtrArray *relayed; /* (nullable) (element-type SobanRelayed): what the request had sent on */
} SobanSyncResult;
/* One transaction. The same result twice is harmless. */
gboolean soban_store_apply (SobanStore *store, const SobanSyncResult *result, GError **error);

/**
 * soban_store_fork:
 * @result: only acked_number (the last own change that both sides are known to share), adjustments and times count
 * @chain: the collector's chain at that number
 *
 * Another has used this device and incarnation (a cloned disk, a restored backup; sync/README.md 5.8): a receipt up to
 * there, a new incarnation, and what is left is issued anew as 1, 2, 3 ... of it. Records keep their ids, drafts
 * stay. Where the chains differ all own changes are issued anew. One transaction.
 */
gboolean soban_store_fork (SobanStore *store, const SobanSyncResult *result, guint64 chain, GError **error);
/* The same for a file that was put back from a backup: what has no receipt is issued anew. */
gboolean soban_store_renew_incarnation (SobanStore *store, GError **error);

/* ---- divergence (sync/README.md 5.10) ---- */

/**
 * soban_store_get_digest:
 * @ret_settled: (out) (optional): nothing own of the scope waits, and no erasure: only then can the digest be the collector's
 *
 * The digest of what this tablet has of @scope, inside the window, without what waits to be relayed; so ranges and items.
 */
gboolean soban_store_get_digest (SobanStore *store, const char *scope, SobanDigest *ret_digest, gboolean *ret_settled, GError **error);
/**
 * soban_store_list_passed_over:
 *
 * (transfer full) (element-type SobanUuid): records of @scope with changes of others that were sent on and still have no number. Once
 * the collector's log is compacted a pull does not name what wins nothing: only the record's own log (RECORDS) tells whether it is
 * there. Each is listed until soban_store_replace_records() has brought that, and again after a snapshot.
 */
GArray *soban_store_list_passed_over (SobanStore *store, const char *scope, guint max, GError **error);
/* What was sent on more than a day ago and has no number goes along once more: at the beginning of a sync. */
gboolean soban_store_relay_again (SobanStore *store, GError **error);

/* Record ids: @to exclusive; 16 bytes of 255: to the end. */
typedef struct {
  SobanUuid from, to;
} SobanIdRange;
typedef struct {
  guint64 count;
  guint64 fingerprint; /* the low half of the sum of the digests */
} SobanRangeSum;
/* (transfer full) (element-type SobanRangeSum): of each of @ranges (element-type SobanIdRange). */
GArray *soban_store_list_ranges (SobanStore *store, const char *scope, const GArray *ranges, GError **error);
typedef struct {
  SobanUuid id;
  guint64 fingerprint; /* the low half of the digest */
} SobanRangeItem;
/* (transfer full) (element-type SobanRangeItem): all records of the range, ascending by id; at most @max, one more tells that
 * there are too many. */
GArray *soban_store_list_items (SobanStore *store, const char *scope, const SobanIdRange *range, guint max, GError **error);
/**
 * soban_store_replace_records:
 * @ids: (element-type SobanUuid): the records that differed
 * @changes: (element-type SobanChange): the collector's whole log of them; none of a record that it has not
 * @scope_numbers: (element-type guint64): of @changes
 *
 * Takes the collector's logs in place of the own ones. What waits (own, or to be relayed) stays. A winning value of which the
 * collector has no change, and so a whole record that only this tablet has, is issued anew as one change. One transaction.
 */
gboolean soban_store_replace_records (SobanStore *store, const char *scope, const GArray *ids, const GPtrArray *changes,
                                      const GArray *scope_numbers, GError **error);

/* ---- the window (PROTOCOL 8) ---- */

/**
 * soban_store_move_window:
 * @ret_window_ms: the start of a month in UTC; 0: everything
 *
 * Brings the window to where the retention of this role sets it (SOBAN_SETTING_RETENTION_DAYS), before a sync: records outside it go, but
 * not registries, nor what waits, has a draft or a value that lost unseen. Widening it begins all cursors anew.
 */
gboolean soban_store_move_window (SobanStore *store, gint64 *ret_window_ms, GError **error);
gboolean soban_store_get_window (SobanStore *store, gint64 *ret_window_ms, GError **error);
/* HELLO's `registries`: the CRC-32C of the ids of the registry forms (sync/README.md 4.1). Any thread. */
guint32 soban_store_get_registries (SobanStore *store);

/* ---- exchange among tablets (sync/README.md 10.4) ---- */

typedef struct {
  SobanChange *change;
  guint64 scope_number; /* 0: none yet */
} SobanScopeChange;
void soban_scope_change_free (SobanScopeChange *item);
/* (transfer full) (element-type SobanScopeChange): changes of @scope in the order of the log, from *inout_place (0 at first) on,
 * at most @max; empty at the end. @numbered: those with a number, else those without one (own ones, too). */
GPtrArray *soban_store_list_scope (SobanStore *store, const char *scope, gboolean numbered, guint64 *inout_place, guint max, GError **error);
/* (transfer full): what is known of the clock of a sender; of this device: as soban_store_get_evidence() from 0 on. */
SobanClockEvidence *soban_store_get_sender_evidence (SobanStore *store, guint32 device, guint64 incarnation, GError **error);
/**
 * soban_store_import_exchange:
 * @evidence: (nullable): of the sender of @changes
 * @changes: (element-type SobanChange); CONSTRAINT when one is of another scope
 * @scope_numbers: (nullable) (element-type guint64): of @changes; NULL: none has one
 * @ret_new: (out) (optional): how many were new here
 *
 * One frame of an exchange bundle, in one transaction; twice is harmless. Cursors do not move.
 */
gboolean soban_store_import_exchange (SobanStore *store, const char *scope, const SobanClockEvidence *evidence,
                                      const GPtrArray *changes, const GArray *scope_numbers, guint *ret_new, GError **error);

/* Computes summaries, search text and facts of records that pulls left stale; at most @max a call; *ret_left is 0 when none
 * remains. A record that cannot be derived is logged, stays stale and is not counted: the next opening of the store tries again. */
gboolean soban_store_derive_stale (SobanStore *store, guint max, guint *ret_left, GError **error);
