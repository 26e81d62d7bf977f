/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
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

char *
soban_form_instance_preload_value (SobanFormInstance *self, const char *preload, const char *params)
{
  if (g_str_equal (preload, "date")) {
    g_autoptr (GDateTime) now = get_now (self);
    return g_date_time_format (now, "%Y-%m-%d");
  }
  if (g_str_equal (preload, "timestamp"))
    return g_str_equal (params, "end") ? NULL : format_timestamp (self);
  if (g_str_equal (preload, "uid") && self->host.entropy != NULL) {
    SobanUuid uuid = soban_uuid_new_v4 (self->host.entropy);
    g_autofree char *text = soban_uuid_to_string (&uuid);
    return g_strconcat ("uuid:", text, NULL);
  }
  if (g_str_equal (preload, "property") && self->host.property != NULL)
    return g_strdup (self->host.property (self->host.data, params));
  return NULL;
}

static void
preload_state (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  const SobanElement *element = state->element;
  soban_form_instance_preload_attributes (self, state);
  if (element->preload == NULL || *soban_form_state_text (state) != '\0')
    return;
  const char *params = element->preload_params != NULL ? element->preload_params : "";
  g_autofree char *value = soban_form_instance_preload_value (self, element->preload, params);
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
  if (action->attribute == NULL && !soban_element_is_leaf (target->element))
    return;
  g_autofree char *value = NULL;
  if (action->value != NULL) {
    SobanXPathContext context = soban_form_instance_context (self, target->node);
    g_autoptr (GError) error = NULL;
    if (!soban_xpath_evaluate_string (action->value, &context, &value, &error)) {
      g_hash_table_replace (self->faults, g_strdup (target->path), g_strdup (error->message));
      return;
    }
  }
  if (action->attribute != NULL) {
    soban_form_instance_write_attribute (target, action->attribute, value != NULL ? value : action->literal);
    return;
  }
  if (value != NULL)
    value = soban_value_cast (target->element->type, g_steal_pointer (&value), self->host.timezone);
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

void
soban_form_instance_begin_edit (SobanFormInstance *self)
{
  const SobanElement *id = self->form->instance_id;
  SobanFormState *state = g_hash_table_lookup (self->states, id->field);
  g_assert (state != NULL);
  g_autofree char *old = g_strdup (soban_form_state_text (state));
  const SobanNode *fixed = id->template->first_child;
  g_autofree char *new_id = fixed != NULL && fixed->text != NULL ? g_strdup (fixed->text)
                                                                 : soban_form_instance_preload_value (self, "uid", "");
  const SobanElement *own = soban_element_child (id->parent, "deprecatedID");
  SobanFormState *deprecated = own != NULL ? g_hash_table_lookup (self->states, own->field) : NULL;
  if (deprecated != NULL) {
    soban_form_instance_write (self, deprecated, old);
  } else {
    g_free (self->deprecated_id);
    self->deprecated_id = g_steal_pointer (&old);
  }
  soban_form_instance_write (self, state, new_id);
  soban_form_instance_settle (self);
}

static SobanFormState *
find_start (SobanFormInstance *self, SobanFormState *source, const SobanAction *action)
{
  SobanFormState *start = source != NULL ? source : self->root;
  while (!soban_element_contains (start->element, action->target))
    start = start->parent;
  return start;
}

/* @source (nullable): the instance that the action stands in; its target is the nearest of that name. */
static void
run_action (SobanFormInstance *self, SobanFormState *source, const SobanAction *action)
{
  if (action->place != NULL) {
    run_action_at_places (self, source != NULL ? source : self->root, action);
    return;
  }
  soban_form_state_each (self, find_start (self, source, action), action->target, run_action_at, (gpointer) action);
}

static void
count_target (SobanFormInstance *self, SobanFormState *target, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* One answer never overwrites what stands in several entries: the form has to say which one it means. */
gboolean
soban_form_instance_check_actions (SobanFormInstance *self, SobanFormState *state, GError **error)
{
  const GPtrArray *actions = state->element->actions;
  for (guint i = 0; i < actions->len; i++) {
    const SobanAction *action = g_ptr_array_index (actions, i);
    if ((action->events & SOBAN_EVENT_VALUE_CHANGED) == 0 || action->place != NULL)
      continue;
    guint targets = 0;
    soban_form_state_each (self, find_start (self, state, action), action->target, count_target, &targets);
    if (targets < 2)
      continue;
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE,
                 _("The form is wrong in line %u: the answer would be written into %u entries of “%s” at once."),
                 action->line, targets, action->target->field);
    return FALSE;
  }
  return TRUE;
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
