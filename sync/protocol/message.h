/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/error.h"
#include "base/form-offer.h"
#include "log/change.h"
#include "log/clock-evidence.h"
#include "log/digest.h"
#include "protocol/frame.h"

#define SOBAN_PROTOCOL_MAJOR 1
#define SOBAN_PROTOCOL_MINOR 1

/* Bodies of the frames: sync/README.md 4. Decoders check everything (SOBAN_SYNC_ERROR_PROTOCOL); fields that a newer minor version appends
 * are skipped. Writers always write what 1.1 appended: a 1.0 reader skips it. Pure; any thread. */

typedef struct {
  char *scope;
  guint64 number; /* hello: the last number of the scope applied; reply: the new cursor */
  guint64 own;    /* reply: how many changes of this very (device, incarnation) lie between the cursors (counted, not sent; PROTOCOL 5.2) */
  gboolean more;  /* reply: the scope has further changes */
  /* reply, since 1.1 */
  gboolean has_digest;  /* only where there is no more and no page */
  SobanDigest digest;   /* of the scope's state at the new cursor (README 4.10) */
  guint64 skipped;      /* changes between the cursors that lie outside the window */
  gboolean is_page;     /* what came of the scope is a page of a snapshot: no arithmetic (README 5.9) */
  gboolean has_page;    /* a page, and not the last: the snapshot goes on after ... */
  SobanUuid page;       /* ... this record */
  guint64 page_top;
  guint64 left;         /* about how many changes follow the new cursor: for a progress bar, nothing is checked against it; 0: not told */
} SobanScopeCursor;
SobanScopeCursor *soban_scope_cursor_new (const char *scope, guint64 number);
void soban_scope_cursor_free (SobanScopeCursor *cursor);

/* A cursor in the middle of a snapshot (README 5.9). */
typedef struct {
  char *scope;
  SobanUuid page;   /* the last record that the device has of it */
  guint64 page_top; /* the scope's last number when the first page was made */
} SobanScopePage;
SobanScopePage *soban_scope_page_new (const char *scope, const SobanUuid *page, guint64 page_top);
void soban_scope_page_free (SobanScopePage *page);

/* On the wire: append only. */
typedef enum {
  SOBAN_HELLO_WANTS_KEYS = 1 << 0,
  SOBAN_HELLO_IN_BUNDLE = 1 << 1,
  SOBAN_HELLO_TAKES_FORMS = 1 << 2, /* @forms is there */
  SOBAN_HELLO_TELLS_KEYS = 1 << 3,  /* @keys is there */
} SobanHelloFlags;

typedef struct {
  guint32 device;
  guint64 incarnation;
  guint64 last_number;  /* the highest number the device has given */
  gint64 wall_ms;       /* its clock now */
  char *program;        /* "soban 0.1.0" */
  char *boot_id;        /* "" when there is none */
  gint64 boottime_ms;
  GPtrArray *cursors;   /* (element-type SobanScopeCursor) */
  /* since 1.1 */
  guint minor;             /* decoded: 0 when only what 1.0 has was there; not looked at by the encoder */
  guint64 acked_number;    /* the receipt that the device holds */
  guint64 chain;           /* its hash chain there (README 4.8); 0 where acked_number is not: not known */
  guint64 reply_bytes_max; /* 0: the collector's choice */
  SobanHelloFlags flags;
  gint64 window_ms;        /* start of a month in UTC; 0: everything */
  guint32 registries;      /* CRC-32C of the registry forms' ids (README 4.1) */
  GPtrArray *pages;        /* (element-type SobanScopePage): each scope is one of the cursors' */
  guint64 forms;           /* with SOBAN_HELLO_TAKES_FORMS: soban_forms_fingerprint() of the forms that the device has; 0: none */
  guint32 keys;            /* with SOBAN_HELLO_TELLS_KEYS: the generation of the keys that the device has; 0 is not told */
} SobanHello;
SobanHello *soban_hello_new (void); /* with empty lists */
void soban_hello_free (SobanHello *hello);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanHello, soban_hello_free)
void soban_hello_encode (const SobanHello *hello, GByteArray *body);
SobanHello *soban_hello_decode (GBytes *body, GError **error);

/* Columnar batch of changes (README 4.2), with each change's number of its scope in an answer. */
typedef struct {
  SobanChange *change;
  guint64 scope_number; /* 0 in a request */
} SobanNumberedChange;
/* @change: (transfer full) */
SobanNumberedChange *soban_numbered_change_new (SobanChange *change, guint64 scope_number);
void soban_numbered_change_free (SobanNumberedChange *item);
/* What a reader of 1.1 understands beyond 1.0. */
typedef enum {
  SOBAN_CHANGES_PLAIN = 0,
  SOBAN_CHANGES_TIMES = 1 << 0, /* corrected times are written: down, and in bundles */
  SOBAN_CHANGES_BASES = 1 << 1, /* bases are written where there are any */
  SOBAN_CHANGES_DENSE = 1 << 2, /* frames: DENSE_CHANGES where that is shorter */
} SobanChangesFlags;
/* To a side whose stream header said @minor: up without, down with times. */
SobanChangesFlags soban_changes_flags_up (guint minor);
SobanChangesFlags soban_changes_flags_down (guint minor);

