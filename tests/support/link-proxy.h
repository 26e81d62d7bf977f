/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* What is wrong with the link; 0: nothing. Read whenever bytes pass, so it may change at any time. */
typedef struct {
  gsize cut_up_bytes;   /* each connection ends when so many bytes have passed to the server ... */
  gsize cut_down_bytes; /* ... or so many to the client ... */
  gsize cut_both_bytes; /* ... or so many both ways together */
  gboolean stall;       /* in place of the end: nothing passes any more, nobody is told */
  guint delay_ms;       /* each piece arrives so much later */
  guint bytes_per_second; /* each way */
} LinkFaults;

/**
 * LinkProxy: a bad link on this machine: listens on a port of its own and passes bytes to and from a server, TLS or not.
 * Exactly the bytes that are allowed arrive. Runs on the main context of its maker.
 */
typedef struct _LinkProxy LinkProxy;

/* @port: of the server on 127.0.0.1 */
LinkProxy *link_proxy_new (guint port);
void link_proxy_free (LinkProxy *proxy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LinkProxy, link_proxy_free)
guint link_proxy_get_port (LinkProxy *proxy);
LinkFaults *link_proxy_get_faults (LinkProxy *proxy); /* (transfer none): to be set */

typedef struct {
  guint connections, cuts;
  guint64 bytes_up, bytes_down;
} LinkCounts;
LinkCounts link_proxy_get_counts (LinkProxy *proxy);
/* (transfer none) (element-type GByteArray): what arrived at the server, one a connection, in the order in which they were opened. */
GPtrArray *link_proxy_get_uploads (LinkProxy *proxy);
/* Says the whole requests of connection @index to the server once more, as a link that duplicates (plain HTTP), until each has been answered. */
void link_proxy_replay (LinkProxy *proxy, guint index);
