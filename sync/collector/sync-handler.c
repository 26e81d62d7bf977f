/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POST /v1/sync (sync/README.md 2). The token is looked at before the body; the body is read frame by frame as it comes.
 *
 * Invariants
 *  H1 A frame that has come whole is committed, whatever comes after it: the rest, a cut, garbage, or nothing for a while (3.7).
 *  H2 A request that has come within FLUSH_DELAY_MS is one job of the writer.
 *  H3 A round is with the writer or with the main context, never with both.
 *  H4 What all requests hold together is bounded by HELD_BYTES_MAX, how many there are by UPLOADS_MAX, and of one device by
 *     DEVICE_UPLOADS_MAX: a link that breaks leaves connections behind of which nobody hears again.
 */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "round.h"
#include "server-private.h"

#define UPLOADS_MAX 512
#define DEVICE_UPLOADS_MAX 4
#define UPLOAD_KEY "soban-upload"
#define REFUSED_BODY_BYTES_MAX (1024 * 1024)
#define FLUSH_DELAY_MS 50
#define HELD_BYTES_MAX ((gsize) 256 * 1024 * 1024)

/* One request on its way. */
typedef struct {
  SobanServer *server;
  SoupServerMessage *msg; /* (nullable): NULL when the connection is gone; a reference once the body is complete */
  SobanRound *round;
  GSource *timer; /* (nullable): what waits is to be written */
  gsize bytes;      /* of the body so far */
  gsize bytes_written; /* of these came before the last part */
  gsize written;    /* about how much the part holds that is with the writer */
  gsize held;       /* counted in the server's held_bytes */
  gboolean writing; /* a part is with the writer */
  gboolean complete, refused, failed;
} Upload;

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

SobanDevice *
soban_server_authenticate (SobanServer *server, SoupServerMessage *msg)
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
stop_timer (Upload *upload)
{
  if (upload->timer != NULL)
    g_source_destroy (upload->timer);
  g_clear_pointer (&upload->timer, g_source_unref);
}

static void
free_upload (Upload *upload)
{
  stop_timer (upload);
  upload->server->held_bytes -= upload->held;
  g_ptr_array_remove (upload->server->uploads, upload);
  soban_round_free (upload->round);
  g_free (upload);
}

/* Counts what @upload holds now. */
static void
weigh (Upload *upload)
{
  gsize held = upload->written + upload->round->request->waiting_bytes + (upload->bytes - upload->bytes_written);

  upload->server->held_bytes += held - upload->held;
  upload->held = held;
}

/* The body is complete, so that the message waits for this. */
static void
let_go (Upload *upload)
{
  SoupServerMessage *msg = g_steal_pointer (&upload->msg);

  g_object_steal_data (G_OBJECT (msg), UPLOAD_KEY);
  soup_server_message_unpause (msg);
  g_object_unref (msg);
}

static void
refuse_upload (Upload *upload, guint status, const GError *error)
{
  g_message ("Device %u is refused: %s", upload->round->device->number, error->message);
  upload->refused = TRUE;
  if (upload->msg != NULL)
    soban_server_refuse (upload->msg, status, error->code, error->message);
}

static void
refuse_fault (Upload *upload, const GError *fault)
{
  g_autoptr (GError) refusal = NULL;

  g_warning ("A round of device %u: %s", upload->round->device->number, fault->message);
  g_set_error_literal (&refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER,
                       g_error_matches (fault, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL) ? "the collector's disk is full"
                                                                                        : "the collector cannot write");
  refuse_upload (upload, g_error_matches (fault, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY) ? SOUP_STATUS_SERVICE_UNAVAILABLE
                                                                                             : SOUP_STATUS_INTERNAL_SERVER_ERROR, refusal);
}

static gboolean
write_round (SobanCollectorStore *store, gpointer data, GError **error)
{
  Upload *upload = data;

  return soban_round_take (upload->round, store, error);
}

static gboolean
answer_round (SobanCollectorStore *store, gpointer data, GError **error)
{
  Upload *upload = data;

  return soban_round_answer (upload->round, store, error);
}

static void on_part_done (gpointer data, const GError *error);
static void on_round_done (gpointer data, const GError *error);

