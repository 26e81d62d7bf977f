/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "appearance.h"

static AdwColorScheme
find_scheme (const char *name)
{
  if (g_str_equal (name, "light")) {
    return ADW_COLOR_SCHEME_FORCE_LIGHT;
  }
  return g_str_equal (name, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_DEFAULT;
}

void
soban_appearance_apply (SobanPreferences *preferences)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int percent = soban_preferences_get_text_percent (preferences);
  int dpi;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), find_scheme (soban_preferences_get_scheme (preferences)));
  /* A caret that fades in and out keeps the frame clock running, sixty times a second as long as a field has the focus: the battery pays
   * for it, and each key waits for the next tick. */
  g_object_set (settings, "gtk-cursor-blink", FALSE, NULL);
  /* Reset first: what the program set before is not the display's. */
  gtk_settings_reset_property (settings, "gtk-xft-dpi");
  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  if (percent != 100 && dpi > 0) {
    g_object_set (settings, "gtk-xft-dpi", dpi * percent / 100, NULL);
  }
}
