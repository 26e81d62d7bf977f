/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POST /v1/enrol (sync/README.md 6.2): a one-time secret against an enrolment file. */
#include "config.h"

#include <string.h>

#include "devices.h"
#include "key-ring.h"
#include "protocol/enrolment-code.h"
#include "protocol/enrolment-file.h"
#include "protocol/message.h"
#include "server-private.h"
#include "token.h"

#define SECRET_BODY_BYTES_MAX 256
#define BODY_KEY "soban-secret"

typedef struct {
  SobanServer *server;
  SoupServerMessage *msg;
  char *peer, *secret, *token;
  SobanDevice *device; /* (nullable): the secret was right */
  SobanKeys *keys;     /* (nullable): with the device */
} Entry;

static void
on_chunk (SoupServerMessage *msg, GBytes *chunk, gpointer data)
{
  GString *body = data;

  if (body->len + g_bytes_get_size (chunk) > SECRET_BODY_BYTES_MAX) {
    if (soup_server_message_get_status (msg) == SOUP_STATUS_NONE)
      soban_server_refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, "that is no enrolment secret");
    return;
  }
  g_string_append_len (body, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
}

static void
free_body (gpointer data)
{
  g_string_free (data, TRUE);
}

void
soban_enrol_handler_begin (SobanServer *server, SoupServerMessage *msg)
{
  GString *body = g_string_new (NULL);

  g_object_set_data_full (G_OBJECT (msg), BODY_KEY, body, free_body);
  g_signal_connect (msg, "got-chunk", G_CALLBACK (on_chunk), body);
  soban_guard_discard_body (msg, SECRET_BODY_BYTES_MAX);
}

static gboolean
use_code (SobanCollectorStore *store, gpointer data, GError **error)
{
  Entry *entry = data;

  if (!soban_devices_use_code (store, entry->secret, entry->token, &entry->device, error))
    return FALSE;
  if (entry->device == NULL)
    return TRUE;
  entry->keys = soban_key_ring_make (store, entry->device->scopes, error);
  return entry->keys != NULL;
}

static char *
write_file (const Entry *entry)
{
  g_autofree char *scopes = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  SobanEnrolmentFile file = {
    .url = entry->server->folder->url,
    .key = entry->server->pin,
    .device = entry->device->number,
    .device_name = entry->device->name,
    .token = entry->token,
    .role = entry->device->role,
    .home_scope = entry->device->home_scope,
    .kept_days = entry->device->kept_days,
    .keys = entry->keys,
  };

  g_ptr_array_extend (list, entry->device->scopes, NULL, NULL);
  g_ptr_array_add (list, NULL);
  scopes = g_strjoinv (" ", (char **) list->pdata);
  file.scopes = scopes;
  return soban_enrolment_file_write (&file);
}

static void
on_code_used (gpointer data, const GError *error)
{
  Entry *entry = data;

  if (error != NULL) {
    g_warning ("Using an enrolment code: %s", error->message);
    soban_server_refuse (entry->msg, SOUP_STATUS_INTERNAL_SERVER_ERROR, SOBAN_SYNC_ERROR_SERVER, "the collector cannot write");
  } else if (entry->device == NULL) {
    soban_attempts_fail (entry->server->secrets, entry->peer, g_get_monotonic_time ());
    g_message ("A wrong enrolment secret from %s", entry->peer);
    soban_server_refuse (entry->msg, SOUP_STATUS_FORBIDDEN, SOBAN_SYNC_ERROR_REFUSED, "the code is unknown, used or too old");
  } else {
    g_autofree char *text = write_file (entry);

    soban_attempts_succeed (entry->server->secrets, entry->peer);
    g_message ("Device %u is enrolled by its code", entry->device->number);
    soup_server_message_set_status (entry->msg, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (entry->msg, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text, strlen (text));
  }
  soup_server_message_unpause (entry->msg);
  g_object_unref (entry->msg);
  soban_device_free (entry->device);
  soban_keys_free (entry->keys);
  g_free (entry->peer);
  g_free (entry->secret);
  g_free (entry->token);
  g_free (entry);
}

void
soban_enrol_handler_end (SobanServer *server, SoupServerMessage *msg)
{
  static const SobanWriteJob job = { use_code, NULL, on_code_used };
  GString *body = g_object_get_data (G_OBJECT (msg), BODY_KEY);
  g_autofree char *peer = soban_server_get_peer (server, msg);
  g_autofree char *text = g_strndup (body->str, body->len);
  g_autofree char *secret = g_utf8_validate (text, -1, NULL) ? soban_enrolment_secret_normalize (g_strstrip (text)) : NULL;
  guint wait = soban_attempts_get_wait (server->secrets, peer, g_get_monotonic_time ());
  Entry *entry;

  if (wait > 0) {
    g_autofree char *seconds = g_strdup_printf ("%u", wait);

    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Retry-After", seconds);
    soban_server_refuse (msg, SOBAN_STATUS_TOO_MANY_REQUESTS, SOBAN_SYNC_ERROR_SERVER, "too many wrong codes: wait");
    return;
  }
  if (secret == NULL) {
    soban_attempts_fail (server->secrets, peer, g_get_monotonic_time ());
    soban_server_refuse (msg, SOUP_STATUS_FORBIDDEN, SOBAN_SYNC_ERROR_REFUSED, "that is no enrolment secret");
    return;
  }
  entry = g_new0 (Entry, 1);
  entry->server = server;
  entry->msg = g_object_ref (msg);
  entry->peer = g_steal_pointer (&peer);
  entry->secret = g_steal_pointer (&secret);
  entry->token = soban_token_new (soban_entropy_system ());
  soup_server_message_pause (msg);
  soban_writer_submit (server->writer, &job, entry);
}