static void
submit (Upload *upload, gboolean last)
{
  static const SobanWriteJob part = { write_round, NULL, on_part_done };
  static const SobanWriteJob whole = { write_round, answer_round, on_round_done };

  stop_timer (upload);
  upload->written = upload->round->request->waiting_bytes;
  upload->bytes_written = upload->bytes;
  soban_round_load (upload->round);
  weigh (upload);
  upload->writing = TRUE;
  soban_writer_submit (upload->server->writer, last ? &whole : &part, upload);
}

static void
refuse_busy (Upload *upload)
{
  g_autoptr (GError) refusal = g_error_new_literal (SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_SERVER, "too many tablets at once");

  refuse_upload (upload, SOUP_STATUS_SERVICE_UNAVAILABLE, refusal);
}

/* Nothing of @upload is with the writer: what comes next? */
static void
go_on (Upload *upload)
{
  /* After a fault, or a refusal by what is in the store, nothing more fits; after one by the reader what came before does (H1). */
  gboolean open = upload->server->writer != NULL && upload->round->refusal == NULL && !upload->failed;

  if (open && upload->complete && !upload->refused) {
    submit (upload, TRUE);
  } else if (open && soban_sync_request_has_waiting (upload->round->request)) {
    submit (upload, FALSE);
  } else if (upload->complete) {
    if (!upload->refused)
      refuse_busy (upload);
    let_go (upload);
    free_upload (upload);
  } else if (upload->msg == NULL) {
    free_upload (upload);
  }
}

static void
on_part_done (gpointer data, const GError *error)
{
  Upload *upload = data;

  upload->writing = FALSE;
  upload->failed = error != NULL;
  upload->written = 0;
  weigh (upload);
  if (error != NULL)
    refuse_fault (upload, error);
  else if (!upload->refused && upload->round->refusal != NULL)
    refuse_upload (upload, choose_status (NULL, upload->round->refusal), upload->round->refusal);
  go_on (upload);
}

