/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "entry/entry.h"

/* A setting turns it on where the tablet can speak. */
gboolean soban_read_aloud_is_wanted (SobanStore *store);
/* (transfer floating): the button that reads the question @path aloud: its words, its hint, and its choices when they are few. */
GtkWidget *soban_read_aloud_new (SobanEntry *entry, const char *path);
