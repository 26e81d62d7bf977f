/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Invariants
 * 1. Nothing of a bundle is admitted before it is known to be whole, and written by the tablet it names, which is not revoked.
 * 2. What is admitted is what was checked: the stick is read once, into a copy of the collector's own.
 * 3. The changes go the way of a request's (round.h), part by part, in bounded memory.
 */
#include "config.h"

#include "bundle-import.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "key-ring.h"
#include "protocol/envelope.h"

#define READ_BYTES SOBAN_BUNDLE_CHUNK_BYTES_MAX
/* About how much one transaction takes in. */
#define PART_BYTES_MIN ((gsize) 1024 * 1024)

typedef struct {
  SobanCollectorStore *store;
  const SobanRegistries *registries;
  SobanSigningKeys own;
  SobanDevice *device; /* (nullable): until the head has come */
  int spool;
  SobanRound *round;   /* (nullable): until HELLO has come */
  SobanSyncRequest *request;
} Import;

static void
clear_import (Import *self)
{
  soban_signing_keys_clear (&self->own);
  if (self->round != NULL)
    self->request = NULL;
  soban_round_free (self->round);
  soban_sync_request_free (self->request);
  soban_device_free (self->device);
  if (self->spool >= 0)
    close (self->spool);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, clear_import)

void
soban_bundle_outcome_clear (SobanBundleOutcome *outcome)
{
  g_clear_pointer (&outcome->device_name, g_free);
  g_clear_pointer (&outcome->receipt, g_byte_array_unref);
}

static gboolean
refuse (GError **error, SobanBundleError code, const char *message)
{
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, code, message);
  return FALSE;
}

static gboolean
fail_file (GError **error, const char *doing)
{
  int saved_errno = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno), "%s: %s", doing, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
knows_key (const SobanDevice *device)
{
  static const guint8 unknown[SOBAN_PUBLIC_KEY_BYTES] = { 0 };

  return memcmp (device->public_key, unknown, sizeof unknown) != 0;
}

/* Invariant 1. */
static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  Import *self = data;
  GError *failure = NULL;

  if (head->kind != SOBAN_BUNDLE_UP)
    return refuse (error, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _ ("This file is for a tablet, not for the collector."));
  g_clear_pointer (&self->device, soban_device_free);
  self->device = soban_devices_find (self->store, head->sender, &failure);
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  if (self->device == NULL)
    return refuse (error, SOBAN_BUNDLE_ERROR_OTHER_SENDER, _ ("This file names a tablet that is not registered here."));
  if (self->device->revoked_ms != 0)
    return refuse (error, SOBAN_BUNDLE_ERROR_REVOKED, _ ("This file is of a tablet that was revoked: nothing of it is taken in."));
  if (!knows_key (self->device))
    return refuse (error, SOBAN_BUNDLE_ERROR_OTHER_SENDER, _ ("The key of this tablet is not known yet: it has to sync over the network once."));
  ret_keys->sender_key = self->device->public_key;
  ret_keys->receiver_keys = &self->own;
  return TRUE;
}

/* ---- reading ---- */

/* Takes the next opened bytes; also what was read of the file. */
typedef gboolean (*TakePiece) (Import *self, const guint8 *sealed, gsize length, const GByteArray *plain, GError **error);

static gssize
read_piece (int fd, guint8 *buffer, GError **error)
{
  gssize got;

  do
    got = read (fd, buffer, READ_BYTES);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    fail_file (error, _ ("Reading the file"));
  return got;
}

static gboolean
read_all (Import *self, int fd, TakePiece take, GError **error)
{
  g_autoptr (SobanEnvelopeReader) reader = soban_envelope_reader_new (find_keys, self);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gssize got;

  while ((got = read_piece (fd, buffer, error)) > 0) {
    if (!soban_envelope_reader_feed (reader, buffer, (gsize) got, plain, error) || !take (self, buffer, (gsize) got, plain, error))
      return FALSE;
    g_byte_array_set_size (plain, 0);
  }
  return got == 0 && soban_envelope_reader_finish (reader, error);
}

