/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/file-pick.h"

#include <glib/gi18n-lib.h>

#include "compat/icon-source.h"

typedef struct {
  GtkWidget *parent; /* (nullable): weak */
  SobanFilePickedFunc func;
  gpointer data;
} Pick;

static void
pick_free (gpointer data, GClosure *closure)
{
  Pick *pick = data;

  g_clear_weak_pointer (&pick->parent);
  g_free (pick);
}

static void
on_response (GtkNativeDialog *dialog, int response, Pick *pick)
{
  if (response == GTK_RESPONSE_ACCEPT && pick->parent != NULL) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    pick->func (file, pick->data);
  }
  /* A native dialog belongs to nobody: its maker keeps it until the answer. */
  g_object_unref (dialog);
}

void
soban_file_pick (GtkWidget *parent, const char *title, SobanFilePickedFunc func, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkFileChooserNative *native = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), _("_Cancel"));
  Pick *pick = g_new0 (Pick, 1);

  soban_icon_source_use_all (gtk_widget_get_display (parent));
  g_set_weak_pointer (&pick->parent, parent);
  pick->func = func;
  pick->data = data;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  g_signal_connect_data (native, "response", G_CALLBACK (on_response), pick, pick_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (native));
}
