/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/change.h"

/* What tells how wrong a tablet's clock was (PROTOCOL 3.2a, sync/README.md 4.6, 4.9). Pure; one owner at a time. */

/* One boot of the tablet in which changes were made or may have been. */
typedef struct {
  guint64 first_number; /* changes from here to the next boot's were made in it */
  gint64 boottime_ms;   /* CLOCK_BOOTTIME when the program first ran in it */
  gint64 ran_ms;        /* how long it is known to have run since then */
  gint64 wall_ms;       /* the tablet's clock when the program first ran in it */
} SobanBoot;

/* A moment at which a collector's time was known. */
typedef struct {
  guint boot;         /* index into the boots */
  gint64 boottime_ms; /* the readings of the tablet's clocks ... */
  gint64 wall_ms;
  gint64 true_ms;     /* ... and the collector's time then */
} SobanAnchor;

typedef struct {
  guint32 device;      /* whose clock */
  guint64 incarnation;
  GArray *boots;   /* (element-type SobanBoot), ascending */
  GArray *anchors; /* (element-type SobanAnchor), ascending */
} SobanClockEvidence;

SobanClockEvidence *soban_clock_evidence_new (guint32 device, guint64 incarnation);
void soban_clock_evidence_free (SobanClockEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanClockEvidence, soban_clock_evidence_free)

/**
 * soban_clock_evidence_correct:
 * @evidence: whatever a peer sent: nothing in it is trusted to be in order
 * @number: of the change
 * @wall_ms: the tablet's clock at the change
 * @boottime_ms: its CLOCK_BOOTTIME at the change
 * @ret_ms: the time by the rules of PROTOCOL 3.2a; @wall_ms when there is no evidence
 *
 * Returns how well the time is known.
 */
SobanTimeQuality soban_clock_evidence_correct (const SobanClockEvidence *evidence, guint64 number, gint64 wall_ms, gint64 boottime_ms,
                                               gint64 *ret_ms);

/**
 * soban_clock_evidence_estimate_now:
 *
 * The tablet's own estimate of the time, for provisional stamps: the clock corrected by the last anchor's offset, unless it has gone behind
 * what has certainly passed since that anchor by running time; then that. The last boot is the present one. @wall_ms when there is no anchor.
 */
gint64 soban_clock_evidence_estimate_now (const SobanClockEvidence *evidence, gint64 wall_ms, gint64 boottime_ms);

/**
 * soban_clock_evidence_find_now:
 * @ret_now_ms: as soban_clock_evidence_estimate_now() gives it
 * @ret_is_least: (out): it may be later: this is what has certainly passed, and no clock tells how long the tablet was off
 *
 * Returns how well the time is known.
 */
SobanTimeQuality soban_clock_evidence_find_now (const SobanClockEvidence *evidence, gint64 wall_ms, gint64 boottime_ms,
                                                gint64 *ret_now_ms, gboolean *ret_is_least);
