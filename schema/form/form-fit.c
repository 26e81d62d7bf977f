/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form/form-fit.h"

#include "form/form-instance-private.h"

#include <string.h>

void
soban_misfit_free (SobanMisfit *misfit)
{
  if (misfit == NULL)
    return;
  g_free (misfit->path);
  g_free (misfit->label);
  g_free (misfit->value);
  g_free (misfit);
}

/* Whether the brackets in @path stand where @element has its repeats. */
static gboolean
has_same_repeats (const SobanElement *element, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  for (guint i = g_strv_length (names); i > 0 && element != NULL; i--, element = element->parent)
    if (element->is_repeat != (strchr (names[i - 1], '[') != NULL))
      return FALSE;
  return TRUE;
}

static gboolean
has_choice (const SobanBodyItem *item, const char *value)
{
  for (guint i = 0; i < item->choices->len; i++) {
    const SobanBodyChoice *choice = g_ptr_array_index (item->choices, i);
    if (g_str_equal (choice->value, value))
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_choices (const SobanBodyItem *item, const char *value)
{
  if (item == NULL || !soban_body_item_is_select (item) || item->itemset != NULL || item->choices->len == 0)
    return TRUE;
  if (item->control == SOBAN_CONTROL_SELECT1)
    return has_choice (item, value);
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !has_choice (item, words[i]))
      return FALSE;
  return TRUE;
}

static gboolean
fits (const SobanForm *form, const char *path, const char *value, SobanMisfitReason *ret_reason)
{
  const SobanElement *element = soban_form_find_field (form, path);
  if (element == NULL || !soban_element_is_leaf (element) || !has_same_repeats (element, path)) {
    *ret_reason = SOBAN_MISFIT_GONE;
    return FALSE;
  }
  if (!soban_value_fits (element->type, value)) {
    *ret_reason = SOBAN_MISFIT_TYPE;
    return FALSE;
  }
  *ret_reason = SOBAN_MISFIT_CHOICE;
  return has_choices (element->item, value);
}

typedef struct {
  guint order;
  SobanMisfit *misfit;
} Found;

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *left = a, *right = b;
  if (left->order != right->order)
    return left->order < right->order ? -1 : 1;
  return strcmp (left->misfit->path, right->misfit->path);
}

GPtrArray *
soban_form_list_misfits (const SobanForm *from, const SobanForm *to, const SobanFieldMap *fields)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  GPtrArray *misfits = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_misfit_free);
  for (guint i = 0; i < soban_field_map_size (fields); i++) {
    const char *path = NULL, *value = NULL;
    soban_field_map_nth (fields, i, &path, &value);
    SobanMisfitReason reason;
    if (path[0] == '.' || *value == '\0' || !soban_form_is_answered (from, path) || fits (to, path, value, &reason))
      continue;
    const char *label = soban_form_get_field_label (from, path);
    Found one = { soban_form_get_field_order (from, path), g_new0 (SobanMisfit, 1) };
    one.misfit->reason = reason;
    one.misfit->path = g_strdup (path);
    one.misfit->label = g_strdup (label != NULL ? label : "");
    one.misfit->value = g_strdup (value);
    g_array_append_val (found, one);
  }
  g_array_sort (found, compare_found);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (misfits, g_array_index (found, Found, i).misfit);
  return misfits;
}
