/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libsoup says itself that its server is not meant for hostile clients: it has no time-outs and reads bodies to their end.
 * Here a connection on which nothing moves is closed, their number is bounded, and a body far beyond its bound ends the
 * connection.
 */
#include "config.h"

#include "server-private.h"

#define IDLE_SECONDS_MAX 300
#define REQUESTS_MAX 1024
#define DISCARD_BYTES_MAX (1024 * 1024) /* of a body that is refused already */

struct _SobanGuard {
  SoupServer *soup;
  guint idle_seconds_max;
  GHashTable *active; /* SoupServerMessage -> GSource: requests under way */
  GHashTable *idle;   /* GSocket -> GSource: kept connections between two requests */
};

typedef struct {
  gsize counted, bytes_max;
} Discard;

static void
close_socket (GSocket *socket)
{
  /* Not a shutdown: the kernel would go on taking in what the other side sends. */
  if (socket != NULL && !g_socket_is_closed (socket))
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
destroy_timer (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

static GSource *
start_timer (SobanGuard *self, GSocket *socket)
{
  GSource *timer = g_timeout_source_new_seconds (self->idle_seconds_max);

  g_source_set_callback (timer, on_deadline, g_object_ref (socket), g_object_unref);
  g_source_attach (timer, g_main_context_get_thread_default ());
  return timer;
}

/* A slow link is no idle one: each piece that comes or goes gives it time anew. */
static void
give_time (SobanGuard *self, SoupServerMessage *msg)
{
  GSource *timer = g_hash_table_lookup (self->active, msg);

  if (timer != NULL && !g_source_is_destroyed (timer))
    g_source_set_ready_time (timer, g_get_monotonic_time () + self->idle_seconds_max * (gint64) G_USEC_PER_SEC);
}

static void
on_got_chunk (SoupServerMessage *msg, GBytes *chunk, SobanGuard *self)
{
  give_time (self, msg);
}

static void
on_wrote_body_data (SoupServerMessage *msg, guint size, SobanGuard *self)
{
  give_time (self, msg);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  GSocket *socket = soup_server_message_get_socket (msg);

  if (socket == NULL)
    return;
  g_hash_table_remove (self->idle, socket);
  g_hash_table_insert (self->active, msg, start_timer (self, socket));
  g_signal_connect (msg, "got-chunk", G_CALLBACK (on_got_chunk), self);
  g_signal_connect (msg, "wrote-body-data", G_CALLBACK (on_wrote_body_data), self);
  if (g_hash_table_size (self->active) > REQUESTS_MAX) {
    g_message ("More than %d requests at once: one is cut", REQUESTS_MAX);
    soban_guard_cut (msg);
  }
}

static gboolean
is_over (gpointer socket, gpointer timer, gpointer data)
{
  return g_socket_is_closed (socket) || g_source_is_destroyed (timer);
}

static void
on_request_finished (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  GSocket *socket = soup_server_message_get_socket (msg);

  g_hash_table_remove (self->active, msg);
  if (socket == NULL || g_socket_is_closed (socket))
    return;
  g_hash_table_foreach_remove (self->idle, is_over, NULL);
  g_hash_table_insert (self->idle, g_object_ref (socket), start_timer (self, socket));
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
  self->active = g_hash_table_new_full (NULL, NULL, NULL, destroy_timer);
  self->idle = g_hash_table_new_full (NULL, NULL, g_object_unref, destroy_timer);
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
