/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tablets and strangers that misbehave: what has come whole stays, everything is bounded, and what is refused says why. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "admission-request.h"
#include "command.h"
#include "round-request.h"
#include "server.h"

#define IDLE_SECONDS 1
#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define INCARNATION 7

typedef struct {
  Fixture fixture; /* its store is the test's own look into the server's */
  SobanServer *server;
  guint32 device;
} Service;

static void
keep_silent (const char *text)
{
}

static void
make_collector (const char *dir)
{
  g_autofree char *password = g_strconcat (dir, ".password", NULL);
  char *arguments[] = { (char *) "soban-collector", (char *) "init", (char *) "--dir", (char *) dir, (char *) "--admin-password-file", password, NULL };
  GPrintFunc before;

  g_assert_true (g_file_set_contents (password, "nha-san-ben-suoi\n", -1, NULL));
  before = g_set_print_handler (keep_silent); /* standard output is the test's own */
  g_assert_cmpint (soban_collector_run (6, arguments), ==, SOBAN_EXIT_OK);
  g_set_print_handler (before);
  g_unlink (password);
}

static void
set_up (Service *self, gconstpointer secure)
{
  SobanServerOptions options = { .plain = secure == NULL, .address = "127.0.0.1", .idle_seconds_max = IDLE_SECONDS };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (GError) error = NULL;

  self->fixture.dir = g_dir_make_tmp ("soban-misbehaving-XXXXXX", &error);
  make_collector (self->fixture.dir);
  folder = soban_collector_folder_load (self->fixture.dir, &error);
  self->fixture.store = soban_collector_store_open (folder->database, SOBAN_DATABASE_GUEST, FALSE, NULL, &error);
  g_assert_no_error (error);
  self->device = add_device (&self->fixture, "token-a", SCOPE_A);
  self->server = soban_server_new (folder, &options, &error);
  g_assert_no_error (error);
}

