/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reference.h"

static gboolean
add_file (GChecksum *checksum, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  g_checksum_update (checksum, (const guchar *) text, length);
  return TRUE;
}

/* Forms and indicators: with other ones the same records give other facts. */
static char *
find_checksum (const SobanReference *self, GError **error)
{
  static const char *const tables[] = { "catalogue.tsv", "indicators.tsv" };
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const GPtrArray *entries = soban_form_library_list (self->forms);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *path = g_build_filename (self->data_dir, "forms", tables[i], NULL);

    if (!add_file (checksum, path, error))
      return NULL;
  }
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    g_autofree char *name = g_strconcat (entry->id, ".xml", NULL);
    g_autofree char *path = g_build_filename (self->data_dir, "forms", name, NULL);

    if (!add_file (checksum, path, error))
      return NULL;
  }
  return g_strdup (g_checksum_get_string (checksum));
}

SobanReference *
soban_reference_load (const char *data_dir, const char *locale_dir, GError **error)
{
  g_autoptr (SobanReference) self = g_new0 (SobanReference, 1);
  g_autoptr (GError) missing = NULL;

  self->data_dir = g_strdup (data_dir);
  self->units = soban_unit_table_load (data_dir, error);
  if (self->units == NULL)
    return NULL;
  self->forms = soban_form_library_load (data_dir, error);
  if (self->forms == NULL)
    return NULL;
  self->indicators = soban_indicator_set_load (data_dir, error);
  if (self->indicators == NULL || (self->checksum = find_checksum (self, error)) == NULL)
    return NULL;
  self->english = soban_catalogue_load (locale_dir, "en", error);
  if (self->english == NULL)
    return NULL;
  /* Figures in English are better than none. */
  self->vietnamese = soban_catalogue_load (locale_dir, "vi", &missing);
  if (self->vietnamese == NULL)
    g_warning ("The Vietnamese texts are missing, English ones stand in: %s", missing->message);
  return g_steal_pointer (&self);
}

void
soban_reference_free (SobanReference *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->units, soban_unit_table_free);
  g_clear_pointer (&self->forms, soban_form_library_unref);
  g_clear_pointer (&self->indicators, soban_indicator_set_free);
  g_clear_pointer (&self->vietnamese, soban_catalogue_free);
  g_clear_pointer (&self->english, soban_catalogue_free);
  g_free (self->checksum);
  g_free (self->data_dir);
  g_free (self);
}

const SobanCatalogue *
soban_reference_get_catalogue (const SobanReference *self, const char *language)
{
  if (self->vietnamese == NULL || g_strcmp0 (language, "en") == 0)
    return self->english;
  return self->vietnamese;
}
