/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "form/choice-index.h"
#include "form/form-check-private.h"

/* The values of one list, as far as they were looked at. */
typedef struct {
  const SobanBodyItem *item;
  GHashTable *seen; /* value -> itself */
} Values;

static void
check_value (FormCheck *check, Values *values, const char *value)
{
  const char *place = values->item->element->field;
  guint line = values->item->line;
  if (value == NULL || *value == '\0') {
    soban_form_check_add (check, FALSE, line, place, g_strdup (_ ("a choice without value: choosing it is no answer")));
    return;
  }
  if (strpbrk (value, " \t\r\n") != NULL)
    soban_form_check_add (check, values->item->control != SOBAN_CONTROL_SELECT1, line, place,
                          g_strdup_printf (_ ("the choice value “%s” has a space in it"), value));
  if (!g_hash_table_add (values->seen, g_strdup (value)))
    soban_form_check_add (check, TRUE, line, place,
                          g_strdup_printf (_ ("the choice value “%s” is there more than once"), value));
}

/* A list whose items are chosen by a filter may have the same value under several parents. */
static void
check_list (FormCheck *check, Values *values, const SobanItemset *itemset, const SobanSecondary *list)
{
  if (itemset->value_name == NULL)
    return;
  g_autoptr (SobanChoiceIndex) index = soban_choice_index_new ();
  const SobanChoiceItems *items = soban_choice_index_items (index, list->tree, itemset->steps, TRUE);
  guint count = soban_choice_items_count (items);
  gboolean is_filtered = itemset->key_name != NULL || itemset->conditions->len > 0 || !itemset->is_indexed;
  g_autoptr (GString) scratch = g_string_new (NULL);
  if (count == 0)
    soban_form_check_add (check, TRUE, values->item->line, values->item->element->field,
                          g_strdup_printf (_ ("the choice list “%s” has no choices"), itemset->instance_id));
  for (guint i = 0; i < count; i++) {
    const char *value = soban_choice_items_text (items, i, itemset->value_name, scratch);
    if (is_filtered)
      g_hash_table_remove_all (values->seen);
    check_value (check, values, value);
  }
}

static void
check_itemset (FormCheck *check, Values *values)
{
  const SobanItemset *itemset = values->item->itemset;
  if (itemset->instance_id == NULL)
    return;
  const SobanSecondary *list = soban_form_find_secondary (check->form, itemset->instance_id);
  if (list == NULL && !g_str_equal (itemset->instance_id, check->form->primary_id)
      && !g_str_equal (itemset->instance_id, check->form->id))
    soban_form_check_add (check, TRUE, values->item->line, values->item->element->field,
                          g_strdup_printf (_ ("the choice list “%s” is missing"), itemset->instance_id));
  else if (list != NULL && list->tree != NULL)
    check_list (check, values, itemset, list);
}

static void
check_choices (FormCheck *check, const SobanBodyItem *item)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Values values = { item, seen };
  if (item->choices->len == 0 && item->itemset == NULL && !item->is_damaged)
    soban_form_check_add (check, TRUE, item->line, item->element->field, g_strdup (_ ("it has no choices")));
  for (guint i = 0; i < item->choices->len; i++) {
    const SobanBodyChoice *choice = g_ptr_array_index (item->choices, i);
    check_value (check, &values, choice->value);
    if (choice->label == NULL && !item->is_damaged)
      soban_form_check_add (check, FALSE, item->line, item->element->field,
                            g_strdup_printf (_ ("the choice “%s” has no label"), choice->value));
  }
  if (item->itemset != NULL)
    check_itemset (check, &values);
}

static gboolean
stands_in (const SobanBodyItem *item, const SobanElement *repeat)
{
  for (item = item->parent; item != NULL; item = item->parent)
    if (item->kind == SOBAN_BODY_REPEAT && item->element == repeat)
      return TRUE;
  return FALSE;
}

static void
check_control (FormCheck *check, const SobanBodyItem *item)
{
  const SobanElement *element = item->element;
  const SobanElement *repeat = soban_element_repeat (element);
  if (soban_body_item_is_select (item))
    check_choices (check, item);
  if (repeat != NULL && !stands_in (item, repeat))
    soban_form_check_add (
        check, TRUE, item->line, element->field,
        g_strdup_printf (_ ("nobody can reach this: it belongs to the repeat “%s” and stands outside of it"),
                         repeat->field));
  if (!soban_element_is_leaf (element))
    soban_form_check_add (check, TRUE, item->line, element->field,
                          g_strdup (_ ("a question cannot stand for a group: its answer is never kept")));
  if (element->item != item)
    soban_form_check_add (check, FALSE, item->line, element->field, g_strdup (_ ("it is asked more than once")));
  if (item->label == NULL && element->readonly == NULL && !item->is_damaged)
    soban_form_check_add (check, FALSE, item->line, element->field, g_strdup (_ ("it has no label")));
  if (item->control == SOBAN_CONTROL_RANGE && (isnan (item->range_start) || isnan (item->range_end)))
    soban_form_check_add (check, TRUE, item->line, element->field, g_strdup (_ ("a range needs a start and an end")));
  if (element->calculate != NULL && element->readonly == NULL)
    soban_form_check_add (check, FALSE, item->line, element->field,
                          g_strdup (_ ("it is computed, but not readonly: what a person answers is overwritten")));
}

void
soban_form_check_body (FormCheck *check)
{
  for (guint i = 0; i < check->form->controls->len; i++)
    check_control (check, g_ptr_array_index (check->form->controls, i));
}
