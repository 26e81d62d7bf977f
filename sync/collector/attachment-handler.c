/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HEAD, POST, PATCH of /v1/attachment/<name> (sync/README.md 11): the tus 1.0 core protocol, for files that belong to answers.
 *
 * Invariants
 *  U1 What has come of a PATCH is kept, also when the link is cut in the middle of it.
 *  U2 A request of a device tells what all its earlier ones for the same attachment have brought: they are ended first.
 *  U3 At most SOBAN_ATTACHMENTS_AT_ONCE_MAX requests with bodies of at most SOBAN_ATTACHMENT_PATCH_BYTES_MAX are taken in at a time, of one device
 *     DEVICE_TRANSFERS_MAX: the older ones are ended.
 *  U4 All that is answered has been committed.
 */
#include "config.h"

#include <string.h>

#include "attachment-shelf.h"
#include "base/attachment-name.h"
#include "base/error.h"
#include "base/limits.h"
#include "server-private.h"

#define DEVICE_TRANSFERS_MAX 4
#define TRANSFER_KEY "soban-transfer"
#define REFUSED_BODY_BYTES_MAX (1024 * 1024)
#define TUS_VERSION "1.0.0"
#define PATCH_TYPE "application/offset+octet-stream"
#define STATUS_CHECKSUM_MISMATCH 460

typedef enum { KIND_HEAD, KIND_POST, KIND_PATCH } Kind;

/* One request on its way. It belongs to its message until it is submitted, then to the writer. */
typedef struct {
  SobanServer *server;
  SoupServerMessage *msg; /* (nullable): NULL when the connection is gone; a reference once it is submitted */
  SobanDevice *device;
  Kind kind;
  char *name;
  guint64 offset, bytes;
  GByteArray *body;
  gboolean submitted, closed; /* closed: what still comes is not taken */
  gboolean named;
  SobanAttachmentOutcome outcome;
  SobanAttachmentMark mark;
} Transfer;

static void
free_transfer (Transfer *transfer)
{
  g_ptr_array_remove (transfer->server->transfers, transfer);
  g_clear_pointer (&transfer->device, soban_device_free);
  g_byte_array_unref (transfer->body);
  g_free (transfer->name);
  g_free (transfer);
}

/* ---- on the writer thread ---- */

static gboolean
write_transfer (SobanCollectorStore *store, gpointer data, GError **error)
{
  Transfer *transfer = data;
  g_autoptr (GBytes) piece = NULL;

  if (!soban_attachment_shelf_is_named (store, transfer->device, transfer->name, &transfer->named, error))
    return FALSE;
  if (!transfer->named)
    return TRUE;
  if (transfer->kind == KIND_HEAD)
    return soban_attachment_shelf_find (store, transfer->name, &transfer->mark, error);
  if (transfer->kind == KIND_POST)
    return soban_attachment_shelf_begin (store, transfer->device, transfer->name, transfer->bytes, &transfer->mark, error);
  piece = g_bytes_new_static (transfer->body->data, transfer->body->len);
  return soban_attachment_shelf_append (store, transfer->name, transfer->offset, piece, &transfer->outcome, &transfer->mark, error);
}

/* ---- answers ---- */

static void
set_header (SoupServerMessage *msg, const char *name, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  soup_message_headers_replace (soup_server_message_get_response_headers (msg), name, text);
}

static void
set_protocol_headers (SoupServerMessage *msg)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  soup_message_headers_replace (headers, "Tus-Resumable", TUS_VERSION);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
}

static void
answer_mark (Transfer *transfer, guint status)
{
  soup_server_message_set_status (transfer->msg, status, NULL);
  set_header (transfer->msg, "Upload-Offset", transfer->mark.have);
  set_header (transfer->msg, "Upload-Length", transfer->mark.bytes);
}

static void
answer_patch (Transfer *transfer)
{
  switch (transfer->outcome) {
  case SOBAN_ATTACHMENT_UNKNOWN:
    soup_server_message_set_status (transfer->msg, SOUP_STATUS_NOT_FOUND, NULL);
    break;
  case SOBAN_ATTACHMENT_OTHER_OFFSET:
    answer_mark (transfer, SOUP_STATUS_CONFLICT);
    break;
  case SOBAN_ATTACHMENT_WRONG:
    g_message ("Device %u: %s came whole, and is not what its name says", transfer->device->number, transfer->name);
    soup_server_message_set_status (transfer->msg, STATUS_CHECKSUM_MISMATCH, "Checksum Mismatch");
    break;
  case SOBAN_ATTACHMENT_APPENDED:
  default:
    answer_mark (transfer, SOUP_STATUS_NO_CONTENT);
  }
}

