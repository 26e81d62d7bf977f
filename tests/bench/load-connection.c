/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-connection.h"

#include <glib-unix.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define HEAD_BYTES_MAX 4096

struct _LoadConnection {
  GSocket *socket;
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t session;
  GByteArray *received; /* of the answer that is being read */
};

static gboolean
fail (const char *what, gssize code, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, code < 0 ? gnutls_strerror ((int) code) : "the other side ended the connection");
  return FALSE;
}

LoadConnection *
load_connection_open (guint port, GError **error)
{
  g_autoptr (LoadConnection) self = g_new0 (LoadConnection, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  int status;

  self->received = g_byte_array_new ();
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (self->socket == NULL || !g_socket_connect (self->socket, address, NULL, error)
      || !g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, error))
    return NULL;
  gnutls_certificate_allocate_credentials (&self->credentials);
  gnutls_init (&self->session, GNUTLS_CLIENT);
  gnutls_set_default_priority (self->session);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->credentials);
  gnutls_transport_set_int (self->session, g_socket_get_fd (self->socket));
  /* GSocket's own descriptor does not block: the thread that waits here has nothing else to do. */
  g_unix_set_fd_nonblocking (g_socket_get_fd (self->socket), FALSE, NULL);
  do
    status = gnutls_handshake (self->session);
  while (status < 0 && !gnutls_error_is_fatal (status));
  if (status < 0) {
    fail ("handshake", status, error);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
load_connection_close (LoadConnection *self)
{
  if (self->session != NULL)
    gnutls_deinit (self->session);
  if (self->credentials != NULL)
    gnutls_certificate_free_credentials (self->credentials);
  g_clear_object (&self->socket);
  g_byte_array_unref (self->received);
  g_free (self);
}

gboolean
load_connection_send (LoadConnection *self, GBytes *request, GError **error)
{
  gsize left;
  const guint8 *data = g_bytes_get_data (request, &left);

  while (left > 0) {
    ssize_t sent = gnutls_record_send (self->session, data, left);

    if (sent < 0 && !gnutls_error_is_fatal ((int) sent))
      continue;
    if (sent <= 0)
      return fail ("sending", sent, error);
    data += sent;
    left -= (gsize) sent;
  }
  return TRUE;
}

static gboolean
receive_some (LoadConnection *self, GError **error)
{
  guint8 buffer[16384];
  ssize_t received;

  do
    received = gnutls_record_recv (self->session, buffer, sizeof buffer);
  while (received < 0 && !gnutls_error_is_fatal ((int) received));
  if (received <= 0)
    return fail ("receiving", received, error);
  g_byte_array_append (self->received, buffer, (guint) received);
  return TRUE;
}

/* (nullable): the head as text, once it is whole. */
static char *
get_head (LoadConnection *self, gsize *ret_length)
{
  const char *end = self->received->len == 0 ? NULL : g_strstr_len ((const char *) self->received->data, self->received->len, "\r\n\r\n");

  if (end == NULL)
    return NULL;
  *ret_length = (gsize) (end - (const char *) self->received->data) + 4;
  return g_ascii_strdown ((const char *) self->received->data, (gssize) *ret_length);
}

gboolean
load_connection_receive (LoadConnection *self, guint *ret_status, GBytes **ret_body, GError **error)
{
  g_autofree char *head = NULL;
  const char *field;
  gsize head_length = 0, body_length;

  g_byte_array_set_size (self->received, 0);
  while ((head = get_head (self, &head_length)) == NULL) {
    if (self->received->len > HEAD_BYTES_MAX)
      return fail ("an answer without an end of its head", 0, error);
    if (!receive_some (self, error))
      return FALSE;
  }
  *ret_status = (guint) g_ascii_strtoull (head + strlen ("http/1.1 "), NULL, 10);
  field = strstr (head, "\r\ncontent-length:");
  body_length = field != NULL ? g_ascii_strtoull (field + strlen ("\r\ncontent-length:"), NULL, 10) : 0;
  while (self->received->len < head_length + body_length) {
    if (!receive_some (self, error))
      return FALSE;
  }
  if (ret_body != NULL)
    *ret_body = g_bytes_new (self->received->data + head_length, body_length);
  return TRUE;
}

GBytes *
load_request_new (const char *path, const char *token, const GByteArray *body)
{
  GByteArray *request = g_byte_array_new ();
  g_autofree char *head = body == NULL
    ? g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path)
    : g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-soban-sync\r\n"
                       "Content-Length: %u\r\n\r\n", path, token, body->len);

  g_byte_array_append (request, (const guint8 *) head, (guint) strlen (head));
  if (body != NULL)
    g_byte_array_append (request, body->data, body->len);
  return g_byte_array_free_to_bytes (request);
}
