/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/upload.h"

#include <string.h>

#include "base/limits.h"
#include "media/picture.h"

#define START_BYTES 4096
#define PIECE_BYTES (256 * 1024)

static GBytes *
read_picture (GInputStream *stream, char **ret_extension, GError **error)
{
  g_autoptr (GdkPixbuf) picture = soban_picture_decode (stream, SOBAN_PICTURE_SIDE_PX_MAX, error);
  GBytes *bytes = picture == NULL ? NULL : soban_picture_encode (picture, error);

  if (bytes != NULL) {
    *ret_extension = g_strdup ("jpg");
  }
  return bytes;
}

static GBytes *
read_file (GInputStream *stream, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  while (TRUE) {
    g_autoptr (GBytes) piece = g_input_stream_read_bytes (stream, PIECE_BYTES, NULL, error);

    if (piece == NULL) {
      return NULL;
    }
    if (g_bytes_get_size (piece) == 0) {
      break;
    }
    if (bytes->len + g_bytes_get_size (piece) > SOBAN_ATTACHMENT_BYTES_MAX) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "the file has too many bytes");
      return NULL;
    }
    g_byte_array_append (bytes, g_bytes_get_data (piece, NULL), (guint)g_bytes_get_size (piece));
  }
  if (bytes->len == 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the file is empty");
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* (transfer full): as the store wants it; "bin" where the name has none that it would take. */
static char *
make_extension (const char *name)
{
  const char *dot = strrchr (name, '.');
  gsize length = dot == NULL ? 0 : strlen (dot + 1);

  if (length == 0 || length > SOBAN_ATTACHMENT_EXTENSION_BYTES_MAX) {
    return g_strdup ("bin");
  }
  for (const char *at = dot + 1; *at != '\0'; at++) {
    if (!g_ascii_isalnum (*at)) {
      return g_strdup ("bin");
    }
  }
  return g_ascii_strdown (dot + 1, -1);
}

/* "image/", "audio/" or "video/" where @mime is such a type, else NULL. */
static const char *
find_family (const char *mime)
{
  static const char *const FAMILIES[] = { "image/", "audio/", "video/" };

  for (guint i = 0; mime != NULL && i < G_N_ELEMENTS (FAMILIES); i++) {
    if (g_str_has_prefix (mime, FAMILIES[i])) {
      return FAMILIES[i];
    }
  }
  return NULL;
}

/* (transfer full) (nullable): by its first bytes and its name; the stream is set back to its start. */
static char *
guess_type (GInputStream *stream, const char *name, GError **error)
{
  guchar start[START_BYTES];
  gsize length = 0;
  g_autofree char *type = NULL;
  char *mime;

  if (!g_input_stream_read_all (stream, start, sizeof start, &length, NULL, error)
      || !g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, error)) {
    return NULL;
  }
  type = g_content_type_guess (name, start, length, NULL);
  mime = g_content_type_get_mime_type (type);
  return mime == NULL ? g_strdup ("application/octet-stream") : mime;
}

GBytes *
soban_upload_read (GFile *file, const char *mediatype, char **ret_extension, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *mime = stream == NULL ? NULL : guess_type (G_INPUT_STREAM (stream), name, error);
  const char *wanted = find_family (mediatype);
  GBytes *bytes;

  if (mime == NULL) {
    g_prefix_error (error, "reading the chosen file: ");
    return NULL;
  }
  if (wanted != NULL && !g_str_equal (wanted, "image/") && g_strcmp0 (wanted, find_family (mime)) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the chosen file is of the type %s", mime);
    return NULL;
  }
  /* A photo that is attached as a file tells where it was made just as well. */
  if (g_strcmp0 (wanted, "image/") == 0 || (wanted == NULL && g_strcmp0 (find_family (mime), "image/") == 0)) {
    return read_picture (G_INPUT_STREAM (stream), ret_extension, error);
  }
  bytes = read_file (G_INPUT_STREAM (stream), error);
  if (bytes != NULL) {
    *ret_extension = make_extension (name);
  }
  return bytes;
}
