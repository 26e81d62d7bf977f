/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"

/*
 * Recompute by dependency graph: a change queues its readers by rank; ranks are worked off upwards, so each is computed
 * once. A reader with a lower rank (relevants that look at each other) starts another pass, of which there are few.
 */

#define PASSES_MAX 64
#define ACTION_ROUNDS_MAX 32

static SobanComputation *
computation_at (const SobanFormInstance *self, guint rank)
{
  return g_ptr_array_index (self->form->computations, rank);
}

static void
queue_holder (SobanFormInstance *self, const SobanComputation *computation, gpointer holder)
{
  if (self->pending[computation->rank] == NULL)
    self->pending[computation->rank] = g_ptr_array_new ();
  g_ptr_array_add (self->pending[computation->rank], holder);
  self->pending_low = MIN (self->pending_low, computation->rank);
}

static void
queue_state (SobanFormInstance *self, const SobanComputation *computation, SobanFormState *state)
{
  if ((state->queued & (1u << computation->kind)) != 0)
    return;
  state->queued |= 1u << computation->kind;
  queue_holder (self, computation, state);
}

static void
queue_list (SobanFormInstance *self, SobanRepeatList *list)
{
  if (list->queued || list->element->count == NULL)
    return;
  list->queued = TRUE;
  queue_holder (self, list->element->count, list);
}

void
soban_form_instance_unqueue (SobanFormInstance *self, SobanFormState *state)
{
  const SobanComputation *const computations[] = { state->element->relevant, state->element->calculate };
  for (guint i = 0; i < G_N_ELEMENTS (computations); i++)
    if (computations[i] != NULL && (state->queued & (1u << computations[i]->kind)) != 0)
      g_ptr_array_remove (self->pending[computations[i]->rank], state);
  state->queued = 0;
}

void
soban_form_instance_unqueue_list (SobanFormInstance *self, SobanRepeatList *list)
{
  if (list->queued)
    g_ptr_array_remove (self->pending[list->element->count->rank], list);
  list->queued = FALSE;
}

static void
queue_own (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  gboolean only_volatile = GPOINTER_TO_INT (user_data);
  const SobanElement *element = state->element;
  if (element->relevant != NULL && (!only_volatile || element->relevant->is_volatile))
    queue_state (self, element->relevant, state);
  if (element->calculate != NULL && (!only_volatile || element->calculate->is_volatile))
    queue_state (self, element->calculate, state);
  for (guint i = 0; i < element->children->len; i++) {
    const SobanElement *child = g_ptr_array_index (element->children, i);
    if (child->is_repeat && child->count != NULL && (!only_volatile || child->count->is_volatile))
      queue_list (self, state->slots[i]);
  }
}

void
soban_form_instance_queue_subtree (SobanFormInstance *self, SobanFormState *state, gboolean only_volatile)
{
  soban_form_state_walk (self, state, queue_own, GINT_TO_POINTER (only_volatile));
}

static void
queue_target (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  const SobanComputation *target = user_data;
  if (target->kind == SOBAN_COMPUTE_COUNT)
    queue_list (self, soban_form_state_list (state, target->element));
  else
    queue_state (self, target, state);
}

/* @state: the instance whose value changed, or (a removed one) the one it stood in. */
static void
fire_trigger (SobanFormInstance *self, SobanFormState *state, const SobanTrigger *trigger)
{
  SobanFormState *start = trigger->scope != NULL ? soban_form_state_above (state, trigger->scope) : self->root;
  if (start == NULL) /* it stood in the removed instance itself */
    return;
  const SobanElement *goal = trigger->target->element;
  if (trigger->target->kind == SOBAN_COMPUTE_COUNT)
    goal = goal->parent;
  if (soban_element_contains (start->element, goal))
    soban_form_state_each (self, start, goal, queue_target, trigger->target);
}

static void
fire (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  const GPtrArray *triggers = state->element->triggers;
  for (guint i = 0; i < triggers->len; i++)
    fire_trigger (self, state, g_ptr_array_index (triggers, i));
}

void
soban_form_instance_fire_subtree (SobanFormInstance *self, SobanFormState *state)
{
  soban_form_state_walk (self, state, fire, NULL);
}

static void
fire_element (SobanFormInstance *self, SobanFormState *parent, const SobanElement *element)
{
  for (guint i = 0; i < element->triggers->len; i++)
    fire_trigger (self, parent, g_ptr_array_index (element->triggers, i));
  for (guint i = 0; i < element->children->len; i++)
    fire_element (self, parent, g_ptr_array_index (element->children, i));
}

