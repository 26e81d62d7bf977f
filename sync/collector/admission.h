/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-store.h"
#include "log/clock-evidence.h"
#include "protocol/message.h"

/* What one request, or one frame of it, asks to be admitted. */
typedef struct {
  guint32 device;          /* whom the token belongs to; with @relayed: whose changes these are */
  guint64 incarnation;     /* as in its HELLO; with @relayed: theirs */
  const GPtrArray *scopes; /* (element-type utf8): the token's device is enrolled to, ascending */
  const GPtrArray *changes; /* (element-type SobanNumberedChange): as they came */
  gint64 now_ms;           /* the collector's now: never runs backwards */
  const GPtrArray *former_scopes; /* (nullable) (element-type utf8): was enrolled to once */
  const SobanClockEvidence *evidence; /* (nullable): of that sender; HELLO's reading with the time of its arrival is its last anchor */
  gboolean relayed;        /* another device sends them on (sync/README.md 5.12) ... */
  guint32 carrier;         /* ... this one; 0 where nobody wants to know */
} SobanAdmissionRequest;

typedef struct {
  guint64 acked_number;
  guint64 chain;           /* at acked_number (sync/README.md 4.8) */
  SobanAckState ack_state;
  GArray *adjustments;     /* (element-type SobanStampAdjustment), ascending; none for relayed changes */
  GArray *times;           /* (element-type SobanTimeAdjustment), ascending; none for relayed changes */
  guint admitted;          /* changes that were new */
  SobanStamp last_stamp;   /* greatest effective stamp given; 0: none */
  GError *refusal;         /* (nullable): SOBAN_SYNC_ERROR: nothing was taken from that change on */
} SobanAdmissionResult;

void soban_admission_result_init (SobanAdmissionResult *result);
void soban_admission_result_clear (SobanAdmissionResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanAdmissionResult, soban_admission_result_clear)

/* What is known when HELLO has come. */
typedef struct {
  SobanAckState ack_state; /* OK or FORK; after FORK none of the request's changes may be admitted */
  guint64 acked_number;    /* after FORK: the last number up to which both are known to hold the same */
  guint64 chain;           /* at acked_number */
} SobanGreeting;

/**
 * soban_admission_greet:
 * @hello: of a device that the token belongs to
 * @now_ms: the collector's now
 *
 * Compares what the device says of itself with what is in the log (rule A2 of admission.c). A fork is noted as an incident, so
 * call inside a writing transaction.
 *
 * Returns FALSE with @error when the store failed: roll back.
 */
gboolean soban_admission_greet (const SobanAdmissionStore *store, const SobanHello *hello, gint64 now_ms, SobanGreeting *ret_greeting,
                                GError **error);

/* Whether its author is to be told when @change was recorded: its tablet's clock was wrong by more than a minute, or the time is an estimate. */
gboolean soban_admission_must_tell_time (const SobanChange *change, gint64 now_ms);

/**
 * soban_admit:
 * @ret_result: initialized by soban_admission_result_init()
 *
 * Decides, change by change, what enters the log and at which place in time (PROTOCOL 1, 3, 5; the rules stand at the
 * top of admission.c). Pure: no clock, disk or randomness but by @store. Call inside a writing transaction.
 *
 * Returns FALSE with @error when the store failed: roll back. A refusal of the request is no failure: what was
 * admitted before it stands.
 */
gboolean soban_admit (const SobanAdmissionStore *store, const SobanAdmissionRequest *request, SobanAdmissionResult *ret_result,
                      GError **error);
