/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/uuid.h"

static SobanFormState *build_state (SobanFormInstance *self, SobanFormState *parent, SobanNode *parent_node,
                                    SobanNode *before, const SobanNode *template, const char *id,
                                    gboolean with_repeats);

static gboolean
is_template (const SobanNode *node)
{
  return soban_node_get_attribute (node, SOBAN_NS_JAVAROSA, "template") != NULL;
}

static char *
build_path (const SobanFormState *parent, const SobanElement *element, const char *id)
{
  if (parent == NULL)
    return g_strdup ("");
  return g_strconcat (parent->path, *parent->path != '\0' ? "/" : "", element->name, id != NULL ? "[" : "",
                      id != NULL ? id : "", id != NULL ? "]" : "", NULL);
}

static SobanRepeatList *
new_list (SobanFormState *parent, SobanElement *element)
{
  SobanRepeatList *list = g_new0 (SobanRepeatList, 1);
  list->parent = parent;
  list->element = element;
  list->instances = g_ptr_array_new ();
  return list;
}

/* A new id, later than those of its siblings whatever the clock does: order of ids is order of instances. */
static char *
new_repeat_id (SobanFormInstance *self, const SobanRepeatList *list)
{
  gint64 ms = self->host.clock != NULL ? soban_clock_wall_ms (self->host.clock) : 0;
  if (list->instances->len > 0) {
    const SobanFormState *last = g_ptr_array_index (list->instances, list->instances->len - 1);
    SobanUuid last_id;
    g_autofree char *text = g_strndup (strrchr (last->path, '[') + 1, SOBAN_UUID_TEXT_LENGTH);
    if (soban_uuid_parse (text, &last_id))
      ms = MAX (ms, soban_uuid_get_ms (&last_id) + 1);
  }
  SobanUuid id = soban_uuid_new_v7 (CLAMP (ms, 0, (G_GINT64_CONSTANT (1) << 48) - 1), self->host.entropy);
  return soban_uuid_to_string (&id);
}

/* The node that a new instance is put before; NULL = at the end. */
static SobanNode *
find_place (const SobanRepeatList *list)
{
  if (list->instances->len > 0) {
    const SobanFormState *last = g_ptr_array_index (list->instances, list->instances->len - 1);
    return last->node->next;
  }
  const SobanElement *parent = list->parent->element;
  for (guint i = list->element->index + 1; i < parent->children->len; i++) {
    const SobanElement *sibling = g_ptr_array_index (parent->children, i);
    const SobanFormState *first = list->parent->slots[i];
    if (sibling->is_repeat) {
      const SobanRepeatList *other = list->parent->slots[i];
      first = other->instances->len > 0 ? g_ptr_array_index (other->instances, 0) : NULL;
    }
    if (first != NULL)
      return first->node;
  }
  return NULL;
}

/* A repeat that nobody may add to has at least one instance. */
static void
ensure_one (SobanFormInstance *self, SobanRepeatList *list)
{
  if (list->instances->len > 0)
    return;
  g_autofree char *id = new_repeat_id (self, list);
  SobanFormState *parent = list->parent;
  g_ptr_array_add (list->instances,
                   build_state (self, parent, parent->node, find_place (list), list->element->template, id, TRUE));
}

static void
build_children (SobanFormInstance *self, SobanFormState *state, const SobanNode *template, gboolean with_repeats)
{
  const SobanElement *element = state->element;
  state->slots = g_new0 (gpointer, MAX (element->children->len, 1));
  for (guint i = 0; i < element->children->len; i++) {
    SobanElement *child = g_ptr_array_index (element->children, i);
    if (child->is_repeat)
      state->slots[i] = new_list (state, child);
  }
  for (SobanNode *node = soban_node_first_element (template); node != NULL; node = soban_node_next_element (node)) {
    SobanElement *child = node->data;
    if (is_template (node))
      continue;
    if (!child->is_repeat) {
      if (state->slots[child->index] == NULL)
        state->slots[child->index] = build_state (self, state, state->node, NULL, node, NULL, with_repeats);
      continue;
    }
    SobanRepeatList *list = state->slots[child->index];
    if (!with_repeats || list->instances->len >= SOBAN_REPEAT_INSTANCES_MAX)
      continue;
    g_autofree char *id = new_repeat_id (self, list);
    g_ptr_array_add (list->instances, build_state (self, state, state->node, NULL, node, id, TRUE));
  }
  for (guint i = 0; with_repeats && i < element->children->len; i++) {
    const SobanElement *child = g_ptr_array_index (element->children, i);
    if (child->is_repeat && child->item->no_add_remove && child->count == NULL)
      ensure_one (self, state->slots[i]);
  }
  /* What only other occurrences of this element had: an instance always has all of its element's children. */
  for (guint i = 0; i < element->children->len; i++) {
    SobanElement *child = g_ptr_array_index (element->children, i);
    if (state->slots[i] == NULL)
      state->slots[i] = build_state (self, state, state->node, NULL, child->template, NULL, with_repeats);
  }
}

