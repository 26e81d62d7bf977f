/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* What a person chooses for an `upload` question, made ready to be kept. */

/**
 * soban_upload_read:
 * @mediatype: what the question asks for: "image/", "audio/" or "video/" and anything, or whatever else: any file
 * @ret_extension: (transfer full): "jpg"
 *
 * A picture becomes a JPEG of at most SOBAN_PICTURE_SIDE_PX_MAX pixels on its longer side, upright, without the place, the time and the
 * camera that its maker noted in it (DESIGN 9). Any other file is taken as it is. The file that was chosen is only read. Any thread.
 *
 * Errors of G_IO_ERROR: NOT_SUPPORTED (a picture, sound or film is asked for and this is none), INVALID_DATA (damaged, or empty),
 * MESSAGE_TOO_LARGE; else those of reading the file.
 *
 * Returns: (transfer full): the bytes
 */
GBytes *soban_upload_read (GFile *file, const char *mediatype, char **ret_extension, GError **error);
