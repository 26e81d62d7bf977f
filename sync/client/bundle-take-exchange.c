/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking in what another tablet of the commune wrote, frame by frame: the invariants stand in bundle-import-private.h. */
#include "config.h"

#include "client/bundle-import-private.h"

#include "base/error.h"
#include "protocol/erasure-signature.h"

typedef struct {
  SobanBundleImport *import;
  SobanFrameReader *reader;
  SobanHello *hello;    /* (nullable) */
  GPtrArray *evidences; /* (element-type SobanClockEvidence) */
  gboolean ended;
} Exchange;

static void
clear_exchange (Exchange *self)
{
  g_clear_pointer (&self->reader, soban_frame_reader_free);
  g_clear_pointer (&self->hello, soban_hello_free);
  g_clear_pointer (&self->evidences, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Exchange, clear_exchange)

static gboolean
refuse_frames (GError **error, const char *message)
{
  g_set_error_literal (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_PROTOCOL, message);
  return FALSE;
}

/* (nullable): what the file has told of the clock of who made @id. */
static const SobanClockEvidence *
find_evidence (const Exchange *self, const SobanChangeId *id)
{
  for (guint i = 0; i < self->evidences->len; i++) {
    const SobanClockEvidence *evidence = g_ptr_array_index (self->evidences, i);

    if (evidence->device == id->device && evidence->incarnation == id->incarnation)
      return evidence;
  }
  return NULL;
}

static gboolean
take_hello (Exchange *self, const SobanEnvelopeHead *head, GBytes *body, GError **error)
{
  if (self->hello != NULL)
    return refuse_frames (error, "a second HELLO");
  self->hello = soban_hello_decode (body, error);
  if (self->hello == NULL)
    return FALSE;
  return self->hello->device == head->sender || refuse_frames (error, "the HELLO is not the sender's");
}

static gboolean
take_evidence (Exchange *self, GBytes *body, GError **error)
{
  SobanClockEvidence *evidence = soban_clock_evidence_decode (body, error);

  if (evidence == NULL)
    return FALSE;
  g_ptr_array_add (self->evidences, evidence);
  return TRUE;
}

/* Any tablet of the commune may have written the file: of the collector's own changes, which erase, only what it has signed counts. */
static gboolean
is_genuine (const Exchange *self, const SobanChange *change)
{
  return change->id.device != 0 || soban_erasure_is_signed (change, self->import->owner.ring->public_key);
}

/* A frame with numbers holds any senders' changes; one without them one sender's. */
static gboolean
take_changes (Exchange *self, const char *scope, GBytes *body, GError **error)
{
  g_autoptr (GPtrArray) items = soban_changes_decode (body, error);
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  const SobanNumberedChange *first;
  const SobanClockEvidence *evidence;
  guint new = 0;

  if (items == NULL)
    return FALSE;
  first = g_ptr_array_index (items, 0);
  for (guint i = 0; i < items->len; i++) {
    SobanNumberedChange *item = g_ptr_array_index (items, i);

    if (!is_genuine (self, item->change))
      continue;
    g_ptr_array_add (changes, item->change);
    g_array_append_val (numbers, item->scope_number);
  }
  evidence = first->scope_number == 0 ? find_evidence (self, &first->change->id) : NULL;
  if (!soban_store_import_exchange (self->import->store, scope, evidence, changes, first->scope_number != 0 ? numbers : NULL, &new, error))
    return FALSE;
  self->import->report->changes += new;
  return TRUE;
}

static gboolean
take_frame (Exchange *self, const SobanEnvelopeHead *head, SobanFrameType type, GBytes *body, GError **error)
{
  if (self->ended)
    return refuse_frames (error, "a frame follows END");
  if (self->hello == NULL && type != SOBAN_FRAME_HELLO)
    return refuse_frames (error, "the file does not begin with a HELLO frame");
  switch (type) {
  case SOBAN_FRAME_HELLO:
    return take_hello (self, head, body, error);
  case SOBAN_FRAME_CLOCK_EVIDENCE:
    return take_evidence (self, body, error);
  case SOBAN_FRAME_CHANGES:
    return take_changes (self, head->scope, body, error);
  case SOBAN_FRAME_END:
    self->ended = TRUE;
    return TRUE;
  default: /* sync/README.md 3.6 */
    return TRUE;
  }
}

static gboolean
take_exchange_plain (gpointer data, const SobanEnvelopeHead *head, const GByteArray *plain, GError **error)
{
  Exchange *self = data;

  soban_frame_reader_feed (self->reader, plain->data, plain->len);
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;

    if (!soban_frame_reader_next (self->reader, &type, &body, error))
      return FALSE;
    if (body == NULL)
      return TRUE;
    if (!take_frame (self, head, type, body, error))
      return FALSE;
  }
}

gboolean
soban_bundle_import_take_exchange (SobanBundleImport *self, const char *path, GError **error)
{
  g_auto (Exchange) exchange = {
    .import = self,
    .reader = soban_frame_reader_new (),
    .evidences = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_clock_evidence_free),
  };
  SobanBundleKind kind;

  if (!soban_bundle_import_read (self, path, take_exchange_plain, &exchange, &kind, error))
    return FALSE;
  if (!exchange.ended)
    return refuse_frames (error, "the file has no END");
  self->report->exchanges++;
  return TRUE;
}