/* At most SOBAN_FRAME_CHANGES_MAX items of together at most SOBAN_FRAME_WRITTEN_OUT_BYTES_MAX; either all have a scope number or none. */
void soban_changes_encode (const GPtrArray *numbered, SobanChangesFlags flags, GByteArray *body);
/* (transfer full) (element-type SobanNumberedChange). A DENSE_CHANGES frame is read by the same: SobanFrameReader gives it out as CHANGES. */
GPtrArray *soban_changes_decode (GBytes *body, GError **error);

/* About how many bytes @change adds to a request before compression: to stop a batch in time. */
gsize soban_change_weigh (const SobanChange *change);
/* Writes all of @numbered as as many frames as the bounds of a frame ask for (none when it is empty). @frame_bytes: about how many bytes a
 * frame may have before compression (README 5.11), but for one change; 0: as many as pay. */
void soban_changes_write_frames (GByteArray *out, const GPtrArray *numbered, SobanChangesFlags flags, gsize frame_bytes);

typedef enum { SOBAN_ACK_OK = 0, SOBAN_ACK_GAP = 1, SOBAN_ACK_FORK = 2 } SobanAckState; /* on the wire */

typedef struct {
  gint64 collector_ms;
  guint64 acked_number; /* every change of this (device, incarnation) up to here is stored */
  SobanAckState ack_state;
  SobanStamp floor;     /* clock floor for the device */
  GPtrArray *cursors;   /* (element-type SobanScopeCursor) */
  /* since 1.1 */
  guint minor;          /* decoded: 0 when only what 1.0 has was there; not looked at by the encoder */
  guint64 chain;        /* the collector's chain at acked_number (README 4.8); 0 where acked_number is not: not told */
  guint64 told_number;  /* adjustments of all own changes behind HELLO's acked_number are told up to here, whichever request brought them; 0:
                         * of the request's alone (README 5.3) */
} SobanReply;
SobanReply *soban_reply_new (void); /* with an empty list of cursors */
void soban_reply_free (SobanReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReply, soban_reply_free)
void soban_reply_encode (const SobanReply *reply, GByteArray *body);
SobanReply *soban_reply_decode (GBytes *body, GError **error);

typedef struct {
  guint64 number;
  SobanStamp stamp;
} SobanStampAdjustment;
/* When an own change was recorded, for one whose tablet's clock was wrong or unsure (README 4.4). */
typedef struct {
  guint64 number;
  gint64 recorded_ms;
  SobanTimeQuality time_quality;
} SobanTimeAdjustment;
/* @adjustments: (element-type SobanStampAdjustment), @times: (nullable) (element-type SobanTimeAdjustment): each ascending by number, at most
 * SOBAN_REQUEST_CHANGES_MAX. */
void soban_adjustments_encode (const GArray *adjustments, const GArray *times, GByteArray *body);
/* (element-type SobanStampAdjustment). @ret_times: (out) (optional) (transfer full) (element-type SobanTimeAdjustment) */
GArray *soban_adjustments_decode (GBytes *body, GArray **ret_times, GError **error);

/* CLOCK_EVIDENCE (README 4.6): the oldest boots and anchors beyond SOBAN_EVIDENCE_READINGS_MAX are left out. */
void soban_clock_evidence_encode (const SobanClockEvidence *evidence, GByteArray *body);
SobanClockEvidence *soban_clock_evidence_decode (GBytes *body, GError **error);

/* A refusal: a code of SobanSyncError and a sentence for the log (English; the tablet words its own). */
void soban_refusal_encode (SobanSyncError code, const char *message, GByteArray *body);
gboolean soban_refusal_decode (GBytes *body, GError **ret_refusal, GError **error);

/* ---- KEYS (README 4.11) ---- */

#define SOBAN_EXCHANGE_KEY_BYTES 32
#define SOBAN_COLLECTOR_KEY_BYTES 32

typedef struct {
  char *scope;
  guint8 key[SOBAN_EXCHANGE_KEY_BYTES];
} SobanExchangeKey;

typedef struct {
  guint8 public_key[SOBAN_COLLECTOR_KEY_BYTES]; /* of the collector (Ed25519) */
  GPtrArray *exchange_keys;                     /* (element-type SobanExchangeKey) */
  guint32 generation;                           /* another one whenever keys were drawn anew; 0: they never were */
} SobanKeys;
SobanKeys *soban_keys_new (void); /* with an empty list */
void soban_keys_free (SobanKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanKeys, soban_keys_free)
void soban_keys_add (SobanKeys *keys, const char *scope, const guint8 *exchange_key);
void soban_keys_encode (const SobanKeys *keys, GByteArray *body);
SobanKeys *soban_keys_decode (GBytes *body, GError **error);

