/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * soban_picture_decode:
 * @side_px_max: the longer side of what is returned
 *
 * Reads a picture and makes it no larger than wanted, upright (the EXIF orientation is applied). The memory is bounded: a JPEG is
 * decoded at an eighth of its size or more, what cannot be decoded small is refused when it is too large. Any thread.
 *
 * Errors of G_IO_ERROR: NOT_SUPPORTED (no picture that this machine knows), INVALID_DATA (damaged or cut), MESSAGE_TOO_LARGE; else those of
 * the stream.
 *
 * Returns: (transfer full)
 */
GdkPixbuf *soban_picture_decode (GInputStream *stream, int side_px_max, GError **error);
/* (transfer full): the same for drawing. */
GdkTexture *soban_picture_decode_texture (GBytes *bytes, int side_px_max, GError **error);
/* (transfer full): a JPEG of @picture without any of the information that a camera adds; what is transparent becomes white. */
GBytes *soban_picture_encode (GdkPixbuf *picture, GError **error);
