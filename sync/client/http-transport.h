/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/transport.h"

/**
 * SobanHttpTransport: libcurl's multi interface on the main context of its maker; one connection is kept for all exchanges.
 * TLS 1.2 at least, no redirects, no limit on the whole time but on standing still (sync/README.md 2 and 7).
 */
#define SOBAN_TYPE_HTTP_TRANSPORT (soban_http_transport_get_type ())
G_DECLARE_FINAL_TYPE (SobanHttpTransport, soban_http_transport, SOBAN, HTTP_TRANSPORT, GObject)

/**
 * soban_http_transport_new:
 * @url: "https://host:port"
 * @pin: (nullable): "sha256//<base64>": only this key is trusted; NULL or "" = the system's authorities decide
 */
SobanTransport *soban_http_transport_new (const char *url, const char *pin);

/* Trusts whoever answers: only for asking a collector for its key before that is checked by other means (README 6.2). Refuses to carry a token. */
SobanTransport *soban_http_transport_new_untrusting (const char *url);
