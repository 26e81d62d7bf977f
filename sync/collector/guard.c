/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libsoup says itself that its server is not meant for hostile clients: it has no time-outs and reads bodies to their end.
 *
 * Invariants
 *  G1 A connection on which nothing moves for idle_seconds_max is closed, a new one without a request already after HEAD_SECONDS_MAX: each
 *     takes a thread for its TLS handshake. So is one whose request comes in drops: after idle_seconds_max on average less than RATE_MIN.
 *  G2 There are at most CONNECTIONS_MAX. One more takes the place of the one that has been silent longest; those between two
 *     requests go first, one whose request has come whole does not go.
 *  G3 A body far beyond its bound ends the connection.
 */
#include "config.h"

#include "server-private.h"

#define IDLE_SECONDS_MAX 300
#define HEAD_SECONDS_MAX 30
#define RATE_MIN 16 /* bytes a second */
#define CONNECTIONS_MAX 1024
#define DISCARD_BYTES_MAX (1024 * 1024) /* of a body that is refused already */
#define TELL_EVERY_US (60 * G_TIME_SPAN_SECOND)

/* One connection: while a request is under way, or between two. */
typedef struct {
  GSocket *socket;
  GSource *timer;  /* when it fires the socket is closed */
  gint64 began_us; /* the request */
  guint64 bytes;   /* of it */
  gboolean whole;  /* it has come */
} Connection;

struct _SobanGuard {
  SoupServer *soup;
  guint idle_seconds_max;
  GHashTable *active; /* SoupServerMessage -> Connection: requests under way */
  GHashTable *idle;   /* GSocket -> Connection: kept connections between two requests */
  guint closed;       /* for others' sake, not told yet */
  gint64 told_us;
};

typedef struct {
  gsize counted, bytes_max;
} Discard;

static void
close_socket (GSocket *socket)
{
  if (socket == NULL || g_socket_is_closed (socket))
    return;
  /* A thread that waits in it for a TLS handshake wakes up from the shutdown alone. After that alone the kernel would go on taking in what the other
   * side sends. */
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
  g_socket_close (socket, NULL);
}

void
soban_guard_cut (SoupServerMessage *msg)
{
  close_socket (soup_server_message_get_socket (msg));
}

static gboolean
on_deadline (gpointer socket)
{
  close_socket (socket);
  return G_SOURCE_REMOVE;
}

static void
free_connection (gpointer data)
{
  Connection *connection = data;

  g_source_destroy (connection->timer);
  g_source_unref (connection->timer);
  g_object_unref (connection->socket);
  g_free (connection);
}

static Connection *
new_connection (GSocket *socket, guint seconds)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->socket = g_object_ref (socket);
  connection->began_us = g_get_monotonic_time ();
  connection->timer = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (connection->timer, on_deadline, socket, NULL);
  g_source_attach (connection->timer, g_main_context_get_thread_default ());
  return connection;
}

/* G1: a slow link is no idle one: each piece that comes or goes gives it time anew. */
static void
give_time (SobanGuard *self, SoupServerMessage *msg, gsize bytes)
{
  Connection *connection = g_hash_table_lookup (self->active, msg);
  gint64 now_us = g_get_monotonic_time (), idle_us = self->idle_seconds_max * (gint64) G_USEC_PER_SEC, taken_us;

  if (connection == NULL || g_source_is_destroyed (connection->timer))
    return;
  connection->bytes += bytes;
  taken_us = now_us - connection->began_us;
  if (taken_us > idle_us && connection->bytes < (guint64) (taken_us / G_USEC_PER_SEC) * RATE_MIN)
    close_socket (connection->socket);
  else
    g_source_set_ready_time (connection->timer, now_us + idle_us);
}

static void
on_got_headers (SoupServerMessage *msg, SobanGuard *self)
{
  give_time (self, msg, 0);
}

static void
on_got_chunk (SoupServerMessage *msg, GBytes *chunk, SobanGuard *self)
{
  give_time (self, msg, g_bytes_get_size (chunk));
}

static void
on_got_body (SoupServerMessage *msg, SobanGuard *self)
{
  Connection *connection = g_hash_table_lookup (self->active, msg);

  if (connection == NULL)
    return;
  connection->whole = TRUE;
  /* What goes from now on has a pace of its own. */
  connection->began_us = g_get_monotonic_time ();
  connection->bytes = 0;
}

static void
on_wrote_body_data (SoupServerMessage *msg, guint size, SobanGuard *self)
{
  give_time (self, msg, size);
}

