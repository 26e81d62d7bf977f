/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-parser.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Location paths by the grammar of XPath 1.0 section 2. */

gboolean
xpath_parse_predicates (XPathParser *parser, GPtrArray *predicates)
{
  while (xpath_parser_at (parser, XPATH_TOKEN_OPEN_BRACKET)) {
    xpath_lexer_next (&parser->lexer);
    parser->predicates++;
    XPathExpr *predicate = xpath_parse_expr (parser);
    parser->predicates--;
    if (predicate == NULL || !xpath_parser_take (parser, XPATH_TOKEN_CLOSE_BRACKET, _("\"]\" is missing")))
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
parse_axis (XPathParser *parser, XPathAxis *ret_axis)
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
  if (xpath_parser_at (parser, XPATH_TOKEN_AT)) {
    *ret_axis = XPATH_AXIS_ATTRIBUTE;
    xpath_lexer_next (&parser->lexer);
    return TRUE;
  }
  if (!xpath_parser_at (parser, XPATH_TOKEN_NAME) || xpath_lexer_peek (&parser->lexer) != ':')
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    if (token_is (&parser->lexer.token, axes[i].name)) {
      *ret_axis = axes[i].axis;
      xpath_lexer_next (&parser->lexer);
      return xpath_parser_take (parser, XPATH_TOKEN_COLONS, _("\"::\" is missing"));
    }
  xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION, _("there is no such axis"));
  return FALSE;
}

static gboolean
find_namespace (XPathParser *parser, const char *start, gsize length, const char **ret_ns)
{
  g_autofree char *prefix = g_strndup (start, length);
  const char *ns = parser->prefix_func != NULL ? parser->prefix_func (parser->prefix_data, prefix) : NULL;
  if (ns == NULL && strcmp (prefix, "xml") == 0)
    ns = "http://www.w3.org/XML/1998/namespace";
  if (ns == NULL) {
    g_autofree char *message = g_strdup_printf (_("the prefix \"%s\" is not declared"), prefix);
    xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION, message);
    return FALSE;
  }
  *ret_ns = g_intern_string (ns);
  return TRUE;
}

static gboolean
parse_name_test (XPathParser *parser, XPathStep *step)
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

gboolean
xpath_parser_find_node_type (const XPathToken *token, XPathTestKind *ret_test)
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
parse_type_test (XPathParser *parser, XPathStep *step)
{
  if (!xpath_parser_find_node_type (&parser->lexer.token, &step->test)) {
    xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION, _("a function cannot stand here"));
    return FALSE;
  }
  xpath_lexer_next (&parser->lexer);
  xpath_lexer_next (&parser->lexer);
  if (step->test == XPATH_TEST_INSTRUCTION && xpath_parser_at (parser, XPATH_TOKEN_LITERAL)) {
    step->name = g_string_chunk_insert_len (parser->names, parser->lexer.token.start, parser->lexer.token.length);
    xpath_lexer_next (&parser->lexer);
  }
  return xpath_parser_take (parser, XPATH_TOKEN_CLOSE, _("\")\" is missing"));
}

static gboolean
parse_node_test (XPathParser *parser, XPathStep *step)
{
  if (xpath_parser_at (parser, XPATH_TOKEN_STAR)) {
    step->test = XPATH_TEST_ANY_NAME;
    step->ns = NULL;
    xpath_lexer_next (&parser->lexer);
    return TRUE;
  }
  if (!xpath_parser_at (parser, XPATH_TOKEN_NAME)) {
    xpath_parser_fail (parser, SOBAN_FORM_ERROR_EXPRESSION, _("a name is expected here"));
    return FALSE;
  }
  if (xpath_lexer_peek (&parser->lexer) == '(')
    return parse_type_test (parser, step);
  return parse_name_test (parser, step);
}

static gboolean
parse_step (XPathParser *parser, XPathExpr *path)
{
  XPathStep step = { XPATH_AXIS_SELF, XPATH_TEST_NODE, NULL, NULL, NULL };
  if (xpath_parser_at (parser, XPATH_TOKEN_DOT) || xpath_parser_at (parser, XPATH_TOKEN_DOT_DOT)) {
    if (xpath_parser_at (parser, XPATH_TOKEN_DOT_DOT))
      step.axis = XPATH_AXIS_PARENT;
    xpath_lexer_next (&parser->lexer);
  } else if (!parse_axis (parser, &step.axis) || !parse_node_test (parser, &step)) {
    return FALSE;
  }
  if (xpath_parser_at (parser, XPATH_TOKEN_OPEN_BRACKET)) {
    g_autoptr (GPtrArray) predicates = g_ptr_array_new ();
    if (!xpath_parse_predicates (parser, predicates))
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

gboolean
xpath_parse_further_steps (XPathParser *parser, XPathExpr *path)
{
  while (xpath_parser_at (parser, XPATH_TOKEN_SLASH) || xpath_parser_at (parser, XPATH_TOKEN_SLASHES)) {
    if (xpath_parser_at (parser, XPATH_TOKEN_SLASHES))
      add_descendants (path);
    xpath_lexer_next (&parser->lexer);
    if (!parse_step (parser, path))
      return FALSE;
  }
  return TRUE;
}

gboolean
xpath_parser_at_step (const XPathParser *parser)
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

XPathExpr *
xpath_parser_new_path (XPathParser *parser, XPathStart start)
{
  XPathExpr *path = xpath_expr_new (parser->xpath, XPATH_EXPR_PATH);
  path->start = start;
  path->focus_free = start == XPATH_START_ROOT;
  return path;
}

XPathExpr *
xpath_parse_location_path (XPathParser *parser)
{
  if (xpath_parser_at_step (parser)) {
    XPathExpr *path = xpath_parser_new_path (parser, XPATH_START_CONTEXT);
    return parse_step (parser, path) && xpath_parse_further_steps (parser, path) ? path : NULL;
  }
  XPathExpr *path = xpath_parser_new_path (parser, XPATH_START_ROOT);
  if (xpath_parser_at (parser, XPATH_TOKEN_SLASHES)) {
    if (!xpath_parse_further_steps (parser, path))
      return NULL;
    return xpath_parser_keep_once (parser, path);
  }
  xpath_lexer_next (&parser->lexer);
  if (xpath_parser_at_step (parser) && (!parse_step (parser, path) || !xpath_parse_further_steps (parser, path)))
    return NULL;
  return xpath_parser_keep_once (parser, path);
}