/* Keys as text (README 6.1): base64; those of the scopes are "scope=base64", separated by single blanks. */
char *soban_keys_format_exchange (const SobanKeys *keys);
/* What is not of that form is left out. */
void soban_keys_parse_exchange (SobanKeys *keys, const char *text);
/* FALSE: @text (nullable) is no base64 of @length bytes; @ret_key stays as it is. */
gboolean soban_keys_parse_one (const char *text, guint8 *ret_key, gsize length);

/* ---- FORMS (README 4.6a) ---- */

/* @offers: (element-type SobanFormOffer): by id, then version, in byte order, each once; at most SOBAN_FORMS_OFFERED_MAX. */
void soban_forms_encode (const GPtrArray *offers, GByteArray *body);
GPtrArray *soban_forms_decode (GBytes *body, GError **error);
/* What tells one such list from another: of none 0. */
guint64 soban_forms_fingerprint (const GPtrArray *offers);

/* ---- how records that differ are found and repaired (README 4.12, 5.10): one scope a frame, several frames a request ---- */

/* A device's digest and the one it was told, where they differ. */
typedef struct {
  char *scope;
  SobanDigest own, told;
} SobanDigestReport;
SobanDigestReport *soban_digest_report_new (const char *scope, const SobanDigest *own, const SobanDigest *told);
void soban_digest_report_free (SobanDigestReport *report);
/* DIGESTS. @reports: (element-type SobanDigestReport), at most SOBAN_SCOPES_PER_DEVICE_MAX. */
void soban_digest_reports_encode (const GPtrArray *reports, GByteArray *body);
GPtrArray *soban_digest_reports_decode (GBytes *body, GError **error);

/* The end of the ids: 16 bytes of 255, inclusive as the @to of a range. */
extern const SobanUuid soban_range_end;

typedef struct {
  SobanUuid from, to; /* @to exclusive, but for soban_range_end */
} SobanRecordRange;

/* RANGES up. */
typedef struct {
  char *scope;
  GArray *ranges; /* (element-type SobanRecordRange), at most SOBAN_RANGES_MAX */
} SobanRangesQuery;
SobanRangesQuery *soban_ranges_query_new (const char *scope);
void soban_ranges_query_free (SobanRangesQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRangesQuery, soban_ranges_query_free)
void soban_ranges_query_encode (const SobanRangesQuery *query, GByteArray *body);
SobanRangesQuery *soban_ranges_query_decode (GBytes *body, GError **error);

/* A part of a range: from the @to of the part before (the first: from the range's) to @to. */
typedef struct {
  SobanUuid to;
  guint64 count;       /* records in it */
  guint64 fingerprint; /* low half of the sum of their digests */
} SobanRangePart;

typedef struct {
  SobanUuid record;
  guint64 fingerprint; /* low half of its digest */
} SobanRangeRecord;

/* What there is in one range: exactly one of the two lists. */
typedef struct {
  GArray *parts; /* (nullable) (element-type SobanRangePart): make up the range */
  GArray *items; /* (nullable) (element-type SobanRangeRecord), ascending: all records in it */
} SobanRangeAnswer;

/* RANGES down: an answer for each range asked for, in that order. */
typedef struct {
  char *scope;
  GPtrArray *answers; /* (element-type SobanRangeAnswer) */
} SobanRangesAnswer;
SobanRangesAnswer *soban_ranges_answer_new (const char *scope);
void soban_ranges_answer_free (SobanRangesAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRangesAnswer, soban_ranges_answer_free)
/* Adds the answer for the next range; (transfer none): fill its list. Together at most SOBAN_RANGE_ENTRIES_MAX parts and items. */
SobanRangeAnswer *soban_ranges_answer_add_parts (SobanRangesAnswer *answer);
SobanRangeAnswer *soban_ranges_answer_add_items (SobanRangesAnswer *answer);
void soban_ranges_answer_encode (const SobanRangesAnswer *answer, GByteArray *body);
SobanRangesAnswer *soban_ranges_answer_decode (GBytes *body, GError **error);

/* WANTED up: records whose whole log is asked for. */
typedef struct {
  char *scope;
  GArray *records; /* (element-type SobanUuid), at most SOBAN_WANTED_RECORDS_MAX */
} SobanWanted;
SobanWanted *soban_wanted_new (const char *scope);
void soban_wanted_free (SobanWanted *wanted);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanWanted, soban_wanted_free)
void soban_wanted_encode (const SobanWanted *wanted, GByteArray *body);
SobanWanted *soban_wanted_decode (GBytes *body, GError **error);

/* RECORDS down: the logs. A record without a change is one that the collector has not. */
typedef struct {
  char *scope;
  GArray *records;    /* (element-type SobanUuid), at most SOBAN_WANTED_RECORDS_MAX */
  GPtrArray *changes; /* (element-type SobanNumberedChange): of these records, with numbers of the scope; at most SOBAN_FRAME_CHANGES_MAX */
} SobanRecords;
SobanRecords *soban_records_new (const char *scope);
void soban_records_free (SobanRecords *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRecords, soban_records_free)
void soban_records_encode (const SobanRecords *records, GByteArray *body);
SobanRecords *soban_records_decode (GBytes *body, GError **error);
