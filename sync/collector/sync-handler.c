/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POST /v1/sync (sync/README.md 2). The token is looked at before the body, the body is read frame by frame as it comes. */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "round.h"
#include "server-private.h"

#define ROUNDS_MAX 64
#define UPLOAD_KEY "soban-upload"
#define REFUSED_BODY_BYTES_MAX (1024 * 1024)

/* One request while it arrives. */
typedef struct {
  SobanServer *server;
  SobanDevice *device;
  SobanSyncRequest *request; /* NULL once refused */
  gsize bytes;
} Upload;

/* One round on its way through the writer. */
typedef struct {
  SobanServer *server;
  SoupServerMessage *msg;
  SobanRound *round;
} Passage;

static void
free_upload (gpointer data)
{
  Upload *upload = data;

  upload->server->rounds--;
  soban_device_free (upload->device);
  soban_sync_request_free (upload->request);
  g_free (upload);
}

static char *
read_bearer (SoupServerMessage *msg)
{
  static const char scheme[] = "Bearer ";
  const char *header = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "Authorization");

  if (header == NULL || g_ascii_strncasecmp (header, scheme, strlen (scheme)) != 0)
    return NULL;
  header += strlen (scheme);
  return strlen (header) <= SOBAN_TOKEN_BYTES_MAX ? g_strdup (header) : NULL;
}

/* (nullable): NULL when the request has been answered. */
static SobanDevice *
authenticate (SobanServer *server, SoupServerMessage *msg)
{
  g_autofree char *token = read_bearer (msg);
  g_autoptr (GError) error = NULL;
  SobanDevice *device = token != NULL ? soban_devices_find_by_token (server->reader, token, &error) : NULL;

  if (device != NULL)
    return device;
  if (error != NULL) {
    g_warning ("Looking up a token: %s", error->message);
    soban_server_refuse (msg, SOUP_STATUS_INTERNAL_SERVER_ERROR, SOBAN_SYNC_ERROR_SERVER, "the collector cannot read its devices");
    return NULL;
  }
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "WWW-Authenticate", "Bearer");
  soban_server_refuse (msg, SOUP_STATUS_UNAUTHORIZED, SOBAN_SYNC_ERROR_AUTH, "the token is unknown or revoked");
  return NULL;
}

static void
refuse_upload (Upload *upload, SoupServerMessage *msg, guint status, const GError *error)
{
  g_clear_pointer (&upload->request, soban_sync_request_free);
  soban_server_refuse (msg, status, error->code, error->message);
}

static guint
choose_status (const SobanSyncRequest *request, const GError *error)
{
  if (request != NULL && request->other_version)
    return SOBAN_STATUS_UPGRADE_REQUIRED;
  switch (error->code) {
  case SOBAN_SYNC_ERROR_AUTH:
    return SOUP_STATUS_UNAUTHORIZED;
  case SOBAN_SYNC_ERROR_TOO_LARGE:
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  case SOBAN_SYNC_ERROR_REFUSED:
    return SOUP_STATUS_FORBIDDEN;
  case SOBAN_SYNC_ERROR_SERVER:
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  default:
    return SOUP_STATUS_BAD_REQUEST;
  }
}

static void
on_chunk (SoupServerMessage *msg, GBytes *chunk, gpointer data)
{
  Upload *upload = data;
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (chunk, &length);

  upload->bytes += length;
  if (upload->bytes > 2 * (gsize) SOBAN_REQUEST_BYTES_MAX)
    soban_guard_cut (msg);
  if (upload->request == NULL)
    return;
  if (upload->bytes > SOBAN_REQUEST_BYTES_MAX)
    g_set_error (&error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE, "the request is longer than %d bytes", SOBAN_REQUEST_BYTES_MAX);
  if (error != NULL || !soban_sync_request_feed (upload->request, bytes, length, &error))
    refuse_upload (upload, msg, choose_status (upload->request, error), error);
}

void
soban_sync_handler_begin (SobanServer *server, SoupServerMessage *msg)
{
  goffset length = soup_message_headers_get_content_length (soup_server_message_get_request_headers (msg));
  SobanDevice *device = NULL;
  Upload *upload;

  if (strcmp (soup_server_message_get_method (msg), "POST") != 0) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow", "POST");
    soban_server_refuse (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, SOBAN_SYNC_ERROR_PROTOCOL, "only POST is spoken here");
  } else if (server->rounds >= ROUNDS_MAX) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Retry-After", "5");
    soban_server_refuse (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, SOBAN_SYNC_ERROR_SERVER, "too many tablets at once");
  } else {
    device = authenticate (server, msg);
  }
  if (device != NULL && length > SOBAN_REQUEST_BYTES_MAX) {
    soban_server_refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, "the request is too long");
    g_clear_pointer (&device, soban_device_free);
  }
  if (device == NULL) {
    soban_guard_discard_body (msg, REFUSED_BODY_BYTES_MAX);
    return;
  }
  upload = g_new0 (Upload, 1);
  upload->server = server;
  upload->device = device;
  upload->request = soban_sync_request_new ();
  server->rounds++;
  g_object_set_data_full (G_OBJECT (msg), UPLOAD_KEY, upload, free_upload);
  g_signal_connect (msg, "got-chunk", G_CALLBACK (on_chunk), upload);
}

static gboolean
write_round (SobanCollectorStore *store, gpointer data, GError **error)
{
  Passage *passage = data;

  return soban_round_take (passage->round, store, error);
}

static gboolean
answer_round (SobanCollectorStore *store, gpointer data, GError **error)
{
  Passage *passage = data;

  return soban_round_answer (passage->round, store, error);
}

static void
on_round_done (gpointer data, const GError *error)
{
  Passage *passage = data;
  SobanRound *round = passage->round;
  guint status = round->refusal != NULL ? choose_status (NULL, round->refusal) : SOUP_STATUS_OK;

  if (error != NULL) {
    g_warning ("A round of device %u: %s", round->device->number, error->message);
    soban_server_refuse (passage->msg, SOUP_STATUS_INTERNAL_SERVER_ERROR, SOBAN_SYNC_ERROR_SERVER,
                         g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL) ? "the collector's disk is full"
                                                                                           : "the collector cannot write");
  } else {
    soup_server_message_set_status (passage->msg, status, NULL);
    soup_server_message_set_response (passage->msg, "application/x-soban-sync", SOUP_MEMORY_COPY, (const char *) round->answer->data,
                                      round->answer->len);
  }
  if (round->refusal != NULL)
    g_message ("Device %u is refused: %s", round->device->number, round->refusal->message);
  soup_server_message_unpause (passage->msg);
  g_object_unref (passage->msg);
  soban_round_free (round);
  g_free (passage);
}

void
soban_sync_handler_end (SobanServer *server, SoupServerMessage *msg)
{
  static const SobanWriteJob job = { write_round, answer_round, on_round_done };
  Upload *upload = g_object_get_data (G_OBJECT (msg), UPLOAD_KEY);
  g_autoptr (GError) error = NULL;
  Passage *passage;

  g_assert (upload != NULL && upload->request != NULL);
  if (!soban_sync_request_finish (upload->request, &error)) {
    refuse_upload (upload, msg, choose_status (upload->request, error), error);
    return;
  }
  passage = g_new0 (Passage, 1);
  passage->server = server;
  passage->msg = g_object_ref (msg);
  passage->round = soban_round_new (g_steal_pointer (&upload->device), g_steal_pointer (&upload->request));
  soup_server_message_pause (msg);
  soban_writer_submit (server->writer, &job, passage);
}
