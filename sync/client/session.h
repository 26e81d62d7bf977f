/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/**
 * SobanSyncSession: one sync of one store with its collector: rounds until nothing is left to send or to pull. All the app
 * knows of the network beside the scheduler. One at a time per store; lives on the GLib main context of its maker.
 */
#define SOBAN_TYPE_SYNC_SESSION (soban_sync_session_get_type ())
G_DECLARE_FINAL_TYPE (SobanSyncSession, soban_sync_session, SOBAN, SYNC_SESSION, GObject)

typedef struct {
  guint64 sent, to_send;   /* changes with a receipt so far, and of how many */
  guint64 pulled;          /* changes received */
  guint64 bytes_up, bytes_down; /* of answered requests: headers and bodies, without TLS */
  guint requests;
  guint cuts;              /* how often the link was cut and the sync went on */
} SobanSyncProgress;

SobanSyncSession *soban_sync_session_new (SobanStore *store);
/* Signal "progress" each time the numbers move. */
const SobanSyncProgress *soban_sync_session_get_progress (SobanSyncSession *session);
/* Errors: SOBAN_SYNC_ERROR; what was received before stays received. */
void soban_sync_session_run_async (SobanSyncSession *session, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_sync_session_run_finish (SobanSyncSession *session, GAsyncResult *result, GError **error);

/* (transfer full): a sentence for the person, translated, that says what to do; nothing ever says "failed" when the records are safe. */
char *soban_sync_error_sentence (const GError *error);
/* (transfer full): the same for an enrolment that did not come about: there the code or the address is what to look at. */
char *soban_enrol_error_sentence (const GError *error);

/**
 * soban_enrol_from_text:
 * @text: the contents of an enrolment file as `soban-collector enrol` writes it
 */
gboolean soban_enrol_from_text (SobanStore *store, const char *text, GError **error);
/* Enrols over the network: @address "host:port" or url, @code as shown by `soban-collector enrol --code`; the code carries the key's pin. */
void soban_enrol_with_code_async (SobanStore *store, const char *address, const char *code, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_enrol_with_code_finish (SobanStore *store, GAsyncResult *result, GError **error);
