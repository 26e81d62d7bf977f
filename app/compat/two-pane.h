/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * SobanTwoPane: a list beside what it opens; folded, one at a time. AdwLeaflet here, AdwNavigationSplitView later.
 * Property "folded" (gboolean, read only).
 */
#define SOBAN_TYPE_TWO_PANE (soban_two_pane_get_type ())
G_DECLARE_FINAL_TYPE (SobanTwoPane, soban_two_pane, SOBAN, TWO_PANE, AdwBin)

/* @list keeps its natural width when both are seen, @content takes the rest. */
GtkWidget *soban_two_pane_new (GtkWidget *list, GtkWidget *content);
gboolean soban_two_pane_get_folded (SobanTwoPane *self);
void soban_two_pane_show_list (SobanTwoPane *self);
void soban_two_pane_show_content (SobanTwoPane *self);
/* TRUE when folded and the content is seen. */
gboolean soban_two_pane_get_content_alone (SobanTwoPane *self);
