/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-parser.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Expressions by the grammar of XPath 1.0 section 3, by recursive descent. */

typedef enum {
  LEVEL_OR,
  LEVEL_AND,
  LEVEL_EQUALITY,
  LEVEL_RELATION,
  LEVEL_SUM,
  LEVEL_PRODUCT,
  LEVEL_SIGN,
  LEVEL_UNION,
  LEVEL_PATH,
} Level;

static XPathExpr *parse_level (XPathParser *parser, Level level);

gpointer
xpath_parser_fail (XPathParser *parser, int code, const char *message)
{
  glong at = g_utf8_pointer_to_offset (parser->xpath->text, parser->lexer.token.start);
  g_set_error (&parser->error, SOBAN_FORM_ERROR, code, _("character %ld: %s"), at + 1, message);
  return NULL;
}

gboolean
xpath_parser_take (XPathParser *parser, XPathTokenKind kind, const char *message)
{
  if (!xpath_parser_at (parser, kind)) {
    xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION, message);
    return FALSE;
  }
  xpath_lexer_next (&parser->lexer);
  return TRUE;
}

static Level
find_level (XPathOp op)
{
  switch (op) {
  case XPATH_OP_OR: return LEVEL_OR;
  case XPATH_OP_AND: return LEVEL_AND;
  case XPATH_OP_EQUAL:
  case XPATH_OP_NOT_EQUAL: return LEVEL_EQUALITY;
  case XPATH_OP_LESS:
  case XPATH_OP_LESS_EQUAL:
  case XPATH_OP_GREATER:
  case XPATH_OP_GREATER_EQUAL: return LEVEL_RELATION;
  case XPATH_OP_ADD:
  case XPATH_OP_SUBTRACT: return LEVEL_SUM;
  case XPATH_OP_MULTIPLY:
  case XPATH_OP_DIVIDE:
  case XPATH_OP_MODULO: return LEVEL_PRODUCT;
  case XPATH_OP_UNION: return LEVEL_UNION;
  case XPATH_OP_NONE: break;
  }
  return LEVEL_PATH;
}

/* What does not depend on a predicate's candidate is evaluated once for all of them. */
XPathExpr *
xpath_parser_keep_once (XPathParser *parser, XPathExpr *expr)
{
  if (expr->focus_free && parser->predicates > 0)
    expr->memo = ++parser->xpath->memos;
  return expr;
}

static gboolean
all_focus_free (const XPathExpr *expr)
{
  for (guint i = 0; i < expr->args->len; i++)
    if (!xpath_expr_arg (expr, i)->focus_free)
      return FALSE;
  return TRUE;
}

XPathExpr *
xpath_parse_expr (XPathParser *parser)
{
  if (parser->depth >= SOBAN_EXPRESSION_DEPTH_MAX)
    return xpath_parser_fail (parser, SOBAN_FORM_ERROR_LIMIT, _("nested too deeply"));
  parser->depth++;
  XPathExpr *expr = parse_level (parser, LEVEL_OR);
  parser->depth--;
  return expr;
}

static gboolean
compile_pattern (XPathParser *parser, XPathExpr *call)
{
  if (call->args->len != 2 || g_strcmp0 (call->string, "regex") != 0)
    return TRUE;
  const XPathExpr *pattern = xpath_expr_arg (call, 1);
  if (pattern->kind != XPATH_EXPR_STRING)
    return TRUE;
  g_autofree char *whole = g_strconcat ("^(?:", pattern->string, ")$", NULL);
  g_autoptr (GError) error = NULL;
  call->regex = g_regex_new (whole, G_REGEX_DOLLAR_ENDONLY, 0, &error);
  if (call->regex != NULL)
    return TRUE;
  g_autofree char *message = g_strdup_printf (_("the pattern \"%s\" is wrong: %s"), pattern->string, error->message);
  xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION, message);
  return FALSE;
}

