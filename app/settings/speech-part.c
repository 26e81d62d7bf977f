/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/speech-part.h"

#include <glib/gi18n-lib.h>

#include "media/speech.h"
#include "store/settings.h"
#include "trouble/trouble-text.h"

typedef struct {
  GtkWidget *widget;
  gboolean wanted;
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->widget);
  g_free (choice);
}

static gboolean
run_set (SobanStore *store, gpointer data, GError **error)
{
  return soban_store_set_setting (store, SOBAN_SETTING_READ_ALOUD, ((const Choice *)data)->wanted ? "1" : "", error);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  Choice *choice = data;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_widget_activate_action (choice->widget, "win.tell", "s", sentence);
  }
  choice_free (choice);
}

static void
on_switched (GtkSwitch *widget, GParamSpec *property, SobanStore *store)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->widget = g_object_ref (GTK_WIDGET (widget));
  choice->wanted = gtk_switch_get_active (widget);
  soban_store_run_async (store, run_set, choice, NULL, NULL, on_set, choice);
}

GtkWidget *
soban_speech_part_new (SobanStore *store)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *wanted = gtk_switch_new ();
  g_autofree char *value = soban_store_get_setting (store, SOBAN_SETTING_READ_ALOUD);
  gboolean installed = soban_speech_is_installed ();

  gtk_switch_set_active (GTK_SWITCH (wanted), g_strcmp0 (value, "1") == 0);
  gtk_widget_set_valign (wanted, GTK_ALIGN_CENTER);
  g_signal_connect_object (wanted, "notify::active", G_CALLBACK (on_switched), store, 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Read questions aloud"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), installed ? _("A button at each question reads it aloud.")
                                                               : _("No voice is installed on this tablet. Ask whoever looks after it."));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), wanted);
  /* The sentence that says what is missing is to be read. */
  if (installed) {
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), wanted);
  }
  gtk_widget_set_sensitive (wanted, installed);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return group;
}