static void
set_default (SobanFormInstance *self, SobanFormState *state, const char *text)
{
  g_autofree char *value = soban_value_cast (state->element->type, g_strdup (text), self->host.timezone);
  soban_node_set_value (state->node, value);
}

/* jr:template, and an attribute without value on a repeat: it would only be said again with every entry. */
static gboolean
is_left_out (const SobanElement *element, const SobanNode *attribute)
{
  gboolean is_mark = g_str_equal (attribute->ns, SOBAN_NS_JAVAROSA) && g_str_equal (attribute->name, "template");
  return is_mark || (element->is_repeat && (attribute->text == NULL || *attribute->text == '\0'));
}

static SobanFormState *
build_state (SobanFormInstance *self, SobanFormState *parent, SobanNode *parent_node, SobanNode *before,
             const SobanNode *template, const char *id, gboolean with_repeats)
{
  SobanFormState *state = g_new0 (SobanFormState, 1);
  state->element = template->data;
  state->parent = parent;
  state->relevant_self = TRUE;
  state->path = build_path (parent, state->element, id);
  state->node =
    soban_node_new_element (self->tree, parent_node, before, template->prefix, template->ns, template->name);
  state->node->data = state;
  state->node->irrelevant = parent != NULL && parent->node->irrelevant;
  for (const SobanNode *attribute = template->first_attribute; attribute != NULL; attribute = attribute->next)
    if (!is_left_out (state->element, attribute))
      soban_node_set_attribute (state->node, attribute->prefix, attribute->ns, attribute->name, attribute->text);
  g_hash_table_insert (self->states, state->path, state);
  self->state_count++;
  if (state->element->children->len > 0)
    build_children (self, state, template, with_repeats);
  else if (template->first_child != NULL && template->first_child->text != NULL)
    set_default (self, state, template->first_child->text);
  return state;
}

SobanFormState *
soban_form_state_new_root (SobanFormInstance *self, gboolean with_repeats)
{
  return build_state (self, NULL, soban_tree_get_root (self->tree), NULL, self->form->root->template, NULL,
                      with_repeats);
}

static void
free_list (SobanFormInstance *self, SobanRepeatList *list)
{
  soban_form_instance_unqueue_list (self, list);
  for (guint i = 0; i < list->instances->len; i++)
    soban_form_state_free (self, g_ptr_array_index (list->instances, i));
  g_ptr_array_unref (list->instances);
  g_free (list);
}

void
soban_form_state_free (SobanFormInstance *self, SobanFormState *state)
{
  if (state == NULL)
    return;
  soban_form_instance_unqueue (self, state);
  for (guint i = 0; state->slots != NULL && i < state->element->children->len; i++) {
    const SobanElement *child = g_ptr_array_index (state->element->children, i);
    if (child->is_repeat)
      free_list (self, state->slots[i]);
    else
      soban_form_state_free (self, state->slots[i]);
  }
  g_hash_table_remove (self->states, state->path);
  self->state_count--;
  g_free (state->slots);
  g_free (state->path);
  g_free (state);
}

SobanFormState *
soban_form_state_child (const SobanFormState *state, const SobanElement *element)
{
  g_assert (element->parent == state->element && !element->is_repeat);
  return state->slots[element->index];
}

SobanRepeatList *
soban_form_state_list (const SobanFormState *state, const SobanElement *element)
{
  g_assert (element->parent == state->element && element->is_repeat);
  return state->slots[element->index];
}