void
soban_form_instance_fire_removed (SobanFormInstance *self, SobanRepeatList *list)
{
  fire_element (self, list->parent, list->element);
}

gboolean
soban_form_instance_write (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  if (g_str_equal (soban_form_state_text (state), value))
    return FALSE;
  soban_node_set_value (state->node, value);
  fire (self, state, NULL);
  if (state->element->actions->len > 0)
    g_ptr_array_add (self->changed, g_strdup (state->path));
  return TRUE;
}

SobanXPathContext
soban_form_instance_context (SobanFormInstance *self, SobanNode *node)
{
  return (SobanXPathContext){
    .node = node,
    .root = soban_tree_get_root (self->tree),
    .current = node,
    .repeat_absolute = TRUE,
    .host = &self->xpath_host,
  };
}

static void
note_fault (SobanFormInstance *self, const char *path, GError *error)
{
  g_hash_table_replace (self->faults, g_strdup (path), g_strdup (error->message));
  if (self->broken == NULL && g_error_matches (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION)) {
    g_prefix_error (&error, _("question “%s”: "), path);
    self->broken = error;
    return;
  }
  g_error_free (error);
}

gboolean
soban_form_instance_test (SobanFormInstance *self, const SobanXPath *xpath, SobanNode *node, const char *path,
                          gboolean fallback)
{
  SobanXPathContext context = soban_form_instance_context (self, node);
  gboolean result = fallback;
  GError *error = NULL;
  if (!soban_xpath_evaluate_boolean (xpath, &context, &result, &error)) {
    note_fault (self, path, error);
    return fallback;
  }
  return result;
}

gboolean
soban_form_instance_is_readonly (SobanFormInstance *self, const SobanFormState *state)
{
  for (; state != NULL; state = state->parent)
    if (state->element->readonly != NULL
        && soban_form_instance_test (self, state->element->readonly, state->node, state->path, FALSE))
      return TRUE;
  return FALSE;
}

gboolean
soban_form_list_is_relevant (SobanFormInstance *self, SobanRepeatList *list)
{
  if (list->parent->node->irrelevant)
    return FALSE;
  if (list->element->relevant == NULL)
    return TRUE;
  gboolean temporary = FALSE;
  SobanNode *node = soban_form_list_probe (list, &temporary);
  gboolean relevant = soban_form_instance_test (self, list->element->relevant->xpath, node, list->element->field, TRUE);
  if (temporary)
    soban_node_remove (node);
  return relevant;
}

static void
spread_relevance (SobanFormInstance *self, SobanFormState *state)
{
  gboolean irrelevant =
    !state->relevant_self || state->is_surplus || (state->parent != NULL && state->parent->node->irrelevant);
  if (state->node->irrelevant == irrelevant)
    return;
  state->node->irrelevant = irrelevant;
  fire (self, state, NULL);
  if (!irrelevant && state->element->calculate != NULL)
    queue_state (self, state->element->calculate, state);
  for (guint i = 0; state->slots != NULL && i < state->element->children->len; i++) {
    const SobanElement *child = g_ptr_array_index (state->element->children, i);
    if (!child->is_repeat) {
      spread_relevance (self, state->slots[i]);
      continue;
    }
    const SobanRepeatList *list = state->slots[i];
    for (guint j = 0; j < list->instances->len; j++)
      spread_relevance (self, g_ptr_array_index (list->instances, j));
  }
}

static void
compute_state (SobanFormInstance *self, const SobanComputation *computation, SobanFormState *state)
{
  if (computation->kind == SOBAN_COMPUTE_RELEVANT) {
    state->relevant_self = soban_form_instance_test (self, computation->xpath, state->node, state->path, TRUE);
    spread_relevance (self, state);
    return;
  }
  if (state->node->irrelevant || !soban_element_is_leaf (state->element))
    return; /* queued again once it is relevant */
  if (state->element == self->form->instance_id && *soban_form_state_text (state) != '\0')
    return; /* a record is who it is, even where the form says calculate="uuid()" */
  SobanXPathContext context = soban_form_instance_context (self, state->node);
  g_autofree char *value = NULL;
  GError *error = NULL;
  if (!soban_xpath_evaluate_string (computation->xpath, &context, &value, &error)) {
    note_fault (self, state->path, error);
    return;
  }
  g_hash_table_remove (self->faults, state->path);
  value = soban_value_cast (state->element->type, g_steal_pointer (&value), self->host.timezone);
  if (strlen (value) > SOBAN_VALUE_BYTES_MAX) {
    g_hash_table_replace (self->faults, g_strdup (state->path), g_strdup (_("The computed value is too long.")));
    return;
  }
  soban_form_instance_write (self, state, value);
}

