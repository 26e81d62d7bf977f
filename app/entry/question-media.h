/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "entry/entry.h"

/* What a form shows beside its words: at a question and at a choice. */

gboolean soban_media_is_empty (const SobanMedia *media);
/* (transfer full): changes whenever what is shown changes. */
char *soban_media_make_signature (const SobanMedia *media);

/* (transfer floating) (nullable): the picture of @media; @name: what it belongs to, for who cannot see it; @side_max: in units of the screen. */
GtkWidget *soban_media_picture_new (SobanEntry *entry, const SobanMedia *media, const char *name, int side_max);
/* (transfer floating) (nullable): the button that plays the sound of @media; @text: (nullable): what stands on it */
GtkWidget *soban_media_sound_new (SobanEntry *entry, const SobanMedia *media, const char *text, const char *name);
/* (transfer floating) (nullable): everything of @question below its hint: picture, sound, that there is a film, the longer explanation. */
GtkWidget *soban_question_media_new (SobanEntry *entry, const SobanQuestion *question);
