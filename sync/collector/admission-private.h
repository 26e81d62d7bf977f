/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission.h"

/* The parts of admission: admission.c goes from change to change, admission-stamp.c gives each its place in time, admission-conflict.c lists
 * whom it did not know of. */

/* Its changes are erasures (A16). */
#define COLLECTOR_DEVICE 0

/* A tablet's own time that is off by less is as good as the corrected one. */
#define SOBAN_TIME_OFF_MS_MAX 60000

typedef struct {
  const SobanAdmissionStore *store;
  const SobanAdmissionRequest *request;
  SobanAdmissionResult *result;
  SobanSenderMark sender;
  GHashTable *scopes;  /* uid -> guint64 *: last number */
  GHashTable *numbers; /* SobanChangeId -> guint64 *: of the scope, of changes that were looked up */
} SobanAdmission;

/* A write that a change meets in a field which it assigns. */
typedef struct {
  const char *path;
  SobanWriteKey key;    /* that has won the field so far */
  gboolean seen;        /* the author of the change knew of it */
  gboolean stands_on;   /* its author had overwritten the change itself, which comes later than what stands on it */
  gboolean other_value; /* it gave another value */
} SobanRival;

/* One change while it is decided. */
typedef struct {
  SobanChange *change;           /* a copy */
  const SobanRecordState *state; /* of its record, before it */
  guint64 scope_number;          /* that it gets */
  GArray *rivals;                /* (element-type SobanRival) */
  GHashTable *bases;             /* (nullable): SobanChangeId -> itself: those of the change */
} SobanAdmissionCase;

/* TRUE in *ret_seen when the author of the change knew of the write @id to the same record: it is his own, was pulled, or is a base. */
gboolean soban_admission_has_seen (SobanAdmission *self, const SobanAdmissionCase *one, const SobanChangeId *id, gboolean *ret_seen,
                                   GError **error);
gboolean soban_admission_find_rivals (SobanAdmission *self, SobanAdmissionCase *one, GError **error);

/* Sets recorded_ms, time_quality and the effective stamp of the change. Rivals must be known. */
void soban_admission_set_time (const SobanAdmission *self, SobanAdmissionCase *one);

/* After the change has its stamp. */
gboolean soban_admission_note_conflicts (SobanAdmission *self, const SobanAdmissionCase *one, GError **error);
