/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/settings-page.h"

#include <glib/gi18n-lib.h>

#include "appearance.h"
#include "base/language.h"
#include "base/unit-table.h"
#include "settings/backup-part.h"
#include "settings/pin-part.h"
#include "settings/speech-part.h"
#include "settings/start-part.h"
#include "settings/storage-part.h"
#include "store/settings.h"
#include "trouble/trouble-text.h"

struct _SobanSettingsPage {
  AdwBin parent_instance;

  AdwPreferencesPage *page;
  GtkEditable *person;
  AdwActionRow *commune;
  GtkCheckButton *vi;
  GtkCheckButton *en;
  AdwComboRow *text_size;
  AdwComboRow *scheme;
  GtkSwitch *high_contrast;
  AdwComboRow *drawing;

  SobanStore *store;
  SobanPreferences *preferences;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SobanSettingsPage, soban_settings_page, ADW_TYPE_BIN)

typedef struct {
  char *person;
  char *commune; /* (nullable): full name */
} Settings;

typedef struct {
  SobanSettingsPage *self;
  Settings *settings;
} Answer;

static void
settings_free (gpointer data)
{
  Settings *settings = data;

  g_free (settings->person);
  g_free (settings->commune);
  g_free (settings);
}

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Settings *settings = data;
  g_autofree char *uid = soban_store_get_setting (store, SOBAN_SETTING_COMMUNE);
  g_autoptr (SobanUnitTable) units = NULL;
  const SobanUnit *unit;

  settings->person = soban_store_get_setting (store, SOBAN_SETTING_PERSON);
  if (uid == NULL) {
    return TRUE;
  }
  units = soban_unit_table_load (soban_data_dir (), error);
  if (units == NULL) {
    return FALSE;
  }
  unit = soban_unit_table_find (units, uid);
  settings->commune = unit == NULL ? g_strdup (uid) : g_strdup_printf ("%s, %s", unit->full_name, unit->context);
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Answer *answer = data;
  g_autoptr (SobanSettingsPage) self = answer->self;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_message ("Reading the settings: %s", error->message);
  }
  if (self->store != NULL) {
    self->showing = TRUE;
    gtk_editable_set_text (self->person, answer->settings->person == NULL ? "" : answer->settings->person);
    adw_action_row_set_subtitle (self->commune,
                                 answer->settings->commune == NULL ? _("Not chosen yet") : answer->settings->commune);
    self->showing = FALSE;
  }
  settings_free (answer->settings);
}

static gboolean
run_set_person (SobanStore *store, gpointer data, GError **error)
{
  return soban_store_set_setting (store, SOBAN_SETTING_PERSON, data, error);
}

static void
on_person_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanSettingsPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", sentence);
  }
}

static void
on_person_apply (SobanSettingsPage *self)
{
  char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->person)));

  soban_store_run_async (self->store, run_set_person, name, g_free, NULL, on_person_set, g_object_ref (self));
}

static void
on_language_toggled (SobanSettingsPage *self)
{
  if (!self->showing) {
    g_signal_emit_by_name (self, "language", gtk_check_button_get_active (self->vi) ? "vi" : "en");
  }
}

static const int TEXT_PERCENTS[] = { 100, 125, 150, 200 };
static const char *const SCHEMES[] = { "system", "light", "dark" };

static void
on_appearance_changed (SobanSettingsPage *self)
{
  guint size = adw_combo_row_get_selected (self->text_size), scheme = adw_combo_row_get_selected (self->scheme);

  if (self->showing || self->preferences == NULL || size >= G_N_ELEMENTS (TEXT_PERCENTS) || scheme >= G_N_ELEMENTS (SCHEMES)) {
    return;
  }
  soban_preferences_set_text_percent (self->preferences, TEXT_PERCENTS[size]);
  soban_preferences_set_scheme (self->preferences, SCHEMES[scheme]);
  soban_appearance_apply (self->preferences);
}

static void
on_high_contrast_switched (SobanSettingsPage *self)
{
  if (!self->showing) {
    gtk_widget_activate_action (GTK_WIDGET (self), "win.high-contrast", "b", gtk_switch_get_active (self->high_contrast));
  }
}

static void
show_appearance (SobanSettingsPage *self)
{
  gtk_switch_set_active (self->high_contrast, soban_preferences_get_high_contrast (self->preferences));
  for (guint i = 0; i < G_N_ELEMENTS (TEXT_PERCENTS); i++) {
    if (TEXT_PERCENTS[i] <= soban_preferences_get_text_percent (self->preferences)) {
      adw_combo_row_set_selected (self->text_size, i);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (SCHEMES); i++) {
    if (g_str_equal (SCHEMES[i], soban_preferences_get_scheme (self->preferences))) {
      adw_combo_row_set_selected (self->scheme, i);
    }
  }
}

static const char *const DRAWINGS[] = { "auto", "processor", "graphics" };

static void
on_drawing_changed (SobanSettingsPage *self)
{
  guint drawing = adw_combo_row_get_selected (self->drawing);

  if (!self->showing && drawing < G_N_ELEMENTS (DRAWINGS)) {
    soban_preferences_set_drawing (self->preferences, DRAWINGS[drawing]);
  }
}

static void
show_drawing (SobanSettingsPage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (DRAWINGS); i++) {
    if (g_str_equal (DRAWINGS[i], soban_preferences_get_drawing (self->preferences))) {
      adw_combo_row_set_selected (self->drawing, i);
    }
  }
}

static void
soban_settings_page_dispose (GObject *object)
{
  SobanSettingsPage *self = SOBAN_SETTINGS_PAGE (object);

  g_clear_object (&self->store);
  g_clear_object (&self->preferences);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_SETTINGS_PAGE);
  G_OBJECT_CLASS (soban_settings_page_parent_class)->dispose (object);
}

static void
soban_settings_page_class_init (SobanSettingsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_settings_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/settings/settings-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, page);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, person);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, commune);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, vi);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, en);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, text_size);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, scheme);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, high_contrast);
  gtk_widget_class_bind_template_child (widget_class, SobanSettingsPage, drawing);
  gtk_widget_class_bind_template_callback (widget_class, on_person_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_language_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_appearance_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_high_contrast_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_drawing_changed);
  g_signal_new ("language", SOBAN_TYPE_SETTINGS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

static void
soban_settings_page_init (SobanSettingsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
soban_settings_page_new (SobanStore *store, SobanPreferences *preferences)
{
  SobanSettingsPage *self = g_object_new (SOBAN_TYPE_SETTINGS_PAGE, NULL);
  Answer *answer = g_new0 (Answer, 1);

  self->store = g_object_ref (store);
  self->preferences = g_object_ref (preferences);
  self->showing = TRUE;
  gtk_check_button_set_active (g_str_equal (soban_language_get (), "vi") ? self->vi : self->en, TRUE);
  show_appearance (self);
  show_drawing (self);
  self->showing = FALSE;
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (soban_start_part_new (store)));
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (soban_pin_part_new (store)));
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (soban_storage_part_new (store)));
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (soban_speech_part_new (store)));
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (soban_backup_part_new (store)));
  answer->self = g_object_ref (self);
  answer->settings = g_new0 (Settings, 1);
  soban_store_run_async (store, run_reading, answer->settings, NULL, NULL, on_read, answer);
  return GTK_WIDGET (self);
}
