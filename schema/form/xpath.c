/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath.h"

#include "base/error.h"
#include "base/limits.h"
#include "form/xpath-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define SHOWN_CHARACTERS 100

char *
xpath_shorten (const char *text)
{
  if (g_utf8_strlen (text, -1) <= SHOWN_CHARACTERS)
    return g_strdup (text);
  g_autofree char *start = g_utf8_substring (text, 0, SHOWN_CHARACTERS);
  return g_strconcat (start, "…", NULL);
}

static void
clear_step (gpointer data)
{
  XPathStep *step = data;
  g_clear_pointer (&step->predicates, g_ptr_array_unref);
}

static void
free_expr (gpointer data)
{
  XPathExpr *expr = data;
  g_free (expr->string);
  g_clear_pointer (&expr->args, g_ptr_array_unref);
  g_clear_pointer (&expr->ops, g_byte_array_unref);
  g_clear_pointer (&expr->regex, g_regex_unref);
  g_clear_pointer (&expr->steps, g_array_unref);
  g_free (expr);
}

XPathExpr *
xpath_expr_new (SobanXPath *xpath, XPathExprKind kind)
{
  XPathExpr *expr = g_new0 (XPathExpr, 1);
  expr->kind = kind;
  expr->args = g_ptr_array_new ();
  if (kind == XPATH_EXPR_PATH) {
    expr->steps = g_array_new (FALSE, FALSE, sizeof (XPathStep));
    g_array_set_clear_func (expr->steps, clear_step);
  }
  g_ptr_array_add (xpath->exprs, expr);
  return expr;
}

SobanXPath *
soban_xpath_compile (const char *expression, SobanXPathPrefixFunc prefix_func, gpointer prefix_data, GError **error)
{
  gsize length = strlen (expression);
  if (length > SOBAN_EXPRESSION_BYTES_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _("Expression: longer than %d bytes"),
                 SOBAN_EXPRESSION_BYTES_MAX);
    return NULL;
  }
  if (!g_utf8_validate (expression, length, NULL)) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("Expression: not UTF-8"));
    return NULL;
  }
  g_autoptr (SobanXPath) xpath = g_new0 (SobanXPath, 1);
  xpath->text = g_strdup (expression);
  xpath->exprs = g_ptr_array_new_with_free_func (free_expr);
  if (!xpath_parse (xpath, prefix_func, prefix_data, error))
    return NULL;
  return g_steal_pointer (&xpath);
}

void
soban_xpath_free (SobanXPath *xpath)
{
  if (xpath == NULL)
    return;
  g_ptr_array_unref (xpath->exprs);
  g_free (xpath->text);
  g_free (xpath);
}

const char *
soban_xpath_get_text (const SobanXPath *xpath)
{
  return xpath->text;
}

gboolean
soban_xpath_is_volatile (const SobanXPath *xpath)
{
  return xpath->is_volatile;
}

const char *
soban_xpath_find_unknown_function (const SobanXPath *xpath)
{
  for (guint i = 0; i < xpath->exprs->len; i++) {
    const XPathExpr *expr = g_ptr_array_index (xpath->exprs, i);
    if (expr->kind == XPATH_EXPR_CALL && expr->function == NULL)
      return expr->string;
  }
  return NULL;
}

gboolean
soban_xpath_check_functions (const SobanXPath *xpath, GError **error)
{
  for (guint i = 0; i < xpath->exprs->len; i++) {
    const XPathExpr *expr = g_ptr_array_index (xpath->exprs, i);
    if (expr->kind == XPATH_EXPR_CALL && !xpath_function_check (expr, error)) {
      g_autofree char *shown = xpath_shorten (xpath->text);
      g_prefix_error (error, _("Expression \"%s\": "), shown);
      return FALSE;
    }
  }
  return TRUE;
}

void
soban_xpath_value_clear (SobanXPathValue *value)
{
  g_clear_pointer (&value->nodes, g_ptr_array_unref);
  g_clear_pointer (&value->string, g_free);
}

static void
begin (XPathEval *eval, const SobanXPath *xpath, const SobanXPathContext *context)
{
  g_assert (context->node != NULL);
  *eval = (XPathEval) { .xpath = xpath, .context = context, .host = context->host };
  eval->root = context->root != NULL ? context->root : soban_tree_get_root (context->node->tree);
  eval->current = context->current != NULL ? context->current : context->node;
  eval->repeat_absolute = context->repeat_absolute;
  if (eval->host != NULL && eval->host->default_ns != NULL && *eval->host->default_ns != '\0')
    eval->default_ns = g_intern_string (eval->host->default_ns);
}

static void
end (XPathEval *eval)
{
  for (guint i = 0; eval->memos != NULL && i < eval->xpath->memos; i++)
    if (eval->memo_known[i])
      xpath_value_clear (&eval->memos[i]);
  g_free (eval->memos);
  g_free (eval->memo_known);
  g_clear_pointer (&eval->own_timezone, g_time_zone_unref);
  if (eval->scratch != NULL)
    g_string_free (eval->scratch, TRUE);
}

