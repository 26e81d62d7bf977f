/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include <string.h>

typedef struct {
  const char *text;
  XPathOp op;
} OperatorName;

static const OperatorName operator_names[] = {
  { "or", XPATH_OP_OR }, { "and", XPATH_OP_AND }, { "div", XPATH_OP_DIVIDE }, { "mod", XPATH_OP_MODULO },
};

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gboolean
starts_name (char c)
{
  return g_ascii_isalpha (c) || c == '_' || (guchar) c >= 0x80;
}

static gboolean
continues_name (char c)
{
  return starts_name (c) || g_ascii_isdigit (c) || c == '-' || c == '.';
}

static const char *
skip_blanks (const char *at)
{
  while (is_blank (*at))
    at++;
  return at;
}

static const char *
skip_name (const char *at)
{
  while (continues_name (*at))
    at++;
  return at;
}

/* XPath 1.0 section 3.7: after an operand a name or a star is an operator. */
static gboolean
ends_operand (const XPathToken *token)
{
  switch (token->kind) {
  case XPATH_TOKEN_NUMBER:
  case XPATH_TOKEN_LITERAL:
  case XPATH_TOKEN_NAME:
  case XPATH_TOKEN_STAR:
  case XPATH_TOKEN_CLOSE:
  case XPATH_TOKEN_CLOSE_BRACKET:
  case XPATH_TOKEN_DOT:
  case XPATH_TOKEN_DOT_DOT:
    return token->start != NULL;
  default:
    return FALSE;
  }
}

static void
set_token (XPathLexer *lexer, XPathTokenKind kind, const char *start, gsize length)
{
  lexer->token.kind = kind;
  lexer->token.op = XPATH_OP_NONE;
  lexer->token.start = start;
  lexer->token.length = length;
  lexer->at = start + length;
}

static void
set_operator (XPathLexer *lexer, XPathOp op, const char *start, gsize length)
{
  set_token (lexer, XPATH_TOKEN_OPERATOR, start, length);
  lexer->token.op = op;
}

static void
read_number (XPathLexer *lexer, const char *start)
{
  const char *end = start;
  while (g_ascii_isdigit (*end))
    end++;
  if (*end == '.') {
    end++;
    while (g_ascii_isdigit (*end))
      end++;
  }
  g_autofree char *digits = g_strndup (start, end - start);
  set_token (lexer, XPATH_TOKEN_NUMBER, start, end - start);
  lexer->token.number = g_ascii_strtod (digits, NULL);
}

static void
read_literal (XPathLexer *lexer, const char *start)
{
  const char *end = strchr (start + 1, *start);
  if (end == NULL) {
    set_token (lexer, XPATH_TOKEN_GARBAGE, start, strlen (start));
    return;
  }
  set_token (lexer, XPATH_TOKEN_LITERAL, start + 1, end - start - 1);
  lexer->at = end + 1;
}

/* ODK forms write `1 or1`: where an operator must stand, its name may run into a number. */
static gboolean
read_operator_name (XPathLexer *lexer, const char *start)
{
  gsize length = skip_name (start) - start;
  for (guint i = 0; i < G_N_ELEMENTS (operator_names); i++) {
    gsize size = strlen (operator_names[i].text);
    if (length < size || strncmp (start, operator_names[i].text, size) != 0)
      continue;
    if (length > size && !g_ascii_isdigit (start[size]) && start[size] != '.' && start[size] != '-')
      continue;
    set_operator (lexer, operator_names[i].op, start, size);
    return TRUE;
  }
  return FALSE;
}

static void
read_name (XPathLexer *lexer, const char *start)
{
  const char *end = skip_name (start);
  if (end[0] == ':' && end[1] == '*')
    end += 2;
  else if (end[0] == ':' && starts_name (end[1]))
    end = skip_name (end + 1);
  set_token (lexer, XPATH_TOKEN_NAME, start, end - start);
}

static gboolean
read_double_mark (XPathLexer *lexer, const char *start)
{
  static const struct {
    const char *text;
    XPathTokenKind kind;
    XPathOp op;
  } marks[] = {
    { "..", XPATH_TOKEN_DOT_DOT, XPATH_OP_NONE },
    { "::", XPATH_TOKEN_COLONS, XPATH_OP_NONE },
    { "//", XPATH_TOKEN_SLASHES, XPATH_OP_NONE },
    { "!=", XPATH_TOKEN_OPERATOR, XPATH_OP_NOT_EQUAL },
    { "<=", XPATH_TOKEN_OPERATOR, XPATH_OP_LESS_EQUAL },
    { ">=", XPATH_TOKEN_OPERATOR, XPATH_OP_GREATER_EQUAL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (start[0] == marks[i].text[0] && start[1] == marks[i].text[1]) {
      set_token (lexer, marks[i].kind, start, 2);
      lexer->token.op = marks[i].op;
      return TRUE;
    }
  return FALSE;
}

static void
read_mark (XPathLexer *lexer, const char *start)
{
  static const char marks[] = "()[].@,/";
  static const XPathTokenKind kinds[] = {
    XPATH_TOKEN_OPEN, XPATH_TOKEN_CLOSE, XPATH_TOKEN_OPEN_BRACKET, XPATH_TOKEN_CLOSE_BRACKET,
    XPATH_TOKEN_DOT,  XPATH_TOKEN_AT,    XPATH_TOKEN_COMMA,        XPATH_TOKEN_SLASH,
  };
  static const char operators[] = "|+-=<>";
  static const XPathOp ops[] = {
    XPATH_OP_UNION, XPATH_OP_ADD, XPATH_OP_SUBTRACT, XPATH_OP_EQUAL, XPATH_OP_LESS, XPATH_OP_GREATER,
  };
  if (read_double_mark (lexer, start))
    return;
  const char *mark = strchr (marks, *start);
  if (mark != NULL) {
    set_token (lexer, kinds[mark - marks], start, 1);
    return;
  }
  const char *sign = strchr (operators, *start);
  if (sign != NULL)
    set_operator (lexer, ops[sign - operators], start, 1);
  else
    set_token (lexer, XPATH_TOKEN_GARBAGE, start, 1);
}

void
xpath_lexer_next (XPathLexer *lexer)
{
  const char *start = skip_blanks (lexer->at);
  gboolean after_operand = ends_operand (&lexer->token);
  if (*start == '\0')
    set_token (lexer, XPATH_TOKEN_END, start, 0);
  else if (g_ascii_isdigit (*start) || (*start == '.' && g_ascii_isdigit (start[1])))
    read_number (lexer, start);
  else if (*start == '"' || *start == '\'')
    read_literal (lexer, start);
  else if (*start == '*' && after_operand)
    set_operator (lexer, XPATH_OP_MULTIPLY, start, 1);
  else if (*start == '*')
    set_token (lexer, XPATH_TOKEN_STAR, start, 1);
  else if (starts_name (*start)) {
    if (!after_operand || !read_operator_name (lexer, start))
      read_name (lexer, start);
  } else
    read_mark (lexer, start);
}

void
xpath_lexer_init (XPathLexer *lexer, const char *expression)
{
  *lexer = (XPathLexer) { .at = expression };
  xpath_lexer_next (lexer);
}

char
xpath_lexer_peek (const XPathLexer *lexer)
{
  return *skip_blanks (lexer->at);
}
