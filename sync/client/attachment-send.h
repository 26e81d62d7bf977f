/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/pace.h"
#include "client/transport.h"
#include "store/attachment-store.h"

/* How far the sending is: of what waited when it began. */
typedef struct {
  guint sent, to_send;
  guint64 bytes_sent, bytes_to_send;
  guint requests, cuts;
  guint64 bytes_up, bytes_down; /* of answered requests: headers and bodies, without TLS */
} SobanAttachmentProgress;
typedef void (*SobanAttachmentProgressFunc) (const SobanAttachmentProgress *progress, gpointer data);

/**
 * soban_attachment_send_async:
 * @pace: (transfer none): how much goes at a time; follows the goodput seen. Stays the caller's, and nobody else's until it is over
 * @moved: (scope notified): called on the main context each time something got through
 *
 * Sends the attachments that wait, one after the other (sync/README.md 11). One that cannot be sent now keeps none of the others away, unless the link
 * or the collector is the reason.
 */
void soban_attachment_send_async (SobanStore *store, SobanTransport *transport, const char *token, SobanPace *pace,
                                  SobanAttachmentProgressFunc moved, gpointer moved_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
/* FALSE: some are left for the next time: the first reason. @ret_progress: in both cases. */
gboolean soban_attachment_send_finish (SobanStore *store, GAsyncResult *result, SobanAttachmentProgress *ret_progress, GError **error);
