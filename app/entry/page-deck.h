/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "entry/page-sheet.h"

/**
 * SobanPageDeck: the page of a form that is seen, and out of sight the one that Next leads to and the one that Back leads to, so that going
 * there takes one frame:
 *
 * 1. When all is ready there are at most three sheets. One of more than 24 questions or items is neither made ahead nor kept.
 * 2. A page is shown as the answers are when it is shown, whatever was made ahead.
 * 3. What is made ahead waits until nothing was answered for a moment, gives way to everything else that the main loop has to do, and is
 *    done a question or a row at a time: no key press waits longer for it.
 * 4. When memory is short, what is out of sight is let go of.
 */
#define SOBAN_TYPE_PAGE_DECK (soban_page_deck_get_type ())
G_DECLARE_FINAL_TYPE (SobanPageDeck, soban_page_deck, SOBAN, PAGE_DECK, GtkWidget)

/* Before anything else, once. */
void soban_page_deck_set_entry (SobanPageDeck *self, SobanEntry *entry);
/* Shows @page as it stands now; NULL = the review. */
void soban_page_deck_show (SobanPageDeck *self, const SobanPage *page);
/* @pages as they stand now; @next, @previous: indexes, or SOBAN_PAGE_REVIEW, SOBAN_PAGE_NONE. After each show and each change. */
void soban_page_deck_expect (SobanPageDeck *self, GPtrArray *pages, guint next, guint previous);
/* The first question of the page seen that takes the keyboard; FALSE when none does. */
gboolean soban_page_deck_focus_first (SobanPageDeck *self);
/* Whether all is done that is done ahead. */
gboolean soban_page_deck_is_ready (SobanPageDeck *self);
/* The page that is seen; NULL before the first. */
SobanPageSheet *soban_page_deck_get_seen (SobanPageDeck *self); /* (transfer none) (nullable) */
