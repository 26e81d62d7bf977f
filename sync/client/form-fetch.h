/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/transport.h"
#include "store/form-files.h"

typedef struct {
  guint64 bytes_up, bytes_down; /* headers and bodies, without TLS */
  guint requests;
} SobanFormFetchCost;

/**
 * soban_form_fetch_async:
 * @token: of the enrolment
 * @offers: (element-type SobanFormOffer): the forms that this tablet should have
 * @fingerprint: of that list
 *
 * Fetches what is missing piece by piece (sync/README.md 4.6a) and takes each form that is whole. What has come stays, however it ends: the next fetch
 * goes on behind it.
 */
void soban_form_fetch_async (SobanStore *store, SobanTransport *transport, const char *token, GPtrArray *offers, guint64 fingerprint,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* @ret_cost: (optional): also when it failed. Errors: the first that kept a form away: those of the transport, the collector's refusal, PROTOCOL, the store's. */
gboolean soban_form_fetch_finish (SobanStore *store, GAsyncResult *result, SobanFormFetchCost *ret_cost, GError **error);
