/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* One kept HTTPS connection to this machine that costs the load generator as little as can be: blocking, one thread each. */
typedef struct _LoadConnection LoadConnection;

LoadConnection *load_connection_open (guint port, GError **error);
void load_connection_close (LoadConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadConnection, load_connection_close)

/* Sends the whole of @request, headers and body. */
gboolean load_connection_send (LoadConnection *connection, GBytes *request, GError **error);
/* Reads one answer with a Content-Length. @ret_body: (out) (optional) (transfer full) */
gboolean load_connection_receive (LoadConnection *connection, guint *ret_status, GBytes **ret_body, GError **error);

/* (transfer full): a POST of @body with @token, or a GET when @body is NULL, with its headers. */
GBytes *load_request_new (const char *path, const char *token, const GByteArray *body);
