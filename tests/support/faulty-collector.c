/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "faulty-collector.h"

#include <libsoup/soup.h>
#include <string.h>

#define SYNC_TYPE "application/x-soban-sync"
#define ENDLESS_PIECE (64 * 1024)

struct _FaultyCollector {
  SoupServer *server;     /* NULL for FAULTY_PLAIN */
  GSocketService *plain;  /* only for FAULTY_PLAIN */
  guint plain_port;
  Fault fault;
  guint status, requests, followed;
};

static char *
build_path (const char *identity, const char *suffix)
{
  g_autofree char *file = g_strconcat (identity, suffix, NULL);

  return g_test_build_filename (G_TEST_DIST, "fixtures", "tls", file, NULL);
}

char *
faulty_collector_load_pin (const char *identity)
{
  g_autofree char *path = build_path (identity, ".pin");
  char *pin = NULL;

  g_assert_true (g_file_get_contents (path, &pin, NULL, NULL));
  return g_strstrip (pin);
}

/* Takes the connection from the server and says @text, then closes. */
static void
say_and_close (SoupServerMessage *message, const char *text, gsize length)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, length, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static void
write_endless_piece (SoupServerMessage *message, gpointer user_data)
{
  soup_message_body_append_take (soup_server_message_get_response_body (message), g_malloc0 (ENDLESS_PIECE), ENDLESS_PIECE);
}

static void
begin_endless (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_headers_set_content_type (headers, SYNC_TYPE, NULL);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (write_endless_piece), NULL);
  write_endless_piece (message, NULL);
}

static void
respond (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  FaultyCollector *self = user_data;
  const char *cut = "HTTP/1.1 200 OK\r\nContent-Type: " SYNC_TYPE "\r\nContent-Length: 5000\r\n\r\nSBAN";
  const char *noise = "\x01\x02 this is no HTTP at all\r\n\r\n";

  self->requests++;
  switch (self->fault) {
  case FAULTY_GARBAGE:
    respond (message, 200, SYNC_TYPE, "garbage, garbage, garbage");
    break;
  case FAULTY_NO_HTTP:
    say_and_close (message, noise, strlen (noise));
    break;
  case FAULTY_EMPTY:
    say_and_close (message, "", 0);
    break;
  case FAULTY_CUT:
    say_and_close (message, cut, strlen (cut));
    break;
  case FAULTY_ENDLESS:
    begin_endless (message);
    break;
  case FAULTY_STATUS:
    respond (message, self->status, "text/html", "<html>no</html>");
    break;
  case FAULTY_REDIRECT:
    if (g_str_equal (path, "/sign-in")) {
      self->followed++;
      respond (message, 200, "text/html", "<html>sign in</html>");
    } else {
      soup_server_message_set_redirect (message, 302, "/sign-in");
    }
    break;
  case FAULTY_PAGE:
    respond (message, 200, "text/html; charset=utf-8", "<html>sign in</html>");
    break;
  case FAULTY_OTHER_VERSION:
    respond (message, 200, SYNC_TYPE, "SBAN\x09\x03");
    break;
  default:
    g_assert_not_reached ();
  }
}

static gboolean
on_plain (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  static const char answer[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
  char hello[4096];

  /* The client speaks first, at once. */
  g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), hello, sizeof hello, NULL, NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer, sizeof answer - 1, NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

/* On threads of its own: it waits for the client. */
static void
listen_plain (FaultyCollector *self)
{
  g_autoptr (GError) error = NULL;

  self->plain = g_threaded_socket_service_new (2);
  self->plain_port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->plain), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->plain, "run", G_CALLBACK (on_plain), NULL);
  g_socket_service_start (self->plain);
}

FaultyCollector *
faulty_collector_new (const char *identity, Fault fault, guint status)
{
  FaultyCollector *self = g_new0 (FaultyCollector, 1);
  g_autofree char *path = build_path (identity, ".pem");
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  self->fault = fault;
  self->status = status;
  if (fault == FAULTY_PLAIN) {
    listen_plain (self);
    return self;
  }
  self->server = soup_server_new (NULL, NULL);
  certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);
  soup_server_set_tls_certificate (self->server, certificate);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  return self;
}

void
faulty_collector_free (FaultyCollector *collector)
{
  if (collector == NULL)
    return;
  if (collector->server != NULL)
    soup_server_disconnect (collector->server);
  if (collector->plain != NULL)
    g_socket_service_stop (collector->plain);
  g_clear_object (&collector->server);
  g_clear_object (&collector->plain);
  g_free (collector);
}

guint
faulty_collector_get_port (FaultyCollector *collector)
{
  GSList *uris;
  guint port;

  if (collector->server == NULL)
    return collector->plain_port;
  uris = soup_server_get_uris (collector->server);
  port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

guint
faulty_collector_count_requests (FaultyCollector *collector)
{
  return collector->requests;
}

guint
faulty_collector_count_followed (FaultyCollector *collector)
{
  return collector->followed;
}
