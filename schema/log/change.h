/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "base/field-map.h"
#include "base/hybrid-clock.h"
#include "base/uuid.h"

/* Who made a change: (device, incarnation) numbers its changes 1, 2, 3 ... without a gap (PROTOCOL 1.2). */
typedef struct {
  guint32 device;      /* given at enrolment; 0 before */
  guint64 incarnation; /* random, drawn anew at first run, after a restore, after a FORK reply */
  guint64 number;      /* 1 and up */
} SobanChangeId;

/* For GHashTable: keys are SobanChangeId. */
guint soban_change_id_hash (gconstpointer id);
gboolean soban_change_id_equal (gconstpointer a, gconstpointer b);

/* What orders writes to a field: (stamp, device, incarnation, number), never the value (PROTOCOL 3.1). */
typedef struct {
  SobanStamp stamp;
  SobanChangeId id;
} SobanWriteKey;
int soban_write_key_compare (const SobanWriteKey *a, const SobanWriteKey *b);

typedef struct {
  char *path;
  char *value; /* NULL: removed */
} SobanAssignment;

/* How well it is known when a change was recorded (sync/README.md 4.9). On the wire and in stores: append only. */
typedef enum {
  SOBAN_TIME_RAW = 0,
  SOBAN_TIME_SAME_BOOT = 1,
  SOBAN_TIME_STEADY = 2,
  SOBAN_TIME_BETWEEN = 3,
  SOBAN_TIME_AFTER = 4,
  SOBAN_TIME_BEFORE = 5,
} SobanTimeQuality;

/**
 * SobanChange: one save of one record: the unit of the log and of the wire (PROTOCOL 2). Values are the XForms
 * lexical text, NFC, carried byte for byte.
 */
typedef struct {
  SobanChangeId id;
  SobanUuid record;
  char *form;
  char *form_version;
  char *scope;         /* unit uid the record belongs to */
  guint64 seen;        /* up to which number of the scope the device had pulled when it made the change */
  SobanStamp stamp;    /* provisional on the tablet, effective once the collector has admitted it */
  gint64 wall_ms;      /* the tablet's own clock, kept raw */
  gint64 boottime_ms;  /* its CLOCK_BOOTTIME, for the clock evidence */
  gint64 recorded_ms;  /* when it was recorded, corrected by the collector; 0: not known, wall_ms is all there is */
  SobanTimeQuality time_quality; /* of recorded_ms */
  GArray *bases;       /* (nullable) (element-type SobanChangeId): overwritten winners that had no number of the scope yet (sync/README.md 4.2) */
  GPtrArray *assignments; /* (element-type SobanAssignment), sorted by path */
} SobanChange;

SobanChange *soban_change_new (void);
void soban_change_free (SobanChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanChange, soban_change_free)
SobanChange *soban_change_copy (const SobanChange *change);
void soban_change_assign (SobanChange *change, const char *path, const char *value);
void soban_change_add_base (SobanChange *change, const SobanChangeId *base);
/* Assignments that turn @before into @after. */
void soban_change_assign_diff (SobanChange *change, const SobanFieldMap *before, const SobanFieldMap *after);
gboolean soban_change_is_empty (const SobanChange *change);
/* (nullable) (transfer none) until @change changes: the assignment of @path. */
const SobanAssignment *soban_change_find (const SobanChange *change, const char *path);
/* (nullable) (transfer none): the name of who made it, SOBAN_FIELD_PERSON; NULL: nobody was named. */
const char *soban_change_get_person (const SobanChange *change);
/* Checks the bounds of limits.h, UTF-8 NFC, no duplicate path; CONSTRAINT or LIMIT errors of SOBAN_STORE_ERROR. */
gboolean soban_change_check (const SobanChange *change, GError **error);
/* The same without the test for NFC: for a change that others have admitted already, whose bytes are carried as
 * they are. */
gboolean soban_change_check_shape (const SobanChange *change, GError **error);

#define SOBAN_CHANGE_HASH_BYTES 32
/* SHA-256 of the change as its author made it: without stamp, recorded_ms and time_quality, which the collector gives (sync/README.md 4.8). */
void soban_change_hash (const SobanChange *change, guint8 *ret_hash);
/* The chain after a change with @hash, whose author's chain was @chain before it; 0 before the first (sync/README.md 4.8). */
guint64 soban_change_chain (guint64 chain, const guint8 *hash);

/* The change alone in its stored form (change-codec.c opens with the format). Decoding checks everything it reads. */
void soban_change_encode (const SobanChange *change, GByteArray *out);
SobanChange *soban_change_decode (const guint8 *data, gsize length, GError **error);