static void
resize_list (SobanFormInstance *self, SobanRepeatList *list, guint wanted)
{
  for (guint i = 0; i < list->instances->len; i++) {
    SobanFormState *state = g_ptr_array_index (list->instances, i);
    state->is_surplus = i >= wanted;
    spread_relevance (self, state);
  }
  while (list->instances->len < wanted) {
    g_autoptr (GError) error = NULL;
    SobanFormState *state = soban_form_list_append (self, list, NULL, TRUE, &error);
    if (state == NULL) {
      list->over_limit = TRUE; /* said by validate() */
      return;
    }
    soban_form_instance_preload (self, state);
    soban_form_instance_queue_subtree (self, state, FALSE);
    soban_form_instance_fire_subtree (self, state);
    if (list->element->actions->len > 0)
      g_ptr_array_add (self->changed, g_strdup (state->path));
  }
}

/* A count beyond the bound changes nothing: a slip of the finger must not make or lose thousands of entries. */
static void
compute_count (SobanFormInstance *self, const SobanComputation *computation, SobanRepeatList *list)
{
  gboolean temporary = FALSE;
  SobanNode *node = soban_form_list_probe (list, &temporary);
  SobanXPathContext context = soban_form_instance_context (self, node);
  double count = 0;
  GError *error = NULL;
  gboolean done = soban_xpath_evaluate_number (computation->xpath, &context, &count, &error);
  if (temporary)
    soban_node_remove (node);
  if (!done) {
    note_fault (self, list->element->field, error);
    return;
  }
  if (isnan (count) || count < 0)
    count = 0;
  list->over_limit = count > SOBAN_REPEAT_INSTANCES_MAX;
  if (!list->over_limit)
    resize_list (self, list, (guint) count);
}

static void
clear_pending (SobanFormInstance *self)
{
  for (guint rank = self->pending_low; rank < self->form->computations->len; rank++) {
    const SobanComputation *computation = computation_at (self, rank);
    for (guint i = 0; self->pending[rank] != NULL && i < self->pending[rank]->len; i++) {
      gpointer holder = g_ptr_array_index (self->pending[rank], i);
      if (computation->kind == SOBAN_COMPUTE_COUNT)
        ((SobanRepeatList *) holder)->queued = FALSE;
      else
        ((SobanFormState *) holder)->queued &= ~(1u << computation->kind);
    }
    if (self->pending[rank] != NULL)
      g_ptr_array_set_size (self->pending[rank], 0);
  }
  self->pending_low = self->form->computations->len;
}

static void
compute_rank (SobanFormInstance *self, guint rank)
{
  const SobanComputation *computation = computation_at (self, rank);
  GPtrArray *holders = self->pending[rank];
  /* One by one: computing may queue more (they wait for the next pass). */
  for (guint left = holders->len; left > 0 && holders->len > 0 && self->pending_low >= rank; left--) {
    gpointer holder = g_ptr_array_steal_index (holders, 0);
    if (computation->kind == SOBAN_COMPUTE_COUNT) {
      ((SobanRepeatList *) holder)->queued = FALSE;
      compute_count (self, computation, holder);
    } else {
      ((SobanFormState *) holder)->queued &= ~(1u << computation->kind);
      compute_state (self, computation, holder);
    }
  }
}

static void
compute_pending (SobanFormInstance *self)
{
  guint passes = 0;
  gint64 last = -1;
  while (self->pending_low < self->form->computations->len) {
    guint rank = self->pending_low;
    if (self->pending[rank] == NULL || self->pending[rank]->len == 0) {
      self->pending_low++;
      continue;
    }
    passes += rank <= last;
    last = rank;
    if (passes > PASSES_MAX) {
      clear_pending (self);
      return;
    }
    compute_rank (self, rank);
  }
}

void
soban_form_instance_settle (SobanFormInstance *self)
{
  compute_pending (self);
  for (guint round = 0; self->changed->len > 0 && round < ACTION_ROUNDS_MAX; round++) {
    g_autoptr (GPtrArray) changed = g_steal_pointer (&self->changed);
    self->changed = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < changed->len; i++) {
      SobanFormState *state = g_hash_table_lookup (self->states, g_ptr_array_index (changed, i));
      if (state != NULL)
        soban_form_instance_run_actions (
          self, state, state->element->is_repeat ? SOBAN_EVENT_NEW_REPEAT : SOBAN_EVENT_VALUE_CHANGED);
    }
    compute_pending (self);
  }
  soban_form_instance_compute_attributes (self);
  g_ptr_array_set_size (self->changed, 0);
}
