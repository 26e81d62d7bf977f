/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* --- operators --- */

static double
calculate (XPathOp op, double left, double right)
{
  switch (op) {
  case XPATH_OP_ADD: return left + right;
  case XPATH_OP_SUBTRACT: return left - right;
  case XPATH_OP_MULTIPLY: return left * right;
  case XPATH_OP_DIVIDE: return left / right;
  case XPATH_OP_MODULO: return fmod (left, right);
  default: g_assert_not_reached ();
  }
}

static gboolean
unite (XPathValue *left, XPathValue *right, GError **error)
{
  if (left->type != XPATH_VALUE_NODES || right->type != XPATH_VALUE_NODES) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("\"|\" joins node-sets only"));
    return FALSE;
  }
  for (gsize i = 0; i < right->nodes.count; i++)
    xpath_nodes_add (&left->nodes, right->nodes.items[i]);
  xpath_nodes_sort (&left->nodes);
  left->nodes.flat = FALSE;
  return TRUE;
}

/* @left becomes `@left op @right`. */
static gboolean
join (XPathEval *eval, XPathOp op, XPathValue *left, XPathValue *right, GError **error)
{
  if (op == XPATH_OP_UNION)
    return unite (left, right, error);
  XPathValue result;
  if (op < XPATH_OP_ADD)
    xpath_value_set_boolean (&result, xpath_compare (eval, op, left, right));
  else
    xpath_value_set_number (&result, calculate (op, xpath_value_to_number (eval, left),
                                                xpath_value_to_number (eval, right)));
  xpath_value_clear (left);
  xpath_value_move (left, &result);
  return TRUE;
}

/* `and` and `or` leave what comes after the deciding operand alone: it may even hold an unknown function. */
static gboolean
eval_logic (XPathEval *eval, const XPathFocus *focus, const XPathExpr *chain, XPathValue *ret_value, GError **error)
{
  gboolean deciding = chain->ops->data[1] == XPATH_OP_OR;
  for (guint i = 0; i < chain->args->len; i++) {
    XPathValue operand;
    if (!xpath_eval_expr (eval, focus, xpath_expr_arg (chain, i), &operand, error))
      return FALSE;
    gboolean truth = xpath_value_to_boolean (eval, &operand);
    xpath_value_clear (&operand);
    if (truth == deciding) {
      xpath_value_set_boolean (ret_value, deciding);
      return TRUE;
    }
  }
  xpath_value_set_boolean (ret_value, !deciding);
  return TRUE;
}

static gboolean
eval_chain (XPathEval *eval, const XPathFocus *focus, const XPathExpr *chain, XPathValue *ret_value, GError **error)
{
  if (chain->ops->data[1] <= XPATH_OP_AND)
    return eval_logic (eval, focus, chain, ret_value, error);
  if (!xpath_eval_expr (eval, focus, xpath_expr_arg (chain, 0), ret_value, error))
    return FALSE;
  for (guint i = 1; i < chain->args->len; i++) {
    XPathValue right;
    if (!xpath_eval_expr (eval, focus, xpath_expr_arg (chain, i), &right, error)) {
      xpath_value_clear (ret_value);
      return FALSE;
    }
    gboolean joined = join (eval, chain->ops->data[i], ret_value, &right, error);
    xpath_value_clear (&right);
    if (!joined) {
      xpath_value_clear (ret_value);
      return FALSE;
    }
  }
  return TRUE;
}

/* --- calls --- */

#define ARGS_FEW 4

static gboolean
call_with_args (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, XPathValue *args,
                XPathValue *ret_value, GError **error)
{
  guint known = 0;
  gboolean done = TRUE;
  for (; done && known < call->args->len; known += done)
    done = xpath_eval_expr (eval, focus, xpath_expr_arg (call, known), &args[known], error);
  if (done)
    done = call->function->call (eval, focus, call, args, call->args->len, ret_value, error);
  for (guint i = 0; i < known; i++)
    xpath_value_clear (&args[i]);
  return done;
}

static gboolean
eval_call (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, XPathValue *ret_value, GError **error)
{
  if (!xpath_function_check (call, error))
    return FALSE;
  if (call->function->flags & XPATH_FUNCTION_LAZY)
    return call->function->call (eval, focus, call, NULL, call->args->len, ret_value, error);
  if (call->args->len <= ARGS_FEW) {
    XPathValue few[ARGS_FEW];
    return call_with_args (eval, focus, call, few, ret_value, error);
  }
  g_autofree XPathValue *many = g_new (XPathValue, call->args->len);
  return call_with_args (eval, focus, call, many, ret_value, error);
}

/* --- paths --- */

gboolean
xpath_filter_nodes (XPathEval *eval, const XPathExpr *predicate, XPathNodes *nodes, GError **error)
{
  if (nodes->room == 0)
    xpath_nodes_grow (nodes);
  gsize kept = 0;
  for (gsize i = 0; i < nodes->count; i++) {
    XPathFocus focus = { nodes->items[i], i + 1, nodes->count };
    XPathValue value;
    if (!xpath_eval_expr (eval, &focus, predicate, &value, error))
      return FALSE;
    gboolean keep = value.type == XPATH_VALUE_NUMBER ? value.number == (double) focus.position
                                                     : xpath_value_to_boolean (eval, &value);
    xpath_value_clear (&value);
    if (keep)
      nodes->items[kept++] = nodes->items[i];
  }
  nodes->count = kept;
  return TRUE;
}

/* The ancestor-or-self of the context node that is a child of @parent and fits @step. */
static SobanNode *
find_own (XPathEval *eval, const XPathStep *step, const SobanNode *parent)
{
  SobanNode *node = eval->context->node;
  while (node != NULL && node->parent != parent)
    node = node->parent;
  return node != NULL && node->kind == SOBAN_NODE_ELEMENT && xpath_step_matches (eval, step, node) ? node : NULL;
}

