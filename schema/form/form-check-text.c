/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "form/form-check-private.h"

static gboolean
says_something (const SobanText *text)
{
  for (guint i = 0; i < text->parts->len; i++) {
    const SobanTextPart *part = g_ptr_array_index (text->parts, i);
    if (part->xpath != NULL || (part->literal != NULL && *part->literal != '\0'))
      return TRUE;
  }
  return FALSE;
}

static void
check_text (FormCheck *check, const char *id, const SobanText *text)
{
  for (guint i = 0; i < check->form->translations->len; i++) {
    const SobanTranslation *other = g_ptr_array_index (check->form->translations, i);
    const SobanText *same = g_hash_table_lookup (other->texts, id);
    if (same == NULL || (!says_something (same) && says_something (text)))
      soban_form_check_add (check, FALSE, text->line, "",
                            g_strdup_printf (_ ("the text “%s” has no translation for “%s”"), id, other->language));
  }
}

void
soban_form_check_texts (FormCheck *check)
{
  for (guint i = 0; i < check->form->translations->len; i++) {
    const SobanTranslation *translation = g_ptr_array_index (check->form->translations, i);
    GHashTableIter iter;
    gpointer id, text;
    g_hash_table_iter_init (&iter, translation->texts);
    while (g_hash_table_iter_next (&iter, &id, &text))
      check_text (check, id, text);
  }
}
