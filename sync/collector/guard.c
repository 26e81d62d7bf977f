/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libsoup says itself that its server is not meant for hostile clients: it has no time-outs and reads bodies to their end.
 * Here every connection has a deadline for its request, their number is bounded, and a body far beyond its bound ends the
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
  GHashTable *timers; /* SoupServerMessage -> GSource */
};

typedef struct {
  gsize counted, bytes_max;
} Discard;

void
soban_guard_cut (SoupServerMessage *msg)
{
  GSocket *socket = soup_server_message_get_socket (msg);

  /* Not a shutdown: the kernel would go on taking in what the other side sends. */
  if (socket != NULL)
    g_socket_close (socket, NULL);
}

static gboolean
on_deadline (gpointer data)
{
  g_debug ("A request took too long");
  soban_guard_cut (data);
  return G_SOURCE_REMOVE;
}

static void
destroy_timer (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  GSource *timer = g_timeout_source_new_seconds (self->idle_seconds_max);

  g_source_set_callback (timer, on_deadline, msg, NULL);
  g_source_attach (timer, g_main_context_get_thread_default ());
  g_hash_table_insert (self->timers, msg, timer);
  if (g_hash_table_size (self->timers) > REQUESTS_MAX) {
    g_message ("More than %d connections: one is cut", REQUESTS_MAX);
    soban_guard_cut (msg);
  }
}

static void
on_request_over (SoupServer *soup, SoupServerMessage *msg, SobanGuard *self)
{
  g_hash_table_remove (self->timers, msg);
}

SobanGuard *
soban_guard_new (SoupServer *soup, guint idle_seconds_max)
{
  SobanGuard *self = g_new0 (SobanGuard, 1);

  self->soup = soup;
  self->idle_seconds_max = idle_seconds_max != 0 ? idle_seconds_max : IDLE_SECONDS_MAX;
  self->timers = g_hash_table_new_full (NULL, NULL, NULL, destroy_timer);
  g_signal_connect (soup, "request-started", G_CALLBACK (on_request_started), self);
  g_signal_connect (soup, "request-finished", G_CALLBACK (on_request_over), self);
  g_signal_connect (soup, "request-aborted", G_CALLBACK (on_request_over), self);
  return self;
}

void
soban_guard_free (SobanGuard *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->soup, self);
  g_hash_table_unref (self->timers);
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
