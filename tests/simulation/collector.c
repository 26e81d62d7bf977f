/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector.h"

#include "admission.h"

Collector *
collector_new (guint page, guint64 *marks)
{
  Collector *collector = g_new0 (Collector, 1);

  collector->marks = marks;
  collector->store = memory_store_new (marks);
  collector->enrolled = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  collector->page = page;
  collector->fail_after = -1;
  return collector;
}

void
collector_free (Collector *collector)
{
  if (collector == NULL)
    return;
  memory_store_free (collector->store);
  g_hash_table_unref (collector->enrolled);
  g_free (collector);
}

void
collector_enrol (Collector *collector, guint32 device, GPtrArray *scopes)
{
  g_hash_table_insert (collector->enrolled, GUINT_TO_POINTER (device), g_ptr_array_ref (scopes));
}

void
collector_restart (Collector *collector)
{
  collector->marks[MARK_COLLECTOR_STARTED]++;
  collector->now_ms = SOBAN_STAMP_MS (collector->last_stamp);
}

void
collector_set_back (Collector *collector, MemoryStore *copy, SobanStamp last_stamp)
{
  memory_store_free (collector->store);
  collector->store = copy;
  collector->last_stamp = last_stamp;
}

static GBytes *
write_refusal (const GError *refusal)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new ();

  soban_refusal_encode (refusal->domain == SOBAN_SYNC_ERROR ? refusal->code : SOBAN_SYNC_ERROR_SERVER, refusal->message,
                        body);
  soban_stream_header_write (answer);
  soban_frame_write (answer, SOBAN_FRAME_ERROR, body->data, body->len);
  return g_byte_array_free_to_bytes (answer);
}

/* ---- admission ---- */

/* One request as it comes in. */
typedef struct {
  Collector *collector;
  SobanSyncRequest *request;
  GPtrArray *scopes;
  SobanClockEvidence *evidence; /* (nullable): the device's, with this HELLO as an anchor */
  SobanAdmissionResult result;  /* of all that came of its own */
  GError *full;                 /* (nullable): the disk was full */
} Arrival;

/* The HELLO of a request is one more anchor: sync/README.md 4.6. */
static void
complete_evidence (Arrival *self)
{
  const SobanClockEvidence *told = self->request->evidence;
  const SobanHello *hello = self->request->hello;

  if (told == NULL || self->evidence != NULL)
    return;
  self->evidence = soban_clock_evidence_new (told->device, told->incarnation);
  g_array_append_vals (self->evidence->boots, told->boots->data, told->boots->len);
  g_array_append_vals (self->evidence->anchors, told->anchors->data, told->anchors->len);
  if (told->boots->len > 0 && (hello->flags & SOBAN_HELLO_IN_BUNDLE) == 0) {
    const SobanAnchor anchor = { told->boots->len - 1, hello->boottime_ms, hello->wall_ms, self->collector->now_ms };

    g_array_append_val (self->evidence->anchors, anchor);
  }
}

/* FALSE: a rule is broken; when the disk was full, only self->full is set. */
static gboolean
end_transaction (Arrival *self, GError *failure, GError **error)
{
  MemoryStore *store = self->collector->store;

  if (failure == NULL)
    return memory_store_commit (store, error);
  memory_store_roll_back (store);
  if (g_error_matches (failure, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL)) {
    self->collector->marks[MARK_COLLECTOR_FULL]++;
    g_clear_error (&self->full);
    self->full = failure;
    return TRUE;
  }
  g_propagate_error (error, failure);
  return FALSE;
}

static void
begin_transaction (Collector *collector)
{
  memory_store_begin (collector->store);
  if (collector->fail_after >= 0)
    memory_store_fail_after (collector->store, (guint) collector->fail_after);
  collector->fail_after = -1;
}

/* Own changes that came although they were there already. */
static guint
count_known (Collector *collector, const SobanAdmissionRequest *request)
{
  guint count = 0;

  for (guint i = 0; i < request->changes->len && !request->relayed; i++) {
    const SobanNumberedChange *item = g_ptr_array_index (request->changes, i);

    count += memory_store_find (collector->store, &item->change->id) != NULL;
  }
  return count;
}

static gboolean
admit (Arrival *self, const SobanAdmissionRequest *request, SobanAdmissionResult *result, GError **error)
{
  Collector *collector = self->collector;
  SobanAdmissionStore admission = memory_store_get_admission (collector->store);
  GError *failure = NULL;

  collector->twice_changes += count_known (collector, request);
  begin_transaction (collector);
  if (soban_admit (&admission, request, result, &failure)) {
    collector->last_stamp = MAX (collector->last_stamp, result->last_stamp);
    collector->restamped += result->adjustments->len;
  }
  return end_transaction (self, failure, error);
}

