/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission-store.h"
#include "protocol/message.h"

/* What one request asks to be admitted. */
typedef struct {
  guint32 device;          /* whom the token belongs to */
  guint64 incarnation;     /* as in its HELLO */
  const GPtrArray *scopes; /* (element-type utf8): enrolled to, ascending */
  const GPtrArray *changes; /* (element-type SobanNumberedChange): as they came */
  gint64 now_ms;           /* the collector's now: never runs backwards */
} SobanAdmissionRequest;

typedef struct {
  guint64 acked_number;
  SobanAckState ack_state;
  GArray *adjustments;     /* (element-type SobanStampAdjustment), ascending */
  guint admitted;          /* changes that were new */
  SobanStamp last_stamp;   /* greatest effective stamp given; 0: none */
  GError *refusal;         /* (nullable): SOBAN_SYNC_ERROR: nothing was taken from that change on */
} SobanAdmissionResult;

void soban_admission_result_init (SobanAdmissionResult *result);
void soban_admission_result_clear (SobanAdmissionResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanAdmissionResult, soban_admission_result_clear)

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
