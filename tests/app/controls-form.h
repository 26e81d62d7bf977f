/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry-page.h"
#include "window.h"

/* The form that has every control, with its pictures and sounds: tests/fixtures/controls/every-control.xml. */
#define CONTROLS_FORM "every_control"

/* As if the collector had published it: @store offers it, and has its files but "lost.png" and "lost.wav". */
void controls_form_publish (SobanStore *store);
/* Begins a new record of it in @window; waits until its first page is there. */
SobanEntryPage *controls_form_open (SobanWindow *window);
/* (transfer full): what its sound "pump.wav" holds. */
GBytes *controls_form_sound (void);
/* (transfer full): a picture as PNG or JPEG ("png", "jpeg"): red in its upper left quarter, else white over green. */
GBytes *controls_form_picture (int width, int height, const char *type);
/* (nullable) (transfer none): the view of the question @path where it is seen now. */
GtkWidget *controls_form_find_view (SobanEntryPage *page, const char *path);
