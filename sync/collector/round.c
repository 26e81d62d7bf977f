/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "round.h"

#include "base/limits.h"
#include "key-ring.h"
#include "pull.h"

SobanRound *
soban_round_new (SobanDevice *device, SobanSyncRequest *request)
{
  SobanRound *self = g_new0 (SobanRound, 1);

  self->device = device;
  self->request = request;
  self->answer = g_byte_array_new ();
  soban_admission_result_init (&self->admission);
  soban_round_load (self);
  return self;
}

void
soban_round_free (SobanRound *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->relayed, g_ptr_array_unref);
  g_clear_pointer (&self->evidence, soban_clock_evidence_free);
  soban_device_free (self->device);
  soban_sync_request_free (self->request);
  soban_admission_result_clear (&self->admission);
  g_clear_error (&self->refusal);
  g_byte_array_unref (self->answer);
  g_free (self);
}

/* (transfer full): what the device said of its clocks, with the HELLO of this very request as one more anchor (sync/README.md 4.6). */
static SobanClockEvidence *
complete_evidence (const SobanClockEvidence *told, const SobanHello *hello, gint64 arrived_ms)
{
  SobanClockEvidence *evidence = soban_clock_evidence_new (told->device, told->incarnation);

  g_array_append_vals (evidence->boots, told->boots->data, told->boots->len);
  g_array_append_vals (evidence->anchors, told->anchors->data, told->anchors->len);
  if (arrived_ms != 0 && told->boots->len > 0) {
    SobanAnchor anchor = {
      .boot = told->boots->len - 1,
      .boottime_ms = hello->boottime_ms,
      .wall_ms = hello->wall_ms,
      .true_ms = arrived_ms,
    };

    g_array_append_val (evidence->anchors, anchor);
  }
  return evidence;
}

void
soban_round_load (SobanRound *self)
{
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->relayed, g_ptr_array_unref);
  soban_sync_request_take (self->request, &self->changes, &self->relayed);
  if (self->evidence == NULL && self->request->evidence != NULL)
    self->evidence = complete_evidence (self->request->evidence, self->request->hello, self->arrived_ms);
}

static gboolean
refuse (SobanRound *self, SobanSyncError code, const char *sentence)
{
  g_set_error_literal (&self->refusal, SOBAN_SYNC_ERROR, code, sentence);
  return TRUE;
}

/* Bundles need keys of both sides (sync/README.md 10.1). */
static gboolean
prepare_keys (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_auto (SobanSigningKeys) own = { 0 };

  if (!soban_key_ring_note_device (store, self->device->number, self->device->public_key, error))
    return FALSE;
  return !(self->request->hello->flags & SOBAN_HELLO_WANTS_KEYS)
         || (soban_key_ring_get_own (store, &own, error) && soban_key_ring_prepare_scopes (store, self->device->scopes, error));
}

/* Whether the device may go on is looked at with every part: a slow link brings a request for minutes. */
static gboolean
greet (SobanRound *self, SobanCollectorStore *store, gint64 now_ms, GError **error)
{
  const SobanHello *hello = self->request->hello;
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  SobanSenderMark mark = { 0 };
  gint64 clock_error_ms = hello->wall_ms - now_ms;
  gboolean enrolled;

  if (hello->device != self->device->number) {
    g_set_error (&self->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED, "the token belongs to device %u, the request says %u",
                 self->device->number, hello->device);
    return TRUE;
  }
  if (!soban_devices_mark_synced (store, self->device->number, hello->program, self->arrived_ms != 0 ? &clock_error_ms : NULL, &enrolled,
                                  error))
    return FALSE;
  if (!enrolled)
    return refuse (self, SOBAN_SYNC_ERROR_AUTH, "the token is unknown or revoked");
  if (self->greeted)
    return TRUE;
  if (!prepare_keys (self, store, error)
      || !admission.get_sender (admission.data, hello->device, hello->incarnation, &mark, error))
    return FALSE;
  self->admission.acked_number = mark.high_number;
  self->admission.chain = mark.high_chain;
  self->greeted = TRUE;
  return TRUE;
}

/* What relayed changes say of themselves makes no request fail (sync/README.md 5.12). */
static gboolean
admit_relayed (SobanRound *self, SobanCollectorStore *store, const SobanRelayedBatch *batch, gint64 now_ms, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  SobanAdmissionRequest request = {
    .device = batch->device,
    .incarnation = batch->incarnation,
    .scopes = self->device->scopes,
    .changes = batch->changes,
    .now_ms = now_ms,
    .evidence = batch->evidence,
    .relayed = TRUE,
  };
  g_auto (SobanAdmissionResult) result = { 0 };

  soban_admission_result_init (&result);
  if (!soban_admit (&admission, &request, &result, error))
    return FALSE;
  if (result.refusal != NULL)
    g_message ("Changes of device %u that device %u sends on: %s", batch->device, self->device->number, result.refusal->message);
  self->admission.last_stamp = MAX (self->admission.last_stamp, result.last_stamp);
  return TRUE;
}

