/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each connection has two pipes. A pipe reads a piece, cuts it to what may pass, waits, writes, and reads on.
 *
 * Invariant: a link lives until both pipes have ended: each holds a reference while one of its operations runs. A link that stalls
 * holds one of its own until its proxy goes.
 */
#include "link-proxy.h"

#include <string.h>

#define PIECE_BYTES 4096
/* With a bounded rate pieces are small enough that the link does not come in bursts. */
#define PIECES_PER_SECOND 20
#define REPLAY_TIMEOUT_SECONDS 20

struct _LinkProxy {
  GSocketService *service;
  guint port, server_port;
  LinkFaults faults;
  LinkCounts counts;
  GPtrArray *uploads; /* (element-type GByteArray) */
  GPtrArray *links;   /* (element-type Link), living; borrowed */
};

typedef struct _Link Link;

typedef struct {
  Link *link;
  GSocketConnection *from, *to;
  guint8 bytes[PIECE_BYTES];
  gsize length;
  gsize passed;
  GSource *timer; /* (nullable) */
  gboolean up, ended;
} Pipe;

struct _Link {
  gatomicrefcount references;
  LinkProxy *proxy; /* NULL once the proxy is gone */
  GSocketConnection *client, *server;
  GByteArray *upload;
  GCancellable *cancellable;
  gboolean over, stalled;
  Pipe up, down;
};

static void read_piece (Pipe *pipe);

static Link *
ref_link (Link *link)
{
  g_atomic_ref_count_inc (&link->references);
  return link;
}

static void
unref_link (Link *link)
{
  if (!g_atomic_ref_count_dec (&link->references))
    return;
  if (link->proxy != NULL)
    g_ptr_array_remove_fast (link->proxy->links, link);
  g_clear_object (&link->client);
  g_clear_object (&link->server);
  g_byte_array_unref (link->upload);
  g_object_unref (link->cancellable);
  g_free (link);
}

static void
clear_timer (Pipe *pipe)
{
  if (pipe->timer == NULL)
    return;
  g_source_destroy (pipe->timer);
  g_clear_pointer (&pipe->timer, g_source_unref);
  unref_link (pipe->link);
}

/* Both ends are told at once. What was written before arrives before. */
static void
end_link (Link *link)
{
  if (link->over)
    return;
  ref_link (link);
  link->over = TRUE;
  g_cancellable_cancel (link->cancellable);
  clear_timer (&link->up);
  clear_timer (&link->down);
  g_io_stream_close (G_IO_STREAM (link->client), NULL, NULL);
  g_io_stream_close (G_IO_STREAM (link->server), NULL, NULL);
  if (link->stalled)
    unref_link (link);
  unref_link (link);
}

/* How many bytes may pass yet. */
static gsize
get_allowance (const Pipe *pipe)
{
  const LinkFaults *faults = &pipe->link->proxy->faults;
  gsize own = pipe->up ? faults->cut_up_bytes : faults->cut_down_bytes;
  gsize both = pipe->link->up.passed + pipe->link->down.passed;
  gsize allowance = G_MAXSIZE;

  if (own > 0)
    allowance = own - MIN (own, pipe->passed);
  if (faults->cut_both_bytes > 0)
    allowance = MIN (allowance, faults->cut_both_bytes - MIN (faults->cut_both_bytes, both));
  return allowance;
}

static void
cut (Link *link)
{
  if (link->stalled)
    return;
  link->proxy->counts.cuts++;
  if (link->proxy->faults.stall) {
    link->stalled = TRUE;
    ref_link (link);
  } else {
    end_link (link);
  }
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pipe *pipe = user_data;
  Link *link = pipe->link;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL)) {
    end_link (link);
  } else if (link->proxy != NULL && !link->over) {
    if (get_allowance (pipe) == 0)
      cut (link);
    else
      read_piece (pipe);
  }
  unref_link (link);
}

static gboolean
on_due (gpointer user_data)
{
  Pipe *pipe = user_data;
  Link *link = ref_link (pipe->link);
  LinkProxy *proxy = link->proxy;

  clear_timer (pipe);
  /* The other direction may have used up what both may carry together. */
  pipe->length = MIN (pipe->length, get_allowance (pipe));
  pipe->passed += pipe->length;
  if (pipe->up) {
    proxy->counts.bytes_up += pipe->length;
    g_byte_array_append (link->upload, pipe->bytes, (guint) pipe->length);
  } else {
    proxy->counts.bytes_down += pipe->length;
  }
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (pipe->to)), pipe->bytes, pipe->length, G_PRIORITY_DEFAULT,
                                   link->cancellable, on_written, pipe);
  return G_SOURCE_REMOVE;
}

/* One side has said all: the other is told, and may go on. */
static void
end_pipe (Pipe *pipe)
{
  Link *link = pipe->link;

  pipe->ended = TRUE;
  g_socket_shutdown (g_socket_connection_get_socket (pipe->to), FALSE, TRUE, NULL);
  if (link->up.ended && link->down.ended)
    end_link (link);
}