static void
answer_transfer (Transfer *transfer)
{
  if (!transfer->named) {
    soban_server_refuse (transfer->msg, SOUP_STATUS_FORBIDDEN, SOBAN_SYNC_ERROR_REFUSED, "no record of the device's communes names this file");
  } else if (transfer->kind == KIND_PATCH) {
    answer_patch (transfer);
  } else if (transfer->kind == KIND_HEAD && !transfer->mark.found) {
    soup_server_message_set_status (transfer->msg, SOUP_STATUS_NOT_FOUND, NULL);
  } else {
    answer_mark (transfer, transfer->kind == KIND_POST ? SOUP_STATUS_CREATED : SOUP_STATUS_OK);
    if (transfer->kind == KIND_POST) {
      g_autofree char *path = g_strconcat (SOBAN_ATTACHMENT_PATH, transfer->name, NULL);

      soup_message_headers_replace (soup_server_message_get_response_headers (transfer->msg), "Location", path);
    }
  }
}

static void
answer_fault (Transfer *transfer, const GError *fault)
{
  if (g_error_matches (fault, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT)) {
    soban_server_refuse (transfer->msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, fault->message);
    return;
  }
  soban_server_refuse (transfer->msg,
                       g_error_matches (fault, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_BUSY) ? SOUP_STATUS_SERVICE_UNAVAILABLE
                                                                                          : SOUP_STATUS_INTERNAL_SERVER_ERROR,
                       SOBAN_SYNC_ERROR_SERVER,
                       g_error_matches (fault, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL) ? "the collector's disk is full"
                                                                                          : "the collector cannot write");
}

/* (U4) */
static void
on_written (gpointer data, const GError *error)
{
  Transfer *transfer = data;

  if (error != NULL)
    g_message ("A file of device %u: %s", transfer->device->number, error->message);
  if (transfer->msg != NULL) {
    set_protocol_headers (transfer->msg);
    if (error != NULL)
      answer_fault (transfer, error);
    else
      answer_transfer (transfer);
    soup_server_message_unpause (transfer->msg);
    g_object_unref (transfer->msg);
  }
  free_transfer (transfer);
}

/* ---- on the main context ---- */

static void
submit (Transfer *transfer)
{
  static const SobanWriteJob job = { write_transfer, NULL, on_written };

  transfer->submitted = TRUE;
  soban_writer_submit (transfer->server->writer, &job, transfer);
}

static Transfer *
new_transfer (SobanServer *server, SobanDevice *device, Kind kind, const char *name)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->server = server;
  transfer->device = device;
  transfer->kind = kind;
  transfer->name = g_strdup (name);
  transfer->body = g_byte_array_new ();
  g_ptr_array_add (server->transfers, transfer);
  return transfer;
}

/* (U1): the message is gone before it was complete. */
static void
on_message_gone (gpointer data)
{
  Transfer *transfer = data;

  transfer->msg = NULL;
  if (transfer->body->len > 0 && !transfer->closed && transfer->server->writer != NULL)
    submit (transfer);
  else
    free_transfer (transfer);
}

/* What it brought goes to the writer, what still comes of it is not taken. */
static void
end_transfer (Transfer *transfer)
{
  Transfer *rest = new_transfer (transfer->server, g_steal_pointer (&transfer->device), KIND_PATCH, transfer->name);

  rest->offset = transfer->offset;
  g_byte_array_append (rest->body, transfer->body->data, transfer->body->len);
  transfer->closed = TRUE;
  submit (rest);
  soban_guard_cut (transfer->msg);
}

/* (U2), (U3): a device that asks again has given its earlier requests up. */
static void
end_earlier (const Transfer *transfer)
{
  GPtrArray *transfers = transfer->server->transfers;
  guint count = 0;

  for (guint i = transfers->len; i > 0; i--) {
    Transfer *other = g_ptr_array_index (transfers, i - 1);

    if (other == transfer || other->submitted || other->closed || other->msg == NULL || other->kind != KIND_PATCH
        || other->device->number != transfer->device->number)
      continue;
    if (strcmp (other->name, transfer->name) == 0 || ++count >= DEVICE_TRANSFERS_MAX)
      end_transfer (other);
  }
}

static void
on_chunk (SoupServerMessage *msg, GBytes *chunk, gpointer data)
{
  Transfer *transfer = data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (chunk, &length);

  if (transfer->closed)
    return;
  if (length <= SOBAN_ATTACHMENT_PATCH_BYTES_MAX - transfer->body->len) {
    g_byte_array_append (transfer->body, bytes, (guint) length);
    return;
  }
  transfer->closed = TRUE;
  soban_server_refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, "the piece is too long");
}

static gboolean
read_number (SoupServerMessage *msg, const char *name, guint64 least, guint64 *ret_number)
{
  const char *text = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), name);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, least, G_MAXINT64, ret_number, NULL);
}

static gboolean
refuse (SoupServerMessage *msg, guint status, gint code, const char *sentence)
{
  set_protocol_headers (msg);
  soban_server_refuse (msg, status, code, sentence);
  return FALSE;
}

