/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario-position.h"

#include <string.h>

static void list_item (SobanFormInstance *instance, SobanFormState *here, const SobanBodyItem *item,
                       GPtrArray *positions);

static void
free_position (ScenarioPosition *position)
{
  g_free (position->reference);
  g_free (position->path);
  g_free (position);
}

static char *
write_name (const SobanFormState *state)
{
  const char *prefix = state->node->prefix;
  return g_strconcat (prefix, *prefix != '\0' ? ":" : "", state->node->name, NULL);
}

static char *
write_reference (const SobanFormState *state)
{
  if (state == NULL)
    return g_strdup ("");
  g_autofree char *above = write_reference (state->parent);
  g_autofree char *name = write_name (state);
  if (!state->element->is_repeat)
    return g_strconcat (above, "/", name, NULL);
  const SobanRepeatList *list = soban_form_state_list (state->parent, state->element);
  guint index = 0;
  g_ptr_array_find (list->instances, state, &index);
  return g_strdup_printf ("%s/%s[%u]", above, name, index + 1);
}

static void
add_position (GPtrArray *positions, const char *type, char *reference, const char *path)
{
  ScenarioPosition *position = g_new0 (ScenarioPosition, 1);
  position->type = type;
  position->reference = reference;
  position->path = g_strdup (path);
  g_ptr_array_add (positions, position);
}

static SobanFormState *
find_near (SobanFormState *here, const SobanElement *element)
{
  while (here != NULL && !soban_element_contains (here->element, element))
    here = here->parent;
  while (here != NULL && here->element != element) {
    const SobanElement *step = element;
    while (step->parent != here->element)
      step = step->parent;
    here = step->is_repeat ? NULL : soban_form_state_child (here, step);
  }
  return here;
}

static void
list_children (SobanFormInstance *instance, SobanFormState *here, const SobanBodyItem *item, GPtrArray *positions)
{
  for (guint i = 0; i < item->children->len; i++)
    list_item (instance, here, g_ptr_array_index (item->children, i), positions);
}

static gboolean
stands_in (const SobanBodyItem *item, const SobanElement *repeat)
{
  for (item = item->parent; item != NULL; item = item->parent)
    if (item->kind == SOBAN_BODY_REPEAT && item->element == repeat)
      return TRUE;
  return FALSE;
}

/* Positions are of nodes: a question of the repeat counts wherever in the body it is written. */
static void
list_strays (SobanFormInstance *instance, SobanFormState *here, GPtrArray *positions)
{
  const GPtrArray *controls = instance->form->controls;
  for (guint i = 0; i < controls->len; i++) {
    const SobanBodyItem *control = g_ptr_array_index (controls, i);
    if (soban_element_repeat (control->element) == here->element && !stands_in (control, here->element))
      list_item (instance, here, control, positions);
  }
}

static void
list_repeat (SobanFormInstance *instance, SobanFormState *here, const SobanBodyItem *item, GPtrArray *positions)
{
  SobanFormState *parent = find_near (here, item->element->parent);
  SobanRepeatList *list = parent != NULL ? soban_form_state_list (parent, item->element) : NULL;
  if (list == NULL || !soban_form_list_is_relevant (instance, list))
    return;
  for (guint i = 0; i < list->instances->len; i++) {
    SobanFormState *state = g_ptr_array_index (list->instances, i);
    if (state->node->irrelevant)
      continue;
    add_position (positions, "REPEAT", write_reference (state), state->path);
    list_children (instance, state, item, positions);
    list_strays (instance, state, positions);
  }
  if (item->no_add_remove)
    return;
  g_autofree char *above = write_reference (parent);
  g_autofree char *path = g_strconcat (parent->path, *parent->path != '\0' ? "/" : "", item->element->name, NULL);
  add_position (positions, "PROMPT_NEW_REPEAT", g_strconcat (above, "/", item->element->name, NULL), path);
}

static void
list_item (SobanFormInstance *instance, SobanFormState *here, const SobanBodyItem *item, GPtrArray *positions)
{
  if (item->kind == SOBAN_BODY_REPEAT) {
    list_repeat (instance, here, item, positions);
    return;
  }
  const SobanElement *element = item->element;
  if (element != NULL && !element->is_repeat) {
    SobanFormState *state = find_near (here, element);
    if (state == NULL || state->node->irrelevant)
      return;
    gboolean is_question = item->kind == SOBAN_BODY_CONTROL;
    add_position (positions, is_question ? "QUESTION" : "GROUP", write_reference (state), state->path);
  }
  list_children (instance, here, item, positions);
}

GPtrArray *
scenario_list_positions (SobanFormInstance *instance)
{
  GPtrArray *positions = g_ptr_array_new_with_free_func ((GDestroyNotify) free_position);
  add_position (positions, "BEGINNING_OF_FORM", write_reference (instance->root), NULL);
  list_item (instance, instance->root, instance->form->body, positions);
  add_position (positions, "END_OF_FORM", g_strdup (""), NULL);
  return positions;
}

SobanFormState *
scenario_find_state (SobanFormInstance *instance, const char *reference)
{
  g_auto (GStrv) steps = g_strsplit (reference + 1, "/", -1);
  SobanFormState *state = instance->root;
  for (guint i = 1; state != NULL && steps[0] != NULL && steps[i] != NULL; i++) {
    char *bracket = strchr (steps[i], '[');
    guint64 index = bracket != NULL ? g_ascii_strtoull (bracket + 1, NULL, 10) : 1;
    if (bracket != NULL)
      *bracket = '\0';
    const char *colon = strchr (steps[i], ':');
    const SobanElement *child = soban_element_child (state->element, steps[i]);
    if (child == NULL && colon != NULL)
      child = soban_element_child (state->element, colon + 1);
    if (child == NULL)
      return NULL;
    if (!child->is_repeat) {
      state = soban_form_state_child (state, child);
      continue;
    }
    const SobanRepeatList *list = soban_form_state_list (state, child);
    state = index >= 1 && index <= list->instances->len ? g_ptr_array_index (list->instances, index - 1) : NULL;
  }
  return state;
}