static gboolean
note_function (XPathParser *parser, XPathExpr *call)
{
  const XPathFunction *function = call->function;
  if (function == NULL)
    return TRUE;
  XPathFunctionFlags flags = function->flags;
  gboolean bare = call->args->len == 0;
  gboolean seeded = (flags & XPATH_FUNCTION_RANDOM) && function->args_max > 0 && call->args->len == function->args_max;
  gboolean by_focus = (flags & XPATH_FUNCTION_FOCUS) || (bare && (flags & XPATH_FUNCTION_FOCUS_BARE));
  /* A predicate's own position() is settled by the nodes that it filters. */
  gboolean settled = bare && by_focus && parser->predicates > 0;
  if ((flags & XPATH_FUNCTION_VOLATILE) && !seeded && !settled)
    parser->xpath->is_volatile = TRUE;
  call->focus_free = !by_focus && (!(flags & XPATH_FUNCTION_RANDOM) || seeded) && all_focus_free (call);
  return compile_pattern (parser, call);
}

static XPathExpr *
parse_call (XPathParser *parser)
{
  const XPathToken *token = &parser->lexer.token;
  XPathExpr *call = xpath_expr_new (parser->xpath, XPATH_EXPR_CALL);
  call->string = g_strndup (token->start, token->length);
  call->function = xpath_function_find (token->start, token->length);
  xpath_lexer_next (&parser->lexer);
  xpath_lexer_next (&parser->lexer);
  while (!xpath_parser_at (parser, XPATH_TOKEN_CLOSE)) {
    if (call->args->len > 0 && !xpath_parser_take (parser, XPATH_TOKEN_COMMA, _("\",\" or \")\" is missing")))
      return NULL;
    XPathExpr *arg = xpath_parse_expr (parser);
    if (arg == NULL)
      return NULL;
    g_ptr_array_add (call->args, arg);
  }
  xpath_lexer_next (&parser->lexer);
  return note_function (parser, call) ? xpath_parser_keep_once (parser, call) : NULL;
}

static XPathExpr *
parse_literal (XPathParser *parser, XPathExprKind kind)
{
  const XPathToken *token = &parser->lexer.token;
  XPathExpr *expr = xpath_expr_new (parser->xpath, kind);
  expr->focus_free = TRUE;
  if (kind == XPATH_EXPR_STRING)
    expr->string = g_strndup (token->start, token->length);
  else
    expr->number = token->number;
  xpath_lexer_next (&parser->lexer);
  return expr;
}

static gboolean
at_call (const XPathParser *parser)
{
  XPathTestKind test;
  return xpath_parser_at (parser, XPATH_TOKEN_NAME) && xpath_lexer_peek (&parser->lexer) == '('
         && !xpath_parser_find_node_type (&parser->lexer.token, &test);
}

/* PathExpr of section 3.3: a location path, or a primary expression with predicates and further steps. */
static XPathExpr *
parse_path (XPathParser *parser)
{
  XPathExpr *base = NULL;
  if (xpath_parser_at (parser, XPATH_TOKEN_NUMBER)) {
    base = parse_literal (parser, XPATH_EXPR_NUMBER);
  } else if (xpath_parser_at (parser, XPATH_TOKEN_LITERAL)) {
    base = parse_literal (parser, XPATH_EXPR_STRING);
  } else if (xpath_parser_at (parser, XPATH_TOKEN_OPEN)) {
    xpath_lexer_next (&parser->lexer);
    base = xpath_parse_expr (parser);
    if (base != NULL && !xpath_parser_take (parser, XPATH_TOKEN_CLOSE, _("\")\" is missing")))
      return NULL;
  } else if (at_call (parser)) {
    base = parse_call (parser);
  } else if (xpath_parser_at_step (parser) || xpath_parser_at (parser, XPATH_TOKEN_SLASH)
             || xpath_parser_at (parser, XPATH_TOKEN_SLASHES)) {
    return xpath_parse_location_path (parser);
  } else {
    return xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION,
                 xpath_parser_at (parser, XPATH_TOKEN_END) ? _("the expression ends too early")
                                                           : _("this cannot stand here"));
  }
  if (base == NULL)
    return NULL;
  if (!xpath_parser_at (parser, XPATH_TOKEN_OPEN_BRACKET) && !xpath_parser_at (parser, XPATH_TOKEN_SLASH)
      && !xpath_parser_at (parser, XPATH_TOKEN_SLASHES))
    return base;
  XPathExpr *path = xpath_parser_new_path (parser, XPATH_START_EXPR);
  path->focus_free = base->focus_free;
  g_ptr_array_add (path->args, base);
  if (!xpath_parse_predicates (parser, path->args) || !xpath_parse_further_steps (parser, path))
    return NULL;
  return xpath_parser_keep_once (parser, path);
}

