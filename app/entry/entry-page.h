/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "entry/entry.h"

/**
 * SobanEntryPage: the pages of one form, Next and Back always in view, the review behind the last page.
 * Signals: "completed", "discarded".
 */
#define SOBAN_TYPE_ENTRY_PAGE (soban_entry_page_get_type ())
G_DECLARE_FINAL_TYPE (SobanEntryPage, soban_entry_page, SOBAN, ENTRY_PAGE, AdwBin)

GtkWidget *soban_entry_page_new (SobanEntry *entry);
SobanEntry *soban_entry_page_get_entry (SobanEntryPage *self); /* (transfer none) */
/* Takes over what is being typed, the word in the input method included. */
void soban_entry_page_commit (SobanEntryPage *self);
/* Next: the first time on a page with something wrong it says so, the second time it goes on. On the review: completes.
 */
void soban_entry_page_next (SobanEntryPage *self);
void soban_entry_page_back (SobanEntryPage *self);
/* Whether the pages that Next and Back lead to stand ready (page-deck.h). */
gboolean soban_entry_page_is_ready (SobanEntryPage *self);
gboolean soban_entry_page_is_review (SobanEntryPage *self);
void soban_entry_page_show_review (SobanEntryPage *self);
/* Shows the page with the question @path. */
void soban_entry_page_show_question (SobanEntryPage *self, const char *path);
/* Brings the repeat's instance back that was removed last; FALSE: there is none. */
gboolean soban_entry_page_undo_removal (SobanEntryPage *self);