static void
add_result (SobanAdmissionResult *sum, SobanAdmissionResult *part)
{
  sum->acked_number = part->acked_number;
  sum->chain = part->chain;
  sum->ack_state = part->ack_state;
  sum->admitted += part->admitted;
  sum->last_stamp = MAX (sum->last_stamp, part->last_stamp);
  if (part->adjustments->len > 0)
    g_array_append_vals (sum->adjustments, part->adjustments->data, part->adjustments->len);
  if (part->times != NULL && part->times->len > 0)
    g_array_append_vals (sum->times, part->times->data, part->times->len);
}

static gboolean
admit_own (SobanRound *self, SobanCollectorStore *store, gint64 now_ms, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  SobanAdmissionRequest request = {
    .device = self->device->number,
    .incarnation = self->request->hello->incarnation,
    .scopes = self->device->scopes,
    .changes = self->changes,
    .now_ms = now_ms,
    .evidence = self->evidence,
  };
  g_auto (SobanAdmissionResult) result = { 0 };

  /* After a gap or a fork nothing of this sender fits any more. */
  if (self->changes->len == 0 || self->admission.ack_state != SOBAN_ACK_OK)
    return TRUE;
  soban_admission_result_init (&result);
  if (!soban_admit (&admission, &request, &result, error))
    return FALSE;
  self->refusal = g_steal_pointer (&result.refusal);
  add_result (&self->admission, &result);
  return TRUE;
}

/* All that comes with this part, before anything of it is looked at. */
static gboolean
expect_changes (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();

  for (guint i = 0; i < self->relayed->len; i++)
    g_ptr_array_extend (changes, ((SobanRelayedBatch *) g_ptr_array_index (self->relayed, i))->changes, NULL, NULL);
  g_ptr_array_extend (changes, self->changes, NULL, NULL);
  return soban_collector_store_expect (store, changes, error);
}

gboolean
soban_round_take (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  gint64 now_ms;

  if (self->refusal != NULL)
    return TRUE;
  if (!greet (self, store, soban_collector_store_now (store), error))
    return FALSE;
  if (self->refusal != NULL)
    return TRUE;
  if (!expect_changes (self, store, error))
    return FALSE;
  now_ms = soban_collector_store_now (store);
  for (guint i = 0; i < self->relayed->len && self->refusal == NULL; i++) {
    if (!admit_relayed (self, store, g_ptr_array_index (self->relayed, i), now_ms, error))
      return FALSE;
  }
  return self->refusal != NULL || admit_own (self, store, now_ms, error);
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

static gboolean
write_keys (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (SobanKeys) keys = NULL;

  if (!(self->request->hello->flags & SOBAN_HELLO_WANTS_KEYS))
    return TRUE;
  keys = soban_key_ring_list (store, self->device->scopes, error);
  if (keys == NULL)
    return FALSE;
  soban_keys_encode (keys, body);
  soban_frame_write (self->answer, SOBAN_FRAME_KEYS, body->data, body->len);
  return TRUE;
}

static gboolean
write_answer (SobanRound *self, SobanCollectorStore *store, SobanReply *reply, SobanPull *pull, GError **error)
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
  if (!write_keys (self, store, error))
    return FALSE;
  soban_frame_write (self->answer, SOBAN_FRAME_END, NULL, 0);
  return TRUE;
}

static gboolean
answer (SobanRound *self, SobanCollectorStore *store, SobanReply *reply, GError **error)
{
  g_autoptr (SobanPull) pull = soban_pull_new (store, self->device->number, self->request->hello->incarnation);

  if (!pull_scopes (self, pull, reply->cursors, error))
    return FALSE;
  reply->collector_ms = soban_collector_store_now (store);
  reply->floor = soban_collector_store_get_floor (store);
  return write_answer (self, store, reply, pull, error);
}

gboolean
soban_round_answer (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_autoptr (GPtrArray) cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_scope_cursor_free);
  SobanReply reply = {
    .acked_number = self->admission.acked_number,
    .ack_state = self->admission.ack_state,
    .chain = self->admission.chain,
    .cursors = cursors,
  };
  gboolean answered;

  if (self->refusal != NULL) {
    soban_round_write_refusal (self->answer, self->refusal);
    return TRUE;
  }
  /* Other collectors may write meanwhile: all of the answer is from one moment. */
  if (!soban_collector_store_begin_reading (store, error))
    return FALSE;
  answered = answer (self, store, &reply, error);
  soban_database_roll_back (soban_collector_store_get_database (store));
  return answered;
}
