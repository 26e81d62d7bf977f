/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/transport.h"

/**
 * SobanLoopbackExchange:
 *
 * A collector that is a function: takes a request, gives its answer (transfer full), or NULL with an error as a link that broke would.
 */
typedef SobanAnswer *(*SobanLoopbackExchange) (const SobanRequest *request, gpointer data, GError **error);

/**
 * SobanLoopbackTransport: hands each request to a function: the same bytes as over HTTP, no socket. The answer comes from an
 * idle source, never from within the call.
 */
#define SOBAN_TYPE_LOOPBACK_TRANSPORT (soban_loopback_transport_get_type ())
G_DECLARE_FINAL_TYPE (SobanLoopbackTransport, soban_loopback_transport, SOBAN, LOOPBACK_TRANSPORT, GObject)

SobanTransport *soban_loopback_transport_new (SobanLoopbackExchange exchange, gpointer data);
