/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <string.h>

#include "base/limits.h"

typedef struct {
  SobanFormInstance *form;
  SobanFormState *state;
  const SobanItemset *itemset;
  SobanNode *root; /* (nullable): of the list, when it is a secondary instance */
  char *key;       /* (nullable) what the first condition compares with */
} Lookup;

void
soban_choice_free (SobanChoice *choice)
{
  if (choice == NULL)
    return;
  g_free (choice->value);
  g_free (choice->label);
  soban_media_clear (&choice->media);
  g_free (choice);
}

/* External lists are kept by the host; the form's own live as long as this instance. */
static SobanChoiceIndex *
choose_index (SobanFormInstance *self, const SobanItemset *itemset)
{
  const SobanSecondary *secondary = soban_form_find_secondary (self->form, itemset->instance_id);
  if (self->host.choices != NULL && secondary != NULL && secondary->tree == NULL)
    return self->host.choices;
  if (self->own_choices == NULL)
    self->own_choices = soban_choice_index_new ();
  return self->own_choices;
}

static SobanXPathContext
item_context (const Lookup *lookup, SobanNode *item)
{
  SobanXPathContext context = soban_form_instance_context (lookup->form, item);
  context.current = lookup->state->node;
  return context;
}

/* FALSE when the list cannot be had. */
static gboolean
start_lookup (Lookup *lookup, SobanFormInstance *self, SobanFormState *state, const SobanItemset *itemset)
{
  *lookup = (Lookup){ .form = self, .state = state, .itemset = itemset };
  if (itemset->instance_id == NULL || soban_form_find_secondary (self->form, itemset->instance_id) == NULL)
    return TRUE;
  lookup->root = self->xpath_host.instance (self, itemset->instance_id);
  if (lookup->root == NULL)
    return FALSE;
  if (itemset->key == NULL || !itemset->is_indexed)
    return TRUE;
  SobanXPathContext context = soban_form_instance_context (self, state->node);
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate_string (itemset->key, &context, &lookup->key, &error)) {
    g_hash_table_replace (self->faults, g_strdup (state->path), g_strdup (error->message));
    return FALSE;
  }
  return TRUE;
}

static gboolean
meets_conditions (const Lookup *lookup, SobanNode *item)
{
  for (guint i = 0; i < lookup->itemset->conditions->len; i++) {
    SobanXPathContext context = item_context (lookup, item);
    gboolean holds = FALSE;
    g_autoptr (GError) error = NULL;
    if (!soban_xpath_evaluate_boolean (g_ptr_array_index (lookup->itemset->conditions, i), &context, &holds, &error)) {
      g_hash_table_replace (lookup->form->faults, g_strdup (lookup->state->path), g_strdup (error->message));
      return FALSE;
    }
    if (!holds)
      return FALSE;
  }
  return TRUE;
}

static GPtrArray *
evaluate_nodeset (const Lookup *lookup)
{
  SobanXPathContext context = soban_form_instance_context (lookup->form, lookup->state->node);
  SobanXPathValue value = { 0 };
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate (lookup->itemset->nodeset, &context, &value, &error)) {
    g_hash_table_replace (lookup->form->faults, g_strdup (lookup->state->path), g_strdup (error->message));
    return NULL;
  }
  GPtrArray *items = g_ptr_array_new ();
  for (guint i = 0; value.type == SOBAN_XPATH_NODES && i < value.nodes->len; i++) {
    SobanNode *node = g_ptr_array_index (value.nodes, i);
    if (!node->irrelevant)
      g_ptr_array_add (items, node);
  }
  soban_xpath_value_clear (&value);
  return items;
}

/* (transfer full) (nullable): the items offered now. */
static GPtrArray *
list_items (const Lookup *lookup)
{
  const SobanItemset *itemset = lookup->itemset;
  if (lookup->root == NULL || !itemset->is_indexed)
    return evaluate_nodeset (lookup);
  SobanChoiceIndex *index = choose_index (lookup->form, itemset);
  const GPtrArray *candidates =
    lookup->key != NULL ? soban_choice_index_find (index, lookup->root, itemset->steps, itemset->key_name, lookup->key)
                        : soban_choice_index_items (index, lookup->root, itemset->steps);
  GPtrArray *items = g_ptr_array_new ();
  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    if (meets_conditions (lookup, g_ptr_array_index (candidates, i)))
      g_ptr_array_add (items, g_ptr_array_index (candidates, i));
  return items;
}

static char *
item_value (const Lookup *lookup, SobanNode *item)
{
  if (lookup->itemset->value_name != NULL) {
    g_autoptr (GString) scratch = g_string_new (NULL);
    return g_strdup (soban_choice_item_text (item, lookup->itemset->value_name, scratch));
  }
  SobanXPathContext context = item_context (lookup, item);
  char *value = NULL;
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate_string (lookup->itemset->value, &context, &value, &error))
    g_hash_table_replace (lookup->form->faults, g_strdup (lookup->state->path), g_strdup (error->message));
  return value;
}

static char *
item_label (const Lookup *lookup, SobanNode *item)
{
  SobanFormInstance *self = lookup->form;
  if (lookup->itemset->label != NULL)
    return soban_form_instance_render (self, lookup->itemset->label, item);
  g_autoptr (GString) scratch = g_string_new (NULL);
  const char *label = soban_choice_item_text (item, lookup->itemset->label_name, scratch);
  if (label == NULL)
    return g_strdup ("");
  const SobanSecondary *secondary =
    lookup->itemset->instance_id != NULL ? soban_form_find_secondary (self->form, lookup->itemset->instance_id) : NULL;
  gboolean is_msgid = secondary != NULL && secondary->tree != NULL && soban_form_is_translatable (self->form);
  return g_strdup (is_msgid && *label != '\0' ? soban_form_instance_translate (self, label) : label);
}

