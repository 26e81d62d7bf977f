/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form/form-carry.h"

#include "form/form-instance-private.h"

#define CHOICES_MIN 3 /* fewer are a yes or no */

static gboolean
is_of_its_day (const SobanElement *element)
{
  if (element->carry != SOBAN_CARRY_BY_TYPE)
    return element->carry == SOBAN_CARRY_NEVER;
  return element->type != SOBAN_TYPE_STRING || element->item->control != SOBAN_CONTROL_SELECT1
         || (element->item->itemset == NULL && element->item->choices->len < CHOICES_MIN);
}

static gboolean
can_carry (SobanFormInstance *self, const SobanElement *element)
{
  const SobanBodyItem *item = element->item;
  return soban_element_is_leaf (element) && item != NULL && item->kind == SOBAN_BODY_CONTROL
         && item->control != SOBAN_CONTROL_NOTE && element->calculate == NULL && soban_element_repeat (element) == NULL
         && soban_form_get_level (self->form, element->field) <= SOBAN_LEVEL_INTERNAL && !is_of_its_day (element);
}

/* (nullable): what @element would be answered with. */
static const char *
find_answer (SobanFormInstance *self, const SobanElement *element, const SobanFieldMap *earlier, const SobanFieldMap *initial)
{
  SobanFormState *state = can_carry (self, element) ? g_hash_table_lookup (self->states, element->field) : NULL;
  const char *answer = state != NULL ? soban_field_map_get (earlier, element->field) : NULL;
  if (answer == NULL || *answer == '\0')
    return NULL;
  const char *present = soban_form_state_text (state);
  const char *first = soban_field_map_get (initial, element->field);
  gboolean is_answered = !g_str_equal (present, first != NULL ? first : "");
  gboolean is_filled_in = element->preload != NULL && *present != '\0';
  return is_answered || is_filled_in || g_str_equal (present, answer) ? NULL : answer;
}

GPtrArray *
soban_form_instance_list_carried (SobanFormInstance *self, const SobanFieldMap *earlier, const SobanFieldMap *initial)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->form->elements->len; i++) {
    const SobanElement *element = g_ptr_array_index (self->form->elements, i);
    if (find_answer (self, element, earlier, initial) != NULL)
      g_ptr_array_add (paths, g_strdup (element->field));
  }
  return paths;
}

static gboolean
is_offered (SobanFormInstance *self, SobanFormState *state, const char *answer)
{
  if (!soban_body_item_is_select (state->element->item))
    return TRUE;
  if (state->element->item->control == SOBAN_CONTROL_SELECT1)
    return soban_form_instance_offers (self, state, answer);
  g_auto (GStrv) words = g_strsplit (answer, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !soban_form_instance_offers (self, state, words[i]))
      return FALSE;
  return TRUE;
}

GHashTable *
soban_form_instance_carry (SobanFormInstance *self, const SobanFieldMap *earlier, const SobanFieldMap *initial)
{
  GHashTable *before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < self->form->elements->len; i++) {
    const SobanElement *element = g_ptr_array_index (self->form->elements, i);
    const char *answer = find_answer (self, element, earlier, initial);
    SobanFormState *state = answer != NULL ? g_hash_table_lookup (self->states, element->field) : NULL;
    if (state == NULL || state->node->irrelevant || soban_form_instance_is_readonly (self, state)
        || !is_offered (self, state, answer))
      continue;
    g_autofree char *held = g_strdup (soban_form_state_text (state));
    /* One that the form cannot take any more is simply not carried: the person answers it. */
    if (soban_form_instance_set (self, element->field, answer, NULL))
      g_hash_table_insert (before, g_strdup (element->field), g_steal_pointer (&held));
  }
  return before;
}
