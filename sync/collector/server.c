/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "server.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/language.h"
#include "certificate.h"
#include "key-ring.h"
#include "protocol/enrolment-code.h"
#include "round.h"
#include "server-private.h"

#define SYNC_PATH "/v1/sync"
#define ENROL_PATH "/v1/enrol"
#define KEY_PATH "/v1/key"
#define FORM_PATH "/v1/form/"
#define READERS 2
#define PAGE_BODY_BYTES_MAX (64 * 1024)

void
soban_server_refuse (SoupServerMessage *msg, guint status, gint code, const char *sentence)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autoptr (GError) refusal = g_error_new_literal (SOBAN_SYNC_ERROR, code, sentence);

  soban_round_write_refusal (answer, refusal);
  soup_server_message_set_status (msg, status, status == SOBAN_STATUS_UPGRADE_REQUIRED ? "Upgrade Required" : NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Connection", "close");
  soup_server_message_set_response (msg, "application/x-soban-sync", SOUP_MEMORY_COPY, (const char *) answer->data, answer->len);
}

char *
soban_server_get_peer (SobanServer *self, SoupServerMessage *msg)
{
  const char *host = soup_server_message_get_remote_host (msg);
  const char *forwarded = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "X-Real-IP");

  /* Only the proxy in front of a plain server may say who is behind it. */
  return g_strdup (self->plain && forwarded != NULL ? forwarded : host != NULL ? host : "?");
}

