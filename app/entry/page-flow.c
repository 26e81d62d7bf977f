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

static gboolean
is_station (const SobanPage *page)
{
  return !is_in_instance (page) && !page->optional_part;
}

static gboolean
is_detail (const SobanPage *page)
{
  return !is_in_instance (page) && page->optional_part;
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
  return SOBAN_PAGE_REVIEW;
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
soban_page_flow_next (GPtrArray *pages, guint at)
{
  const SobanPage *page = nth (pages, at);

  if (is_in_instance (page)) {
    return at + 1 < pages->len && is_same_instance (page, nth (pages, at + 1)) ? at + 1 : find_list (pages, at);
  }
  for (guint i = at + 1; i < pages->len; i++) {
    if (page->optional_part ? is_detail (nth (pages, i)) : is_station (nth (pages, i))) {
      return i;
    }
  }
  return SOBAN_PAGE_REVIEW;
}

guint
soban_page_flow_previous (GPtrArray *pages, guint at)
{
  gboolean detail = at != SOBAN_PAGE_REVIEW && is_detail (nth (pages, at));

  if (at != SOBAN_PAGE_REVIEW && is_in_instance (nth (pages, at))) {
    return at > 0 && is_same_instance (nth (pages, at), nth (pages, at - 1)) ? at - 1 : find_list (pages, at);
  }
  for (guint i = at == SOBAN_PAGE_REVIEW ? pages->len : at; i > 0; i--) {
    if (detail ? is_detail (nth (pages, i - 1)) : is_station (nth (pages, i - 1))) {
      return i - 1;
    }
  }
  return detail ? SOBAN_PAGE_REVIEW : SOBAN_PAGE_NONE;
}

guint
soban_page_flow_first_detail (GPtrArray *pages)
{
  for (guint i = 0; i < pages->len; i++) {
    if (is_detail (nth (pages, i))) {
      return i;
    }
  }
  return SOBAN_PAGE_NONE;
}

gboolean
soban_page_flow_is_detail (GPtrArray *pages, guint at)
{
  return at != SOBAN_PAGE_REVIEW && nth (pages, at)->optional_part;
}

void
soban_page_flow_progress (GPtrArray *pages, guint at, guint *ret_at, guint *ret_of)
{
  gboolean on_the_way = at != SOBAN_PAGE_REVIEW && !soban_page_flow_is_detail (pages, at);
  guint of = 1, here = 0;

  for (guint i = 0; i < pages->len; i++) {
    if (is_station (nth (pages, i))) {
      of++;
      here += on_the_way && i <= at;
    }
  }
  *ret_at = on_the_way ? MAX (here, 1) : of;
  *ret_of = of;
}
