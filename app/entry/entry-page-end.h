/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry-page.h"

/* How the page of a form ends: "completed" or "discarded" is emitted. */

/* From the review: what is still missing is gone to, a doubt asked about. */
void soban_entry_page_complete (SobanEntryPage *self);
/* At once: it can be undone. */
void soban_entry_page_discard (SobanEntryPage *self);

/* What these need of the page: */

/* Goes to the question @path, that is still to be answered. */
void soban_entry_page_show_missing (SobanEntryPage *self, const char *path);
/* While it is being completed Next is out of reach. */
void soban_entry_page_set_busy (SobanEntryPage *self, gboolean busy);
gboolean soban_entry_page_is_busy (SobanEntryPage *self);
void soban_entry_page_show_error (SobanEntryPage *self, const GError *error);
