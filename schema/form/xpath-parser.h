/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the two files of the XPath parser share: xpath-parser.c for expressions, xpath-parser-path.c for paths. A
 * function that returns NULL or FALSE has set the parser's error. */

#include "form/xpath-private.h"

typedef struct {
  SobanXPath *xpath;
  XPathLexer lexer;
  SobanXPathPrefixFunc prefix_func;
  gpointer prefix_data;
  guint depth;
  guint predicates;    /* how many we are inside of */
  GStringChunk *names; /* of the steps, until they are known to be worth interning */
  GError *error;
} XPathParser;

static inline gboolean
xpath_parser_at (const XPathParser *parser, XPathTokenKind kind)
{
  return parser->lexer.token.kind == kind;
}

/* NULL, with the error @message at the current token. */
gpointer xpath_parser_fail (XPathParser *parser, int code, const char *message);
/* Moves on over a token of @kind; fails with @message when it is another. */
gboolean xpath_parser_take (XPathParser *parser, XPathTokenKind kind, const char *message);
/* What does not depend on a predicate's candidate is evaluated once for all of them. */
XPathExpr *xpath_parser_keep_once (XPathParser *parser, XPathExpr *expr);
XPathExpr *xpath_parse_expr (XPathParser *parser);

XPathExpr *xpath_parser_new_path (XPathParser *parser, XPathStart start);
gboolean xpath_parser_at_step (const XPathParser *parser);
/* Whether a name before "(" is a node type's, not a function's. */
gboolean xpath_parser_find_node_type (const XPathToken *token, XPathTestKind *ret_test);
gboolean xpath_parse_predicates (XPathParser *parser, GPtrArray *predicates);
gboolean xpath_parse_further_steps (XPathParser *parser, XPathExpr *path);
XPathExpr *xpath_parse_location_path (XPathParser *parser);
