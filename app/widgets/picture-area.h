/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * SobanPictureArea: draws a texture in its own size or, where there is less room, smaller, in its proportions. Unlike GtkPicture
 * it asks for the height that it needs, so that a page that scrolls leaves it that.
 */
#define SOBAN_TYPE_PICTURE_AREA (soban_picture_area_get_type ())
G_DECLARE_FINAL_TYPE (SobanPictureArea, soban_picture_area, SOBAN, PICTURE_AREA, GtkWidget)

GtkWidget *soban_picture_area_new (void);
/* @density: pixels of @texture to one of the screen's units; @alt: what it shows, for a screen reader. */
void soban_picture_area_show (SobanPictureArea *self, GdkTexture *texture, int density, const char *alt);
GdkTexture *soban_picture_area_get_texture (SobanPictureArea *self); /* (nullable) (transfer none) */
