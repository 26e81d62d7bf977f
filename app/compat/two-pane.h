/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * SobanTwoPane: a list beside what it opens; where that is too narrow for the letters, folded: one at a time. AdwNavigationSplitView later;
 * AdwLeaflet folds by what its children need at least, in pixels, and a page that is too high at its width unfolds it.
 * Property "folded" (gboolean, read only); told after the layout that has changed it. Folded until the first layout.
 */
#define SOBAN_TYPE_TWO_PANE (soban_two_pane_get_type ())
G_DECLARE_FINAL_TYPE (SobanTwoPane, soban_two_pane, SOBAN, TWO_PANE, GtkWidget)

/* When both are seen, @list has a width that depends on that of both and on the size of the letters only. */
GtkWidget *soban_two_pane_new (GtkWidget *list, GtkWidget *content);
gboolean soban_two_pane_get_folded (SobanTwoPane *self);
void soban_two_pane_show_list (SobanTwoPane *self);
void soban_two_pane_show_content (SobanTwoPane *self);
/* TRUE when folded and the content is seen. */
gboolean soban_two_pane_get_content_alone (SobanTwoPane *self);
