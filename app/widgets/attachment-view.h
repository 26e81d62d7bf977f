/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "store/store.h"

/**
 * SobanAttachmentView: the file that an answer names: a photo as a picture that a tap opens larger, any other file in a line with its kind and size. One
 * that is on another tablet is said to be there.
 */
#define SOBAN_TYPE_ATTACHMENT_VIEW (soban_attachment_view_get_type ())
G_DECLARE_FINAL_TYPE (SobanAttachmentView, soban_attachment_view, SOBAN, ATTACHMENT_VIEW, GtkBox)

/* @side_max: of a picture, in units of the screen */
GtkWidget *soban_attachment_view_new (SobanStore *store, int side_max);
/**
 * soban_attachment_view_show:
 * @name: the answer
 * @alt: what it belongs to, for who cannot see it
 * @title: (nullable): the name that the file had when it was chosen, where that is known
 */
void soban_attachment_view_show (SobanAttachmentView *self, const char *name, const char *alt, const char *title);
