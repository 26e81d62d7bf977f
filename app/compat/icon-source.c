/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/icon-source.h"

#include <gtk/gtk.h>

#define ICONS "/org/soban/Soban/icons"

void
soban_icon_source_use_own (GdkDisplay *display)
{
  const char *const nowhere[] = { NULL };
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (display);

  gtk_icon_theme_set_search_path (theme, nowhere);
  gtk_icon_theme_add_resource_path (theme, ICONS);
}

void
soban_icon_source_use_all (GdkDisplay *display)
{
  const char *const *folders = g_get_system_data_dirs ();
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (display);
  g_auto (GStrv) paths = gtk_icon_theme_get_search_path (theme);

  if (paths != NULL && *paths != NULL) {
    return;
  }
  for (guint i = 0; folders[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (folders[i], "icons", NULL);

    gtk_icon_theme_add_search_path (theme, path);
  }
}
