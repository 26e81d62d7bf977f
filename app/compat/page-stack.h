/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * SobanPageStack: pages one above the other; the top one is seen. On newer libadwaita this becomes AdwNavigationView.
 * Pages change without animation: a slide of the whole window costs a weak tablet a quarter of a second.
 */
#define SOBAN_TYPE_PAGE_STACK (soban_page_stack_get_type ())
G_DECLARE_FINAL_TYPE (SobanPageStack, soban_page_stack, SOBAN, PAGE_STACK, AdwBin)

GtkWidget *soban_page_stack_new (void);
void soban_page_stack_push (SobanPageStack *self, GtkWidget *page);
/* Takes the top page away; FALSE when it is the last one. */
gboolean soban_page_stack_pop (SobanPageStack *self);
/* Takes @page away, wherever it stands; nothing when it has gone already. */
void soban_page_stack_remove (SobanPageStack *self, GtkWidget *page);
/* Takes every page away that stands above the first one. */
void soban_page_stack_pop_to_first (SobanPageStack *self);
/* Takes all pages away. */
void soban_page_stack_clear (SobanPageStack *self);
GtkWidget *soban_page_stack_get_top (SobanPageStack *self); /* (nullable) (transfer none) */
guint soban_page_stack_get_depth (SobanPageStack *self);
GtkWidget *soban_page_stack_get_nth (SobanPageStack *self, guint index); /* (transfer none) */