static void
answer_key (SobanServer *self, SoupServerMessage *msg)
{
  if (strcmp (soup_server_message_get_method (msg), "GET") != 0) {
    soup_server_message_set_status (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    return;
  }
  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (msg, "text/plain", SOUP_MEMORY_COPY, self->pin, strlen (self->pin));
}

/* After the headers, before the body. A status that is set here stands: on_request() is not called any more. */
static void
on_headers (SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query, gpointer data)
{
  SobanServer *self = data;

  soup_message_body_set_accumulate (soup_server_message_get_request_body (msg), FALSE);
  if (self->writer == NULL) /* ending */
    soup_server_message_set_status (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  else if (strcmp (path, SYNC_PATH) == 0)
    soban_sync_handler_begin (self, msg);
  else if (strcmp (path, ENROL_PATH) == 0 && strcmp (soup_server_message_get_method (msg), "POST") == 0)
    soban_enrol_handler_begin (self, msg);
  else if (g_str_has_prefix (path, SOBAN_ATTACHMENT_PATH))
    soban_attachment_handler_begin (self, msg, path + strlen (SOBAN_ATTACHMENT_PATH));
  else
    soban_guard_discard_body (msg, PAGE_BODY_BYTES_MAX);
}

static void
on_request (SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query, gpointer data)
{
  SobanServer *self = data;

  if (self->writer == NULL) /* ending */
    soup_server_message_set_status (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  else if (strcmp (path, SYNC_PATH) == 0)
    soban_sync_handler_end (self, msg);
  else if (strcmp (path, ENROL_PATH) == 0 && strcmp (soup_server_message_get_method (msg), "POST") == 0)
    soban_enrol_handler_end (self, msg);
  else if (strcmp (path, ENROL_PATH) == 0)
    soup_server_message_set_status (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  else if (strcmp (path, KEY_PATH) == 0)
    answer_key (self, msg);
  else if (g_str_has_prefix (path, FORM_PATH))
    soban_form_handler_answer (self, msg, path + strlen (FORM_PATH), query);
  else if (g_str_has_prefix (path, SOBAN_ATTACHMENT_PATH))
    soban_attachment_handler_end (self, msg);
  else if (g_str_has_prefix (path, "/v1/"))
    soup_server_message_set_status (msg, SOUP_STATUS_NOT_FOUND, NULL);
  else
    soban_dashboard_handle (self->dashboard, msg, path, query);
}

static gboolean
listen_at (SobanServer *self, const SobanServerOptions *options, GError **error)
{
  SoupServerListenOptions kind = self->plain ? 0 : SOUP_SERVER_LISTEN_HTTPS;
  g_autoptr (GSocketAddress) address = NULL;

  if (options->address == NULL && self->plain)
    return soup_server_listen_local (self->soup, options->port, kind, error);
  if (options->address == NULL)
    return soup_server_listen_all (self->soup, options->port, kind, error);
  address = g_inet_socket_address_new_from_string (options->address, options->port);
  if (address == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("“%s” is no address of this machine."), options->address);
    return FALSE;
  }
  if (self->plain && !g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("Without TLS only the loopback address is listened at."));
    return FALSE;
  }
  return soup_server_listen (self->soup, address, kind, error);
}

static gboolean
open_stores (SobanServer *self, GError **error)
{
  SobanCollectorStore *owner = soban_collector_store_open (self->folder->database, SOBAN_DATABASE_OWNER, FALSE, NULL, error);
  g_auto (SobanSigningKeys) keys = { 0 };

  if (owner == NULL)
    return FALSE;
  self->deriver = soban_deriver_new (self->reference, owner);
  /* A folder that an older program made has no keys yet. */
  if (!soban_collector_store_check_clock (owner, error) || !soban_deriver_prepare (self->deriver, error)
      || !soban_key_ring_get_own (owner, &keys, error)) {
    soban_collector_store_close (owner);
    return FALSE;
  }
  self->reader = soban_collector_store_open (self->folder->database, SOBAN_DATABASE_READER, FALSE, NULL, error);
  if (self->reader != NULL)
    self->readers = soban_readers_new (self->folder->database, READERS, error);
  if (self->readers == NULL) {
    soban_collector_store_close (owner);
    return FALSE;
  }
  self->writer = soban_writer_new (owner, self->readers, soban_deriver_run, self->deriver);
  return TRUE;
}

static gboolean
open_soup (SobanServer *self, const SobanServerOptions *options, GError **error)
{
  self->soup = soup_server_new ("server-header", "soban-collector", NULL);
  if (!self->plain) {
    g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (self->folder->certificate, self->folder->key, error);

    if (certificate == NULL)
      return FALSE;
    soup_server_set_tls_certificate (self->soup, certificate);
  }
  self->guard = soban_guard_new (self->soup, options->idle_seconds_max);
  soup_server_add_early_handler (self->soup, NULL, on_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  return listen_at (self, options, error);
}

static gboolean
start (SobanServer *self, const SobanServerOptions *options, GError **error)
{
  guint8 key_hash[SOBAN_KEY_HASH_BYTES];

  self->lock_fd = soban_collector_folder_lock (self->folder, error);
  if (self->lock_fd < 0 || !soban_certificate_hash_key (self->folder->certificate, key_hash, error))
    return FALSE;
  self->pin = soban_key_pin_format (key_hash);
  self->reference = soban_reference_load (soban_data_dir (), soban_locale_dir (), error);
  if (self->reference == NULL)
    return FALSE;
  self->registries = soban_registries_new (self->reference);
  if (!open_stores (self, error))
    return FALSE;
  self->secrets = soban_attempts_new ();
  self->night = soban_night_new (&self->writer);
  self->sweep = soban_erasure_sweep_new (&self->writer, self->reader);
  self->dashboard = soban_dashboard_new (self);
  return open_soup (self, options, error);
}

SobanServer *
soban_server_new (const SobanCollectorFolder *folder, const SobanServerOptions *options, GError **error)
{
  g_autoptr (SobanServer) self = g_new0 (SobanServer, 1);

  self->plain = options->plain;
  self->uploads = g_ptr_array_new ();
  self->transfers = g_ptr_array_new ();
  self->lock_fd = -1;
  self->folder = soban_collector_folder_copy (folder);
  return start (self, options, error) ? g_steal_pointer (&self) : NULL;
}

void
soban_server_free (SobanServer *self)
{
  if (self == NULL)
    return;
  /* The writer first: what it has begun is finished and answered, while the connections are still there. */
  g_clear_pointer (&self->night, soban_night_free);
  g_clear_pointer (&self->sweep, soban_erasure_sweep_free);
  if (self->writer != NULL)
    soban_sync_handler_flush (self);
  g_clear_pointer (&self->writer, soban_writer_free);
  g_clear_pointer (&self->readers, soban_readers_free);
  while (self->soup != NULL && g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    continue;
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_pointer (&self->guard, soban_guard_free);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->dashboard, soban_dashboard_free);
  g_clear_pointer (&self->deriver, soban_deriver_free);
  g_clear_pointer (&self->reader, soban_collector_store_close);
  g_clear_pointer (&self->registries, soban_registries_free);
  g_clear_pointer (&self->reference, soban_reference_free);
  g_clear_pointer (&self->secrets, soban_attempts_free);
  soban_collector_folder_free (self->folder);
  g_ptr_array_unref (self->uploads);
  g_ptr_array_unref (self->transfers);
  g_free (self->pin);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self);
}

guint
soban_server_get_port (SobanServer *self)
{
  GSList *uris = soup_server_get_uris (self->soup);
  guint port = uris != NULL ? (guint) g_uri_get_port (uris->data) : 0;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

char *
soban_server_get_url (SobanServer *self)
{
  return g_strdup_printf ("%s://localhost:%u", self->plain ? "http" : "https", soban_server_get_port (self));
}
