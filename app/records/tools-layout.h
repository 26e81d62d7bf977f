/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * SobanToolsLayout: what is searched and filtered with (first child, a GtkScrolledWindow) above the list (second child). The tools have the height
 * they want where the list keeps a few lines. Where it does not, an on-screen keyboard or large letters, open tools have all of it, and closed
 * ones what the few lines leave.
 * Property "open" (gboolean): the filters are being chosen.
 */
#define SOBAN_TYPE_TOOLS_LAYOUT (soban_tools_layout_get_type ())
G_DECLARE_FINAL_TYPE (SobanToolsLayout, soban_tools_layout, SOBAN, TOOLS_LAYOUT, GtkLayoutManager)