static void
tear_down (Service *self, gconstpointer secure)
{
  soban_server_free (self->server);
  soban_collector_store_close (self->fixture.store);
  remove_folder (self->fixture.dir);
  g_free (self->fixture.dir);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the server until @is_so, at most PATIENCE_US. */
static gboolean
await (gboolean (*is_so) (gpointer data), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
  g_autoptr (GSource) tick = g_timeout_source_new (10); /* so that the loop comes round to look */
  gboolean so = FALSE;

  g_source_set_callback (tick, on_tick, NULL, NULL);
  g_source_attach (tick, NULL);
  while (!(so = is_so (data)) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (tick);
  return so;
}

static GSocket *
open_socket (Service *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", soban_server_get_port (self->server));
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* What fits into the buffers of the kernel: tests send little. */
static void
say (GSocket *socket, const guint8 *data, gsize length)
{
  g_assert_cmpint (g_socket_send (socket, (const char *) data, length, NULL, NULL), ==, length);
}

/* A socket that has announced a body of @length bytes. */
static GSocket *
open_upload (Service *self, gsize length)
{
  GSocket *socket = open_socket (self);
  g_autofree char *head = g_strdup_printf ("POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-a\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                                           length);

  say (socket, (const guint8 *) head, strlen (head));
  return socket;
}

typedef struct {
  Service *service;
  gint64 changes;
} Wish;

static gboolean
has_changes (gpointer data)
{
  const Wish *wish = data;

  return ask (&wish->service->fixture, "SELECT count (*) FROM change") >= wish->changes;
}

static gboolean
is_ended (gpointer data)
{
  g_autoptr (GError) error = NULL;
  char answer[4096];
  gssize received = g_socket_receive (data, answer, sizeof answer, NULL, &error);

  return received == 0 || (received < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

typedef struct {
  GSocket *socket;
  GString *text;
} Listening;

static gboolean
has_answer (gpointer data)
{
  Listening *listening = data;
  char answer[4096];
  gssize received = g_socket_receive (listening->socket, answer, sizeof answer, NULL, NULL);

  if (received > 0)
    g_string_append_len (listening->text, answer, received);
  return strstr (listening->text->str, "\r\n\r\n") != NULL;
}

/* The status of the answer. */
static guint
await_status (GSocket *socket)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Listening listening = { socket, text };

  g_assert_true (await (has_answer, &listening));
  return (guint) g_ascii_strtoull (text->str + strlen ("HTTP/1.1 "), NULL, 10);
}

/* HELLO and three frames of one change each. @ret_ends: where each frame ends. */
static GByteArray *
make_stream (Service *self, guint first, gsize *ret_ends)
{
  g_autoptr (Request) request = request_new (self->device, INCARNATION, SCOPE_A, 0);
  GByteArray *stream = NULL;

  for (guint i = 0; i < 3; i++) {
    SobanChange *change = make_change (self->device, INCARNATION, first + i, SCOPE_A, first + i, TEST_NOW_MS, 0, "name", "Nà Lầu");

    g_ptr_array_add (request->batches, make_batch (change, NULL));
    if (stream != NULL)
      g_byte_array_unref (stream);
    request->cut = TRUE;
    stream = request_write (request);
    ret_ends[i] = stream->len;
  }
  g_byte_array_unref (stream);
  request->cut = FALSE;
  return request_write (request);
}

static void
test_what_has_come_is_kept_while_the_rest_is_waited_for (Service *self, gconstpointer secure)
{
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  g_autoptr (GSocket) socket = open_upload (self, stream->len);
  Wish first = { self, 1 }, second = { self, 2 };

  say (socket, stream->data, ends[0]);
  g_assert_true (await (has_changes, &first));
  say (socket, stream->data + ends[0], ends[1] - ends[0]);
  g_assert_true (await (has_changes, &second));
  say (socket, stream->data + ends[1], stream->len - ends[1]);
  g_assert_cmpuint (await_status (socket), ==, 200);
  g_assert_cmpint (ask (&self->fixture, "SELECT count (*) FROM change"), ==, 3);
}

static void
test_a_cut_keeps_what_came_whole (Service *self, gconstpointer secure)
{
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  g_autoptr (GSocket) socket = open_upload (self, stream->len);
  Wish wish = { self, 2 };

  say (socket, stream->data, ends[2] - 1);
  g_socket_close (socket, NULL);
  g_assert_true (await (has_changes, &wish));
  g_assert_cmpint (ask (&self->fixture, "SELECT count (*) FROM change"), ==, 2);
}

static void
test_garbage_after_good_frames_is_refused_and_the_frames_are_kept (Service *self, gconstpointer secure)
{
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  g_autoptr (GSocket) socket = open_upload (self, stream->len);
  Wish wish = { self, 2 };

  stream->data[ends[1] + 4] ^= 0x55;
  say (socket, stream->data, stream->len);
  g_assert_cmpuint (await_status (socket), ==, 400);
  g_assert_true (await (has_changes, &wish));
  g_assert_cmpint (ask (&self->fixture, "SELECT count (*) FROM change"), ==, 2);
}

static void
test_frames_out_of_order_are_refused (Service *self, gconstpointer secure)
{
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  g_autoptr (Request) bare = request_new (self->device, INCARNATION, SCOPE_A, 0);
  g_autoptr (GByteArray) hello = NULL;
  const gsize header = 6;

  bare->cut = TRUE;
  hello = request_write (bare);
  {
    /* HELLO twice */
    g_autoptr (GSocket) socket = open_upload (self, 2 * hello->len - header);

    say (socket, hello->data, hello->len);
    say (socket, hello->data + header, hello->len - header);
    g_assert_cmpuint (await_status (socket), ==, 400);
  }
  {
    /* CHANGES before HELLO */
    gsize hello_end = hello->len;
    g_autoptr (GSocket) socket = open_upload (self, header + stream->len - hello_end);

    say (socket, stream->data, header);
    say (socket, stream->data + hello_end, stream->len - hello_end);
    g_assert_cmpuint (await_status (socket), ==, 400);
  }
  g_assert_cmpint (ask (&self->fixture, "SELECT count (*) FROM change"), ==, 0);
}

typedef struct {
  GSocket *socket;
  const GByteArray *stream;
  gsize at;
  gboolean ended;
} Trickle;

/* A byte now and then: never silent, never done. */
static gboolean
on_drop (gpointer data)
{
  Trickle *trickle = data;

  if (trickle->at < trickle->stream->len)
    g_socket_send (trickle->socket, (const char *) trickle->stream->data + trickle->at++, 1, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static void
test_a_body_that_trickles_for_ever_is_cut (Service *self, gconstpointer secure)
{
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  g_autoptr (GSocket) socket = open_upload (self, 1000000);
  Trickle trickle = { socket, stream, 0, FALSE };
  g_autoptr (GSource) drops = g_timeout_source_new (300);

  g_source_set_callback (drops, on_drop, &trickle, NULL);
  g_source_attach (drops, NULL);
  g_assert_true (await (is_ended, socket));
  g_source_destroy (drops);
  g_assert_cmpuint (trickle.at, <, stream->len);
}

static gboolean
is_first_ended (gpointer data)
{
  return is_ended (g_ptr_array_index ((GPtrArray *) data, 0));
}

static void
test_a_device_has_few_requests_open_at_once (Service *self, gconstpointer secure)
{
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  Wish wish = { self, 1 };
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < 6; i++) {
    g_ptr_array_add (sockets, open_upload (self, stream->len));
    say (g_ptr_array_index (sockets, i), stream->data, ends[0]);
    g_assert_true (await (has_changes, &wish));
  }
  g_assert_true (await (is_first_ended, sockets));
  g_test_message ("after %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpint (ask (&self->fixture, "SELECT count (*) FROM change"), ==, 1);
}

/* ---- strangers ---- */

static guint
count_open (GPtrArray *sockets)
{
  guint open = 0;

  for (guint i = 0; i < sockets->len; i++)
    open += !is_ended (g_ptr_array_index (sockets, i));
  return open;
}

static gboolean
are_all_ended (gpointer data)
{
  return count_open (data) == 0;
}

/* The descriptors of both ends are this process's. */
static guint
allow_descriptors (guint wanted)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (limit.rlim_max, wanted);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  return (guint) limit.rlim_cur;
}

static gboolean
on_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags problems, gpointer data)
{
  return TRUE; /* who it is does not matter here */
}

typedef struct {
  guint port;
  gint answered; /* atomic */
} Asking;

/* An honest client, on a thread of its own. */
static gpointer
ask_for_key (gpointer data)
{
  static const char request[] = "GET /v1/key HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  Asking *asking = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;
  char answer[4096] = "";

  connection = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) asking->port, NULL, &error);
  g_assert_no_error (error);
  tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate), NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (tls), request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (tls), answer, sizeof answer - 1, NULL, &error), >, 0);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
  g_atomic_int_set (&asking->answered, TRUE);
  return NULL;
}

