/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/file-source.h"

#include "base/error.h"
#include "store/attachment-store.h"
#include "store/form-files.h"

SobanFileSource *
soban_file_source_new_for_form (SobanFormInstance *instance, const char *address)
{
  SobanForm *form = soban_form_instance_get_form (instance);
  SobanFileSource *source = g_new0 (SobanFileSource, 1);

  source->form = g_strdup (soban_form_get_id (form));
  source->version = g_strdup (soban_form_get_version (form));
  source->name = g_strdup (address);
  return source;
}

SobanFileSource *
soban_file_source_new_for_attachment (const char *name)
{
  SobanFileSource *source = g_new0 (SobanFileSource, 1);

  source->name = g_strdup (name);
  return source;
}

SobanFileSource *
soban_file_source_copy (const SobanFileSource *source)
{
  SobanFileSource *copy = g_new0 (SobanFileSource, 1);

  copy->form = g_strdup (source->form);
  copy->version = g_strdup (source->version);
  copy->name = g_strdup (source->name);
  return copy;
}

void
soban_file_source_free (SobanFileSource *source)
{
  if (source == NULL) {
    return;
  }
  g_free (source->form);
  g_free (source->version);
  g_free (source->name);
  g_free (source);
}

gboolean
soban_file_source_equal (const SobanFileSource *a, const SobanFileSource *b)
{
  if (a == NULL || b == NULL) {
    return a == b;
  }
  return g_strcmp0 (a->form, b->form) == 0 && g_strcmp0 (a->version, b->version) == 0 && g_str_equal (a->name, b->name);
}

GBytes *
soban_file_source_read (const SobanFileSource *source, SobanStore *store, GError **error)
{
  GError *local = NULL;
  GBytes *bytes;

  if (source->form == NULL) {
    return soban_store_get_attachment (store, source->name, error);
  }
  bytes = soban_store_get_form_file (store, source->form, source->version, source->name, &local);
  if (local != NULL) {
    g_propagate_error (error, local);
    return NULL;
  }
  if (bytes == NULL) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_NOT_FOUND, "the form has no file %s", source->name);
  }
  return bytes;
}
