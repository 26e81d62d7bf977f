/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/**
 * SobanSyncRequest: the body of one POST /v1/sync as it arrives (sync/README.md 2.1): HELLO, CHANGES*, END. What arrives is
 * checked frame by frame, so that a bad request is known at once and its bytes are never kept.
 */
typedef struct {
  SobanHello *hello;  /* (nullable): until it has come */
  GPtrArray *changes; /* (element-type SobanNumberedChange) */
  gboolean ended;     /* END has come */
  gboolean other_version; /* the stream is of another protocol major */
  /*< private >*/
  SobanFrameReader *reader;
  guint8 header[5];
  guint header_length;
} SobanSyncRequest;

SobanSyncRequest *soban_sync_request_new (void);
void soban_sync_request_free (SobanSyncRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanSyncRequest, soban_sync_request_free)

/* Errors: PROTOCOL and TOO_LARGE of SOBAN_SYNC_ERROR. After one the request is of no use. */
gboolean soban_sync_request_feed (SobanSyncRequest *request, const guint8 *data, gsize length, GError **error);
/* The body is over: is it complete? */
gboolean soban_sync_request_finish (SobanSyncRequest *request, GError **error);
