/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync-request.h"

#include <string.h>

#include "base/limits.h"

#define MAJOR_PLACE 4 /* of the stream header, after its magic (sync/README.md 3.2) */

SobanSyncRequest *
soban_sync_request_new (void)
{
  SobanSyncRequest *self = g_new0 (SobanSyncRequest, 1);

  self->reader = soban_frame_reader_new ();
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
  return self;
}

void
soban_sync_request_free (SobanSyncRequest *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->hello, soban_hello_free);
  soban_frame_reader_free (self->reader);
  g_ptr_array_unref (self->changes);
  g_free (self);
}

static gboolean
refuse (GError **error, SobanSyncError code, const char *sentence)
{
  g_set_error_literal (error, SOBAN_SYNC_ERROR, code, sentence);
  return FALSE;
}

static gboolean
take_hello (SobanSyncRequest *self, GBytes *body, GError **error)
{
  if (self->hello != NULL)
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "a second HELLO");
  self->hello = soban_hello_decode (body, error);
  return self->hello != NULL;
}

static gboolean
take_changes (SobanSyncRequest *self, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) batch = NULL;

  if (self->hello == NULL)
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "CHANGES before HELLO");
  batch = soban_changes_decode (body, error);
  if (batch == NULL)
    return FALSE;
  if (self->changes->len + batch->len > SOBAN_REQUEST_CHANGES_MAX)
    return refuse (error, SOBAN_SYNC_ERROR_TOO_LARGE, "more changes than one request may hold");
  g_ptr_array_extend_and_steal (self->changes, g_steal_pointer (&batch));
  return TRUE;
}

static gboolean
take_frame (SobanSyncRequest *self, SobanFrameType type, GBytes *body, GError **error)
{
  if (self->ended)
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "a frame after END");
  switch (type) {
  case SOBAN_FRAME_HELLO:
    return take_hello (self, body, error);
  case SOBAN_FRAME_CHANGES:
    return take_changes (self, body, error);
  case SOBAN_FRAME_END:
    self->ended = TRUE;
    return TRUE;
  default:
    return TRUE; /* a newer minor version may send what is not known here (sync/README.md 3.6) */
  }
}

static void
keep_header (SobanSyncRequest *self, const guint8 *data, gsize length)
{
  gsize more = MIN (length, sizeof self->header - self->header_length);

  memcpy (self->header + self->header_length, data, more);
  self->header_length += more;
}

gboolean
soban_sync_request_feed (SobanSyncRequest *self, const guint8 *data, gsize length, GError **error)
{
  keep_header (self, data, length);
  soban_frame_reader_feed (self->reader, data, length);
  while (TRUE) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;

    if (!soban_frame_reader_next (self->reader, &type, &body, error)) {
      self->other_version = self->header_length == sizeof self->header && memcmp (self->header, "SBAN", MAJOR_PLACE) == 0
                            && self->header[MAJOR_PLACE] != SOBAN_PROTOCOL_MAJOR;
      return FALSE;
    }
    if (body == NULL)
      return TRUE;
    if (!take_frame (self, type, body, error))
      return FALSE;
  }
}

gboolean
soban_sync_request_finish (SobanSyncRequest *self, GError **error)
{
  if (self->hello == NULL)
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "the request has no HELLO");
  if (!self->ended || !soban_frame_reader_is_whole (self->reader))
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "the request was cut: it has no END");
  return TRUE;
}
