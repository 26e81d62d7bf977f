/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/about.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "compat/icon-source.h"

void
soban_about_show (GtkWindow *parent)
{
  GtkWidget *about = adw_about_window_new ();

  soban_icon_source_use_all (gtk_widget_get_display (about));
  g_object_set (about, "application-name", "Sổ Bản", "application-icon", "org.soban.Soban", "version", SOBAN_VERSION,
                "comments", _("The village ledger: records what the teams of Project 8 do, also without a signal."),
                "license-type", GTK_LICENSE_GPL_3_0, "copyright", "© 2026 Sổ Bản", NULL);
  gtk_window_set_modal (GTK_WINDOW (about), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (about), parent);
  gtk_window_present (GTK_WINDOW (about));
}
