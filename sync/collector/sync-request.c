/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync-request.h"

#include <string.h>

#include "base/limits.h"

#define MAJOR_PLACE 4 /* of the stream header, after its magic (sync/README.md 3.2) */

void
soban_relayed_batch_free (SobanRelayedBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->changes);
  g_free (self);
}

static GPtrArray *
new_changes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) soban_numbered_change_free);
}

static GPtrArray *
new_relayed (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) soban_relayed_batch_free);
}

SobanSyncRequest *
soban_sync_request_new (void)
{
  SobanSyncRequest *self = g_new0 (SobanSyncRequest, 1);

  self->reader = soban_frame_reader_new ();
  self->changes = new_changes ();
  self->relayed = new_relayed ();
  self->reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);
  self->ranges = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_ranges_query_free);
  self->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_wanted_free);
  self->evidences = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_clock_evidence_free);
  self->count_max = SOBAN_REQUEST_CHANGES_MAX;
  return self;
}

void
soban_sync_request_free (SobanSyncRequest *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->hello, soban_hello_free);
  g_clear_pointer (&self->evidence, soban_clock_evidence_free);
  soban_frame_reader_free (self->reader);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->relayed);
  g_ptr_array_unref (self->reports);
  g_ptr_array_unref (self->ranges);
  g_ptr_array_unref (self->wanted);
  g_ptr_array_unref (self->evidences);
  g_free (self);
}

void
soban_sync_request_allow_any_number (SobanSyncRequest *self)
{
  self->count_max = G_MAXUINT;
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
is_own (const SobanSyncRequest *self, guint32 device, guint64 incarnation)
{
  return device == self->hello->device && incarnation == self->hello->incarnation;
}

/* (nullable) */
static const SobanClockEvidence *
find_evidence (const SobanSyncRequest *self, guint32 device, guint64 incarnation)
{
  for (guint i = 0; i < self->evidences->len; i++) {
    const SobanClockEvidence *evidence = g_ptr_array_index (self->evidences, i);

    if (evidence->device == device && evidence->incarnation == incarnation)
      return evidence;
  }
  return NULL;
}

static gboolean
take_evidence (SobanSyncRequest *self, GBytes *body, GError **error)
{
  g_autoptr (SobanClockEvidence) evidence = soban_clock_evidence_decode (body, error);
  gboolean own;

  if (evidence == NULL)
    return FALSE;
  own = is_own (self, evidence->device, evidence->incarnation);
  if (own ? self->evidence != NULL : find_evidence (self, evidence->device, evidence->incarnation) != NULL)
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "a second CLOCK_EVIDENCE of one sender");
  if (!own && self->evidences->len >= SOBAN_REQUEST_SENDERS_MAX)
    return refuse (error, SOBAN_SYNC_ERROR_TOO_LARGE, "changes of more senders than one request may hold");
  if (own)
    self->evidence = g_steal_pointer (&evidence);
  else
    g_ptr_array_add (self->evidences, g_steal_pointer (&evidence));
  return TRUE;
}

static SobanRelayedBatch *
get_batch (SobanSyncRequest *self, const SobanChangeId *id)
{
  SobanRelayedBatch *batch = self->relayed->len > 0 ? g_ptr_array_index (self->relayed, self->relayed->len - 1) : NULL;

  if (batch != NULL && batch->device == id->device && batch->incarnation == id->incarnation)
    return batch;
  batch = g_new0 (SobanRelayedBatch, 1);
  batch->device = id->device;
  batch->incarnation = id->incarnation;
  batch->evidence = find_evidence (self, id->device, id->incarnation);
  batch->changes = new_changes ();
  g_ptr_array_add (self->relayed, batch);
  return batch;
}

/* A frame's changes are all of one sender (sync/README.md 4.2, 5.12). */
static gboolean
check_sender (const GPtrArray *changes, GError **error)
{
  const SobanChangeId *first = &((SobanNumberedChange *) g_ptr_array_index (changes, 0))->change->id;

  for (guint i = 1; i < changes->len; i++) {
    const SobanChangeId *id = &((SobanNumberedChange *) g_ptr_array_index (changes, i))->change->id;

    if (id->device != first->device || id->incarnation != first->incarnation)
      return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "changes of two senders in one frame of a request");
  }
  return TRUE;
}

