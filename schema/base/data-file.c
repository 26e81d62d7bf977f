/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/data-file.h"

#include <gio/gio.h>

GBytes *
soban_data_file_read (const char *file, gsize bytes_max, GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (file, FALSE, error);
  g_autoptr (GBytes) bytes = NULL;

  if (mapped == NULL)
    return NULL;
  bytes = g_mapped_file_get_bytes (mapped);
  if (g_bytes_get_size (bytes) > bytes_max) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Reading %s: it is larger than %" G_GSIZE_FORMAT " bytes", file, bytes_max);
    return NULL;
  }
  return g_steal_pointer (&bytes);
}
