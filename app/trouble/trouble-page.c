/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trouble/trouble-page.h"

#include <glib/gi18n-lib.h>

#include "trouble/trouble-text.h"

GtkWidget *
soban_trouble_page_new (const GError *error, GCallback on_retry, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *retry;
  g_autofree char *text = soban_trouble_text (error);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "dialog-warning-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), soban_trouble_title (error));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), escaped);
  gtk_widget_set_vexpand (page, TRUE);
  if (on_retry != NULL) {
    retry = gtk_button_new_with_mnemonic (_("_Try again"));
    gtk_widget_set_halign (retry, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (retry, "pill");
    gtk_widget_add_css_class (retry, "suggested-action");
    g_signal_connect_object (retry, "clicked", on_retry, data, G_CONNECT_SWAPPED);
    adw_status_page_set_child (ADW_STATUS_PAGE (page), retry);
  }
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  return box;
}