static gboolean
read_kind (SoupServerMessage *msg, Kind *ret_kind)
{
  static const char *const methods[] = { "HEAD", "POST", "PATCH" };
  const char *method = soup_server_message_get_method (msg);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    if (strcmp (method, methods[i]) != 0)
      continue;
    *ret_kind = (Kind) i;
    return TRUE;
  }
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow", "HEAD, POST, PATCH");
  return refuse (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, SOBAN_SYNC_ERROR_PROTOCOL, "only HEAD, POST and PATCH are spoken here");
}

/* What the head says besides the method; FALSE: it has been answered. */
static gboolean
read_head (SoupServerMessage *msg, Kind kind, guint64 *ret_offset, guint64 *ret_bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  if (g_strcmp0 (soup_message_headers_get_one (headers, "Tus-Resumable"), TUS_VERSION) != 0) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Tus-Version", TUS_VERSION);
    return refuse (msg, SOUP_STATUS_PRECONDITION_FAILED, SOBAN_SYNC_ERROR_PROTOCOL, "only version " TUS_VERSION " of tus is spoken here");
  }
  if (kind == KIND_POST && !read_number (msg, "Upload-Length", 1, ret_bytes))
    return refuse (msg, SOUP_STATUS_BAD_REQUEST, SOBAN_SYNC_ERROR_PROTOCOL, "Upload-Length is missing");
  if (kind == KIND_POST && *ret_bytes > SOBAN_ATTACHMENT_BYTES_MAX)
    return refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, "the file is too large");
  if (kind == KIND_PATCH && !read_number (msg, "Upload-Offset", 0, ret_offset))
    return refuse (msg, SOUP_STATUS_BAD_REQUEST, SOBAN_SYNC_ERROR_PROTOCOL, "Upload-Offset is missing");
  if (kind == KIND_PATCH && g_strcmp0 (type, PATCH_TYPE) != 0)
    return refuse (msg, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, SOBAN_SYNC_ERROR_PROTOCOL, "a piece is of type " PATCH_TYPE);
  if (kind == KIND_PATCH && soup_message_headers_get_content_length (headers) > SOBAN_ATTACHMENT_PATCH_BYTES_MAX)
    return refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SOBAN_SYNC_ERROR_TOO_LARGE, "the piece is too long");
  return TRUE;
}

/* (nullable): the transfer that @msg begins; NULL when it has been answered. */
static Transfer *
begin (SobanServer *server, SoupServerMessage *msg, const char *name)
{
  guint64 offset = 0, bytes = 0;
  SobanDevice *device;
  Transfer *transfer;
  Kind kind;

  if (!read_kind (msg, &kind))
    return NULL;
  /* (U3) */
  if (server->transfers->len >= SOBAN_ATTACHMENTS_AT_ONCE_MAX) {
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Retry-After", "5");
    refuse (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, SOBAN_SYNC_ERROR_SERVER, "too many tablets at once");
    return NULL;
  }
  device = soban_server_authenticate (server, msg);
  if (device == NULL)
    return NULL;
  if (!soban_attachment_name_is_valid (name))
    refuse (msg, SOUP_STATUS_NOT_FOUND, SOBAN_SYNC_ERROR_PROTOCOL, "this is no name of a file");
  if (!soban_attachment_name_is_valid (name) || !read_head (msg, kind, &offset, &bytes)) {
    soban_device_free (device);
    return NULL;
  }
  transfer = new_transfer (server, device, kind, name);
  transfer->msg = msg;
  transfer->offset = offset;
  transfer->bytes = bytes;
  return transfer;
}

void
soban_attachment_handler_begin (SobanServer *server, SoupServerMessage *msg, const char *name)
{
  Transfer *transfer = begin (server, msg, name);

  if (transfer == NULL) {
    soban_guard_discard_body (msg, REFUSED_BODY_BYTES_MAX);
    return;
  }
  g_object_set_data_full (G_OBJECT (msg), TRANSFER_KEY, transfer, on_message_gone);
  end_earlier (transfer);
  if (transfer->kind == KIND_PATCH)
    g_signal_connect (msg, "got-chunk", G_CALLBACK (on_chunk), transfer);
  else
    soban_guard_discard_body (msg, 0);
}

void
soban_attachment_handler_end (SobanServer *server, SoupServerMessage *msg)
{
  Transfer *transfer = g_object_get_data (G_OBJECT (msg), TRANSFER_KEY);

  g_assert (transfer != NULL);
  if (transfer->closed) { /* a later request has told what it brought */
    refuse (msg, SOUP_STATUS_REQUEST_TIMEOUT, SOBAN_SYNC_ERROR_SERVER, "the tablet has asked again meanwhile");
    return;
  }
  g_object_steal_data (G_OBJECT (msg), TRANSFER_KEY);
  transfer->msg = g_object_ref (msg);
  soup_server_message_pause (msg);
  submit (transfer);
}
