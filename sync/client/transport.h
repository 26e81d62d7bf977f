/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#define SOBAN_SYNC_CONTENT_TYPE "application/x-soban-sync"
#define SOBAN_TEXT_CONTENT_TYPE "text/plain"

/* What goes to the collector: one request of sync/README.md 2. */
typedef struct {
  const char *path;         /* "/v1/sync", joined to the collector's url */
  const char *content_type; /* (nullable): NULL = without body */
  GBytes *body;             /* (nullable) */
  const char *token;        /* (nullable): goes as "Authorization: Bearer" */
  const char *method;       /* (nullable): NULL = GET, POST with a content type */
  const char *const *headers; /* (nullable): name, value, name, value ..., NULL */
} SobanRequest;

/* What came back, whatever its status. */
typedef struct {
  guint status;
  char *content_type; /* "" when there was none; without parameters, lower case */
  GBytes *body;
  guint64 bytes_up, bytes_down; /* headers and bodies, without TLS */
  gint64 upload_offset; /* of the header of this name; -1: there was none */
} SobanAnswer;
void soban_answer_free (SobanAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanAnswer, soban_answer_free)
/**
 * soban_answer_check:
 * @content_type: the type a good answer has
 *
 * TRUE for a 200 of that type; else the refusal that status and body tell (sync/README.md 2.2) as a SOBAN_SYNC_ERROR.
 */
gboolean soban_answer_check (const SobanAnswer *answer, const char *content_type, GError **error);
/* The same for answers without a body: TRUE for 200, 201, 204 but not for a web page. */
gboolean soban_answer_check_status (const SobanAnswer *answer, GError **error);

/**
 * SobanTransport: carries requests to one collector and answers back. http-transport.c does it by libcurl, loopback-transport.c by a
 * function call. Used on the main context of its maker; several exchanges may run at a time.
 */
#define SOBAN_TYPE_TRANSPORT (soban_transport_get_type ())
G_DECLARE_INTERFACE (SobanTransport, soban_transport, SOBAN, TRANSPORT, GObject)

struct _SobanTransportInterface {
  GTypeInterface parent;

  void (*exchange_async) (SobanTransport *transport, const SobanRequest *request, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
  SobanAnswer *(*exchange_finish) (SobanTransport *transport, GAsyncResult *result, GError **error);
};

/* @request: read before the call returns, only its body is kept (by reference). */
void soban_transport_exchange_async (SobanTransport *transport, const SobanRequest *request, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full): errors are SOBAN_SYNC_ERROR: OFFLINE, TIMEOUT, KEY, TOO_LARGE, CANCELLED; a refusal by status is an answer;
 * G_IO_ERROR_NOT_SUPPORTED where libcurl cannot be loaded. */
SobanAnswer *soban_transport_exchange_finish (SobanTransport *transport, GAsyncResult *result, GError **error);
