/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Recursive descent over the grammar of XPath 1.0 section 3. Every failing function has set parser->error. */

typedef struct {
  SobanXPath *xpath;
  XPathLexer lexer;
  SobanXPathPrefixFunc prefix_func;
  gpointer prefix_data;
  guint depth;
  guint predicates; /* how many we are inside of */
  GStringChunk *names; /* of the steps, until they are known to be worth interning */
  GError *error;
} Parser;

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

static XPathExpr *parse_level (Parser *parser, Level level);

static gpointer
fail (Parser *parser, int code, const char *message)
{
  glong at = g_utf8_pointer_to_offset (parser->xpath->text, parser->lexer.token.start);
  g_set_error (&parser->error, SOBAN_FORM_ERROR, code, _("character %ld: %s"), at + 1, message);
  return NULL;
}

static gboolean
at_token (const Parser *parser, XPathTokenKind kind)
{
  return parser->lexer.token.kind == kind;
}

static gboolean
take (Parser *parser, XPathTokenKind kind, const char *message)
{
  if (!at_token (parser, kind)) {
    fail (parser, SOBAN_FORM_ERROR_EXPRESSION, message);
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
static XPathExpr *
keep_once (Parser *parser, XPathExpr *expr)
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

static XPathExpr *
parse_expr (Parser *parser)
{
  if (parser->depth >= SOBAN_EXPRESSION_DEPTH_MAX)
    return fail (parser, SOBAN_FORM_ERROR_LIMIT, _("nested too deeply"));
  parser->depth++;
  XPathExpr *expr = parse_level (parser, LEVEL_OR);
  parser->depth--;
  return expr;
}

static gboolean
parse_predicates (Parser *parser, GPtrArray *predicates)
{
  while (at_token (parser, XPATH_TOKEN_OPEN_BRACKET)) {
    xpath_lexer_next (&parser->lexer);
    parser->predicates++;
    XPathExpr *predicate = parse_expr (parser);
    parser->predicates--;
    if (predicate == NULL || !take (parser, XPATH_TOKEN_CLOSE_BRACKET, _("\"]\" is missing")))
      return FALSE;
    g_ptr_array_add (predicates, predicate);
  }
  return TRUE;
}

static gboolean
token_is (const XPathToken *token, const char *text)
{
  return strlen (text) == token->length && strncmp (token->start, text, token->length) == 0;
}

static gboolean
parse_axis (Parser *parser, XPathAxis *ret_axis)
{
  static const struct {
    const char *name;
    XPathAxis axis;
  } axes[] = {
    { "child", XPATH_AXIS_CHILD },
    { "parent", XPATH_AXIS_PARENT },
    { "self", XPATH_AXIS_SELF },
    { "attribute", XPATH_AXIS_ATTRIBUTE },
    { "descendant", XPATH_AXIS_DESCENDANT },
    { "descendant-or-self", XPATH_AXIS_DESCENDANT_OR_SELF },
    { "ancestor", XPATH_AXIS_ANCESTOR },
    { "ancestor-or-self", XPATH_AXIS_ANCESTOR_OR_SELF },
    { "following-sibling", XPATH_AXIS_FOLLOWING_SIBLING },
    { "preceding-sibling", XPATH_AXIS_PRECEDING_SIBLING },
    { "following", XPATH_AXIS_FOLLOWING },
    { "preceding", XPATH_AXIS_PRECEDING },
    { "namespace", XPATH_AXIS_NAMESPACE },
  };
  *ret_axis = XPATH_AXIS_CHILD;
  if (at_token (parser, XPATH_TOKEN_AT)) {
    *ret_axis = XPATH_AXIS_ATTRIBUTE;
    xpath_lexer_next (&parser->lexer);
    return TRUE;
  }
  if (!at_token (parser, XPATH_TOKEN_NAME) || xpath_lexer_peek (&parser->lexer) != ':')
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    if (token_is (&parser->lexer.token, axes[i].name)) {
      *ret_axis = axes[i].axis;
      xpath_lexer_next (&parser->lexer);
      return take (parser, XPATH_TOKEN_COLONS, _("\"::\" is missing"));
    }
  fail (parser, SOBAN_FORM_ERROR_EXPRESSION, _("there is no such axis"));
  return FALSE;
}

static gboolean
find_namespace (Parser *parser, const char *start, gsize length, const char **ret_ns)
{
  g_autofree char *prefix = g_strndup (start, length);
  const char *ns = parser->prefix_func != NULL ? parser->prefix_func (parser->prefix_data, prefix) : NULL;
  if (ns == NULL && strcmp (prefix, "xml") == 0)
    ns = "http://www.w3.org/XML/1998/namespace";
  if (ns == NULL) {
    g_autofree char *message = g_strdup_printf (_("the prefix \"%s\" is not declared"), prefix);
    fail (parser, SOBAN_FORM_ERROR_EXPRESSION, message);
    return FALSE;
  }
  *ret_ns = g_intern_string (ns);
  return TRUE;
}

static gboolean
parse_name_test (Parser *parser, XPathStep *step)
{
  const XPathToken *token = &parser->lexer.token;
  const char *colon = memchr (token->start, ':', token->length);
  const char *name = colon != NULL ? colon + 1 : token->start;
  gsize length = token->start + token->length - name;
  step->ns = g_intern_static_string ("");
  if (colon != NULL && !find_namespace (parser, token->start, colon - token->start, &step->ns))
    return FALSE;
  if (length == 1 && *name == '*') {
    step->test = XPATH_TEST_ANY_NAME;
  } else {
    step->test = XPATH_TEST_NAME;
    step->name = g_string_chunk_insert_len (parser->names, name, length);
  }
  xpath_lexer_next (&parser->lexer);
  return TRUE;
}

static gboolean
find_node_type (const XPathToken *token, XPathTestKind *ret_test)
{
  static const struct {
    const char *name;
    XPathTestKind test;
  } types[] = {
    { "node", XPATH_TEST_NODE },
    { "text", XPATH_TEST_TEXT },
    { "comment", XPATH_TEST_COMMENT },
    { "processing-instruction", XPATH_TEST_INSTRUCTION },
  };
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (token_is (token, types[i].name)) {
      *ret_test = types[i].test;
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_type_test (Parser *parser, XPathStep *step)
{
  if (!find_node_type (&parser->lexer.token, &step->test)) {
    fail (parser, SOBAN_FORM_ERROR_EXPRESSION, _("a function cannot stand here"));
    return FALSE;
  }
  xpath_lexer_next (&parser->lexer);
  xpath_lexer_next (&parser->lexer);
  if (step->test == XPATH_TEST_INSTRUCTION && at_token (parser, XPATH_TOKEN_LITERAL)) {
    step->name = g_string_chunk_insert_len (parser->names, parser->lexer.token.start, parser->lexer.token.length);
    xpath_lexer_next (&parser->lexer);
  }
  return take (parser, XPATH_TOKEN_CLOSE, _("\")\" is missing"));
}

static gboolean
parse_node_test (Parser *parser, XPathStep *step)
{
  if (at_token (parser, XPATH_TOKEN_STAR)) {
    step->test = XPATH_TEST_ANY_NAME;
    step->ns = NULL;
    xpath_lexer_next (&parser->lexer);
    return TRUE;
  }
  if (!at_token (parser, XPATH_TOKEN_NAME)) {
    fail (parser, SOBAN_FORM_ERROR_EXPRESSION, _("a name is expected here"));
    return FALSE;
  }
  if (xpath_lexer_peek (&parser->lexer) == '(')
    return parse_type_test (parser, step);
  return parse_name_test (parser, step);
}

static gboolean
parse_step (Parser *parser, XPathExpr *path)
{
  XPathStep step = { XPATH_AXIS_SELF, XPATH_TEST_NODE, NULL, NULL, NULL };
  if (at_token (parser, XPATH_TOKEN_DOT) || at_token (parser, XPATH_TOKEN_DOT_DOT)) {
    if (at_token (parser, XPATH_TOKEN_DOT_DOT))
      step.axis = XPATH_AXIS_PARENT;
    xpath_lexer_next (&parser->lexer);
  } else if (!parse_axis (parser, &step.axis) || !parse_node_test (parser, &step)) {
    return FALSE;
  }
  if (at_token (parser, XPATH_TOKEN_OPEN_BRACKET)) {
    g_autoptr (GPtrArray) predicates = g_ptr_array_new ();
    if (!parse_predicates (parser, predicates))
      return FALSE;
    step.predicates = g_steal_pointer (&predicates);
  }
  g_array_append_val (path->steps, step);
  return TRUE;
}

/* `//` is short for a step of its own (XPath 1.0 section 2.5). */
static void
add_descendants (XPathExpr *path)
{
  XPathStep step = { XPATH_AXIS_DESCENDANT_OR_SELF, XPATH_TEST_NODE, NULL, NULL, NULL };
  g_array_append_val (path->steps, step);
}

static gboolean
parse_further_steps (Parser *parser, XPathExpr *path)
{
  while (at_token (parser, XPATH_TOKEN_SLASH) || at_token (parser, XPATH_TOKEN_SLASHES)) {
    if (at_token (parser, XPATH_TOKEN_SLASHES))
      add_descendants (path);
    xpath_lexer_next (&parser->lexer);
    if (!parse_step (parser, path))
      return FALSE;
  }
  return TRUE;
}

static gboolean
at_step (const Parser *parser)
{
  switch (parser->lexer.token.kind) {
  case XPATH_TOKEN_NAME:
  case XPATH_TOKEN_STAR:
  case XPATH_TOKEN_DOT:
  case XPATH_TOKEN_DOT_DOT:
  case XPATH_TOKEN_AT: return TRUE;
  default: return FALSE;
  }
}

static XPathExpr *
new_path (Parser *parser, XPathStart start)
{
  XPathExpr *path = xpath_expr_new (parser->xpath, XPATH_EXPR_PATH);
  path->start = start;
  path->focus_free = start == XPATH_START_ROOT;
  return path;
}

static XPathExpr *
parse_location_path (Parser *parser)
{
  if (at_step (parser)) {
    XPathExpr *path = new_path (parser, XPATH_START_CONTEXT);
    return parse_step (parser, path) && parse_further_steps (parser, path) ? path : NULL;
  }
  XPathExpr *path = new_path (parser, XPATH_START_ROOT);
  if (at_token (parser, XPATH_TOKEN_SLASHES)) {
    if (!parse_further_steps (parser, path))
      return NULL;
    return keep_once (parser, path);
  }
  xpath_lexer_next (&parser->lexer);
  if (at_step (parser) && (!parse_step (parser, path) || !parse_further_steps (parser, path)))
    return NULL;
  return keep_once (parser, path);
}

static gboolean
compile_pattern (Parser *parser, XPathExpr *call)
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
  fail (parser, SOBAN_FORM_ERROR_EXPRESSION, message);
  return FALSE;
}

static gboolean
note_function (Parser *parser, XPathExpr *call)
{
  const XPathFunction *function = call->function;
  if (function == NULL)
    return TRUE;
  XPathFunctionFlags flags = function->flags;
  if (flags & XPATH_FUNCTION_UNSUPPORTED) {
    g_autofree char *message = g_strdup_printf (_("this program cannot do %s()"), function->name);
    fail (parser, SOBAN_FORM_ERROR_UNSUPPORTED, message);
    return FALSE;
  }
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
parse_call (Parser *parser)
{
  const XPathToken *token = &parser->lexer.token;
  XPathExpr *call = xpath_expr_new (parser->xpath, XPATH_EXPR_CALL);
  call->string = g_strndup (token->start, token->length);
  call->function = xpath_function_find (token->start, token->length);
  xpath_lexer_next (&parser->lexer);
  xpath_lexer_next (&parser->lexer);
  while (!at_token (parser, XPATH_TOKEN_CLOSE)) {
    if (call->args->len > 0 && !take (parser, XPATH_TOKEN_COMMA, _("\",\" or \")\" is missing")))
      return NULL;
    XPathExpr *arg = parse_expr (parser);
    if (arg == NULL)
      return NULL;
    g_ptr_array_add (call->args, arg);
  }
  xpath_lexer_next (&parser->lexer);
  return note_function (parser, call) ? keep_once (parser, call) : NULL;
}

static XPathExpr *
parse_literal (Parser *parser, XPathExprKind kind)
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
at_call (const Parser *parser)
{
  XPathTestKind test;
  return at_token (parser, XPATH_TOKEN_NAME) && xpath_lexer_peek (&parser->lexer) == '('
         && !find_node_type (&parser->lexer.token, &test);
}

/* PathExpr of section 3.3: a location path, or a primary expression with predicates and further steps. */
static XPathExpr *
parse_path (Parser *parser)
{
  XPathExpr *base = NULL;
  if (at_token (parser, XPATH_TOKEN_NUMBER)) {
    base = parse_literal (parser, XPATH_EXPR_NUMBER);
  } else if (at_token (parser, XPATH_TOKEN_LITERAL)) {
    base = parse_literal (parser, XPATH_EXPR_STRING);
  } else if (at_token (parser, XPATH_TOKEN_OPEN)) {
    xpath_lexer_next (&parser->lexer);
    base = parse_expr (parser);
    if (base != NULL && !take (parser, XPATH_TOKEN_CLOSE, _("\")\" is missing")))
      return NULL;
  } else if (at_call (parser)) {
    base = parse_call (parser);
  } else if (at_step (parser) || at_token (parser, XPATH_TOKEN_SLASH) || at_token (parser, XPATH_TOKEN_SLASHES)) {
    return parse_location_path (parser);
  } else {
    return fail (parser, SOBAN_FORM_ERROR_EXPRESSION,
                 at_token (parser, XPATH_TOKEN_END) ? _("the expression ends too early") : _("this cannot stand here"));
  }
  if (base == NULL)
    return NULL;
  if (!at_token (parser, XPATH_TOKEN_OPEN_BRACKET) && !at_token (parser, XPATH_TOKEN_SLASH)
      && !at_token (parser, XPATH_TOKEN_SLASHES))
    return base;
  XPathExpr *path = new_path (parser, XPATH_START_EXPR);
  path->focus_free = base->focus_free;
  g_ptr_array_add (path->args, base);
  if (!parse_predicates (parser, path->args) || !parse_further_steps (parser, path))
    return NULL;
  return keep_once (parser, path);
}

static XPathExpr *
parse_sign (Parser *parser)
{
  guint signs = 0;
  for (; at_token (parser, XPATH_TOKEN_OPERATOR) && parser->lexer.token.op == XPATH_OP_SUBTRACT; signs++)
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
parse_level (Parser *parser, Level level)
{
  if (level == LEVEL_PATH)
    return parse_path (parser);
  if (level == LEVEL_SIGN)
    return parse_sign (parser);
  XPathExpr *first = parse_level (parser, level + 1);
  XPathExpr *chain = NULL;
  while (first != NULL && at_token (parser, XPATH_TOKEN_OPERATOR) && find_level (parser->lexer.token.op) == level) {
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
  Parser parser = { .xpath = xpath, .prefix_func = prefix_func, .prefix_data = prefix_data, .names = names };
  xpath_lexer_init (&parser.lexer, xpath->text);
  xpath->top = parse_expr (&parser);
  if (xpath->top != NULL && !at_token (&parser, XPATH_TOKEN_END))
    xpath->top = fail (&parser, SOBAN_FORM_ERROR_EXPRESSION, _("this cannot stand here"));
  if (xpath->top != NULL) {
    intern_names (xpath);
    return TRUE;
  }
  g_autofree char *shown = xpath_shorten (xpath->text);
  g_propagate_prefixed_error (error, parser.error, _("Expression \"%s\": "), shown);
  return FALSE;
}
