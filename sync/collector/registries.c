/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "registries.h"

#include <string.h>

#include "base/bytes.h"

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

SobanRegistries *
soban_registries_new (const SobanReference *reference)
{
  SobanRegistries *self = g_new0 (SobanRegistries, 1);
  const GPtrArray *entries = soban_form_library_list (reference->forms);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (" ");
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (entry->kind == SOBAN_FORM_REGISTRY)
      g_ptr_array_add (ids, (gpointer) entry->id);
  }
  g_ptr_array_sort (ids, compare_texts);
  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index (ids, i);

    g_string_append_printf (text, "%s ", id);
    g_string_append_printf (lines, "%s\n", id);
  }
  self->check = soban_crc32c (0, (const guint8 *) lines->str, lines->len);
  self->ids = g_string_free (g_steal_pointer (&text), FALSE);
  return self;
}

void
soban_registries_free (SobanRegistries *self)
{
  if (self == NULL)
    return;
  g_free (self->ids);
  g_free (self);
}