GPtrArray *
soban_form_instance_list_choices (SobanFormInstance *self, const char *path)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_choice_free);
  SobanFormState *state = g_hash_table_lookup (self->states, path);
  const SobanBodyItem *control = state != NULL ? state->element->item : NULL;
  if (control == NULL)
    return choices;
  for (guint i = 0; i < control->choices->len; i++) {
    const SobanBodyChoice *own = g_ptr_array_index (control->choices, i);
    SobanChoice *choice = g_new0 (SobanChoice, 1);
    choice->value = g_strdup (own->value);
    choice->label = soban_form_instance_render (self, own->label, state->node);
    choice->media = soban_form_instance_find_media (self, own->label, state->node);
    g_ptr_array_add (choices, choice);
  }
  Lookup lookup;
  if (control->itemset == NULL || !start_lookup (&lookup, self, state, control->itemset))
    return choices;
  g_autoptr (GPtrArray) items = list_items (&lookup);
  for (guint i = 0; items != NULL && i < MIN (items->len, SOBAN_CHOICES_MAX); i++) {
    SobanNode *item = g_ptr_array_index (items, i);
    char *value = item_value (&lookup, item);
    char *label = item_label (&lookup, item);
    if ((value == NULL || *value == '\0') && *label == '\0') { /* an empty row of a table */
      g_free (value);
      g_free (label);
      continue;
    }
    SobanChoice *choice = g_new0 (SobanChoice, 1);
    choice->value = value != NULL ? value : g_strdup ("");
    choice->label = label;
    choice->media = soban_form_instance_find_media (self, control->itemset->label, item);
    g_ptr_array_add (choices, choice);
  }
  g_free (lookup.key);
  return choices;
}

char *
soban_form_instance_order_choices (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  const SobanBodyItem *control = state->element->item;
  if (control == NULL || control->control != SOBAN_CONTROL_SELECT || strchr (value, ' ') == NULL)
    return NULL;
  g_auto (GStrv) words = g_strsplit_set (value, " ", -1);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (self, state->path);
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    if (*choice->value != '\0' && g_strv_contains ((const char *const *) words, choice->value))
      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", choice->value);
  }
  if (out->len != strlen (value)) /* a word that is not offered, or twice: as the person gave it */
    g_string_assign (out, value);
  return g_string_free (out, FALSE);
}

static SobanNode *
scan_items (const Lookup *lookup, const char *value)
{
  g_autoptr (GPtrArray) items = list_items (lookup);
  for (guint i = 0; items != NULL && i < items->len; i++) {
    g_autofree char *other = item_value (lookup, g_ptr_array_index (items, i));
    if (g_strcmp0 (other, value) == 0)
      return g_ptr_array_index (items, i);
  }
  return NULL;
}

static SobanNode *
pick_offered (const Lookup *lookup, const GPtrArray *same)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  for (guint i = 0; same != NULL && i < same->len; i++) {
    SobanNode *item = g_ptr_array_index (same, i);
    const char *key_name = lookup->itemset->key_name;
    gboolean fits =
      lookup->key == NULL || g_strcmp0 (soban_choice_item_text (item, key_name, scratch), lookup->key) == 0;
    if (fits && meets_conditions (lookup, item))
      return item;
  }
  return NULL;
}

/* (nullable): the item of @value that is offered now, or with @also_filtered any item of that value. */
static SobanNode *
find_item (const Lookup *lookup, const char *value, gboolean also_filtered)
{
  const SobanItemset *itemset = lookup->itemset;
  gboolean can_look_up = lookup->root != NULL && itemset->value_name != NULL;
  SobanNode *item = NULL;
  if (!can_look_up || !itemset->is_indexed)
    item = scan_items (lookup, value);
  if (item != NULL || !can_look_up)
    return item;
  const GPtrArray *same = soban_choice_index_find (choose_index (lookup->form, itemset), lookup->root, itemset->steps,
                                                   itemset->value_name, value);
  item = itemset->is_indexed ? pick_offered (lookup, same) : NULL;
  return item == NULL && also_filtered && same != NULL ? g_ptr_array_index (same, 0) : item;
}

static const SobanBodyChoice *
find_own (const SobanBodyItem *control, const char *value)
{
  for (guint i = 0; i < control->choices->len; i++) {
    const SobanBodyChoice *choice = g_ptr_array_index (control->choices, i);
    if (g_str_equal (choice->value, value))
      return choice;
  }
  return NULL;
}

gboolean
soban_form_instance_offers (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  const SobanBodyItem *control = state->element->item;
  if (control == NULL || find_own (control, value) != NULL)
    return TRUE;
  if (control->itemset == NULL)
    return control->choices->len == 0;
  Lookup lookup;
  if (!start_lookup (&lookup, self, state, control->itemset))
    return TRUE;
  gboolean found = find_item (&lookup, value, FALSE) != NULL;
  g_free (lookup.key);
  return found;
}

char *
soban_form_instance_choice_label (SobanFormInstance *self, SobanFormState *state, const char *value)
{
  const SobanBodyItem *control = state->element->item;
  if (control == NULL)
    return NULL;
  const SobanBodyChoice *own = find_own (control, value);
  if (own != NULL)
    return soban_form_instance_render (self, own->label, state->node);
  Lookup lookup;
  if (control->itemset == NULL || !start_lookup (&lookup, self, state, control->itemset))
    return NULL;
  SobanNode *item = find_item (&lookup, value, TRUE);
  char *label = item != NULL ? item_label (&lookup, item) : NULL;
  g_free (lookup.key);
  return label;
}
