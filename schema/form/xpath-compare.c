/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include <math.h>
#include <string.h>

/* XPath 1.0 section 3.4, with ODK's dates: a date compares as a number, and so does a date's text against a number. */

static gboolean
compare_numbers (XPathOp op, double left, double right)
{
  switch (op) {
  case XPATH_OP_EQUAL: return left == right;
  case XPATH_OP_NOT_EQUAL: return left != right;
  case XPATH_OP_LESS: return left < right;
  case XPATH_OP_LESS_EQUAL: return left <= right;
  case XPATH_OP_GREATER: return left > right;
  case XPATH_OP_GREATER_EQUAL: return left >= right;
  default: g_assert_not_reached ();
  }
}

static gboolean
is_equality (XPathOp op)
{
  return op == XPATH_OP_EQUAL || op == XPATH_OP_NOT_EQUAL;
}

static gboolean
is_numeric (const XPathValue *value)
{
  return value->type == XPATH_VALUE_NUMBER || value->type == XPATH_VALUE_DATE;
}

static gboolean
compare_texts (XPathEval *eval, XPathOp op, const char *left, const char *right)
{
  if (is_equality (op))
    return (strcmp (left, right) == 0) == (op == XPATH_OP_EQUAL);
  return compare_numbers (op, xpath_text_to_number (eval, left), xpath_text_to_number (eval, right));
}

static XPathOp
turn (XPathOp op)
{
  switch (op) {
  case XPATH_OP_LESS: return XPATH_OP_GREATER;
  case XPATH_OP_LESS_EQUAL: return XPATH_OP_GREATER_EQUAL;
  case XPATH_OP_GREATER: return XPATH_OP_LESS;
  case XPATH_OP_GREATER_EQUAL: return XPATH_OP_LESS_EQUAL;
  default: return op;
  }
}

/* TRUE when the comparison holds for one of the nodes. */
static gboolean
compare_any (XPathEval *eval, XPathOp op, const XPathNodes *nodes, XPathValue *other)
{
  gboolean numeric = is_numeric (other) || !is_equality (op);
  double number = numeric ? xpath_value_to_number (eval, other) : 0;
  const char *text = numeric ? NULL : xpath_value_to_string (eval, other);
  for (gsize i = 0; i < nodes->count; i++) {
    const char *own = xpath_node_text (eval, nodes->items[i]);
    if (numeric ? compare_numbers (op, xpath_text_to_number (eval, own), number) : compare_texts (eval, op, own, text))
      return TRUE;
  }
  return FALSE;
}

static gboolean
compare_sets (XPathEval *eval, XPathOp op, const XPathNodes *left, const XPathNodes *right)
{
  for (gsize i = 0; i < left->count; i++) {
    const char *text = xpath_node_text (eval, left->items[i]);
    g_autofree char *kept = NULL;
    if (eval->scratch != NULL && text == eval->scratch->str)
      text = kept = g_strdup (text);
    for (gsize j = 0; j < right->count; j++)
      if (compare_texts (eval, op, text, xpath_node_text (eval, right->items[j])))
        return TRUE;
  }
  return FALSE;
}

/* What the form made irrelevant reads as empty (ODK XForms, "relevant"): `x != 'yes'` holds over it. */
static void
read_withheld (XPathValue *value)
{
  if (value->type != XPATH_VALUE_NODES || !value->nodes.withheld)
    return;
  xpath_value_clear (value);
  xpath_value_set_string (value, "");
}

gboolean
xpath_compare (XPathEval *eval, XPathOp op, XPathValue *left, XPathValue *right)
{
  read_withheld (left);
  read_withheld (right);
  gboolean left_nodes = left->type == XPATH_VALUE_NODES;
  gboolean right_nodes = right->type == XPATH_VALUE_NODES;
  if (left->type == XPATH_VALUE_BOOLEAN || right->type == XPATH_VALUE_BOOLEAN) {
    if (is_equality (op) || left_nodes || right_nodes)
      return compare_numbers (op, xpath_value_to_boolean (eval, left), xpath_value_to_boolean (eval, right));
  } else if (left_nodes && right_nodes) {
    return compare_sets (eval, op, &left->nodes, &right->nodes);
  } else if (left_nodes) {
    return compare_any (eval, op, &left->nodes, right);
  } else if (right_nodes) {
    return compare_any (eval, turn (op), &right->nodes, left);
  } else if (is_equality (op) && !is_numeric (left) && !is_numeric (right)) {
    return compare_texts (eval, op, left->string, right->string);
  }
  return compare_numbers (op, xpath_value_to_number (eval, left), xpath_value_to_number (eval, right));
}
