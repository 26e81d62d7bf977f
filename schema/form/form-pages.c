/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

/*
 * Pages, in the order of the body: a field-list group is one page; a question outside of one stands alone; a repeat is
 * a page that lists its instances, followed by the pages of each. A page's id is the first question that the form puts
 * on it, relevant or not, so that it stays while answers change.
 */

typedef struct {
  SobanFormInstance *form;
  GPtrArray *pages;
  const SobanFormState *instance; /* (nullable): the repeat instance the pages are in */
  const char *instance_title;     /* (nullable): of its pages that have no title of their own */
} Layout;

static void lay_out (Layout *layout, SobanFormState *here, const SobanBodyItem *item);

void
soban_page_free (SobanPage *page)
{
  if (page == NULL)
    return;
  g_free (page->id);
  g_free (page->title);
  g_free (page->repeat_path);
  g_ptr_array_unref (page->paths);
  g_free (page);
}

/* The state of @element in the repeat instance that @here stands in; NULL when it is inside a repeat of its own. */
static SobanFormState *
find_state (SobanFormState *here, const SobanElement *element)
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

static SobanPage *
add_page (Layout *layout, SobanPageKind kind, char *id, char *title)
{
  SobanPage *page = g_new0 (SobanPage, 1);
  page->kind = kind;
  page->id = id;
  page->title = *title == '\0' && layout->instance_title != NULL ? g_strdup (layout->instance_title) : g_steal_pointer (&title);
  g_free (title);
  page->repeat_path = layout->instance != NULL ? g_strdup (layout->instance->path) : NULL;
  page->paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (layout->pages, page);
  return page;
}

static gboolean
is_shown (SobanFormState *here, const SobanBodyItem *item)
{
  if (item->element == NULL || item->element->is_repeat)
    return TRUE;
  const SobanFormState *state = find_state (here, item->element);
  return state != NULL && !state->node->irrelevant;
}

/* The questions of a field-list group, through groups inside it; its repeats get pages of their own. */
static void
collect_questions (SobanFormState *here, const SobanBodyItem *item, GPtrArray *paths, char **first, gboolean *optional)
{
  if (item->kind == SOBAN_BODY_REPEAT)
    return;
  if (item->kind == SOBAN_BODY_CONTROL) {
    const SobanFormState *state = find_state (here, item->element);
    if (state == NULL)
      return;
    if (*first == NULL)
      *first = g_strdup (state->path);
    if (!state->node->irrelevant) {
      g_ptr_array_add (paths, g_strdup (state->path));
      *optional = *optional && item->optional_part;
    }
    return;
  }
  for (guint i = 0; i < item->children->len; i++)
    collect_questions (here, g_ptr_array_index (item->children, i), paths, first, optional);
}

static void
lay_out_repeats (Layout *layout, SobanFormState *here, const SobanBodyItem *item)
{
  for (guint i = 0; i < item->children->len; i++) {
    const SobanBodyItem *child = g_ptr_array_index (item->children, i);
    if (child->kind == SOBAN_BODY_REPEAT)
      lay_out (layout, here, child);
    else
      lay_out_repeats (layout, here, child);
  }
}

static void
lay_out_one_page (Layout *layout, SobanFormState *here, const SobanBodyItem *item)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  char *first = NULL;
  gboolean optional = TRUE;
  collect_questions (here, item, paths, &first, &optional);
  if (paths->len == 0) {
    g_free (first);
  } else {
    const SobanText *title = item->kind == SOBAN_BODY_GROUP ? item->label : NULL;
    SobanPage *page =
      add_page (layout, SOBAN_PAGE_QUESTIONS, first, soban_form_instance_render (layout->form, title, here->node));
    g_ptr_array_unref (page->paths);
    page->paths = g_steal_pointer (&paths);
    page->optional_part = optional;
  }
  lay_out_repeats (layout, here, item);
}

static void
lay_out_repeat (Layout *layout, SobanFormState *here, const SobanBodyItem *item)
{
  SobanFormState *parent = find_state (here, item->element->parent);
  if (parent == NULL)
    return;
  SobanRepeatList *list = soban_form_state_list (parent, item->element);
  if (!soban_form_list_is_relevant (layout->form, list))
    return;
  const SobanText *label = item->label != NULL ? item->label : item->parent->label;
  char *path = g_strconcat (parent->path, *parent->path != '\0' ? "/" : "", item->element->name, NULL);
  SobanPage *page =
    add_page (layout, SOBAN_PAGE_REPEAT, path, soban_form_instance_render (layout->form, label, here->node));
  g_free (page->repeat_path);
  page->repeat_path = g_strdup (path);
  page->can_change = !item->no_add_remove;
  page->optional_part = item->optional_part;

  const SobanFormState *outer = layout->instance;
  const char *outer_title = layout->instance_title;
  for (guint i = 0; i < list->instances->len; i++) {
    SobanFormState *state = g_ptr_array_index (list->instances, i);
    if (state->node->irrelevant)
      continue;
    g_ptr_array_add (page->paths, g_strdup (state->path));
    g_autofree char *title = *page->title == '\0' ? NULL : g_strdup_printf ("%s · %u", page->title, i + 1);
    layout->instance = state;
    layout->instance_title = title;
    if (soban_body_item_has_appearance (item, "field-list"))
      lay_out_one_page (layout, state, item);
    else
      for (guint j = 0; j < item->children->len; j++)
        lay_out (layout, state, g_ptr_array_index (item->children, j));
  }
  layout->instance = outer;
  layout->instance_title = outer_title;
}

static void
lay_out (Layout *layout, SobanFormState *here, const SobanBodyItem *item)
{
  if (item->kind == SOBAN_BODY_REPEAT) {
    lay_out_repeat (layout, here, item);
    return;
  }
  if (!is_shown (here, item))
    return;
  if (item->kind == SOBAN_BODY_CONTROL || soban_body_item_has_appearance (item, "field-list")) {
    lay_out_one_page (layout, here, item);
    return;
  }
  for (guint i = 0; i < item->children->len; i++)
    lay_out (layout, here, g_ptr_array_index (item->children, i));
}

GPtrArray *
soban_form_instance_list_pages (SobanFormInstance *self)
{
  Layout layout = { self, g_ptr_array_new_with_free_func ((GDestroyNotify) soban_page_free), NULL, NULL };
  lay_out (&layout, self->root, self->form->body);
  return layout.pages;
}
