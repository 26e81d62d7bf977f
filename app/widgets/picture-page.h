/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "media/file-source.h"

/* SobanPicturePage: one picture as large as the window. Back: the action win.back, or Escape. */
#define SOBAN_TYPE_PICTURE_PAGE (soban_picture_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanPicturePage, soban_picture_page, SOBAN, PICTURE_PAGE, AdwBin)

GtkWidget *soban_picture_page_new (SobanStore *store, const SobanFileSource *source, const char *title);
