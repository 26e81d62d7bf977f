/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/bundle-file.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "client/bundle.h"
#include "protocol/frame.h"

/* Room that is kept for END. */
#define END_BYTES_MAX 64

struct _SobanBundleFile {
  SobanEnvelopeWriter *envelope;
  SobanDurableFile *durable;
  GByteArray *sealed; /* what is ready to be written */
};

void
soban_bundle_file_free (SobanBundleFile *file)
{
  if (file == NULL)
    return;
  g_clear_pointer (&file->envelope, soban_envelope_writer_free);
  g_clear_pointer (&file->durable, soban_durable_file_free);
  g_byte_array_unref (file->sealed);
  g_free (file);
}

SobanBundleFile *
soban_bundle_file_new (const char *path, const SobanEnvelopeAddress *address, GError **error)
{
  g_autoptr (SobanBundleFile) file = g_new0 (SobanBundleFile, 1);

  file->sealed = g_byte_array_new ();
  file->envelope = soban_envelope_writer_new (address, soban_entropy_system (), file->sealed, error);
  if (file->envelope == NULL)
    return NULL;
  file->durable = soban_durable_file_new (path, error);
  return file->durable != NULL ? g_steal_pointer (&file) : NULL;
}

static gboolean
write_sealed (SobanBundleFile *file, GError **error)
{
  gboolean written = soban_durable_file_write (file->durable, file->sealed->data, file->sealed->len, error);

  g_byte_array_set_size (file->sealed, 0);
  return written;
}

gboolean
soban_bundle_file_add (SobanBundleFile *file, GByteArray *plain, gboolean *ret_room, GError **error)
{
  *ret_room = soban_envelope_writer_has_room (file->envelope, plain->len + END_BYTES_MAX);
  if (*ret_room)
    soban_envelope_writer_write (file->envelope, plain->data, plain->len, file->sealed);
  g_byte_array_set_size (plain, 0);
  return write_sealed (file, error);
}

gboolean
soban_bundle_file_commit (SobanBundleFile *file, GError **error)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();

  soban_frame_write (end, SOBAN_FRAME_END, NULL, 0);
  soban_envelope_writer_write (file->envelope, end->data, end->len, file->sealed);
  soban_envelope_writer_finish (file->envelope, file->sealed);
  return write_sealed (file, error) && soban_durable_file_commit (file->durable, error);
}

void
soban_bundle_file_sweep (const char *place, guint32 device)
{
  g_autofree char *prefix = g_strdup_printf ("soban-%u-", device);
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (place, name, NULL);

    if (g_str_has_prefix (name, prefix) && g_str_has_suffix (name, SOBAN_BUNDLE_SUFFIX SOBAN_DURABLE_FILE_SUFFIX) && g_unlink (path) != 0)
      g_message (_("Removing %s: %s"), path, g_strerror (errno));
  }
}

/* Letters that every file system takes; what belongs together stands together in a list. */
char *
soban_bundle_file_choose_path (const char *place, guint32 device, const char *kind)
{
  static const char *const kinds[] = { "", "-exchange", "-receipt", NULL };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");

  if (!g_file_test (place, G_FILE_TEST_IS_DIR))
    return g_strdup (place);
  for (guint n = 1;; n++) {
    gboolean taken = FALSE;

    for (guint i = 0; kinds[i] != NULL; i++) {
      g_autofree char *name = g_strdup_printf ("soban-%u-%s-%u%s" SOBAN_BUNDLE_SUFFIX, device, date, n, kinds[i]);
      g_autofree char *path = g_build_filename (place, name, NULL);

      taken |= g_file_test (path, G_FILE_TEST_EXISTS);
    }
    if (!taken) {
      g_autofree char *name = g_strdup_printf ("soban-%u-%s-%u%s" SOBAN_BUNDLE_SUFFIX, device, date, n, kind);

      return g_build_filename (place, name, NULL);
    }
  }
}
