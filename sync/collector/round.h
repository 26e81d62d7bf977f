/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission.h"
#include "collector-store.h"
#include "devices.h"
#include "registries.h"
#include "sync-request.h"

/**
 * SobanRound: the collector's side of one round (sync/README.md 5): what was asked, what was decided, what is answered.
 *
 * What has come is loaded on the thread that reads the request, taken inside a writing transaction, and so on, part by part; after
 * the commit of the last part it is answered. Most requests are one part. The two threads never have the round at once.
 */
typedef struct {
  SobanDevice *device;
  SobanSyncRequest *request;
  gint64 arrived_ms;  /* when HELLO came, by the collector's now; 0: long after it was written (a bundle) */
  const SobanRegistries *registries; /* (nullable): NULL: no window is known here */
  SobanAdmissionResult admission; /* of all parts so far */
  GByteArray *answer; /* the stream that goes back */
  GError *refusal;    /* (nullable): SOBAN_SYNC_ERROR: the answer is an ERROR frame */
  /*< private >*/
  SobanClockEvidence *evidence; /* (nullable) */
  GPtrArray *changes, *relayed, *reports; /* the part that is loaded */
  gboolean greeted;
  gboolean sends_keys;
  guint minor;        /* of the protocol that the device speaks */
  guint own_count;    /* own changes of all parts */
  gint64 now_ms;      /* of the last part */
  SobanStamp floor;
} SobanRound;

/* What an officer should know of a round; kept in stores: append only. */
#define SOBAN_INCIDENT_RESTORED "restored"         /* the device knows of more than is here: this store was set back to an older copy */
#define SOBAN_INCIDENT_DIVERGENCE "divergence"     /* the device's records of a commune are others than those here: it gets them anew */
#define SOBAN_INCIDENT_OUT_OF_SCOPE "out-of-scope" /* the device sent what it may not write */

#define SOBAN_INCIDENT_ERASED_AGAIN "erased-again" /* the device told of erasures that this store had lost when it was set back */

/* Takes @device and @request over, and loads what has come. */
SobanRound *soban_round_new (SobanDevice *device, SobanSyncRequest *request);
void soban_round_free (SobanRound *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRound, soban_round_free)

/* Loads what has come since the last time. HELLO has come. */
void soban_round_load (SobanRound *round);
/* Inside a writing transaction: admits what is loaded. FALSE: the store failed, roll back and free the round. A refusal is in
 * @refusal and no failure: what came before it stays. */
gboolean soban_round_take (SobanRound *round, SobanCollectorStore *store, GError **error);
/* After the commit: builds @answer. */
gboolean soban_round_answer (SobanRound *round, SobanCollectorStore *store, GError **error);

/* Appends a whole stream of one ERROR frame. */
void soban_round_write_refusal (GByteArray *out, const GError *refusal);
