/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trouble/trouble-page.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/language.h"
#include "base/number-text.h"
#include "trouble/trouble-text.h"

static GtkWidget *
append_button (GtkWidget *box, const char *label, gboolean suggested)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_add_css_class (button, "pill");
  if (suggested) {
    gtk_widget_add_css_class (button, "suggested-action");
  }
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static char *
describe (const GError *error, const char *backup)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autofree char *time = NULL;

  if (backup == NULL) {
    return soban_trouble_text (error);
  }
  file = g_file_new_for_path (backup);
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  time = soban_time_text (
      info == NULL ? 0 : (gint64)g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) * 1000,
      soban_language_get ());
  return g_strdup_printf (_("The ledger's file is damaged. There is a backup of %s on this tablet. The damaged file is kept aside, "
                            "not deleted: what was written after the backup may still be read from it at the commune office."),
                          time);
}

GtkWidget *
soban_trouble_page_new (const GError *error, const char *backup, GCallback on_retry, gpointer data)
{
  gboolean damaged = g_error_matches (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
  const char *offered = damaged ? backup : NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *button;
  g_autofree char *text = describe (error, offered);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "soban-warning-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), soban_trouble_title (error));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), escaped);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  if (offered != NULL) {
    button = append_button (buttons, _("_Restore the backup"), TRUE);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", offered);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.restore");
  }
  if (on_retry != NULL) {
    button = append_button (buttons, _("_Try again"), offered == NULL);
    g_signal_connect_object (button, "clicked", on_retry, data, G_CONNECT_SWAPPED);
  }
  adw_status_page_set_child (ADW_STATUS_PAGE (page), buttons);
  adw_header_bar_set_decoration_layout (ADW_HEADER_BAR (header), ":close");
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), page);
  return box;
}
