/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET /v1/form/<sha256>?from=N (sync/README.md 4.6a): the next piece of a form's content, for a tablet that is offered it. */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form-shelf.h"
#include "server-private.h"

static gboolean
read_place (GHashTable *query, guint64 *ret_from)
{
  const char *text = query != NULL ? g_hash_table_lookup (query, "from") : NULL;

  *ret_from = 0;
  return text == NULL || g_ascii_string_to_unsigned (text, 10, 0, SOBAN_FORM_FILE_BYTES_MAX, ret_from, NULL);
}

void
soban_form_handler_answer (SobanServer *server, SoupServerMessage *msg, const char *hex, GHashTable *query)
{
  g_autoptr (SobanDevice) device = NULL;
  g_autoptr (GBytes) piece = NULL;
  g_autoptr (GError) error = NULL;
  guint8 sha256[SOBAN_SHA256_BYTES];
  guint64 from;
  gsize length;
  gconstpointer data;

  if (strcmp (soup_server_message_get_method (msg), "GET") != 0) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow", "GET");
    soban_server_refuse (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, SOBAN_SYNC_ERROR_PROTOCOL, "only GET is spoken here");
    return;
  }
  device = soban_server_authenticate (server, msg);
  if (device == NULL)
    return;
  if (!soban_sha256_from_hex (hex, sha256) || !read_place (query, &from)) {
    soban_server_refuse (msg, SOUP_STATUS_BAD_REQUEST, SOBAN_SYNC_ERROR_PROTOCOL, "this is no content of a form");
    return;
  }
  if (!soban_form_shelf_read_piece (server->reader, device, sha256, from, &piece, &error)) {
    g_warning ("Reading a form for device %u: %s", device->number, error->message);
    soban_server_refuse (msg, SOUP_STATUS_INTERNAL_SERVER_ERROR, SOBAN_SYNC_ERROR_SERVER, "the collector cannot read its forms");
    return;
  }
  if (piece == NULL) {
    soban_server_refuse (msg, SOUP_STATUS_NOT_FOUND, SOBAN_SYNC_ERROR_REFUSED, "the device is not offered this");
    return;
  }
  data = g_bytes_get_data (piece, &length);
  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (msg, "application/octet-stream", SOUP_MEMORY_COPY, data, length);
}
