/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two tablets and one folder: each takes what the other has put there, and puts there what it has. What is taken is in what is written after
 * it, so a stick that goes round a commune spreads everything.
 */
#include "config.h"

#include "client/bundle.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/durable-file.h"
#include "base/error.h"
#include "client/bundle-owner.h"

#define HEAD_BYTES_MAX 1024

typedef struct {
  const SobanBundleOwner *owner;
  gboolean is_own;
} Look;

/* Only looks: nothing is opened. */
static gboolean
find_keys (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error)
{
  Look *look = data;

  look->is_own = head->kind == SOBAN_BUNDLE_EXCHANGE && head->sender == look->owner->identity.device
                 && memcmp (head->sender_key, look->owner->keys.public_key, SOBAN_PUBLIC_KEY_BYTES) == 0;
  g_set_error_literal (error, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NO_KEYS, "only looked at");
  return FALSE;
}

static gboolean
is_own_exchange (const SobanBundleOwner *owner, const char *path)
{
  Look look = { owner, FALSE };
  g_autoptr (SobanEnvelopeReader) reader = soban_envelope_reader_new (find_keys, &look);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 head[HEAD_BYTES_MAX];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize got = fd >= 0 ? read (fd, head, sizeof head) : -1;

  if (fd >= 0)
    close (fd);
  if (got > 0)
    soban_envelope_reader_feed (reader, head, (gsize) got, plain, NULL);
  return look.is_own;
}

/* What was written before is in what was written now. */
static gboolean
remove_older (const SobanBundleOwner *owner, const char *folder, GPtrArray *written, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, SOBAN_BUNDLE_SUFFIX) && !g_ptr_array_find_with_equal_func (written, path, g_str_equal, NULL)
        && is_own_exchange (owner, path) && !soban_durable_file_remove (path, error))
      return FALSE;
  }
  return TRUE;
}

SobanBundleReport *
soban_bundle_exchange (SobanStore *store, const char *folder, GCancellable *cancellable, GError **error)
{
  g_auto (SobanBundleOwner) owner = { 0 };
  g_autoptr (SobanBundleReport) taken = NULL;
  g_autoptr (SobanBundleReport) written = NULL;
  g_autoptr (GError) failure = NULL;

  if (!soban_bundle_owner_load (&owner, store, error))
    return NULL;
  taken = soban_bundle_import_others (store, folder, cancellable, error);
  if (taken == NULL)
    return NULL;
  written = soban_bundle_export (store, folder, SOBAN_BUNDLE_FOR_TABLETS, cancellable, &failure);
  if (written == NULL && !(g_error_matches (failure, SOBAN_BUNDLE_ERROR, SOBAN_BUNDLE_ERROR_NOTHING) && taken->exchanges > 0)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  /* Only what is complete takes the place of what was there. */
  if (written != NULL && written->complete && !remove_older (&owner, folder, written->paths, error))
    return NULL;
  taken->complete = written == NULL || written->complete;
  if (written != NULL)
    g_ptr_array_extend_and_steal (taken->paths, g_ptr_array_ref (written->paths));
  return g_steal_pointer (&taken);
}
