/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario-position.h"

#include <math.h>
#include <string.h>

#define UUID_PATTERN "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"

typedef struct {
  const char *form_text;
} Normalizing;

static gboolean
replace_uuid (const GMatchInfo *match, GString *out, gpointer user_data)
{
  const Normalizing *normalizing = user_data;
  g_autofree char *uuid = g_match_info_fetch (match, 0);
  g_string_append (out, strstr (normalizing->form_text, uuid) != NULL ? uuid : "@UUID@");
  return FALSE;
}

static char *
normalize (const char *text, const char *form_text)
{
  Normalizing normalizing = { form_text };
  g_autoptr (GRegex) regex = g_regex_new (UUID_PATTERN, 0, 0, NULL);
  return g_regex_replace_eval (regex, text, -1, 0, 0, replace_uuid, &normalizing, NULL);
}

gboolean
scenario_is_same_text (const char *expected, const char *actual)
{
  if (g_str_equal (expected, actual))
    return TRUE;
  if (g_str_equal (expected, "@TODAY@"))
    return g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\d$", actual, 0, 0);
  if (g_str_equal (expected, "@NOW@"))
    return g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d", actual, 0, 0);
  double a = soban_xpath_string_to_number (expected);
  double b = soban_xpath_string_to_number (actual);
  return !isnan (a) && !isnan (b) && fabs (a - b) <= 1e-9 * fmax (1, fabs (a));
}

static gboolean
is_blank (const SobanNode *node)
{
  return node->kind == SOBAN_NODE_TEXT && node->text[strspn (node->text, " \t\r\n")] == '\0';
}

static char *
compare_attributes (const SobanNode *expected, const SobanNode *actual)
{
  for (const SobanNode *a = expected->first_attribute; a != NULL; a = a->next) {
    const char *value = soban_node_get_attribute (actual, a->ns, a->name);
    if (value == NULL || !scenario_is_same_text (a->text, value))
      return g_strdup_printf ("%s/@%s: expected “%s”, is “%s”", expected->name, a->name, a->text,
                              value != NULL ? value : "(none)");
  }
  for (const SobanNode *a = actual->first_attribute; a != NULL; a = a->next)
    if (soban_node_get_attribute (expected, a->ns, a->name) == NULL)
      return g_strdup_printf ("%s/@%s: not expected", expected->name, a->name);
  return NULL;
}

static char *
compare_nodes (const SobanNode *expected, const SobanNode *actual)
{
  if (expected->kind != SOBAN_NODE_DOCUMENT && (expected->name != actual->name || expected->ns != actual->ns))
    return g_strdup_printf ("expected element %s {%s}, is %s {%s}", expected->name, expected->ns, actual->name,
                            actual->ns);
  char *difference = compare_attributes (expected, actual);
  if (difference != NULL)
    return difference;
  const SobanNode *a = soban_node_first_element (expected);
  const SobanNode *b = soban_node_first_element (actual);
  if (a == NULL && b == NULL) {
    g_autoptr (GString) scratch_a = g_string_new (NULL);
    g_autoptr (GString) scratch_b = g_string_new (NULL);
    const char *x =
      expected->first_child != NULL && is_blank (expected->first_child) ? "" : soban_node_value (expected, scratch_a);
    const char *y =
      actual->first_child != NULL && is_blank (actual->first_child) ? "" : soban_node_value (actual, scratch_b);
    return scenario_is_same_text (x, y) ? NULL : g_strdup_printf ("%s: expected “%s”, is “%s”", expected->name, x, y);
  }
  for (; a != NULL && b != NULL; a = soban_node_next_element (a), b = soban_node_next_element (b)) {
    difference = compare_nodes (a, b);
    if (difference != NULL)
      return difference;
  }
  if (a != NULL)
    return g_strdup_printf ("%s: %s is missing", expected->name, a->name);
  return b != NULL ? g_strdup_printf ("%s: %s should not be there", expected->name, b->name) : NULL;
}

char *
scenario_compare_instances (const char *expected, const char *actual, const char *form_text)
{
  g_autofree char *normal = normalize (actual, form_text);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanTree) expected_tree = soban_tree_parse (expected, strlen (expected), &error);
  g_autoptr (SobanTree) actual_tree = expected_tree != NULL ? soban_tree_parse (normal, strlen (normal), &error) : NULL;
  if (actual_tree == NULL)
    return g_strdup (error->message);
  return compare_nodes (soban_tree_get_root (expected_tree), soban_tree_get_root (actual_tree));
}