static guint
get_wait_ms (const LinkFaults *faults, gsize length)
{
  return faults->delay_ms + (faults->bytes_per_second > 0 ? (guint) (length * 1000 / faults->bytes_per_second) : 0);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pipe *pipe = user_data;
  Link *link = pipe->link;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  guint wait_ms;

  if (length < 0 || link->proxy == NULL || link->over) {
    end_link (link);
    unref_link (link);
    return;
  }
  if (length == 0) {
    end_pipe (pipe);
    unref_link (link);
    return;
  }
  wait_ms = get_wait_ms (&link->proxy->faults, (gsize) length);
  pipe->length = (gsize) length;
  pipe->timer = wait_ms > 0 ? g_timeout_source_new (wait_ms) : g_idle_source_new ();
  g_source_set_priority (pipe->timer, G_PRIORITY_DEFAULT);
  g_source_set_callback (pipe->timer, on_due, pipe, NULL);
  g_source_attach (pipe->timer, g_main_context_get_thread_default ());
}

static void
read_piece (Pipe *pipe)
{
  guint rate = pipe->link->proxy->faults.bytes_per_second;
  gsize most = rate > 0 ? CLAMP (rate / PIECES_PER_SECOND, 1, PIECE_BYTES) : PIECE_BYTES;

  ref_link (pipe->link);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (pipe->from)), pipe->bytes, most, G_PRIORITY_DEFAULT,
                             pipe->link->cancellable, on_read, pipe);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *client, GObject *source, gpointer user_data)
{
  LinkProxy *proxy = user_data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  Link *link;
  GSocketConnection *server;

  g_socket_client_set_enable_proxy (connector, FALSE);
  server = g_socket_client_connect_to_host (connector, "127.0.0.1", (guint16) proxy->server_port, NULL, NULL);
  if (server == NULL)
    return FALSE; /* the client finds its connection closed, as with a server that is down */
  link = g_new0 (Link, 1);
  g_atomic_ref_count_init (&link->references);
  link->proxy = proxy;
  link->client = g_object_ref (client);
  link->server = server;
  link->upload = g_byte_array_new ();
  link->cancellable = g_cancellable_new ();
  link->up = (Pipe) { .link = link, .from = client, .to = server, .up = TRUE };
  link->down = (Pipe) { .link = link, .from = server, .to = client };
  g_ptr_array_add (proxy->uploads, g_byte_array_ref (link->upload));
  g_ptr_array_add (proxy->links, link);
  proxy->counts.connections++;
  read_piece (&link->up);
  read_piece (&link->down);
  unref_link (link);
  return TRUE;
}

LinkProxy *
link_proxy_new (guint port)
{
  LinkProxy *proxy = g_new0 (LinkProxy, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  proxy->server_port = port;
  proxy->uploads = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  proxy->links = g_ptr_array_new ();
  proxy->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (proxy->service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  proxy->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (proxy->service, "incoming", G_CALLBACK (on_incoming), proxy);
  g_socket_service_start (proxy->service);
  return proxy;
}

void
link_proxy_free (LinkProxy *proxy)
{
  if (proxy == NULL)
    return;
  g_socket_service_stop (proxy->service);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->service));
  g_object_unref (proxy->service);
  while (proxy->links->len > 0) {
    Link *link = g_ptr_array_steal_index_fast (proxy->links, 0);

    link->proxy = NULL;
    end_link (link);
  }
  g_ptr_array_unref (proxy->links);
  g_ptr_array_unref (proxy->uploads);
  g_free (proxy);
}

guint
link_proxy_get_port (LinkProxy *proxy)
{
  return proxy->port;
}

LinkFaults *
link_proxy_get_faults (LinkProxy *proxy)
{
  return &proxy->faults;
}

LinkCounts
link_proxy_get_counts (LinkProxy *proxy)
{
  return proxy->counts;
}

GPtrArray *
link_proxy_get_uploads (LinkProxy *proxy)
{
  return proxy->uploads;
}

static guint
count_words (const GByteArray *bytes, const char *word)
{
  const guint8 *place = bytes->data, *end = bytes->data + bytes->len;
  guint count = 0;

  while (place < end && (place = memmem (place, (gsize) (end - place), word, strlen (word))) != NULL) {
    place += strlen (word);
    count++;
  }
  return count;
}

void
link_proxy_replay (LinkProxy *proxy, guint index)
{
  const GByteArray *upload = g_ptr_array_index (proxy->uploads, index);
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;
  g_autoptr (GByteArray) answers = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 bytes[PIECE_BYTES];

  g_socket_client_set_timeout (connector, REPLAY_TIMEOUT_SECONDS);
  server = g_socket_client_connect_to_host (connector, "127.0.0.1", (guint16) proxy->server_port, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (server)), upload->data, upload->len, NULL, NULL, &error);
  g_assert_no_error (error);
  while (count_words (answers, "HTTP/1.1 ") < count_words (upload, "POST ")) {
    gssize length = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (server)), bytes, sizeof bytes, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (length, >, 0);
    g_byte_array_append (answers, bytes, (guint) length);
  }
}
