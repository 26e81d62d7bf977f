/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry.h"

#include <gtk/gtk.h>

#include "entry/question-view.h"

/**
 * SobanPageView: the questions of one page in two boxes of its owner: what must be asked, and folded below it what may
 * be. Keeps the views of questions that stay when an answer makes others come and go, so that focus and typing stay
 * too. Signal "open-picker" (SobanQuestionView).
 */
#define SOBAN_TYPE_PAGE_VIEW (soban_page_view_get_type ())
G_DECLARE_FINAL_TYPE (SobanPageView, soban_page_view, SOBAN, PAGE_VIEW, GObject)

SobanPageView *soban_page_view_new (SobanEntry *entry, GtkBox *core, GtkExpander *expander, GtkBox *more);
void soban_page_view_show (SobanPageView *self, const SobanPage *page);
/* Ahead of showing @page: makes one of its views that is missing; FALSE when none is. */
gboolean soban_page_view_add_one (SobanPageView *self, const SobanPage *page);
/* The page was left: when it is shown again nothing is told that was told then, and no question is asked in a way that fits no more.
 * What stays is shown anew by soban_page_view_show(). */
void soban_page_view_calm (SobanPageView *self);
void soban_page_view_commit (SobanPageView *self);
/* Shows what is wrong on the page and goes to the first of it; FALSE when nothing is. */
gboolean soban_page_view_reveal_problems (SobanPageView *self);
gboolean soban_page_view_has_problem (SobanPageView *self);
/* A doubt that was shown, and nothing that stops completing. */
gboolean soban_page_view_has_only_warnings (SobanPageView *self);
/* Who was shown a doubt and goes on has answered it: it is not asked again. */
void soban_page_view_confirm_warnings (SobanPageView *self);
void soban_page_view_focus_question (SobanPageView *self, const char *path);
/* The first question that takes the keyboard, of those that are not folded; FALSE when none does. */
gboolean soban_page_view_focus_first (SobanPageView *self);
/* (transfer none) (nullable) */
SobanQuestionView *soban_page_view_find (SobanPageView *self, const char *path);
