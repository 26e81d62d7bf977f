/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/picture.h"

#include "base/limits.h"
#include "media/picture-end.h"

#define PIECE_BYTES (64 * 1024)
/* What a text in a photographed paper needs to stay readable, at a third of the size of 95. */
#define JPEG_QUALITY "82"

typedef struct {
  GdkPixbufLoader *loader;
  int side_px_max;
  gboolean too_large;
  SobanPictureEnd end;
} Decoding;

/* Before any pixel is decoded. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, Decoding *decoding)
{
  const GdkPixbufFormat *format = gdk_pixbuf_loader_get_format (loader);
  g_autofree char *name = gdk_pixbuf_format_get_name ((GdkPixbufFormat *)format);
  /* Only JPEG is decoded small. */
  gint64 pixels_max = g_str_equal (name, "jpeg") ? SOBAN_PICTURE_JPEG_PIXELS_MAX : SOBAN_PICTURE_PIXELS_MAX;
  int longer = MAX (width, height);

  if ((gint64)width * height > pixels_max) {
    decoding->too_large = TRUE;
    gdk_pixbuf_loader_set_size (loader, 0, 0);
    return;
  }
  if (longer > decoding->side_px_max) {
    gdk_pixbuf_loader_set_size (loader, MAX ((int)((gint64)width * decoding->side_px_max / longer), 1),
                                MAX ((int)((gint64)height * decoding->side_px_max / longer), 1));
  }
}

/* A loader's own error is about its format; callers want to know what to say. */
static gboolean
fail (const Decoding *decoding, GError **error, GError *cause)
{
  g_autoptr (GError) local = cause;
  gboolean unknown = g_error_matches (local, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE);

  if (decoding->too_large) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "the picture has too many pixels");
    return FALSE;
  }
  g_set_error (error, G_IO_ERROR, unknown ? G_IO_ERROR_NOT_SUPPORTED : G_IO_ERROR_INVALID_DATA, "decoding the picture: %s", local->message);
  return FALSE;
}

static gboolean
feed (Decoding *decoding, GInputStream *stream, GError **error)
{
  gsize total = 0;

  while (TRUE) {
    g_autoptr (GBytes) piece = g_input_stream_read_bytes (stream, PIECE_BYTES, NULL, error);
    GError *cause = NULL;

    if (piece == NULL) {
      return FALSE;
    }
    if (g_bytes_get_size (piece) == 0 && total == 0) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the file is empty");
      return FALSE;
    }
    if (g_bytes_get_size (piece) == 0) {
      return TRUE;
    }
    total += g_bytes_get_size (piece);
    if (total > SOBAN_PICTURE_SOURCE_BYTES_MAX) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "the picture has too many bytes");
      return FALSE;
    }
    soban_picture_end_feed (&decoding->end, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
    if (!gdk_pixbuf_loader_write_bytes (decoding->loader, piece, &cause)) {
      return fail (decoding, error, cause);
    }
    if (decoding->too_large) {
      return fail (decoding, error, NULL);
    }
  }
}

GdkPixbuf *
soban_picture_decode (GInputStream *stream, int side_px_max, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  Decoding decoding = { loader, side_px_max, FALSE, { 0 } };
  GdkPixbuf *picture;
  GError *cause = NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &decoding);
  if (!feed (&decoding, stream, error)) {
    gdk_pixbuf_loader_close (loader, NULL);
    return NULL;
  }
  if (!gdk_pixbuf_loader_close (loader, &cause)) {
    fail (&decoding, error, cause);
    return NULL;
  }
  picture = gdk_pixbuf_loader_get_pixbuf (loader);
  if (picture == NULL || decoding.too_large || !soban_picture_end_is_reached (&decoding.end)) {
    fail (&decoding, error, g_error_new_literal (GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_CORRUPT_IMAGE, "it ends too early"));
    return NULL;
  }
  return gdk_pixbuf_apply_embedded_orientation (picture);
}

GdkTexture *
soban_picture_decode_texture (GBytes *bytes, int side_px_max, GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GdkPixbuf) picture = soban_picture_decode (stream, side_px_max, error);

  return picture == NULL ? NULL : gdk_texture_new_for_pixbuf (picture);
}

GBytes *
soban_picture_encode (GdkPixbuf *picture, GError **error)
{
  g_autoptr (GdkPixbuf) opaque = NULL;
  int width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture);
  char *buffer = NULL;
  gsize length = 0;

  opaque = gdk_pixbuf_get_has_alpha (picture)
               ? gdk_pixbuf_composite_color_simple (picture, width, height, GDK_INTERP_NEAREST, 255, 8, 0xffffff, 0xffffff)
               : g_object_ref (picture);
  if (opaque == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no memory for the picture");
    return NULL;
  }
  if (!gdk_pixbuf_save_to_buffer (opaque, &buffer, &length, "jpeg", error, "quality", JPEG_QUALITY, NULL)) {
    g_prefix_error (error, "writing the picture as JPEG: ");
    return NULL;
  }
  return g_bytes_new_take (buffer, length);
}
