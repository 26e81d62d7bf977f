/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log/clock-evidence.h"
#include "protocol/message.h"

/* Changes of another sender, sent on by this device (sync/README.md 5.12). */
typedef struct {
  guint32 device;
  guint64 incarnation;
  const SobanClockEvidence *evidence; /* (nullable): the request's */
  GPtrArray *changes;                 /* (element-type SobanNumberedChange) */
} SobanRelayedBatch;
void soban_relayed_batch_free (SobanRelayedBatch *batch);

/**
 * SobanSyncRequest: the body of one POST /v1/sync as it arrives (sync/README.md 2.1): HELLO, CLOCK_EVIDENCE*, CHANGES*, END. What
 * arrives is checked frame by frame, so that a bad request is known at once and its bytes are never kept. What is complete can be
 * taken away at any time, before the rest has come (3.7).
 *
 * @hello and @evidence, once set, stay as they are: another thread may read them while this one feeds.
 */
typedef struct {
  SobanHello *hello;            /* (nullable): until it has come */
  SobanClockEvidence *evidence; /* (nullable): the device's own */
  GPtrArray *changes;           /* (element-type SobanNumberedChange): its own that wait to be taken away */
  GPtrArray *relayed;           /* (element-type SobanRelayedBatch): the same of others */
  GPtrArray *reports;           /* (element-type SobanDigestReport): what digests differ */
  GPtrArray *ranges;            /* (element-type SobanRangesQuery): complete with END */
  GPtrArray *wanted;            /* (element-type SobanWanted): complete with END */
  gsize waiting_bytes;          /* about what @changes and @relayed hold */
  gboolean ended;               /* END has come */
  gboolean other_version;       /* the stream is of another protocol major */
  /*< private >*/
  SobanFrameReader *reader;
  GPtrArray *evidences; /* (element-type SobanClockEvidence): of others */
  guint count;          /* changes that have come */
  guint count_max;
  guint8 header[5];
  guint header_length;
} SobanSyncRequest;

SobanSyncRequest *soban_sync_request_new (void);
void soban_sync_request_free (SobanSyncRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanSyncRequest, soban_sync_request_free)
/* A bundle may hold more changes than a request (sync/README.md 10.2); whoever reads one takes them away as they come. */
void soban_sync_request_allow_any_number (SobanSyncRequest *request);

/* Errors: PROTOCOL and TOO_LARGE of SOBAN_SYNC_ERROR. After one the request takes nothing more; what had come is good. */
gboolean soban_sync_request_feed (SobanSyncRequest *request, const guint8 *data, gsize length, GError **error);
/* The body is over: is it complete? */
gboolean soban_sync_request_finish (SobanSyncRequest *request, GError **error);

/* The minor version of the protocol that its sender speaks. */
guint soban_sync_request_get_minor (const SobanSyncRequest *request);
gboolean soban_sync_request_has_waiting (const SobanSyncRequest *request);
/* Takes away what has come since the last time: (transfer full) both, perhaps empty. They live at most as long as @request. */
void soban_sync_request_take (SobanSyncRequest *request, GPtrArray **ret_changes, GPtrArray **ret_relayed);
/* The same for what DIGESTS told: (transfer full) (element-type SobanDigestReport) */
GPtrArray *soban_sync_request_take_reports (SobanSyncRequest *request);
