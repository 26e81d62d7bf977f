/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "compat/file-pick.h"

#include <glib/gi18n-lib.h>

#include "compat/icon-source.h"

typedef struct {
  GtkWidget *parent; /* (nullable): weak */
  SobanFilePickedFunc func;
  gpointer data;
  gboolean always; /* @func is also told that nothing was chosen */
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
  gboolean chosen = response == GTK_RESPONSE_ACCEPT && pick->parent != NULL;

  if (chosen || pick->always) {
    g_autoptr (GFile) file = chosen ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

    pick->func (file, pick->data);
  }
  /* A native dialog belongs to nobody: its maker keeps it until the answer. */
  g_object_unref (dialog);
}

static void
ask (GtkWidget *parent, const char *title, GtkFileChooserAction action, const char *name, const char *mime, Pick *pick)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  const char *accept = action == GTK_FILE_CHOOSER_ACTION_OPEN ? _("_Open") : action == GTK_FILE_CHOOSER_ACTION_SAVE ? _("_Save") : _("_Choose");
  GtkFileChooserNative *native =
      gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, accept, _("_Cancel"));

  soban_icon_source_use_all (gtk_widget_get_display (parent));
  g_set_weak_pointer (&pick->parent, parent);
  if (name != NULL) {
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (native), name);
  }
  if (mime != NULL) {
    g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

    gtk_file_filter_add_mime_type (filter, mime);
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (native), filter);
  }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  g_signal_connect_data (native, "response", G_CALLBACK (on_response), pick, pick_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (native));
}

static Pick *
new_pick (SobanFilePickedFunc func, gpointer data, gboolean always)
{
  Pick *pick = g_new0 (Pick, 1);

  pick->func = func;
  pick->data = data;
  pick->always = always;
  return pick;
}

void
soban_file_pick (GtkWidget *parent, const char *title, SobanFilePickedFunc func, gpointer data)
{
  soban_file_pick_kind (parent, title, NULL, func, data);
}

void
soban_file_pick_kind (GtkWidget *parent, const char *title, const char *mime, SobanFilePickedFunc func, gpointer data)
{
  ask (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, mime, new_pick (func, data, FALSE));
}

void
soban_file_save (GtkWidget *parent, const char *title, const char *name, SobanFilePickedFunc func, gpointer data)
{
  ask (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, name, NULL, new_pick (func, data, TRUE));
}

void
soban_file_pick_folder (GtkWidget *parent, const char *title, SobanFilePickedFunc func, gpointer data)
{
  ask (parent, title, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL, new_pick (func, data, FALSE));
}
