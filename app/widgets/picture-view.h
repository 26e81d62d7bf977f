/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "media/file-source.h"

/**
 * SobanPictureView: a picture of a form or of a record, read and decoded on a worker no larger than it is seen. One that is not here, or
 * cannot be shown, is said in words. With a larger one a tap opens it on a page of its own.
 */
#define SOBAN_TYPE_PICTURE_VIEW (soban_picture_view_get_type ())
G_DECLARE_FINAL_TYPE (SobanPictureView, soban_picture_view, SOBAN, PICTURE_VIEW, GtkBox)

/* @side_max: of the picture, in units of the screen */
GtkWidget *soban_picture_view_new (SobanStore *store, int side_max);
/* @larger: (nullable): what a tap opens; @alt: what it shows, for who cannot see it. The same again changes nothing. */
void soban_picture_view_show (SobanPictureView *self, const SobanFileSource *source, const SobanFileSource *larger, const char *alt);
