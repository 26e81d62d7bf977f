/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/about.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "compat/dialog-size.h"
#include "compat/wrap-labels.h"

static void
append_line (GtkWidget *box, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  if (class != NULL) {
    gtk_widget_add_css_class (label, class);
  }
  gtk_box_append (GTK_BOX (box), label);
}

static GtkWidget *
new_page (void)
{
  g_autofree char *version = g_strdup_printf (_("Version %s"), SOBAN_VERSION);
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "soban-ledger-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), "Sổ Bản");
  adw_status_page_set_description (ADW_STATUS_PAGE (page),
                                   _("The village ledger: records what the teams of Project 8 do, also without a signal."));
  append_line (box, version, "section-title");
  append_line (box, _("Free software: everybody may use it, look into it, share it and change it under the GNU General Public License, "
                      "version 3 or later."),
               NULL);
  append_line (box, "© 2026 Sổ Bản", "dim-label");
  adw_status_page_set_child (ADW_STATUS_PAGE (page), box);
  gtk_widget_set_vexpand (page, TRUE);
  return page;
}

/* AdwAboutWindow has texts that are not translated and does not fit a small tablet with large type. */
void
soban_about_show (GtkWindow *parent)
{
  GtkWidget *about = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *title = adw_window_title_new (_("About this program"), NULL);

  adw_header_bar_set_decoration_layout (ADW_HEADER_BAR (header), ":close");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), title);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), new_page ());
  adw_window_set_content (ADW_WINDOW (about), box);
  soban_wrap_labels (about);
  gtk_window_set_title (GTK_WINDOW (about), _("About this program"));
  soban_dialog_set_size (GTK_WINDOW (about), parent);
  soban_dialog_close_by_escape (GTK_WINDOW (about));
  gtk_window_set_modal (GTK_WINDOW (about), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (about), parent);
  gtk_window_present (GTK_WINDOW (about));
}
