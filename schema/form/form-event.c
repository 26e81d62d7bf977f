/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <string.h>

#include "base/uuid.h"

/* Preloads and setvalue actions (ODK XForms, "preload attributes" and "actions"). */

static GDateTime *
get_now (SobanFormInstance *self)
{
  gint64 ms = self->host.clock != NULL ? soban_clock_wall_ms (self->host.clock) : 0;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  if (utc == NULL)
    utc = g_date_time_new_from_unix_utc (0);
  g_autoptr (GDateTime) exact = g_date_time_add (utc, (ms % 1000) * 1000);
  return self->host.timezone != NULL ? g_date_time_to_timezone (exact, self->host.timezone)
                                     : g_date_time_to_local (exact);
}

static char *
format_timestamp (SobanFormInstance *self)
{
  g_autoptr (GDateTime) now = get_now (self);
  g_autofree char *text = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *offset = g_date_time_format (now, "%:z");
  return g_strdup_printf ("%s.%03d%s", text, g_date_time_get_microsecond (now) / 1000, offset);
}

static char *
find_preload_value (SobanFormInstance *self, const SobanElement *element)
{
  const char *params = element->preload_params != NULL ? element->preload_params : "";
  if (g_str_equal (element->preload, "date")) {
    g_autoptr (GDateTime) now = get_now (self);
    return g_date_time_format (now, "%Y-%m-%d");
  }
  if (g_str_equal (element->preload, "timestamp"))
    return g_str_equal (params, "end") ? NULL : format_timestamp (self);
  if (g_str_equal (element->preload, "uid") && self->host.entropy != NULL) {
    SobanUuid uuid = soban_uuid_new_v4 (self->host.entropy);
    g_autofree char *text = soban_uuid_to_string (&uuid);
    return g_strconcat ("uuid:", text, NULL);
  }
  if (g_str_equal (element->preload, "property") && self->host.property != NULL)
    return g_strdup (self->host.property (self->host.data, params));
  return NULL;
}

static void
preload_state (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  if (state->element->preload == NULL || *soban_form_state_text (state) != '\0')
    return;
  g_autofree char *value = find_preload_value (self, state->element);
  if (value != NULL)
    soban_form_instance_write (self, state, value);
}

void
soban_form_instance_preload (SobanFormInstance *self, SobanFormState *state)
{
  soban_form_state_walk (self, state, preload_state, NULL);
}

static void
finish_state (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  const SobanElement *element = state->element;
  if (g_strcmp0 (element->preload, "timestamp") != 0 || g_strcmp0 (element->preload_params, "end") != 0)
    return;
  g_autofree char *value = format_timestamp (self);
  soban_form_instance_write (self, state, value);
}

void
soban_form_instance_finish (SobanFormInstance *self)
{
  soban_form_state_walk (self, self->root, finish_state, NULL);
  soban_form_instance_settle (self);
}

static void
run_action_at (SobanFormInstance *self, SobanFormState *target, gpointer user_data)
{
  const SobanAction *action = user_data;
  if (!soban_element_is_leaf (target->element))
    return;
  g_autofree char *value = NULL;
  if (action->value != NULL) {
    SobanXPathContext context = soban_form_instance_context (self, target->node);
    g_autoptr (GError) error = NULL;
    if (!soban_xpath_evaluate_string (action->value, &context, &value, &error)) {
      g_hash_table_replace (self->faults, g_strdup (target->path), g_strdup (error->message));
      return;
    }
    value = soban_value_cast (target->element->type, g_steal_pointer (&value), self->host.timezone);
  }
  soban_form_instance_write (self, target, value != NULL ? value : action->literal);
}

static void
run_action_at_places (SobanFormInstance *self, SobanFormState *source, const SobanAction *action)
{
  SobanXPathContext context = soban_form_instance_context (self, source->node);
  g_auto (SobanXPathValue) value = { 0 };
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate (action->place, &context, &value, &error)) {
    g_hash_table_replace (self->faults, g_strdup (action->target->field), g_strdup (error->message));
    return;
  }
  for (guint i = 0; value.type == SOBAN_XPATH_NODES && i < value.nodes->len; i++) {
    const SobanNode *node = g_ptr_array_index (value.nodes, i);
    if (node->tree == self->tree && node->data != NULL)
      run_action_at (self, node->data, (gpointer) action);
  }
}

/* @source (nullable): the instance that the action stands in; its target is the nearest of that name. */
static void
run_action (SobanFormInstance *self, SobanFormState *source, const SobanAction *action)
{
  if (action->place != NULL) {
    run_action_at_places (self, source != NULL ? source : self->root, action);
    return;
  }
  SobanFormState *start = source != NULL ? source : self->root;
  while (!soban_element_contains (start->element, action->target))
    start = start->parent;
  soban_form_state_each (self, start, action->target, run_action_at, (gpointer) action);
}

void
soban_form_instance_run_actions (SobanFormInstance *self, SobanFormState *source, SobanEvents event)
{
  const GPtrArray *actions = source->element->actions;
  for (guint i = 0; i < actions->len; i++) {
    const SobanAction *action = g_ptr_array_index (actions, i);
    if ((action->events & event) != 0)
      run_action (self, source, action);
  }
}

static void
run_load_action (SobanFormInstance *self, SobanFormState *source, gpointer user_data)
{
  run_action (self, source, user_data);
}

void
soban_form_instance_run_load_actions (SobanFormInstance *self, SobanEvents event)
{
  for (guint i = 0; i < self->form->actions->len; i++) {
    SobanAction *action = g_ptr_array_index (self->form->actions, i);
    if ((action->events & event) == 0)
      continue;
    if (action->source != NULL)
      soban_form_state_each (self, self->root, action->source, run_load_action, action);
    else
      run_action (self, NULL, action);
    soban_form_instance_settle (self);
  }
}