static gboolean
run (XPathEval *eval, const SobanXPath *xpath, const SobanXPathContext *context, XPathValue *ret_value, GError **error)
{
  begin (eval, xpath, context);
  XPathFocus focus = { context->node, MAX (context->position, 1), MAX (context->size, 1) };
  if (xpath_eval_expr (eval, &focus, xpath->top, ret_value, error))
    return TRUE;
  end (eval);
  g_autofree char *shown = xpath_shorten (xpath->text);
  g_prefix_error (error, _("Expression \"%s\": "), shown);
  return FALSE;
}

gboolean
soban_xpath_evaluate (const SobanXPath *xpath, const SobanXPathContext *context, SobanXPathValue *ret_value,
                      GError **error)
{
  XPathEval eval;
  XPathValue value;
  if (!run (&eval, xpath, context, &value, error))
    return FALSE;
  *ret_value = (SobanXPathValue) { .type = SOBAN_XPATH_STRING };
  switch (value.type) {
  case XPATH_VALUE_NODES:
    ret_value->type = SOBAN_XPATH_NODES;
    ret_value->nodes = g_ptr_array_sized_new (value.nodes.count);
    for (gsize i = 0; i < value.nodes.count; i++)
      g_ptr_array_add (ret_value->nodes, value.nodes.items[i]);
    break;
  case XPATH_VALUE_NUMBER:
    ret_value->type = SOBAN_XPATH_NUMBER;
    ret_value->number = value.number;
    break;
  case XPATH_VALUE_BOOLEAN:
    ret_value->type = SOBAN_XPATH_BOOLEAN;
    ret_value->boolean = value.boolean;
    break;
  case XPATH_VALUE_STRING:
  case XPATH_VALUE_DATE:
    ret_value->string = g_strdup (xpath_value_to_string (&eval, &value));
    break;
  }
  xpath_value_clear (&value);
  end (&eval);
  return TRUE;
}

gboolean
soban_xpath_evaluate_string (const SobanXPath *xpath, const SobanXPathContext *context, char **ret_string,
                             GError **error)
{
  XPathEval eval;
  XPathValue value;
  if (!run (&eval, xpath, context, &value, error))
    return FALSE;
  *ret_string = g_strdup (xpath_value_to_string (&eval, &value));
  xpath_value_clear (&value);
  end (&eval);
  return TRUE;
}

gboolean
soban_xpath_evaluate_number (const SobanXPath *xpath, const SobanXPathContext *context, double *ret_number,
                             GError **error)
{
  XPathEval eval;
  XPathValue value;
  if (!run (&eval, xpath, context, &value, error))
    return FALSE;
  *ret_number = xpath_value_to_number (&eval, &value);
  xpath_value_clear (&value);
  end (&eval);
  return TRUE;
}

gboolean
soban_xpath_evaluate_boolean (const SobanXPath *xpath, const SobanXPathContext *context, gboolean *ret_boolean,
                              GError **error)
{
  XPathEval eval;
  XPathValue value;
  if (!run (&eval, xpath, context, &value, error))
    return FALSE;
  *ret_boolean = xpath_value_to_boolean (&eval, &value);
  xpath_value_clear (&value);
  end (&eval);
  return TRUE;
}

static gboolean
goes_down (XPathAxis axis)
{
  return axis == XPATH_AXIS_CHILD || axis == XPATH_AXIS_ATTRIBUTE || axis == XPATH_AXIS_SELF
         || axis == XPATH_AXIS_DESCENDANT || axis == XPATH_AXIS_DESCENDANT_OR_SELF;
}

/* current() and instance() begin elsewhere, whatever the context node is. */
static gboolean
begins_elsewhere (const XPathExpr *path)
{
  if (path->start != XPATH_START_EXPR)
    return path->start == XPATH_START_ROOT;
  const XPathExpr *base = xpath_expr_arg (path, 0);
  return base->kind == XPATH_EXPR_CALL
         && (g_str_equal (base->string, "current") || g_str_equal (base->string, "instance"));
}

gboolean
soban_xpath_stays_below (const SobanXPath *xpath)
{
  for (guint i = 0; i < xpath->exprs->len; i++) {
    const XPathExpr *expr = g_ptr_array_index (xpath->exprs, i);
    /* position(node) counts the node's siblings. */
    if (expr->kind == XPATH_EXPR_CALL && expr->args->len > 0 && g_str_equal (expr->string, "position"))
      return FALSE;
    if (expr->kind != XPATH_EXPR_PATH || begins_elsewhere (expr))
      continue;
    for (guint step = 0; step < expr->steps->len; step++)
      if (!goes_down (g_array_index (expr->steps, XPathStep, step).axis))
        return FALSE;
  }
  return TRUE;
}
