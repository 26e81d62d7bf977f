/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "form/form-reader.h"

/*
 * Lists of thousands of communes are looked up, not scanned: "instance('units')/root/item[province = /data/p and ...]"
 * is taken apart into the list, the child that is compared, what it is compared with, and the rest of the conditions.
 * A nodeset that is built otherwise is evaluated as it stands.
 */

#define KEY_PATTERN "^(?:current\\(\\)/[-\\w./:]+|/[-\\w./:]+|'[^']*'|\"[^\"]*\")$"
#define NAME_PATTERN "^[A-Za-z_][-\\w.]*$"

void
soban_itemset_free (SobanItemset *itemset)
{
  if (itemset == NULL)
    return;
  g_clear_pointer (&itemset->nodeset, soban_xpath_free);
  g_free (itemset->instance_id);
  g_clear_pointer (&itemset->steps, g_ptr_array_unref);
  g_free (itemset->key_name);
  g_clear_pointer (&itemset->key, soban_xpath_free);
  g_clear_pointer (&itemset->conditions, g_ptr_array_unref);
  g_free (itemset->value_name);
  g_clear_pointer (&itemset->value, soban_xpath_free);
  g_free (itemset->label_name);
  g_clear_pointer (&itemset->label, soban_text_free);
  g_free (itemset);
}

/* Where @stop first stands outside quotes and brackets; NULL when it does not, or when they are unbalanced. */
static const char *
find_outside (const char *start, const char *stop)
{
  int depth = 0;
  for (const char *at = start; *at != '\0'; at++) {
    if (depth == 0 && g_str_has_prefix (at, stop))
      return at;
    if (*at == '\'' || *at == '"') {
      at = strchr (at + 1, *at);
      if (at == NULL)
        return NULL;
    } else if (*at == '(' || *at == '[') {
      depth++;
    } else if (*at == ')' || *at == ']') {
      depth--;
    }
    if (depth < 0)
      return NULL;
  }
  return NULL;
}

static gboolean
take_key (SobanItemset *itemset, const char *condition, SobanPrefixes *prefixes)
{
  if (itemset->key != NULL)
    return FALSE;
  const char *equals = find_outside (condition, "=");
  if (equals == NULL || equals == condition || strchr ("!<>", equals[-1]) != NULL)
    return FALSE;
  g_autofree char *left = g_strstrip (g_strndup (condition, (gsize) (equals - condition)));
  g_autofree char *right = g_strstrip (g_strdup (equals + 1));
  gboolean in_order = g_regex_match_simple (NAME_PATTERN, left, 0, 0);
  const char *name = in_order ? left : right;
  const char *key = in_order ? right : left;
  if (!g_regex_match_simple (NAME_PATTERN, name, 0, 0) || !g_regex_match_simple (KEY_PATTERN, key, 0, 0))
    return FALSE;
  itemset->key = soban_xpath_compile (key, soban_prefixes_lookup, prefixes, NULL);
  if (itemset->key == NULL)
    return FALSE; /* the whole nodeset was compiled before: this one then stays a condition */
  itemset->key_name = g_strdup (name);
  return TRUE;
}

/* FALSE when a condition cannot be told apart from its place in the list. */
static gboolean
take_condition (SobanItemset *itemset, const char *condition, SobanPrefixes *prefixes)
{
  if (strstr (condition, "position(") != NULL || strstr (condition, "last(") != NULL)
    return FALSE;
  if (take_key (itemset, condition, prefixes))
    return TRUE;
  if (strpbrk (condition, "=<>(") == NULL)
    return FALSE; /* a number is a position, a name an existence test */
  SobanXPath *xpath = soban_xpath_compile (condition, soban_prefixes_lookup, prefixes, NULL);
  if (xpath == NULL)
    return FALSE;
  g_ptr_array_add (itemset->conditions, xpath);
  return TRUE;
}

static gboolean
take_predicate (SobanItemset *itemset, const char *predicate, SobanPrefixes *prefixes)
{
  if (find_outside (predicate, " or ") != NULL)
    return take_condition (itemset, predicate, prefixes);
  const char *start = predicate;
  for (const char *end = find_outside (start, " and "); end != NULL; end = find_outside (start, " and ")) {
    g_autofree char *condition = g_strstrip (g_strndup (start, (gsize) (end - start)));
    if (!take_condition (itemset, condition, prefixes))
      return FALSE;
    start = end + strlen (" and ");
  }
  g_autofree char *last = g_strstrip (g_strdup (start));
  return take_condition (itemset, last, prefixes);
}

static gboolean
take_apart (SobanItemset *itemset, const char *nodeset, SobanPrefixes *prefixes)
{
  g_autoptr (GRegex) head =
    g_regex_new ("^\\s*instance\\(\\s*(?:'([^']+)'|\"([^\"]+)\")\\s*\\)((?:/[A-Za-z_][-\\w.]*)+)\\s*", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (!g_regex_match (head, nodeset, 0, &match))
    return FALSE;
  g_autofree char *single = g_match_info_fetch (match, 1);
  g_autofree char *twice = g_match_info_fetch (match, 2);
  g_autofree char *path = g_match_info_fetch (match, 3);
  itemset->instance_id = g_strdup (*single != '\0' ? single : twice);
  g_auto (GStrv) steps = g_strsplit (path + 1, "/", -1);
  for (guint i = 0; steps[i] != NULL; i++)
    g_ptr_array_add (itemset->steps, g_strdup (steps[i]));

  int end = 0;
  g_match_info_fetch_pos (match, 0, NULL, &end);
  const char *at = nodeset + end;
  while (*at == '[') {
    const char *close = find_outside (at + 1, "]");
    if (close == NULL)
      return FALSE;
    g_autofree char *predicate = g_strndup (at + 1, (gsize) (close - at - 1));
    if (!take_predicate (itemset, predicate, prefixes))
      return FALSE;
    at = close + 1;
    while (g_ascii_isspace (*at))
      at++;
  }
  return *at == '\0';
}

SobanItemset *
soban_itemset_new (const char *nodeset, SobanPrefixes *prefixes, GError **error)
{
  SobanXPath *xpath = soban_form_compile_checked (nodeset, prefixes, error);
  if (xpath == NULL)
    return NULL;
  SobanItemset *itemset = g_new0 (SobanItemset, 1);
  itemset->nodeset = xpath;
  itemset->steps = g_ptr_array_new_with_free_func (g_free);
  itemset->conditions = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_xpath_free);
  itemset->is_indexed = take_apart (itemset, nodeset, prefixes);
  return itemset;
}

/* A label out of the itext may say anything. */
static gboolean
label_stays_below (const SobanText *label)
{
  if (label == NULL)
    return TRUE;
  if (label->itext_id != NULL || label->itext_xpath != NULL)
    return FALSE;
  for (guint i = 0; i < label->parts->len; i++) {
    const SobanTextPart *part = g_ptr_array_index (label->parts, i);
    if (part->xpath != NULL && !soban_xpath_stays_below (part->xpath))
      return FALSE;
  }
  return TRUE;
}

void
soban_itemset_settle (SobanItemset *itemset)
{
  itemset->asks_item_only = label_stays_below (itemset->label)
                            && (itemset->value == NULL || soban_xpath_stays_below (itemset->value));
  for (guint i = 0; i < itemset->conditions->len; i++)
    itemset->asks_item_only &= soban_xpath_stays_below (g_ptr_array_index (itemset->conditions, i));
}
