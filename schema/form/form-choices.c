/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <string.h>

#include "base/limits.h"

typedef struct {
  SobanFormInstance *form;
  SobanFormState *state;
  const SobanItemset *itemset;
  SobanChoiceItems *list; /* (nullable): when it is a secondary instance */
  char *key;              /* (nullable) what the first condition compares with */
  GString *scratch;
} Lookup;

/* An item of @list, or what a nodeset gave. */
typedef struct {
  SobanNode *node; /* (nullable) */
  guint number;    /* without @node: in the list */
} Item;

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
choose_index (SobanFormInstance *self, const SobanSecondary *secondary)
{
  if (self->host.choices != NULL && secondary->tree == NULL)
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

static void
clear_lookup (Lookup *lookup)
{
  g_free (lookup->key);
  if (lookup->scratch != NULL)
    g_string_free (lookup->scratch, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lookup, clear_lookup)

/* FALSE when the list cannot be had. */
static gboolean
start_lookup (Lookup *lookup, SobanFormInstance *self, SobanFormState *state, const SobanItemset *itemset)
{
  lookup->form = self;
  lookup->state = state;
  lookup->itemset = itemset;
  lookup->scratch = g_string_new (NULL);
  const SobanSecondary *secondary =
    itemset->instance_id != NULL ? soban_form_find_secondary (self->form, itemset->instance_id) : NULL;
  if (secondary == NULL)
    return TRUE;
  SobanTree *tree = soban_form_instance_load_secondary (self, secondary);
  if (tree == NULL)
    return FALSE;
  lookup->list =
    soban_choice_index_items (choose_index (self, secondary), tree, itemset->steps, itemset->asks_item_only);
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

static SobanNode *
hold (const Lookup *lookup, const Item *item)
{
  return item->node != NULL ? item->node : soban_choice_items_hold (lookup->list, item->number);
}

static void
release (const Lookup *lookup, const Item *item, SobanNode *node)
{
  if (item->node == NULL)
    soban_choice_items_release (lookup->list, node);
}

/* (nullable): valid until the next call */
static const char *
item_text (const Lookup *lookup, const Item *item, const char *name)
{
  return item->node != NULL ? soban_choice_item_text (item->node, name, lookup->scratch)
                            : soban_choice_items_text (lookup->list, item->number, name, lookup->scratch);
}

static gboolean
node_meets_conditions (const Lookup *lookup, SobanNode *node)
{
  for (guint i = 0; i < lookup->itemset->conditions->len; i++) {
    SobanXPathContext context = item_context (lookup, node);
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

static gboolean
meets_conditions (const Lookup *lookup, const Item *item)
{
  if (lookup->itemset->conditions->len == 0)
    return TRUE;
  SobanNode *node = hold (lookup, item);
  gboolean meets = node_meets_conditions (lookup, node);
  release (lookup, item, node);
  return meets;
}

static void
evaluate_nodeset (const Lookup *lookup, GArray *items)
{
  SobanXPathContext context = soban_form_instance_context (lookup->form, lookup->state->node);
  g_auto (SobanXPathValue) value = { 0 };
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate (lookup->itemset->nodeset, &context, &value, &error)) {
    g_hash_table_replace (lookup->form->faults, g_strdup (lookup->state->path), g_strdup (error->message));
    return;
  }
  for (guint i = 0; value.type == SOBAN_XPATH_NODES && i < value.nodes->len; i++) {
    Item item = { .node = g_ptr_array_index (value.nodes, i) };
    if (!item.node->irrelevant)
      g_array_append_val (items, item);
  }
}

/* (transfer full) (element-type Item): the items offered now. */
static GArray *
list_items (const Lookup *lookup)
{
  const SobanItemset *itemset = lookup->itemset;
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  if (lookup->list == NULL || !itemset->is_indexed) {
    evaluate_nodeset (lookup, items);
    return items;
  }
  guint count = soban_choice_items_count (lookup->list);
  const guint *numbers = NULL;
  if (lookup->key != NULL)
    numbers = soban_choice_items_find (lookup->list, itemset->key_name, lookup->key, &count);
  for (guint i = 0; i < count; i++) {
    Item item = { .number = numbers != NULL ? numbers[i] : i };
    if (meets_conditions (lookup, &item))
      g_array_append_val (items, item);
  }
  return items;
}

static char *
item_value (const Lookup *lookup, const Item *item)
{
  if (lookup->itemset->value_name != NULL)
    return g_strdup (item_text (lookup, item, lookup->itemset->value_name));
  SobanNode *node = hold (lookup, item);
  SobanXPathContext context = item_context (lookup, node);
  char *value = NULL;
  g_autoptr (GError) error = NULL;
  if (!soban_xpath_evaluate_string (lookup->itemset->value, &context, &value, &error))
    g_hash_table_replace (lookup->form->faults, g_strdup (lookup->state->path), g_strdup (error->message));
  release (lookup, item, node);
  return value;
}

static char *
item_label (const Lookup *lookup, const Item *item)
{
  SobanFormInstance *self = lookup->form;
  if (lookup->itemset->label != NULL) {
    SobanNode *node = hold (lookup, item);
    char *rendered = soban_form_instance_render (self, lookup->itemset->label, node);
    release (lookup, item, node);
    return rendered;
  }
  const char *label = item_text (lookup, item, lookup->itemset->label_name);
  if (label == NULL)
    return g_strdup ("");
  const SobanSecondary *secondary =
    lookup->itemset->instance_id != NULL ? soban_form_find_secondary (self->form, lookup->itemset->instance_id) : NULL;
  gboolean is_msgid = secondary != NULL && secondary->tree != NULL && soban_form_is_translatable (self->form);
  return g_strdup (is_msgid && *label != '\0' ? soban_form_instance_translate (self, label) : label);
}

static SobanMedia
item_media (const Lookup *lookup, const Item *item)
{
  if (lookup->itemset->label == NULL)
    return (SobanMedia){ 0 };
  SobanNode *node = hold (lookup, item);
  SobanMedia media = soban_form_instance_find_media (lookup->form, lookup->itemset->label, node);
  release (lookup, item, node);
  return media;
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
  g_auto (Lookup) lookup = { 0 };
  if (control->itemset == NULL || !start_lookup (&lookup, self, state, control->itemset))
    return choices;
  g_autoptr (GArray) items = list_items (&lookup);
  for (guint i = 0; i < MIN (items->len, SOBAN_CHOICES_MAX); i++) {
    const Item *item = &g_array_index (items, Item, i);
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
    choice->media = item_media (&lookup, item);
    g_ptr_array_add (choices, choice);
  }
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

static gboolean
scan_items (const Lookup *lookup, const char *value, Item *ret_item)
{
  g_autoptr (GArray) items = list_items (lookup);
  for (guint i = 0; i < items->len; i++) {
    g_autofree char *other = item_value (lookup, &g_array_index (items, Item, i));
    if (g_strcmp0 (other, value) == 0) {
      *ret_item = g_array_index (items, Item, i);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
pick_offered (const Lookup *lookup, const guint *numbers, guint count, Item *ret_item)
{
  for (guint i = 0; i < count; i++) {
    Item item = { .number = numbers[i] };
    const char *key_name = lookup->itemset->key_name;
    gboolean fits = lookup->key == NULL || g_strcmp0 (item_text (lookup, &item, key_name), lookup->key) == 0;
    if (fits && meets_conditions (lookup, &item)) {
      *ret_item = item;
      return TRUE;
    }
  }
  return FALSE;
}

/* The item of @value that is offered now, or with @also_filtered any item of that value; FALSE when there is none. */
static gboolean
find_item (const Lookup *lookup, const char *value, gboolean also_filtered, Item *ret_item)
{
  const SobanItemset *itemset = lookup->itemset;
  gboolean can_look_up = lookup->list != NULL && itemset->value_name != NULL;
  if ((!can_look_up || !itemset->is_indexed) && scan_items (lookup, value, ret_item))
    return TRUE;
  if (!can_look_up)
    return FALSE;
  guint count;
  const guint *numbers = soban_choice_items_find (lookup->list, itemset->value_name, value, &count);
  if (itemset->is_indexed && pick_offered (lookup, numbers, count, ret_item))
    return TRUE;
  if (!also_filtered || count == 0)
    return FALSE;
  *ret_item = (Item){ .number = numbers[0] };
  return TRUE;
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
  g_auto (Lookup) lookup = { 0 };
  Item item;
  return !start_lookup (&lookup, self, state, control->itemset) || find_item (&lookup, value, FALSE, &item);
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
  g_auto (Lookup) lookup = { 0 };
  Item item;
  if (control->itemset == NULL || !start_lookup (&lookup, self, state, control->itemset))
    return NULL;
  return find_item (&lookup, value, TRUE, &item) ? item_label (&lookup, &item) : NULL;
}