static gboolean
is_answered (gpointer data)
{
  return g_atomic_int_get (&((Asking *) data)->answered);
}

static void
test_a_crowd_that_says_nothing_shuts_nobody_out (Service *self, gconstpointer secure)
{
  /* Each connection to TLS costs the server the beginning of a handshake. */
  const guint crowd = secure != NULL ? 2000 : MIN (10000, allow_descriptors (16000) - 4000);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  gsize ends[3];
  g_autoptr (GByteArray) stream = make_stream (self, 1, ends);
  guint open;

  for (guint i = 0; i < crowd; i++) {
    g_ptr_array_add (sockets, open_socket (self));
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
  open = count_open (sockets);
  g_test_message ("of %u connections %u are still open", crowd, open);
  g_assert_cmpuint (open, <=, 1100);
  if (secure == NULL) {
    g_autoptr (GSocket) socket = open_upload (self, stream->len);

    say (socket, stream->data, stream->len);
    g_assert_cmpuint (await_status (socket), ==, 200);
  }
  if (secure != NULL) {
    Asking asking = { soban_server_get_port (self->server), FALSE };
    g_autoptr (GThread) thread = g_thread_new ("asking", ask_for_key, &asking);

    g_assert_true (await (is_answered, &asking));
    g_thread_join (g_steal_pointer (&thread));
  }
  g_assert_true (await (are_all_ended, sockets));
}

#define ADD(path, test) g_test_add (path, Service, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/collector/misbehaving/what_has_come_is_kept_while_the_rest_is_waited_for", test_what_has_come_is_kept_while_the_rest_is_waited_for);
  ADD ("/collector/misbehaving/a_cut_keeps_what_came_whole", test_a_cut_keeps_what_came_whole);
  ADD ("/collector/misbehaving/garbage_after_good_frames_is_refused_and_the_frames_are_kept",
       test_garbage_after_good_frames_is_refused_and_the_frames_are_kept);
  ADD ("/collector/misbehaving/frames_out_of_order_are_refused", test_frames_out_of_order_are_refused);
  ADD ("/collector/misbehaving/a_body_that_trickles_for_ever_is_cut", test_a_body_that_trickles_for_ever_is_cut);
  ADD ("/collector/misbehaving/a_device_has_few_requests_open_at_once", test_a_device_has_few_requests_open_at_once);
  ADD ("/collector/misbehaving/a_crowd_that_says_nothing_shuts_nobody_out", test_a_crowd_that_says_nothing_shuts_nobody_out);
  g_test_add ("/collector/misbehaving/a_crowd_that_says_nothing_to_tls_is_sent_away", Service, "secure", set_up,
              test_a_crowd_that_says_nothing_shuts_nobody_out, tear_down);
  return g_test_run ();
}