static gboolean
take_changes (SobanSyncRequest *self, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) changes = soban_changes_decode (body, error);
  const SobanChangeId *id;

  if (changes == NULL || !check_sender (changes, error))
    return FALSE;
  if (changes->len > self->count_max - self->count)
    return refuse (error, SOBAN_SYNC_ERROR_TOO_LARGE, "more changes than one request may hold");
  self->count += changes->len;
  for (guint i = 0; i < changes->len; i++)
    self->waiting_bytes += soban_change_weigh (((SobanNumberedChange *) g_ptr_array_index (changes, i))->change);
  id = &((SobanNumberedChange *) g_ptr_array_index (changes, 0))->change->id;
  g_ptr_array_extend_and_steal (is_own (self, id->device, id->incarnation) ? self->changes : get_batch (self, id)->changes,
                                g_steal_pointer (&changes));
  return TRUE;
}

static gboolean
take_reports (SobanSyncRequest *self, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) reports = soban_digest_reports_decode (body, error);

  if (reports == NULL)
    return FALSE;
  if (self->reports->len + reports->len > SOBAN_SCOPES_PER_DEVICE_MAX)
    return refuse (error, SOBAN_SYNC_ERROR_TOO_LARGE, "more digests than a device may have communes");
  g_ptr_array_extend_and_steal (self->reports, g_steal_pointer (&reports));
  return TRUE;
}

/* What was decoded is a question: bounded, for each costs the collector more than it weighs. */
static gboolean
take_question (SobanSyncRequest *self, GPtrArray *questions, gpointer question, GError **error)
{
  if (question == NULL)
    return FALSE;
  g_ptr_array_add (questions, question);
  return self->ranges->len + self->wanted->len <= SOBAN_REQUEST_QUESTIONS_MAX
         || refuse (error, SOBAN_SYNC_ERROR_TOO_LARGE, "more questions than one request may ask");
}

static gboolean
is_known (SobanFrameType type)
{
  return type == SOBAN_FRAME_CLOCK_EVIDENCE || type == SOBAN_FRAME_CHANGES || type == SOBAN_FRAME_DIGESTS || type == SOBAN_FRAME_RANGES
         || type == SOBAN_FRAME_WANTED;
}

static gboolean
take_body (SobanSyncRequest *self, SobanFrameType type, GBytes *body, GError **error)
{
  if (self->hello == NULL && is_known (type))
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "a frame before HELLO");
  switch (type) {
  case SOBAN_FRAME_CLOCK_EVIDENCE:
    return take_evidence (self, body, error);
  case SOBAN_FRAME_CHANGES:
    return take_changes (self, body, error);
  case SOBAN_FRAME_DIGESTS:
    return take_reports (self, body, error);
  case SOBAN_FRAME_RANGES:
    return take_question (self, self->ranges, soban_ranges_query_decode (body, error), error);
  case SOBAN_FRAME_WANTED:
    return take_question (self, self->wanted, soban_wanted_decode (body, error), error);
  default:
    return TRUE; /* a newer minor version may send what is not known here (sync/README.md 3.6) */
  }
}

static gboolean
take_frame (SobanSyncRequest *self, SobanFrameType type, GBytes *body, GError **error)
{
  if (self->ended)
    return refuse (error, SOBAN_SYNC_ERROR_PROTOCOL, "a frame after END");
  if (type == SOBAN_FRAME_HELLO)
    return take_hello (self, body, error);
  if (type == SOBAN_FRAME_END) {
    self->ended = TRUE;
    return TRUE;
  }
  return take_body (self, type, body, error);
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

guint
soban_sync_request_get_minor (const SobanSyncRequest *self)
{
  return self->hello != NULL ? MIN (self->hello->minor, soban_frame_reader_get_minor (self->reader)) : 0;
}

gboolean
soban_sync_request_has_waiting (const SobanSyncRequest *self)
{
  return self->changes->len > 0 || self->relayed->len > 0;
}

void
soban_sync_request_take (SobanSyncRequest *self, GPtrArray **ret_changes, GPtrArray **ret_relayed)
{
  *ret_changes = g_steal_pointer (&self->changes);
  *ret_relayed = g_steal_pointer (&self->relayed);
  self->changes = new_changes ();
  self->relayed = new_relayed ();
  self->waiting_bytes = 0;
}

GPtrArray *
soban_sync_request_take_reports (SobanSyncRequest *self)
{
  GPtrArray *reports = g_steal_pointer (&self->reports);

  self->reports = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_digest_report_free);
  return reports;
}
