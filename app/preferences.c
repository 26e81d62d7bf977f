/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences.h"

#include <gio/gio.h>

#define SCHEMA_ID "org.soban.Soban"
#define DEFAULT_WIDTH 900
#define DEFAULT_HEIGHT 640

struct _SobanPreferences {
  GObject parent_instance;

  GSettings *settings; /* (nullable): no schema installed */
  char *language;
  char *drawing;
  int text_percent;
  char *scheme;
  gboolean high_contrast;
  int width, height;
};

G_DEFINE_FINAL_TYPE (SobanPreferences, soban_preferences, G_TYPE_OBJECT)

/* g_settings_new() aborts the program when the schema is missing, so it is looked up first. */
static GSettings *
find_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source == NULL) {
    return NULL;
  }
  schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);
  return schema == NULL ? NULL : g_settings_new_full (schema, NULL, NULL);
}

/* An older schema than the program may be installed; GSettings aborts on a key that is not there. */
static gboolean
has_key (SobanPreferences *self, const char *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  if (self->settings == NULL) {
    return FALSE;
  }
  g_object_get (self->settings, "settings-schema", &schema, NULL);
  return g_settings_schema_has_key (schema, key);
}

const char *
soban_preferences_get_language (SobanPreferences *self)
{
  return self->language;
}

void
soban_preferences_set_language (SobanPreferences *self, const char *language)
{
  g_free (self->language);
  self->language = g_strdup (language);
  if (self->settings != NULL) {
    g_settings_set_string (self->settings, "language", language);
    g_settings_sync ();
  }
}

const char *
soban_preferences_get_drawing (SobanPreferences *self)
{
  return self->drawing;
}

void
soban_preferences_set_drawing (SobanPreferences *self, const char *drawing)
{
  g_free (self->drawing);
  self->drawing = g_strdup (drawing);
  if (has_key (self, "drawing")) {
    g_settings_set_string (self->settings, "drawing", drawing);
  }
}

int
soban_preferences_get_text_percent (SobanPreferences *self)
{
  return self->text_percent;
}

void
soban_preferences_set_text_percent (SobanPreferences *self, int percent)
{
  self->text_percent = CLAMP (percent, 100, 200);
  if (has_key (self, "text-size")) {
    g_settings_set_int (self->settings, "text-size", self->text_percent);
  }
}

const char *
soban_preferences_get_scheme (SobanPreferences *self)
{
  return self->scheme;
}

void
soban_preferences_set_scheme (SobanPreferences *self, const char *scheme)
{
  g_free (self->scheme);
  self->scheme = g_strdup (scheme);
  if (has_key (self, "color-scheme")) {
    g_settings_set_string (self->settings, "color-scheme", scheme);
  }
}

gboolean
soban_preferences_get_high_contrast (SobanPreferences *self)
{
  return self->high_contrast;
}

void
soban_preferences_set_high_contrast (SobanPreferences *self, gboolean high_contrast)
{
  self->high_contrast = high_contrast;
  if (has_key (self, "high-contrast")) {
    g_settings_set_boolean (self->settings, "high-contrast", high_contrast);
    g_settings_sync ();
  }
}

void
soban_preferences_get_window_size (SobanPreferences *self, int *ret_width, int *ret_height)
{
  *ret_width = self->width;
  *ret_height = self->height;
}

void
soban_preferences_set_window_size (SobanPreferences *self, int width, int height)
{
  if (width <= 0 || height <= 0) {
    return;
  }
  self->width = width;
  self->height = height;
  if (self->settings != NULL) {
    g_settings_set_int (self->settings, "window-width", width);
    g_settings_set_int (self->settings, "window-height", height);
  }
}

static void
soban_preferences_finalize (GObject *object)
{
  SobanPreferences *self = SOBAN_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_free (self->language);
  g_free (self->scheme);
  g_free (self->drawing);
  G_OBJECT_CLASS (soban_preferences_parent_class)->finalize (object);
}

static void
soban_preferences_class_init (SobanPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_preferences_finalize;
}

static void
soban_preferences_init (SobanPreferences *self)
{
  self->settings = find_settings ();
  self->width = DEFAULT_WIDTH;
  self->height = DEFAULT_HEIGHT;
  self->text_percent = has_key (self, "text-size") ? g_settings_get_int (self->settings, "text-size") : 100;
  self->scheme =
      has_key (self, "color-scheme") ? g_settings_get_string (self->settings, "color-scheme") : g_strdup ("system");
  self->high_contrast = has_key (self, "high-contrast")
                            ? g_settings_get_boolean (self->settings, "high-contrast")
                            : g_strcmp0 (g_getenv (SOBAN_HIGH_CONTRAST_VARIABLE), "1") == 0;
  self->drawing = has_key (self, "drawing") ? g_settings_get_string (self->settings, "drawing") : g_strdup ("auto");
  if (self->settings == NULL) {
    self->language = g_strdup ("vi");
    return;
  }
  self->language = g_settings_get_string (self->settings, "language");
  if (g_settings_get_int (self->settings, "window-width") > 0) {
    self->width = g_settings_get_int (self->settings, "window-width");
  }
  if (g_settings_get_int (self->settings, "window-height") > 0) {
    self->height = g_settings_get_int (self->settings, "window-height");
  }
}

SobanPreferences *
soban_preferences_new (void)
{
  return g_object_new (SOBAN_TYPE_PREFERENCES, NULL);
}
