/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "entry/entry.h"
#include "entry/page-view.h"

/**
 * SobanPageSheet: one page of a form as it is seen: its questions and those folded below them, or the list of a repeat, or the review. It can
 * be made, measured and laid out before it is seen, a piece at a time. What is tapped in it becomes an action: entry.item(instance path),
 * entry.answer(question path), entry.details.
 */
#define SOBAN_TYPE_PAGE_SHEET (soban_page_sheet_get_type ())
G_DECLARE_FINAL_TYPE (SobanPageSheet, soban_page_sheet, SOBAN, PAGE_SHEET, GtkWidget)

/* @page: NULL = the review. Empty until it is shown or prepared; hidden. */
GtkWidget *soban_page_sheet_new (SobanEntry *entry, const SobanPage *page);
/* Whether it is the sheet of @page (NULL = of the review). */
gboolean soban_page_sheet_is_of (SobanPageSheet *self, const SobanPage *page);
/* Shows @page as it stands now. */
void soban_page_sheet_show (SobanPageSheet *self, const SobanPage *page);
/* It is not seen any more, and to be prepared for when it is again. */
void soban_page_sheet_hide (SobanPageSheet *self);
/* The answers, or its width, are others now: it is to be prepared anew. */
void soban_page_sheet_spoil (SobanPageSheet *self);

typedef enum {
  SOBAN_SHEET_UNFINISHED,
  SOBAN_SHEET_WAITS, /* until a frame is drawn: GTK gives new widgets their style then, and forgets what was measured before */
  SOBAN_SHEET_READY,
} SobanSheetState;
/* Does one piece of what showing @page will need, at @width px. */
SobanSheetState soban_page_sheet_prepare (SobanPageSheet *self, const SobanPage *page, int width);
/* The frame was drawn. */
void soban_page_sheet_go_on (SobanPageSheet *self);
/* FALSE: what is measured of it now is forgotten in the next frame, when it gets its style. */
gboolean soban_page_sheet_is_styled (SobanPageSheet *self);
void soban_page_sheet_set_styled (SobanPageSheet *self);
SobanPageView *soban_page_sheet_get_view (SobanPageSheet *self); /* (transfer none) (nullable): its questions */