/* (nullable): the one that has been silent longest. */
static Connection *
find_oldest (GHashTable *connections)
{
  GHashTableIter iter;
  gpointer value;
  Connection *oldest = NULL;

  g_hash_table_iter_init (&iter, connections);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Connection *connection = value;

    if (!connection->whole && !g_socket_is_closed (connection->socket)
        && (oldest == NULL || g_source_get_ready_time (connection->timer) < g_source_get_ready_time (oldest->timer)))
      oldest = connection;
  }
  return oldest;
}

static gboolean
is_over (gpointer socket, gpointer connection, gpointer data)
{
  return g_socket_is_closed (socket);
}

/* G2 */
static void
make_room (SobanGuard *self)
{
  Connection *oldest;

  if (g_hash_table_size (self->active) + g_hash_table_size (self->idle) < CONNECTIONS_MAX)
    return;
  g_hash_table_foreach_remove (self->idle, is_over, NULL);
  oldest = find_oldest (self->idle);
  if (oldest == NULL)
    oldest = find_oldest (self->active);
  if (oldest != NULL)
    close_socket (oldest->socket);
  self->closed++;
  if (g_get_monotonic_time () - self->told_us < TELL_EVERY_US)
    return;
  g_message ("More than %d connections: %u were closed", CONNECTIONS_MAX, self->closed);
  self->closed = 0;
  self->told_us = g_get_monotonic_time ();
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  GSocket *socket = soup_server_message_get_socket (msg);

  if (socket == NULL)
    return;
  g_hash_table_remove (self->idle, socket);
  make_room (self);
  g_hash_table_insert (self->active, msg, new_connection (socket, MIN (self->idle_seconds_max, HEAD_SECONDS_MAX)));
  g_signal_connect (msg, "got-headers", G_CALLBACK (on_got_headers), self);
  g_signal_connect (msg, "got-chunk", G_CALLBACK (on_got_chunk), self);
  g_signal_connect (msg, "got-body", G_CALLBACK (on_got_body), self);
  g_signal_connect (msg, "wrote-body-data", G_CALLBACK (on_wrote_body_data), self);
}

static void
on_request_finished (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  GSocket *socket = soup_server_message_get_socket (msg);

  g_hash_table_remove (self->active, msg);
  if (socket == NULL || g_socket_is_closed (socket))
    return;
  g_hash_table_replace (self->idle, g_object_ref (socket), new_connection (socket, self->idle_seconds_max));
}

static void
on_request_aborted (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  g_hash_table_remove (self->active, msg);
}

SobanGuard *
soban_guard_new (SoupServer *soup, guint idle_seconds_max)
{
  SobanGuard *self = g_new0 (SobanGuard, 1);

  self->soup = soup;
  self->idle_seconds_max = idle_seconds_max != 0 ? idle_seconds_max : IDLE_SECONDS_MAX;
  self->active = g_hash_table_new_full (NULL, NULL, NULL, free_connection);
  self->idle = g_hash_table_new_full (NULL, NULL, g_object_unref, free_connection);
  self->told_us = -TELL_EVERY_US;
  g_signal_connect (soup, "request-started", G_CALLBACK (on_request_started), self);
  g_signal_connect (soup, "request-finished", G_CALLBACK (on_request_finished), self);
  g_signal_connect (soup, "request-aborted", G_CALLBACK (on_request_aborted), self);
  return self;
}

void
soban_guard_free (SobanGuard *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->soup, self);
  g_hash_table_unref (self->active);
  g_hash_table_unref (self->idle);
  g_free (self);
}

static void
on_discard_chunk (SoupServerMessage *msg, GBytes *chunk, gpointer data)
{
  Discard *discard = data;

  discard->counted += g_bytes_get_size (chunk);
  if (discard->counted > discard->bytes_max + DISCARD_BYTES_MAX)
    soban_guard_cut (msg);
  else if (discard->counted > discard->bytes_max && soup_server_message_get_status (msg) == SOUP_STATUS_NONE)
    soup_server_message_set_status (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
}

static void
free_discard (gpointer data, GClosure *closure)
{
  g_free (data);
}

void
soban_guard_discard_body (SoupServerMessage *msg, gsize bytes_max)
{
  Discard *discard = g_new0 (Discard, 1);

  discard->bytes_max = bytes_max;
  g_signal_connect_data (msg, "got-chunk", G_CALLBACK (on_discard_chunk), discard, free_discard, 0);
}
