/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that never say anything, or never end what they say, are closed by the server. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "command.h"
#include "fixture.h"
#include "server.h"

#define IDLE_SECONDS 1
#define PATIENCE_US (20 * G_USEC_PER_SEC)

typedef struct {
  char *dir;
  SobanServer *server;
} Service;

static void
keep_silent (const char *text)
{
}

static void
set_up (Service *self, gconstpointer data)
{
  SobanServerOptions options = { .plain = TRUE, .idle_seconds_max = IDLE_SECONDS };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *password = NULL;

  self->dir = g_dir_make_tmp ("soban-guard-XXXXXX", &error);
  password = g_strconcat (self->dir, ".password", NULL);
  g_assert_true (g_file_set_contents (password, "nha-san-ben-suoi\n", -1, &error));
  {
    char *arguments[] = { (char *) "soban-collector", (char *) "init", (char *) "--dir", self->dir, (char *) "--admin-password-file", password, NULL };

    GPrintFunc before = g_set_print_handler (keep_silent); /* standard output is the test's own */

    g_assert_cmpint (soban_collector_run (6, arguments), ==, SOBAN_EXIT_OK);
    g_set_print_handler (before);
    g_unlink (password);
  }
  folder = soban_collector_folder_load (self->dir, &error);
  self->server = soban_server_new (folder, &options, &error);
  g_assert_no_error (error);
}

static void
tear_down (Service *self, gconstpointer data)
{
  soban_server_free (self->server);
  remove_folder (self->dir);
  g_free (self->dir);
}

static GSocket *
connect_to (Service *self, const char *first_words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", soban_server_get_port (self->server));
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  g_assert_cmpint (g_socket_send (socket, first_words, strlen (first_words), NULL, &error), ==, strlen (first_words));
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the server until the other side has ended the connection; FALSE when it does not. */
static gboolean
await_end (GSocket *socket)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
  g_autoptr (GSource) tick = g_timeout_source_new (20); /* so that the loop comes round to look */
  char answer[4096];

  g_source_set_callback (tick, on_tick, NULL, NULL);
  g_source_attach (tick, NULL);
  while (g_get_monotonic_time () < deadline) {
    g_autoptr (GError) error = NULL;
    gssize received;

    g_main_context_iteration (NULL, TRUE);
    received = g_socket_receive (socket, answer, sizeof answer, NULL, &error);
    if (received == 0 || (received < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))) {
      g_source_destroy (tick);
      return TRUE;
    }
  }
  g_source_destroy (tick);
  return FALSE;
}

static void
test_silent_and_endless_connections_are_closed (Service *self, gconstpointer data)
{
  static const char *const words[] = {
    "", "GET / HT", "POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nABC", "GET /v1/key HTTP/1.1\r\nHost: x\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autoptr (GSocket) socket = connect_to (self, words[i]);

    g_test_message ("“%s”", words[i]);
    g_assert_true (await_end (socket));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/collector/guard/silent_and_endless_connections_are_closed", Service, NULL, set_up,
              test_silent_and_endless_connections_are_closed, tear_down);
  return g_test_run ();
}