SobanFormState *
soban_form_state_above (SobanFormState *state, const SobanElement *element)
{
  while (state != NULL && state->element != element)
    state = state->parent;
  return state;
}

const char *
soban_form_state_text (const SobanFormState *state)
{
  const SobanNode *text = state->node->first_child;
  return text != NULL && text->kind == SOBAN_NODE_TEXT && text->text != NULL ? text->text : "";
}

/* What the next instance looks like: where jr:count rules, the form may give each of the first ones its own defaults. */
static const SobanNode *
find_template (const SobanRepeatList *list)
{
  const SobanElement *element = list->element;
  guint index = 0;
  if (element->count == NULL)
    return element->template;
  for (const SobanNode *node = element->template->parent->first_child; node != NULL; node = node->next)
    if (node->data == element && !is_template (node) && index++ == list->instances->len)
      return node;
  return element->template;
}

SobanFormState *
soban_form_list_append (SobanFormInstance *self, SobanRepeatList *list, const char *id, gboolean with_repeats,
                        GError **error)
{
  if (list->instances->len >= SOBAN_REPEAT_INSTANCES_MAX || self->state_count >= SOBAN_RECORD_FIELDS_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT,
                 _("“%s”: there are %u entries already, no more fit into one record"), list->element->field,
                 list->instances->len);
    return NULL;
  }
  g_autofree char *new_id = id == NULL ? new_repeat_id (self, list) : NULL;
  SobanFormState *state = build_state (self, list->parent, list->parent->node, find_place (list), find_template (list),
                                       id != NULL ? id : new_id, with_repeats);
  g_ptr_array_add (list->instances, state);
  return state;
}

void
soban_form_list_remove (SobanFormInstance *self, SobanRepeatList *list, guint index)
{
  SobanFormState *state = g_ptr_array_index (list->instances, index);
  g_ptr_array_remove_index (list->instances, index);
  SobanNode *node = state->node;
  soban_form_state_free (self, state);
  soban_node_remove (node);
}

SobanRepeatList *
soban_form_instance_find_list (SobanFormInstance *self, const char *path)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *above = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup ("");
  const SobanFormState *parent = g_hash_table_lookup (self->states, above);
  const SobanElement *element =
    parent != NULL ? soban_element_child (parent->element, slash != NULL ? slash + 1 : path) : NULL;
  return element != NULL && element->is_repeat ? soban_form_state_list (parent, element) : NULL;
}

SobanNode *
soban_form_list_probe (SobanRepeatList *list, gboolean *ret_temporary)
{
  *ret_temporary = list->instances->len == 0;
  if (!*ret_temporary)
    return ((SobanFormState *) g_ptr_array_index (list->instances, 0))->node;
  const SobanNode *template = list->element->template;
  return soban_node_new_element (list->parent->node->tree, list->parent->node, find_place (list), template->prefix,
                                 template->ns, template->name);
}

void
soban_form_state_walk (SobanFormInstance *self, SobanFormState *state, SobanFormStateFunc func, gpointer user_data)
{
  func (self, state, user_data);
  for (guint i = 0; state->slots != NULL && i < state->element->children->len; i++) {
    const SobanElement *child = g_ptr_array_index (state->element->children, i);
    if (!child->is_repeat) {
      soban_form_state_walk (self, state->slots[i], func, user_data);
      continue;
    }
    const SobanRepeatList *list = state->slots[i];
    for (guint j = 0; j < list->instances->len; j++)
      soban_form_state_walk (self, g_ptr_array_index (list->instances, j), func, user_data);
  }
}

void
soban_form_state_each (SobanFormInstance *self, SobanFormState *state, const SobanElement *element,
                       SobanFormStateFunc func, gpointer user_data)
{
  if (state->element == element) {
    func (self, state, user_data);
    return;
  }
  const SobanElement *step = element;
  while (step->parent != state->element)
    step = step->parent;
  if (!step->is_repeat) {
    soban_form_state_each (self, soban_form_state_child (state, step), element, func, user_data);
    return;
  }
  const SobanRepeatList *list = soban_form_state_list (state, step);
  for (guint i = 0; i < list->instances->len; i++)
    soban_form_state_each (self, g_ptr_array_index (list->instances, i), element, func, user_data);
}
