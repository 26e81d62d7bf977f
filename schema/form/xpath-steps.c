/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>

/* Location steps, XPath 1.0 sections 2.1 to 2.4. */

static gboolean
name_fits (const XPathEval *eval, const XPathStep *step, const SobanNode *node)
{
  if (step->test == XPATH_TEST_NAME && node->name != step->name)
    return FALSE;
  if (step->ns == NULL || node->ns == step->ns)
    return TRUE;
  /* ODK forms write /data/x inside xmlns="http://www.w3.org/2002/xforms". */
  return *step->ns == '\0' && step->test == XPATH_TEST_NAME && node->ns == eval->default_ns
         && node->kind == SOBAN_NODE_ELEMENT;
}

gboolean
xpath_step_matches (const XPathEval *eval, const XPathStep *step, const SobanNode *node)
{
  switch (step->test) {
  case XPATH_TEST_NODE: return TRUE;
  case XPATH_TEST_TEXT: return node->kind == SOBAN_NODE_TEXT;
  case XPATH_TEST_COMMENT: return node->kind == SOBAN_NODE_COMMENT;
  case XPATH_TEST_INSTRUCTION:
    return node->kind == SOBAN_NODE_INSTRUCTION && (step->name == NULL || node->name == step->name);
  case XPATH_TEST_ANY_NAME:
  case XPATH_TEST_NAME: break;
  }
  SobanNodeKind principal = step->axis == XPATH_AXIS_ATTRIBUTE ? SOBAN_NODE_ATTRIBUTE : SOBAN_NODE_ELEMENT;
  return node->kind == principal && name_fits (eval, step, node);
}

static void
add_if (XPathEval *eval, const XPathStep *step, SobanNode *node, XPathNodes *found)
{
  eval->visits++;
  if (xpath_step_matches (eval, step, node))
    xpath_nodes_add (found, node);
}

static void
walk_siblings (XPathEval *eval, const XPathStep *step, SobanNode *first, XPathNodes *found)
{
  for (SobanNode *node = first; node != NULL; node = node->next)
    add_if (eval, step, node, found);
}

static void
walk_descendants (XPathEval *eval, const XPathStep *step, SobanNode *top, XPathNodes *found)
{
  SobanNode *node = top;
  while ((node = soban_node_next_in_document (node, top)) != NULL)
    add_if (eval, step, node, found);
}

static void
walk_ancestors (XPathEval *eval, const XPathStep *step, SobanNode *node, XPathNodes *found)
{
  for (; node != NULL; node = node->parent)
    add_if (eval, step, node, found);
}

static void
walk_following (XPathEval *eval, const XPathStep *step, SobanNode *from, XPathNodes *found)
{
  SobanNode *node = from;
  if (node->kind == SOBAN_NODE_ATTRIBUTE) {
    /* The element's own children follow its attributes. */
    node = node->parent;
    walk_descendants (eval, step, node, found);
  }
  for (; node != NULL; node = node->parent)
    for (SobanNode *sibling = node->next; sibling != NULL; sibling = sibling->next) {
      add_if (eval, step, sibling, found);
      walk_descendants (eval, step, sibling, found);
    }
}

/* Adds @top's subtree in reverse document order. */
static void
walk_back (XPathEval *eval, const XPathStep *step, SobanNode *top, XPathNodes *found)
{
  SobanNode *node = top;
  while (node->last_child != NULL)
    node = node->last_child;
  while (TRUE) {
    add_if (eval, step, node, found);
    if (node == top)
      return;
    if (node->prev == NULL) {
      node = node->parent;
      continue;
    }
    node = node->prev;
    while (node->last_child != NULL)
      node = node->last_child;
  }
}

static void
walk_preceding (XPathEval *eval, const XPathStep *step, SobanNode *from, XPathNodes *found)
{
  SobanNode *node = from->kind == SOBAN_NODE_ATTRIBUTE ? from->parent : from;
  for (; node != NULL; node = node->parent)
    for (SobanNode *sibling = node->prev; sibling != NULL; sibling = sibling->prev)
      walk_back (eval, step, sibling, found);
}