/* Absolute paths mean the repeat instance that the context node is in (research/odk.md 3.3): walks down the context
 * node's own ancestors as far as the path names them. The last step is never taken: count(/data/rep) counts all. */
static guint
walk_own_ancestors (XPathEval *eval, const XPathExpr *path, XPathNodes *nodes)
{
  guint taken = 0;
  while (taken + 1 < path->steps->len) {
    const XPathStep *step = &g_array_index (path->steps, XPathStep, taken);
    if (step->axis != XPATH_AXIS_CHILD || step->predicates != NULL || step->test != XPATH_TEST_NAME)
      break;
    SobanNode *own = find_own (eval, step, nodes->items[0]);
    if (own == NULL)
      break;
    nodes->items[0] = own;
    taken++;
  }
  return taken;
}

static gboolean
eval_start (XPathEval *eval, const XPathFocus *focus, const XPathExpr *path, XPathValue *ret_value, GError **error)
{
  if (path->start != XPATH_START_EXPR) {
    xpath_value_init (ret_value, XPATH_VALUE_NODES);
    xpath_nodes_add (&ret_value->nodes, path->start == XPATH_START_ROOT ? eval->root : focus->node);
    return TRUE;
  }
  if (!xpath_eval_expr (eval, focus, xpath_expr_arg (path, 0), ret_value, error))
    return FALSE;
  if (ret_value->type != XPATH_VALUE_NODES) {
    xpath_value_clear (ret_value);
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("\"/\" and \"[\" follow node-sets only"));
    return FALSE;
  }
  ret_value->nodes.flat = ret_value->nodes.count < 2;
  for (guint i = 1; i < path->args->len; i++)
    if (!xpath_filter_nodes (eval, xpath_expr_arg (path, i), &ret_value->nodes, error)) {
      xpath_value_clear (ret_value);
      return FALSE;
    }
  return TRUE;
}

static void
drop_irrelevant (XPathNodes *nodes)
{
  gsize kept = 0;
  for (gsize i = 0; i < nodes->count; i++)
    if (xpath_node_is_relevant (nodes->items[i])) {
      if (nodes->room == 0 && kept != i)
        xpath_nodes_grow (nodes);
      if (kept != i)
        nodes->items[kept] = nodes->items[i];
      kept++;
    }
  nodes->withheld = kept == 0 && nodes->count > 0;
  nodes->count = kept;
}

gboolean
xpath_eval_path (XPathEval *eval, const XPathFocus *focus, const XPathExpr *path, gboolean keep_irrelevant,
                 XPathValue *ret_value, GError **error)
{
  if (!eval_start (eval, focus, path, ret_value, error))
    return FALSE;
  guint taken = 0;
  if (eval->repeat_absolute && path->start == XPATH_START_ROOT)
    taken = walk_own_ancestors (eval, path, &ret_value->nodes);
  for (; taken < path->steps->len; taken++) {
    XPathValue next;
    xpath_value_init (&next, XPATH_VALUE_NODES);
    const XPathStep *step = &g_array_index (path->steps, XPathStep, taken);
    gboolean done = xpath_take_step (eval, step, &ret_value->nodes, &next.nodes, error);
    xpath_value_clear (ret_value);
    if (!done) {
      xpath_value_clear (&next);
      return FALSE;
    }
    xpath_value_move (ret_value, &next);
    if (ret_value->nodes.count == 0)
      return TRUE;
  }
  if (!keep_irrelevant)
    drop_irrelevant (&ret_value->nodes);
  return TRUE;
}

/* --- expressions --- */

static gboolean
eval_fresh (XPathEval *eval, const XPathFocus *focus, const XPathExpr *expr, XPathValue *ret_value, GError **error)
{
  switch (expr->kind) {
  case XPATH_EXPR_NUMBER:
    xpath_value_set_number (ret_value, expr->number);
    return TRUE;
  case XPATH_EXPR_STRING:
    xpath_value_set_string (ret_value, expr->string);
    return TRUE;
  case XPATH_EXPR_CHAIN: return eval_chain (eval, focus, expr, ret_value, error);
  case XPATH_EXPR_CALL: return eval_call (eval, focus, expr, ret_value, error);
  case XPATH_EXPR_PATH: return xpath_eval_path (eval, focus, expr, FALSE, ret_value, error);
  case XPATH_EXPR_NEGATE: break;
  }
  XPathValue operand;
  if (!xpath_eval_expr (eval, focus, xpath_expr_arg (expr, 0), &operand, error))
    return FALSE;
  double number = expr->number * xpath_value_to_number (eval, &operand);
  xpath_value_clear (&operand);
  xpath_value_set_number (ret_value, number);
  return TRUE;
}

gboolean
xpath_eval_expr (XPathEval *eval, const XPathFocus *focus, const XPathExpr *expr, XPathValue *ret_value, GError **error)
{
  if (expr->memo == 0)
    return eval_fresh (eval, focus, expr, ret_value, error);
  if (eval->memos == NULL) {
    eval->memos = g_new (XPathValue, eval->xpath->memos);
    eval->memo_known = g_new0 (guint8, eval->xpath->memos);
  }
  XPathValue *memo = &eval->memos[expr->memo - 1];
  if (!eval->memo_known[expr->memo - 1]) {
    if (!eval_fresh (eval, focus, expr, memo, error))
      return FALSE;
    /* Texts are made once, so that borrowers need not make them again. */
    if (memo->type != XPATH_VALUE_NODES)
      memo->string = xpath_value_to_string (eval, memo);
    eval->memo_known[expr->memo - 1] = TRUE;
  }
  xpath_value_borrow (ret_value, memo);
  return TRUE;
}
