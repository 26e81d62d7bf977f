/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form/form-private.h"

static gboolean
is_media_key (const char *key)
{
  static const char *const kinds[] = { "audio ", "image ", "big-image ", "video " };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (key, kinds[i]))
      return TRUE;
  return FALSE;
}

static const char *
get_literal (const SobanText *text)
{
  const SobanTextPart *part = text->parts->len == 1 ? g_ptr_array_index (text->parts, 0) : NULL;
  return part != NULL && part->xpath == NULL ? part->literal : NULL;
}

static int
compare_addresses (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
soban_form_list_media (const SobanForm *form)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *addresses = g_ptr_array_new ();
  for (guint i = 0; i < form->translations->len; i++) {
    const SobanTranslation *translation = g_ptr_array_index (form->translations, i);
    GHashTableIter iter;
    gpointer key, text;
    g_hash_table_iter_init (&iter, translation->extras);
    while (g_hash_table_iter_next (&iter, &key, &text)) {
      const char *address = is_media_key (key) ? get_literal (text) : NULL;
      if (address != NULL && *address != '\0' && g_hash_table_add (seen, (gpointer) address))
        g_ptr_array_add (addresses, (gpointer) address);
    }
  }
  g_ptr_array_sort (addresses, compare_addresses);
  return addresses;
}
