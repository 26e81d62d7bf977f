/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "round.h"

#include "base/limits.h"
#include "erasure.h"
#include "key-ring.h"

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
  g_clear_pointer (&self->reports, g_ptr_array_unref);
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
  g_clear_pointer (&self->reports, g_ptr_array_unref);
  self->reports = soban_sync_request_take_reports (self->request);
  if (self->evidence == NULL && self->request->evidence != NULL)
    self->evidence = complete_evidence (self->request->evidence, self->request->hello, self->arrived_ms);
}

static gboolean
refuse (SobanRound *self, SobanSyncError code, const char *sentence)
{
  g_set_error_literal (&self->refusal, SOBAN_SYNC_ERROR, code, sentence);
  return TRUE;
}

/* When asked, and when the device's keys are of another generation: a tablet was revoked since (sync/README.md 4.11). */
static gboolean
must_send_keys (SobanRound *self, SobanCollectorStore *store, gboolean *ret_must, GError **error)
{
  const SobanHello *hello = self->request->hello;
  guint32 generation;

  *ret_must = (hello->flags & SOBAN_HELLO_WANTS_KEYS) != 0;
  if (*ret_must || soban_sync_request_get_minor (self->request) == 0)
    return TRUE;
  if (!soban_key_ring_get_generation (store, &generation, error))
    return FALSE;
  *ret_must = generation != hello->keys;
  return TRUE;
}

/* Bundles need keys of both sides (sync/README.md 10.1). */
static gboolean
prepare_keys (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  g_auto (SobanSigningKeys) own = { 0 };

  if (!soban_key_ring_note_device (store, self->device->number, self->device->public_key, error))
    return FALSE;
  if (!must_send_keys (self, store, &self->sends_keys, error))
    return FALSE;
  return !self->sends_keys
         || (soban_key_ring_get_own (store, &own, error) && soban_key_ring_prepare_scopes (store, self->device->scopes, error));
}

static gboolean
note_incident (SobanRound *self, SobanCollectorStore *store, const char *kind, const char *scope, const char *detail, GError **error)
{
  SobanIncidentNote note = {
    .kind = kind,
    .device = self->device->number,
    .scope = scope,
    .detail = detail,
    .noted_ms = soban_collector_store_now (store),
  };

  return soban_collector_store_put_incident (store, &note, error);
}

