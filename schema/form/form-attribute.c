/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <string.h>

/*
 * Attributes that binds and setvalues name (ODK XForms, "entities"). Nobody answers them, so they are computed after
 * everything else has been: an expression that reads one sees what it was before this change.
 */

void
soban_form_instance_write_attribute (SobanFormState *state, const SobanAttribute *attribute, const char *value)
{
  soban_node_set_attribute (state->node, attribute->prefix, attribute->ns, attribute->name, value);
}

void
soban_form_instance_preload_attributes (SobanFormInstance *self, SobanFormState *state)
{
  for (guint i = 0; i < self->form->attributes->len; i++) {
    const SobanAttribute *attribute = g_ptr_array_index (self->form->attributes, i);
    const char *present = soban_node_get_attribute (state->node, attribute->ns, attribute->name);
    if (attribute->owner != state->element || attribute->preload == NULL || (present != NULL && *present != '\0'))
      continue;
    const char *params = attribute->preload_params != NULL ? attribute->preload_params : "";
    g_autofree char *value = soban_form_instance_preload_value (self, attribute->preload, params);
    if (value != NULL)
      soban_form_instance_write_attribute (state, attribute, value);
  }
}

static void
compute_attribute (SobanFormInstance *self, SobanFormState *state, gpointer user_data)
{
  const SobanAttribute *attribute = user_data;
  if (state->node->irrelevant)
    return;
  SobanNode *node = state->node->first_attribute;
  while (node != NULL && !(node->name == attribute->name && g_str_equal (node->ns, attribute->ns)))
    node = node->next;
  if (node == NULL)
    node = soban_node_set_attribute (state->node, attribute->prefix, attribute->ns, attribute->name, "");
  SobanXPathContext context = soban_form_instance_context (self, node);
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate_string (attribute->calculate, &context, &value, &error)) {
    g_hash_table_replace (self->faults, g_strdup (state->path), g_strdup (error->message));
    return;
  }
  soban_form_instance_write_attribute (state, attribute, value);
}

void
soban_form_instance_compute_attributes (SobanFormInstance *self)
{
  for (guint i = 0; i < self->form->attributes->len; i++) {
    SobanAttribute *attribute = g_ptr_array_index (self->form->attributes, i);
    if (attribute->calculate != NULL)
      soban_form_state_each (self, self->root, attribute->owner, compute_attribute, attribute);
  }
}

static char *
write_path (const SobanFormState *state, const SobanAttribute *attribute)
{
  return g_strconcat (state->path, *state->path != '\0' ? "/@" : "@", attribute->prefix,
                      *attribute->prefix != '\0' ? ":" : "", attribute->name, NULL);
}

void
soban_form_instance_collect_attributes (SobanFormInstance *self, SobanFormState *state, SobanFieldMap *fields)
{
  for (guint i = 0; i < self->form->attributes->len; i++) {
    const SobanAttribute *attribute = g_ptr_array_index (self->form->attributes, i);
    if (attribute->owner != state->element || attribute->calculate != NULL)
      continue;
    const char *value = soban_node_get_attribute (state->node, attribute->ns, attribute->name);
    g_autofree char *path = write_path (state, attribute);
    if (value != NULL && *value != '\0')
      soban_field_map_set (fields, path, value);
  }
}

gboolean
soban_form_instance_take_attribute (SobanFormInstance *self, const char *path, const char *value)
{
  const char *mark = strrchr (path, '@');
  g_autofree char *above = g_strndup (path, (gsize)(mark - path) - (mark > path ? 1 : 0));
  SobanFormState *state = g_hash_table_lookup (self->states, above);
  for (guint i = 0; state != NULL && i < self->form->attributes->len; i++) {
    const SobanAttribute *attribute = g_ptr_array_index (self->form->attributes, i);
    g_autofree char *own = attribute->owner == state->element ? write_path (state, attribute) : NULL;
    if (g_strcmp0 (own, path) != 0)
      continue;
    soban_form_instance_write_attribute (state, attribute, value);
    return TRUE;
  }
  return FALSE;
}
