/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bundle's file, from its first byte to its signature. */
#include "config.h"

#include "client/bundle-import-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

#define READ_BYTES SOBAN_BUNDLE_CHUNK_BYTES_MAX

static gboolean
refuse (GError **error, SobanBundleError code, const char *message)
{
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, code, message);
  return FALSE;
}

static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  const SobanBundleImport *self = data;

  switch (head->kind) {
  case SOBAN_BUNDLE_UP:
    return refuse (error, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _("this file is for the server"));
  case SOBAN_BUNDLE_RECEIPT:
    if (head->sender != 0)
      return refuse (error, SOBAN_BUNDLE_ERROR_OTHER_SENDER, _("this receipt is not from a server"));
    ret_keys->sender_key = self->owner.ring->public_key;
    ret_keys->receiver_keys = &self->owner.keys;
    return TRUE;
  case SOBAN_BUNDLE_EXCHANGE:
    if (head->sender == self->owner.identity.device)
      return refuse (error, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _("this tablet has written this file itself"));
    ret_keys->exchange_key = soban_keyring_find (self->owner.ring, head->scope);
    return ret_keys->exchange_key != NULL
           || refuse (error, SOBAN_BUNDLE_ERROR_OTHER_RECEIVER, _("this file is for the tablets of another commune"));
  }
  return refuse (error, SOBAN_BUNDLE_ERROR_TOO_NEW, _("the file is of a kind that this program does not know"));
}

static int
open_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), _("Reading %s: %s"), path, g_strerror (errno));
  return fd;
}

static gssize
read_piece (int fd, guint8 *buffer, GError **error)
{
  gssize got;

  do
    got = read (fd, buffer, READ_BYTES);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), _("Reading the file: %s"), g_strerror (errno));
  return got;
}

static gboolean
read_pieces (const SobanBundleImport *self, int fd, SobanBundleTake take, gpointer data, SobanBundleKind *ret_kind, GError **error)
{
  g_autoptr (SobanEnvelopeReader) reader = soban_envelope_reader_new (find_keys, (gpointer) self);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gssize got;

  while ((got = read_piece (fd, buffer, error)) > 0) {
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
        || !soban_envelope_reader_feed (reader, buffer, (gsize) got, plain, error)
        || !take (data, soban_envelope_reader_get_head (reader), plain, error))
      return FALSE;
    g_byte_array_set_size (plain, 0);
  }
  if (got < 0 || !soban_envelope_reader_finish (reader, error))
    return FALSE;
  *ret_kind = soban_envelope_reader_get_head (reader)->kind;
  return TRUE;
}

gboolean
soban_bundle_import_read (const SobanBundleImport *self, const char *path, SobanBundleTake take, gpointer data,
                          SobanBundleKind *ret_kind, GError **error)
{
  int fd = open_file (path, error);
  gboolean read = fd >= 0 && read_pieces (self, fd, take, data, ret_kind, error);

  if (fd >= 0)
    close (fd);
  return read;
}
