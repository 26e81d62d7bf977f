/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ssip-server.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#define ADDRESS_PREFIX "unix_socket:"

struct _SsipServer {
  GSocketService *service;
  GSocketConnection *connection; /* (nullable): the client */
  GDataInputStream *lines;       /* (nullable) */
  char *language;                /* (nullable) */
  GString *data;                 /* (nullable): the text as it comes */
  char *message;                 /* (nullable) */
  gboolean named, notified, stopped, gone;
};

static const char *
get_path (void)
{
  return g_getenv ("SPEECHD_ADDRESS") + strlen (ADDRESS_PREFIX);
}

void
ssip_server_announce (void)
{
  g_autofree char *folder = g_dir_make_tmp ("soban-ssip-XXXXXX", NULL);
  g_autofree char *address = g_strconcat (ADDRESS_PREFIX, folder, "/speechd.sock", NULL);

  g_assert_nonnull (folder);
  g_setenv ("SPEECHD_ADDRESS", address, TRUE);
}

void
ssip_server_withdraw (void)
{
  g_autofree char *folder = g_path_get_dirname (get_path ());

  g_rmdir (folder);
  g_unsetenv ("SPEECHD_ADDRESS");
}

static void
reply (SsipServer *server, const char *text)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (server->connection));
  g_autofree char *line = g_strconcat (text, "\r\n", NULL);

  g_output_stream_write_all (out, line, strlen (line), NULL, NULL, NULL);
}

static void
take_text (SsipServer *server, const char *line)
{
  if (g_str_equal (line, ".")) {
    g_free (server->message);
    server->message = g_string_free (server->data, FALSE);
    server->data = NULL;
    reply (server, "225-21\r\n225 OK MESSAGE QUEUED");
    reply (server, "701-21\r\n701-1\r\n701 BEGIN");
    return;
  }
  g_string_append_printf (server->data, "%s\n", *line == '.' ? line + 1 : line);
}

static void
take_line (SsipServer *server, const char *line)
{
  if (server->data != NULL) {
    take_text (server, line);
  } else if (g_str_has_prefix (line, "SET SELF CLIENT_NAME ") && strchr (line, ':') != NULL) {
    server->named = TRUE;
    reply (server, "208 OK CLIENT NAME SET");
  } else if (g_str_has_prefix (line, "SET SELF LANGUAGE ") && server->named) {
    g_free (server->language);
    server->language = g_strdup (line + strlen ("SET SELF LANGUAGE "));
    reply (server, "201 OK LANGUAGE SET");
  } else if (g_str_equal (line, "SET SELF NOTIFICATION END ON") || g_str_equal (line, "SET SELF NOTIFICATION CANCEL ON")) {
    server->notified = TRUE;
    reply (server, "220 OK NOTIFICATION SET");
  } else if (g_str_equal (line, "SPEAK") && server->named && server->notified) {
    server->data = g_string_new (NULL);
    reply (server, "230 OK RECEIVING DATA");
  } else if (g_str_equal (line, "STOP SELF")) {
    server->stopped = TRUE;
    reply (server, "210 OK STOPPED");
  } else if (g_str_equal (line, "QUIT")) {
    server->gone = TRUE;
    reply (server, "231 HAPPY HACKING");
  } else {
    reply (server, "500 ERR INVALID COMMAND");
  }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  SsipServer *server = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL || server->lines != G_DATA_INPUT_STREAM (source)) {
    return;
  }
  take_line (server, line);
  g_data_input_stream_read_line_async (server->lines, G_PRIORITY_DEFAULT, NULL, on_line, server);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  SsipServer *server = data;

  g_set_object (&server->connection, connection);
  g_clear_object (&server->lines);
  server->named = server->notified = server->stopped = server->gone = FALSE;
  server->lines = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (server->lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_data_input_stream_read_line_async (server->lines, G_PRIORITY_DEFAULT, NULL, on_line, server);
  return TRUE;
}

SsipServer *
ssip_server_new (void)
{
  SsipServer *server = g_new0 (SsipServer, 1);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (get_path ());
  g_autoptr (GError) error = NULL;

  server->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                 &error);
  g_assert_no_error (error);
  g_signal_connect (server->service, "incoming", G_CALLBACK (on_incoming), server);
  return server;
}

void
ssip_server_refuse (SsipServer *server)
{
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_unlink (get_path ());
}

void
ssip_server_free (SsipServer *server)
{
  ssip_server_refuse (server);
  g_object_unref (server->service);
  g_clear_object (&server->lines);
  if (server->connection != NULL) {
    g_io_stream_close (G_IO_STREAM (server->connection), NULL, NULL);
  }
  g_clear_object (&server->connection);
  g_free (server->language);
  g_free (server->message);
  g_free (server);
}

const char *
ssip_server_get_language (SsipServer *server)
{
  return server->language;
}

const char *
ssip_server_get_message (SsipServer *server)
{
  return server->message;
}

void
ssip_server_finish (SsipServer *server)
{
  g_clear_pointer (&server->message, g_free);
  reply (server, "702-21\r\n702-1\r\n702 END");
}

gboolean
ssip_server_has_stopped (SsipServer *server)
{
  return server->stopped && server->gone;
}
