/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission.h"
#include "collector-store.h"
#include "devices.h"
#include "sync-request.h"

/**
 * SobanRound: the collector's side of one round (sync/README.md 5): what was asked, what was decided, what is answered.
 * Two steps, so that many rounds share one commit: take() inside the writing transaction, answer() after it.
 */
typedef struct {
  SobanDevice *device;
  SobanSyncRequest *request;
  SobanAdmissionResult admission;
  GByteArray *answer; /* the stream that goes back */
  GError *refusal;    /* (nullable): SOBAN_SYNC_ERROR: the answer is an ERROR frame */
} SobanRound;

/* Takes @device and @request over. */
SobanRound *soban_round_new (SobanDevice *device, SobanSyncRequest *request);
void soban_round_free (SobanRound *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRound, soban_round_free)

/* Inside a writing transaction. FALSE: the store failed, roll back. A refusal is in @refusal and no failure. */
gboolean soban_round_take (SobanRound *round, SobanCollectorStore *store, GError **error);
/* After the commit: builds @answer. */
gboolean soban_round_answer (SobanRound *round, SobanCollectorStore *store, GError **error);

/* Appends a whole stream of one ERROR frame. */
void soban_round_write_refusal (GByteArray *out, const GError *refusal);
