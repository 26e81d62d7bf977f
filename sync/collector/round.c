/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "round.h"

#include "base/limits.h"
#include "pull.h"

SobanRound *
soban_round_new (SobanDevice *device, SobanSyncRequest *request)
{
  SobanRound *self = g_new0 (SobanRound, 1);

  self->device = device;
  self->request = request;
  self->answer = g_byte_array_new ();
  soban_admission_result_init (&self->admission);
  return self;
}

void
soban_round_free (SobanRound *self)
{
  if (self == NULL)
    return;
  soban_device_free (self->device);
  soban_sync_request_free (self->request);
  soban_admission_result_clear (&self->admission);
  g_clear_error (&self->refusal);
  g_byte_array_unref (self->answer);
  g_free (self);
}

gboolean
soban_round_take (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  const SobanHello *hello = self->request->hello;
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  gint64 now_ms = soban_collector_store_now (store);
  SobanAdmissionRequest request = {
    .device = self->device->number,
    .incarnation = hello->incarnation,
    .scopes = self->device->scopes,
    .changes = self->request->changes,
    .now_ms = now_ms,
  };
  gboolean enrolled;

  if (hello->device != self->device->number) {
    g_set_error (&self->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, "the token belongs to device %u, the request says %u",
                 self->device->number, hello->device);
    return TRUE;
  }
  /* The token was looked at before the body, which a slow link brings for minutes. */
  if (!soban_devices_mark_synced (store, self->device->number, hello->program, hello->wall_ms - now_ms, &enrolled, error))
    return FALSE;
  if (!enrolled) {
    g_set_error_literal (&self->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_AUTH, "the token is unknown or revoked");
    return TRUE;
  }
  if (!soban_admit (&admission, &request, &self->admission, error))
    return FALSE;
  if (self->admission.refusal != NULL)
    self->refusal = g_error_copy (self->admission.refusal);
  /* Last: what fails before it leaves the remembered stamp as it is on the disk. */
  return soban_collector_store_put_last_stamp (store, self->admission.last_stamp, error);
}

void
soban_round_write_refusal (GByteArray *out, const GError *refusal)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_refusal_encode (refusal->code, refusal->message, body);
  soban_stream_header_write (out);
  soban_frame_write (out, SOBAN_FRAME_ERROR, body->data, body->len);
}

static gboolean
is_enrolled_to (const SobanDevice *device, const char *scope)
{
  return g_ptr_array_find_with_equal_func (device->scopes, scope, g_str_equal, NULL);
}

static gboolean
pull_scopes (SobanRound *self, SobanPull *pull, GPtrArray *cursors, GError **error)
{
  const SobanHello *hello = self->request->hello;

  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *asked = g_ptr_array_index (hello->cursors, i);
    SobanScopeCursor *cursor;

    if (!is_enrolled_to (self->device, asked->scope))
      continue;
    cursor = g_new0 (SobanScopeCursor, 1);
    cursor->scope = g_strdup (asked->scope);
    cursor->number = asked->number;
    g_ptr_array_add (cursors, cursor);
    if (!soban_pull_scope (pull, cursor, error))
      return FALSE;
  }
  return TRUE;
}

static void
write_answer (SobanRound *self, SobanReply *reply, SobanPull *pull)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  soban_stream_header_write (self->answer);
  soban_reply_encode (reply, body);
  soban_frame_write (self->answer, SOBAN_FRAME_REPLY, body->data, body->len);
  if (self->admission.adjustments->len > 0) {
    g_byte_array_set_size (body, 0);
    soban_adjustments_encode (self->admission.adjustments, NULL, body);
    soban_frame_write (self->answer, SOBAN_FRAME_ADJUSTMENTS, body->data, body->len);
  }
  soban_pull_write (pull, self->answer);
  soban_frame_write (self->answer, SOBAN_FRAME_END, NULL, 0);
}

gboolean
soban_round_answer (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_autoptr (SobanPull) pull = NULL;
  SobanReply reply = {
    .collector_ms = soban_collector_store_now (store),
    .acked_number = self->admission.acked_number,
    .ack_state = self->admission.ack_state,
    .floor = soban_collector_store_get_floor (store),
  };

  if (self->refusal != NULL) {
    soban_round_write_refusal (self->answer, self->refusal);
    return TRUE;
  }
  pull = soban_pull_new (store, self->device->number, self->request->hello->incarnation);
  reply.cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  if (!pull_scopes (self, pull, reply.cursors, error)) {
    g_ptr_array_unref (reply.cursors);
    return FALSE;
  }
  write_answer (self, &reply, pull);
  g_ptr_array_unref (reply.cursors);
  return TRUE;
}