/* Invariant 2. */
static gboolean
open_spool (Import *self, const char *spool_dir, GError **error)
{
  g_autofree char *path = g_build_filename (spool_dir, "import-XXXXXX", NULL);

  self->spool = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (self->spool < 0)
    return fail_file (error, _ ("Copying the file into the collector's folder"));
  g_unlink (path);
  return TRUE;
}

static gboolean
spool_piece (Import *self, const guint8 *sealed, gsize length, const GByteArray *plain, GError **error)
{
  while (length > 0) {
    gssize done = write (self->spool, sealed, length);

    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return fail_file (error, _ ("Copying the file into the collector's folder"));
    sealed += done;
    length -= (gsize) done;
  }
  return TRUE;
}

static gboolean
check_and_copy (Import *self, const char *path, const char *spool_dir, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean copied;

  if (fd < 0)
    return fail_file (error, path);
  copied = open_spool (self, spool_dir, error) && read_all (self, fd, spool_piece, error);
  close (fd);
  if (copied && lseek (self->spool, 0, SEEK_SET) != 0)
    return fail_file (error, _ ("Reading the copy of the file"));
  return copied;
}

/* ---- taking in ---- */

/* Admits what the round has loaded. */
static gboolean
admit_loaded (Import *self, GError **error)
{
  if (!soban_collector_store_begin (self->store, error))
    return FALSE;
  if (!soban_round_take (self->round, self->store, error)) {
    soban_collector_store_roll_back (self->store);
    return FALSE;
  }
  if (!soban_collector_store_commit (self->store, error))
    return FALSE;
  if (self->round->refusal == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->round->refusal));
  return FALSE;
}

static gboolean
admit_waiting (Import *self, GError **error)
{
  soban_round_load (self->round);
  return admit_loaded (self, error);
}

static gboolean
take_piece (Import *self, const guint8 *sealed, gsize length, const GByteArray *plain, GError **error)
{
  if (!soban_sync_request_feed (self->request, plain->data, plain->len, error))
    return FALSE;
  if (self->round == NULL && self->request->hello != NULL) {
    self->round = soban_round_new (g_steal_pointer (&self->device), self->request);
    self->round->registries = self->registries;
    return admit_loaded (self, error);
  }
  return self->round == NULL || self->request->waiting_bytes < PART_BYTES_MIN || admit_waiting (self, error);
}

static gboolean
take_rest (Import *self, GError **error)
{
  return soban_sync_request_finish (self->request, error) && admit_waiting (self, error)
         && soban_round_answer (self->round, self->store, error);
}

/* The answer, with the HELLO that it answers behind its header (sync/README.md 10.3). */
static GByteArray *
make_receipt (const SobanRound *round)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  guint header_bytes;

  soban_stream_header_write (out);
  header_bytes = out->len;
  soban_hello_encode (round->request->hello, body);
  soban_frame_write (out, SOBAN_FRAME_HELLO, body->data, body->len);
  g_byte_array_append (out, round->answer->data + header_bytes, round->answer->len - header_bytes);
  return out;
}

gboolean
soban_bundle_take_in (SobanCollectorStore *store, const SobanRegistries *registries, const char *path, const char *spool_dir,
                      SobanBundleOutcome *ret_outcome, GError **error)
{
  g_auto (Import) self = { .store = store, .registries = registries, .spool = -1, .request = soban_sync_request_new () };

  soban_sync_request_allow_any_number (self.request);
  if (!soban_key_ring_get_own (store, &self.own, error) || !check_and_copy (&self, path, spool_dir, error)
      || !read_all (&self, self.spool, take_piece, error) || !take_rest (&self, error))
    return FALSE;
  *ret_outcome = (SobanBundleOutcome) {
    .device = self.round->device->number,
    .device_name = g_strdup (self.round->device->name),
    .admitted = self.round->admission.admitted,
    .acked_number = self.round->admission.acked_number,
    .forked = self.round->admission.ack_state == SOBAN_ACK_FORK,
    .receipt = make_receipt (self.round),
  };
  memcpy (ret_outcome->device_key, self.round->device->public_key, SOBAN_PUBLIC_KEY_BYTES);
  return TRUE;
}