/* Adds what @step finds from @node, in the axis's own direction. */
static void
walk_axis (XPathEval *eval, const XPathStep *step, SobanNode *node, XPathNodes *found)
{
  gboolean attribute = node->kind == SOBAN_NODE_ATTRIBUTE;
  switch (step->axis) {
  case XPATH_AXIS_CHILD: walk_siblings (eval, step, node->first_child, found); break;
  case XPATH_AXIS_ATTRIBUTE: walk_siblings (eval, step, node->first_attribute, found); break;
  case XPATH_AXIS_SELF: add_if (eval, step, node, found); break;
  case XPATH_AXIS_PARENT:
    if (node->parent != NULL)
      add_if (eval, step, node->parent, found);
    break;
  case XPATH_AXIS_DESCENDANT_OR_SELF:
    add_if (eval, step, node, found);
    walk_descendants (eval, step, node, found);
    break;
  case XPATH_AXIS_DESCENDANT: walk_descendants (eval, step, node, found); break;
  case XPATH_AXIS_ANCESTOR: walk_ancestors (eval, step, node->parent, found); break;
  case XPATH_AXIS_ANCESTOR_OR_SELF: walk_ancestors (eval, step, node, found); break;
  case XPATH_AXIS_FOLLOWING_SIBLING: walk_siblings (eval, step, attribute ? NULL : node->next, found); break;
  case XPATH_AXIS_PRECEDING_SIBLING:
    for (SobanNode *prev = attribute ? NULL : node->prev; prev != NULL; prev = prev->prev)
      add_if (eval, step, prev, found);
    break;
  case XPATH_AXIS_FOLLOWING: walk_following (eval, step, node, found); break;
  case XPATH_AXIS_PRECEDING: walk_preceding (eval, step, node, found); break;
  case XPATH_AXIS_NAMESPACE: break; /* trees hold no namespace nodes */
  }
}

static gboolean
is_reverse (XPathAxis axis)
{
  return axis == XPATH_AXIS_ANCESTOR || axis == XPATH_AXIS_ANCESTOR_OR_SELF || axis == XPATH_AXIS_PRECEDING
         || axis == XPATH_AXIS_PRECEDING_SIBLING;
}

static gboolean
keeps_flat (XPathAxis axis)
{
  return axis == XPATH_AXIS_CHILD || axis == XPATH_AXIS_ATTRIBUTE || axis == XPATH_AXIS_SELF
         || axis == XPATH_AXIS_PARENT || axis == XPATH_AXIS_FOLLOWING_SIBLING || axis == XPATH_AXIS_PRECEDING_SIBLING;
}

/* From several flat nodes in order, these axes give nodes in order without doubles. */
static gboolean
keeps_order (XPathAxis axis)
{
  return axis == XPATH_AXIS_CHILD || axis == XPATH_AXIS_ATTRIBUTE || axis == XPATH_AXIS_SELF
         || axis == XPATH_AXIS_DESCENDANT || axis == XPATH_AXIS_DESCENDANT_OR_SELF;
}

static void
reverse (XPathNodes *nodes)
{
  for (gsize i = 0, j = nodes->count; i + 1 < j; i++) {
    j--;
    SobanNode *node = nodes->items[i];
    nodes->items[i] = nodes->items[j];
    nodes->items[j] = node;
  }
}

static gboolean
take_filtered (XPathEval *eval, const XPathStep *step, SobanNode *node, XPathNodes *ret_nodes, GError **error)
{
  XPathNodes found;
  xpath_nodes_init (&found);
  walk_axis (eval, step, node, &found);
  gboolean done = TRUE;
  for (guint i = 0; done && i < step->predicates->len && found.count > 0; i++)
    done = xpath_filter_nodes (eval, g_ptr_array_index (step->predicates, i), &found, error);
  for (gsize i = 0; done && i < found.count; i++)
    xpath_nodes_add (ret_nodes, found.items[i]);
  xpath_nodes_clear (&found);
  return done;
}

static gboolean
refuse_endless (GError **error)
{
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _("the search looks at more than %d nodes"),
               SOBAN_EXPRESSION_VISITS_MAX);
  return FALSE;
}

gboolean
xpath_take_step (XPathEval *eval, const XPathStep *step, const XPathNodes *from, XPathNodes *ret_nodes, GError **error)
{
  for (gsize i = 0; i < from->count; i++) {
    if (eval->visits > SOBAN_EXPRESSION_VISITS_MAX)
      return refuse_endless (error);
    if (step->predicates == NULL)
      walk_axis (eval, step, from->items[i], ret_nodes);
    else if (!take_filtered (eval, step, from->items[i], ret_nodes, error))
      return FALSE;
  }
  if (from->count == 1 && is_reverse (step->axis))
    reverse (ret_nodes);
  else if (from->count > 1 && !(keeps_order (step->axis) && (from->flat || step->axis == XPATH_AXIS_SELF
                                                             || step->axis == XPATH_AXIS_ATTRIBUTE)))
    xpath_nodes_sort (ret_nodes);
  ret_nodes->flat = ret_nodes->count < 2 || step->axis == XPATH_AXIS_ATTRIBUTE
                    || (keeps_flat (step->axis) && (from->count == 1 || (from->flat && keeps_order (step->axis))));
  return TRUE;
}

gboolean
xpath_node_is_relevant (const SobanNode *node)
{
  for (; node != NULL; node = node->parent)
    if (node->irrelevant)
      return FALSE;
  return TRUE;
}