static void
on_round_done (gpointer data, const GError *error)
{
  Upload *upload = data;
  SobanRound *round = upload->round;

  if (error != NULL) {
    refuse_fault (upload, error);
  } else {
    if (round->refusal != NULL)
      g_message ("Device %u is refused: %s", round->device->number, round->refusal->message);
    soup_server_message_set_status (upload->msg, round->refusal != NULL ? choose_status (NULL, round->refusal) : SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (upload->msg, "application/x-soban-sync", SOUP_MEMORY_COPY, (const char *) round->answer->data,
                                      round->answer->len);
  }
  let_go (upload);
  free_upload (upload);
}

static void
flush_now (Upload *upload)
{
  if (!upload->writing && soban_sync_request_has_waiting (upload->round->request))
    go_on (upload);
}

static gboolean
on_flush (gpointer data)
{
  flush_now (data);
  return G_SOURCE_REMOVE;
}

/* H1: what has come whole does not wait long for the rest. */
static void
flush_soon (Upload *upload)
{
  if (upload->writing || !soban_sync_request_has_waiting (upload->round->request))
    return;
  if (upload->timer != NULL && !g_source_is_destroyed (upload->timer))
    return;
  stop_timer (upload);
  upload->timer = g_timeout_source_new (FLUSH_DELAY_MS);
  g_source_set_callback (upload->timer, on_flush, upload, NULL);
  g_source_attach (upload->timer, g_main_context_get_thread_default ());
}

void
soban_sync_handler_flush (SobanServer *server)
{
  for (guint i = server->uploads->len; i > 0; i--)
    flush_now (g_ptr_array_index (server->uploads, i - 1));
}

/* A device that begins anew has given its earlier requests up: what they brought stands before what this one asks. */
static void
end_earlier (Upload *upload)
{
  SobanServer *server = upload->server;
  guint count = 0;

  for (guint i = server->uploads->len; i > 0; i--) {
    Upload *other = g_ptr_array_index (server->uploads, i - 1);

    if (other == upload || other->round->device->number != upload->round->device->number)
      continue;
    flush_now (other);
    if (++count >= DEVICE_UPLOADS_MAX && !other->complete && other->msg != NULL)
      soban_guard_cut (other->msg);
  }
}

static gboolean
feed (Upload *upload, GBytes *chunk, GError **error)
{
  SobanSyncRequest *request = upload->round->request;
  gboolean greeted = request->hello != NULL;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (chunk, &length);
  gboolean fed;

  if (upload->bytes > SOBAN_REQUEST_BYTES_MAX) {
    g_set_error (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_TOO_LARGE, "the request is longer than %d bytes", SOBAN_REQUEST_BYTES_MAX);
    return FALSE;
  }
  fed = soban_sync_request_feed (request, bytes, length, error);
  if (!greeted && request->hello != NULL) {
    upload->round->arrived_ms = soban_collector_store_now (upload->server->reader);
    end_earlier (upload);
  }
  return fed;
}

static void
on_chunk (SoupServerMessage *msg, GBytes *chunk, gpointer data)
{
  Upload *upload = data;
  SobanServer *server = upload->server;
  g_autoptr (GError) error = NULL;

  upload->bytes += g_bytes_get_size (chunk);
  if (upload->bytes > 2 * (gsize) SOBAN_REQUEST_BYTES_MAX)
    soban_guard_cut (msg);
  if (upload->refused)
    return;
  if (!feed (upload, chunk, &error))
    refuse_upload (upload, choose_status (upload->round->request, error), error);
  weigh (upload);
  if (server->held_bytes > HELD_BYTES_MAX && !upload->refused)
    refuse_busy (upload);
  if (upload->refused || server->held_bytes > HELD_BYTES_MAX / 2)
    flush_now (upload);
  else if (!upload->round->request->ended)
    flush_soon (upload);
}

/* The message is gone, answered or cut: what it brought is not. */
static void
on_message_gone (gpointer data)
{
  Upload *upload = data;

  upload->msg = NULL;
  if (!upload->writing)
    go_on (upload);
}

static void
begin_upload (SobanServer *server, SoupServerMessage *msg, SobanDevice *device)
{
  Upload *upload = g_new0 (Upload, 1);

  upload->server = server;
  upload->msg = msg;
  upload->round = soban_round_new (device, soban_sync_request_new ());
  upload->round->registries = server->registries;
  g_ptr_array_add (server->uploads, upload);
  g_object_set_data_full (G_OBJECT (msg), UPLOAD_KEY, upload, on_message_gone);
  g_signal_connect (msg, "got-chunk", G_CALLBACK (on_chunk), upload);
}

void
soban_sync_handler_begin (SobanServer *server, SoupServerMessage *msg)
{
  goffset length = soup_message_headers_get_content_length (soup_server_message_get_request_headers (msg));
  SobanDevice *device = NULL;

  if (strcmp (soup_server_message_get_method (msg), "POST") != 0) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow", "POST");
    soban_server_refuse (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, SOBAN_SYNC_ERROR_PROTOCOL, "only POST is spoken here");
  } else if (server->uploads->len >= UPLOADS_MAX || server->held_bytes > HELD_BYTES_MAX) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Retry-After", "5");
    soban_server_refuse (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, SOBAN_SYNC_ERROR_SERVER, "too many tablets at once");
  } else {
    device = soban_server_authenticate (server, msg);
  }
  if (device != NULL && length > SOBAN_REQUEST_BYTES_MAX) {
    soban_server_refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, "the request is too long");
    g_clear_pointer (&device, soban_device_free);
  }
  if (device == NULL)
    soban_guard_discard_body (msg, REFUSED_BODY_BYTES_MAX);
  else
    begin_upload (server, msg, device);
}

void
soban_sync_handler_end (SobanServer *server, SoupServerMessage *msg)
{
  Upload *upload = g_object_get_data (G_OBJECT (msg), UPLOAD_KEY);
  g_autoptr (GError) error = NULL;

  g_assert (upload != NULL && !upload->refused);
  if (!soban_sync_request_finish (upload->round->request, &error)) {
    refuse_upload (upload, choose_status (upload->round->request, error), error);
    return;
  }
  upload->complete = TRUE;
  g_object_ref (msg);
  soup_server_message_pause (msg);
  if (!upload->writing)
    go_on (upload);
}
