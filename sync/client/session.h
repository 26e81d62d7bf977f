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
  guint repaired;          /* records that had differed from the collector's and were put right */
  guint64 to_pull;         /* of how many @pulled are, about (own ones are not sent); 0: not known, or no more are to come */
  guint attachments_sent, attachments_to_send; /* photos and files, after all changes: of those that waited then */
  guint64 attachment_bytes_sent, attachment_bytes_to_send;
} SobanSyncProgress;

SobanSyncSession *soban_sync_session_new (SobanStore *store);
/* Whether photos and files are sent, too, as they are unless this says otherwise: not on a metered network where nobody asked (PROTOCOL 9). */
void soban_sync_session_set_sends_attachments (SobanSyncSession *session, gboolean sends);
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
/* The same where the PIN was forgotten (sync/README.md 6.4): only of the collector that this tablet is registered with and for its commune, REFUSED
 * otherwise; it takes the PIN away. A file is held for its collector's when that, asked over the network, knows its token: OFFLINE without one.
 * Both end with soban_enrol_with_code_finish(). */
void soban_enrol_again_with_code_async (SobanStore *store, const char *address, const char *code, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void soban_enrol_again_from_text_async (SobanStore *store, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* ---- files for a stick or a memory card (sync/README.md 10) ---- */

typedef enum {
  SOBAN_BUNDLE_FOR_COLLECTOR, /* all that waits, to be carried to the server */
  SOBAN_BUNDLE_FOR_TABLETS,   /* all records of the communes, one file for each, to be carried to other tablets there */
} SobanBundlePurpose;

/* What one export or import did. */
typedef struct {
  GPtrArray *paths;  /* (element-type filename): the files written, or taken in */
  guint64 changes;   /* written, or received that were new here */
  guint64 confirmed; /* own changes that waited and that the server has, as a receipt says */
  guint receipts, exchanges; /* import: how many files of each kind */
  guint skipped;     /* import of a folder: files that were for somebody else, or cannot be read */
  gboolean complete; /* export: all that waits is in the file, which ends before 4 GiB */
} SobanBundleReport;
void soban_bundle_report_free (SobanBundleReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanBundleReport, soban_bundle_report_free)

/**
 * soban_bundle_export_async:
 * @place: a folder, where the file gets a name that people can read ("soban-17-2026-11-22-1.soban"), or a file that is not there yet
 *
 * Writes what @purpose says; nothing on the tablet changes. The file is there whole or not at all. Errors: SOBAN_BUNDLE_ERROR, NOT_ENROLLED of
 * SOBAN_SYNC_ERROR, G_FILE_ERROR, those of the store.
 */
void soban_bundle_export_async (SobanStore *store, GFile *place, SobanBundlePurpose purpose, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
SobanBundleReport *soban_bundle_export_finish (SobanStore *store, GAsyncResult *result, GError **error);
/**
 * soban_bundle_import_async:
 * @place: a file, which says itself what it is; or a folder: every file in it that is for this tablet
 *
 * The same file twice is harmless. Errors as above; of a folder without any file for this tablet the first one's.
 */
void soban_bundle_import_async (SobanStore *store, GFile *place, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
SobanBundleReport *soban_bundle_import_finish (SobanStore *store, GAsyncResult *result, GError **error);
/* (transfer full): a sentence for the person, translated, that says what to do. */
char *soban_bundle_error_sentence (const GError *error);
