/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/pin-part.h"

#include <glib/gi18n-lib.h>

#include "store/pin.h"

#define SET_KEY "soban-pin-is-set" /* a row's: in which state of the PIN it is shown */

/* Also when the page of the PIN over it has gone. */
static void
on_map (GtkWidget *group, SobanStore *store)
{
  gboolean has_pin = soban_store_has_pin (store);
  GPtrArray *rows = g_object_get_data (G_OBJECT (group), "soban-rows");

  for (guint i = 0; i < rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (rows, i);

    gtk_widget_set_visible (row, (g_object_get_data (G_OBJECT (row), SET_KEY) != NULL) == has_pin);
  }
}

static void
add_row (GtkWidget *group, gboolean when_set, const char *title, const char *subtitle, const char *action)
{
  GtkWidget *row = adw_action_row_new ();

  g_object_set (row, "use-markup", FALSE, "title", title, "subtitle", subtitle, "activatable", TRUE, NULL);
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (row), action);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data (G_OBJECT (row), SET_KEY, when_set ? row : NULL);
  g_ptr_array_add (g_object_get_data (G_OBJECT (group), "soban-rows"), row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

GtkWidget *
soban_pin_part_new (SobanStore *store)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("PIN"));
  g_object_set_data_full (G_OBJECT (group), "soban-rows", g_ptr_array_new (), (GDestroyNotify)g_ptr_array_unref);
  add_row (group, FALSE, _("Set a PIN"), _("It is asked for when the program opens, and after a minute without a touch."), "win.pin(false)");
  add_row (group, TRUE, _("Lock now"), _("The tablet also locks itself after a minute without a touch."), "win.lock");
  add_row (group, TRUE, _("Change the PIN"), "", "win.pin(false)");
  add_row (group, TRUE, _("Take the PIN away"), "", "win.pin(true)");
  g_signal_connect_object (group, "map", G_CALLBACK (on_map), store, 0);
  on_map (group, store);
  return group;
}