static XPathExpr *
parse_sign (XPathParser *parser)
{
  guint signs = 0;
  for (; xpath_parser_at (parser, XPATH_TOKEN_OPERATOR) && parser->lexer.token.op == XPATH_OP_SUBTRACT; signs++)
    xpath_lexer_next (&parser->lexer);
  XPathExpr *operand = parse_level (parser, LEVEL_UNION);
  if (operand == NULL || signs == 0)
    return operand;
  XPathExpr *expr = xpath_expr_new (parser->xpath, XPATH_EXPR_NEGATE);
  expr->number = signs % 2 == 1 ? -1 : 1;
  expr->focus_free = operand->focus_free;
  g_ptr_array_add (expr->args, operand);
  return expr;
}

static XPathExpr *
parse_level (XPathParser *parser, Level level)
{
  if (level == LEVEL_PATH)
    return parse_path (parser);
  if (level == LEVEL_SIGN)
    return parse_sign (parser);
  XPathExpr *first = parse_level (parser, level + 1);
  XPathExpr *chain = NULL;
  while (first != NULL && xpath_parser_at (parser, XPATH_TOKEN_OPERATOR)
         && find_level (parser->lexer.token.op) == level) {
    guint8 op = parser->lexer.token.op;
    xpath_lexer_next (&parser->lexer);
    XPathExpr *next = parse_level (parser, level + 1);
    if (next == NULL)
      return NULL;
    if (chain == NULL) {
      chain = xpath_expr_new (parser->xpath, XPATH_EXPR_CHAIN);
      chain->ops = g_byte_array_new ();
      g_ptr_array_add (chain->args, first);
      g_byte_array_append (chain->ops, (const guint8[]) { XPATH_OP_NONE }, 1);
    }
    g_ptr_array_add (chain->args, next);
    g_byte_array_append (chain->ops, &op, 1);
  }
  if (chain == NULL)
    return first;
  chain->focus_free = all_focus_free (chain);
  return chain;
}

/* Interned texts are never freed: garbage must not become one, so this comes last. */
static void
intern_names (SobanXPath *xpath)
{
  for (guint i = 0; i < xpath->exprs->len; i++) {
    const XPathExpr *expr = g_ptr_array_index (xpath->exprs, i);
    for (guint j = 0; expr->steps != NULL && j < expr->steps->len; j++) {
      XPathStep *step = &g_array_index (expr->steps, XPathStep, j);
      step->name = g_intern_string (step->name);
    }
  }
}

gboolean
xpath_parse (SobanXPath *xpath, SobanXPathPrefixFunc prefix_func, gpointer prefix_data, GError **error)
{
  g_autoptr (GStringChunk) names = g_string_chunk_new (256);
  XPathParser parser = { .xpath = xpath, .prefix_func = prefix_func, .prefix_data = prefix_data, .names = names };
  xpath_lexer_init (&parser.lexer, xpath->text);
  xpath->top = xpath_parse_expr (&parser);
  if (xpath->top != NULL && !xpath_parser_at (&parser, XPATH_TOKEN_END))
    xpath->top = xpath_parser_fail (&parser, SOBAN_FORM_ERROR_EXPRESSION, _("this cannot stand here"));
  if (xpath->top != NULL) {
    intern_names (xpath);
    return TRUE;
  }
  g_autofree char *shown = xpath_shorten (xpath->text);
  g_propagate_prefixed_error (error, parser.error, _("Expression \"%s\": "), shown);
  return FALSE;
}