/* A collector that was restored from an older copy has lost what it had confirmed (sync/README.md 5.6). */
static gboolean
note_if_set_back (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  const SobanHello *hello = self->request->hello;

  if (self->minor >= 1 && self->admission.ack_state == SOBAN_ACK_OK && hello->acked_number > self->admission.acked_number
      && !note_incident (self, store, SOBAN_INCIDENT_RESTORED, NULL, "the device holds a receipt for more than is here", error))
    return FALSE;
  for (guint i = 0; i < hello->cursors->len; i++) {
    const SobanScopeCursor *cursor = g_ptr_array_index (hello->cursors, i);
    gint64 last_number;

    if (!soban_database_get_integer (soban_collector_store_get_database (store), error, 0, &last_number,
                                     "SELECT last_number FROM scope WHERE uid = ?1", "t", cursor->scope))
      return FALSE;
    if (cursor->number > (guint64) last_number && g_ptr_array_find_with_equal_func (self->device->scopes, cursor->scope, g_str_equal, NULL)
        && !note_incident (self, store, SOBAN_INCIDENT_RESTORED, cursor->scope, "the device has seen more of the commune than is here", error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
compare_with_log (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  SobanAdmissionStore admission = soban_collector_store_get_admission (store);
  SobanGreeting greeting = { 0 };

  if (!soban_admission_greet (&admission, self->request->hello, soban_collector_store_now (store), &greeting, error))
    return FALSE;
  self->admission.ack_state = greeting.ack_state;
  self->admission.acked_number = greeting.acked_number;
  self->admission.chain = greeting.chain;
  self->minor = soban_sync_request_get_minor (self->request);
  return note_if_set_back (self, store, error);
}

/* Whether the device may go on is looked at with every part: a slow link brings a request for minutes. */
static gboolean
greet (SobanRound *self, SobanCollectorStore *store, gint64 now_ms, GError **error)
{
  const SobanHello *hello = self->request->hello;
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
  self->greeted = TRUE;
  return prepare_keys (self, store, error) && compare_with_log (self, store, error);
}

static gboolean
note_divergence (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  for (guint i = 0; i < self->reports->len; i++) {
    const SobanDigestReport *report = g_ptr_array_index (self->reports, i);
    g_autofree char *detail = g_strdup_printf ("the device has digest %016" G_GINT64_MODIFIER "x, here it was %016" G_GINT64_MODIFIER "x",
                                               report->own.low, report->told.low);

    if (g_ptr_array_find_with_equal_func (self->device->scopes, report->scope, g_str_equal, NULL)
        && !note_incident (self, store, SOBAN_INCIDENT_DIVERGENCE, report->scope, detail, error))
      return FALSE;
  }
  return TRUE;
}

/* Nobody relays what the collector itself has decided, but with its own proof (take_erasures()), nor what nobody enrolled can have made; a revoked tablet's own bundles are refused, so
 * is what others bring of it (sync/README.md 10.2). */
static gboolean
is_author (SobanCollectorStore *store, guint32 device, gboolean *ret_known, GError **error)
{
  gint64 count = 0;

  if (device != 0
      && !soban_database_get_integer (soban_collector_store_get_database (store), error, 0, &count, "SELECT count (*) FROM device WHERE number = ?1 AND revoked_ms IS NULL",
                                      "i", (gint64) device))
    return FALSE;
  *ret_known = count > 0;
  return TRUE;
}

static gboolean
erase_again (SobanRound *self, SobanCollectorStore *store, const SobanRelayedBatch *batch, guint *count, GError **error)
{
  for (guint i = 0; i < batch->changes->len; i++) {
    SobanChange *change = ((SobanNumberedChange *) g_ptr_array_index (batch->changes, i))->change;
    gboolean erased;

    if (!g_ptr_array_find_with_equal_func (self->device->scopes, change->scope, g_str_equal, NULL))
      continue;
    if (!soban_erase_again (store, change, self->device->number, &erased, error))
      return FALSE;
    *count += erased;
  }
  return TRUE;
}

/* Before anything else of the request: what it brings may be of such a record (sync/README.md 5.13). */
static gboolean
take_erasures (SobanRound *self, SobanCollectorStore *store, GError **error)
{
  guint count = 0;

  for (guint i = 0; i < self->relayed->len; i++) {
    const SobanRelayedBatch *batch = g_ptr_array_index (self->relayed, i);

    if (batch->device == 0 && !erase_again (self, store, batch, &count, error))
      return FALSE;
  }
  return count == 0
         || note_incident (self, store, SOBAN_INCIDENT_ERASED_AGAIN, NULL, "records that had been erased before this store was set back were erased again",
                           error);
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
    .carrier = self->device->number,
  };
  g_auto (SobanAdmissionResult) result = { 0 };
  gboolean known;

  if (!is_author (store, batch->device, &known, error))
    return FALSE;
  if (!known)
    return TRUE;
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
  if (part->times->len > 0)
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
    .former_scopes = self->device->former_scopes,
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
  self->own_count += self->changes->len;
  return !g_error_matches (self->refusal, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED)
         || note_incident (self, store, SOBAN_INCIDENT_OUT_OF_SCOPE, NULL, self->refusal->message, error);
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
  if (self->refusal != NULL)
    return TRUE;
  if (!greet (self, store, soban_collector_store_now (store), error))
    return FALSE;
  if (self->refusal != NULL)
    return TRUE;
  if (!take_erasures (self, store, error) || !expect_changes (self, store, error))
    return FALSE;
  self->now_ms = soban_collector_store_now (store);
  for (guint i = 0; i < self->relayed->len; i++) {
    if (!admit_relayed (self, store, g_ptr_array_index (self->relayed, i), self->now_ms, error))
      return FALSE;
  }
  if (!admit_own (self, store, self->now_ms, error) || !note_divergence (self, store, error))
    return FALSE;
  self->floor = soban_collector_store_get_floor (store);
  return TRUE;
}
