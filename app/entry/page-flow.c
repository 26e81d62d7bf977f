/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/page-flow.h"

static const SobanPage *
nth (GPtrArray *pages, guint index)
{
  return g_ptr_array_index (pages, index);
}

static gboolean
is_in_instance (const SobanPage *page)
{
  if (page->kind == SOBAN_PAGE_REPEAT) {
    return strchr (page->repeat_path, ']') != NULL;
  }
  return page->repeat_path != NULL;
}

guint
soban_page_flow_find (GPtrArray *pages, const char *id)
{
  for (guint i = 0; id != NULL && i < pages->len; i++) {
    if (g_str_equal (nth (pages, i)->id, id)) {
      return i;
    }
  }
  return SOBAN_PAGE_NONE;
}

guint
soban_page_flow_find_path (GPtrArray *pages, const char *path)
{
  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *page = nth (pages, i);

    for (guint k = 0; page->kind == SOBAN_PAGE_QUESTIONS && k < page->paths->len; k++) {
      if (g_str_equal (g_ptr_array_index (page->paths, k), path)) {
        return i;
      }
    }
  }
  return SOBAN_PAGE_NONE;
}

gboolean
soban_page_flow_is_optional (SobanFormInstance *instance, const SobanPage *page)
{
  if (page->kind != SOBAN_PAGE_QUESTIONS || page->paths->len == 0) {
    return FALSE;
  }
  for (guint i = 0; i < page->paths->len; i++) {
    g_autoptr (SobanQuestion) question =
        soban_form_instance_get_question (instance, g_ptr_array_index (page->paths, i));

    if (question != NULL && !question->optional_part) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_station (SobanFormInstance *instance, const SobanPage *page)
{
  return !is_in_instance (page) && !soban_page_flow_is_optional (instance, page);
}

/* The list page of the repeat that the page @at stands in: "opinion" for "opinion[<uuid>]". */
static guint
find_list (GPtrArray *pages, guint at)
{
  const char *path = nth (pages, at)->repeat_path;
  g_autofree char *list_path = g_strndup (path, strrchr (path, '[') - path);

  for (guint i = 0; i < pages->len; i++) {
    if (nth (pages, i)->kind == SOBAN_PAGE_REPEAT && g_str_equal (nth (pages, i)->repeat_path, list_path)) {
      return i;
    }
  }
  return SOBAN_PAGE_NONE;
}

/* The page after @page is of the same instance, or a repeat within it. */
static gboolean
is_same_instance (const SobanPage *page, const SobanPage *other)
{
  g_autofree char *within = g_strconcat (page->repeat_path, "/", NULL);

  if (other->repeat_path == NULL) {
    return FALSE;
  }
  return other->kind == SOBAN_PAGE_QUESTIONS ? g_str_equal (other->repeat_path, page->repeat_path)
                                             : g_str_has_prefix (other->repeat_path, within);
}

guint
soban_page_flow_next (SobanFormInstance *instance, GPtrArray *pages, guint at)
{
  const SobanPage *page = nth (pages, at);
  gboolean optional = soban_page_flow_is_optional (instance, page);

  if (is_in_instance (page)) {
    if (at + 1 < pages->len && is_same_instance (page, nth (pages, at + 1))) {
      return at + 1;
    }
    return find_list (pages, at);
  }
  for (guint i = at + 1; i < pages->len; i++) {
    if (optional ? soban_page_flow_is_optional (instance, nth (pages, i)) : is_station (instance, nth (pages, i))) {
      return i;
    }
  }
  return SOBAN_PAGE_NONE;
}

guint
soban_page_flow_previous (SobanFormInstance *instance, GPtrArray *pages, guint at)
{
  guint from = at == SOBAN_PAGE_NONE ? pages->len : at;

  if (at != SOBAN_PAGE_NONE && is_in_instance (nth (pages, at))) {
    return at > 0 && is_same_instance (nth (pages, at), nth (pages, at - 1)) ? at - 1 : find_list (pages, at);
  }
  while (from > 0) {
    from--;
    if (is_station (instance, nth (pages, from))) {
      return from;
    }
  }
  return SOBAN_PAGE_NONE;
}

guint
soban_page_flow_first_optional (SobanFormInstance *instance, GPtrArray *pages)
{
  for (guint i = 0; i < pages->len; i++) {
    if (!is_in_instance (nth (pages, i)) && soban_page_flow_is_optional (instance, nth (pages, i))) {
      return i;
    }
  }
  return SOBAN_PAGE_NONE;
}

void
soban_page_flow_progress (SobanFormInstance *instance, GPtrArray *pages, guint at, guint *ret_at, guint *ret_of)
{
  guint of = 1, here = 0;

  for (guint i = 0; i < pages->len; i++) {
    if (!is_station (instance, nth (pages, i))) {
      continue;
    }
    of++;
    if (at != SOBAN_PAGE_NONE && i <= at) {
      here++;
    }
  }
  *ret_at = at == SOBAN_PAGE_NONE ? of : MAX (here, 1);
  *ret_of = of;
}
