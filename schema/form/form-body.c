/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-body.h"

#include <string.h>

void
soban_body_item_free (SobanBodyItem *item)
{
  if (item == NULL)
    return;
  g_clear_pointer (&item->children, g_ptr_array_unref);
  g_clear_pointer (&item->label, soban_text_free);
  g_clear_pointer (&item->hint, soban_text_free);
  g_free (item->appearance);
  g_free (item->mediatype);
  g_clear_pointer (&item->choices, g_ptr_array_unref);
  g_clear_pointer (&item->itemset, soban_itemset_free);
  g_free (item);
}

gboolean
soban_body_item_has_appearance (const SobanBodyItem *item, const char *word)
{
  gsize length = strlen (word);
  for (const char *at = strstr (item->appearance, word); at != NULL; at = strstr (at + 1, word))
    if ((at == item->appearance || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
      return TRUE;
  return FALSE;
}

gboolean
soban_body_item_is_select (const SobanBodyItem *item)
{
  return item->control == SOBAN_CONTROL_SELECT1 || item->control == SOBAN_CONTROL_SELECT
         || item->control == SOBAN_CONTROL_RANK;
}