static gboolean
admit_relayed (Arrival *self, const SobanRelayedBatch *batch, GError **error)
{
  g_auto (SobanAdmissionResult) result = { 0 };
  gboolean good;

  soban_admission_result_init (&result);
  good = admit (self,
                &(SobanAdmissionRequest){
                    .device = batch->device,
                    .incarnation = batch->incarnation,
                    .scopes = self->scopes,
                    .changes = batch->changes,
                    .now_ms = self->collector->now_ms,
                    .evidence = batch->evidence,
                    .relayed = TRUE,
                },
                &result, error);
  self->collector->marks[MARK_RELAYED] += result.admitted;
  return good;
}

/* After a gap, a fork or a refusal nothing of this sender fits any more. */
static gboolean
admit_own (Arrival *self, const GPtrArray *changes, GError **error)
{
  const SobanHello *hello = self->request->hello;
  g_auto (SobanAdmissionResult) result = { 0 };

  if (changes->len == 0 || self->result.ack_state != SOBAN_ACK_OK || self->result.refusal != NULL)
    return TRUE;
  soban_admission_result_init (&result);
  if (!admit (self,
              &(SobanAdmissionRequest){
                  .device = hello->device,
                  .incarnation = hello->incarnation,
                  .scopes = self->scopes,
                  .changes = changes,
                  .now_ms = self->collector->now_ms,
                  .evidence = self->evidence,
              },
              &result, error))
    return FALSE;
  if (self->full != NULL)
    return TRUE;
  self->result.acked_number = result.acked_number;
  self->result.ack_state = result.ack_state;
  self->collector->marks[MARK_FORK_BY_CONTENT] += result.ack_state == SOBAN_ACK_FORK;
  self->result.refusal = g_steal_pointer (&result.refusal);
  g_array_append_vals (self->result.adjustments, result.adjustments->data, result.adjustments->len);
  return TRUE;
}

static gboolean
greet (Arrival *self, GError **error)
{
  const SobanHello *hello = self->request->hello;
  SobanAdmissionStore admission = memory_store_get_admission (self->collector->store);
  SobanGreeting greeting = { 0 };
  GError *failure = NULL;

  self->scopes = g_hash_table_lookup (self->collector->enrolled, GUINT_TO_POINTER (hello->device));
  g_assert (self->scopes != NULL);
  begin_transaction (self->collector);
  if (soban_admission_greet (&admission, hello, self->collector->now_ms, &greeting, &failure)) {
    self->collector->marks[MARK_FORK_BY_GREETING] += greeting.ack_state == SOBAN_ACK_FORK;
    self->result.ack_state = greeting.ack_state;
    self->result.acked_number = greeting.acked_number;
  }
  return end_transaction (self, failure, error);
}

/* Admits what has come so far, as a collector does while the rest is still on its way. */
static gboolean
take_waiting (Arrival *self, GError **error)
{
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GPtrArray) relayed = NULL;

  if (self->request->hello == NULL || self->full != NULL)
    return TRUE;
  if (self->scopes == NULL && !greet (self, error))
    return FALSE;
  soban_sync_request_take (self->request, &changes, &relayed);
  complete_evidence (self);
  for (guint i = 0; i < relayed->len && self->full == NULL; i++) {
    if (!admit_relayed (self, g_ptr_array_index (relayed, i), error))
      return FALSE;
  }
  return self->full != NULL || admit_own (self, changes, error);
}

#define PIECE_BYTES 700

static gboolean
read_request (Arrival *self, const guint8 *data, gsize length, gboolean *ret_whole, GError **error)
{
  *ret_whole = TRUE;
  for (gsize at = 0; at < length && *ret_whole; at += PIECE_BYTES) {
    *ret_whole = soban_sync_request_feed (self->request, data + at, MIN (PIECE_BYTES, length - at), NULL);
    if (!take_waiting (self, error))
      return FALSE;
  }
  *ret_whole = *ret_whole && soban_sync_request_finish (self->request, NULL);
  return TRUE;
}

gboolean
collector_receive (Collector *collector, gint64 wall_ms, const guint8 *data, gsize length, GBytes **ret_answer,
                   GError **error)
{
  g_autoptr (SobanSyncRequest) request = soban_sync_request_new ();
  Arrival self = { .collector = collector, .request = request };
  gboolean whole, good;

  *ret_answer = NULL;
  collector->marks[MARK_COLLECTOR_BEHIND] += wall_ms < collector->now_ms;
  collector->now_ms = MAX (collector->now_ms, wall_ms);
  soban_admission_result_init (&self.result);
  good = read_request (&self, data, length, &whole, error);
  if (good && whole && (self.full != NULL || self.result.refusal != NULL))
    *ret_answer = write_refusal (self.full != NULL ? self.full : self.result.refusal);
  else if (good && whole)
    *ret_answer = collector_write_answer (collector, request, self.scopes, &self.result);
  g_clear_error (&self.full);
  g_clear_pointer (&self.evidence, soban_clock_evidence_free);
  soban_admission_result_clear (&self.result);
  return good;
}
