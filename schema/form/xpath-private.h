/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of the XPath engine share. Nobody else includes this. */

#include "form/xpath.h"

/* --- tokens (xpath-lexer.c) --- */

typedef enum {
  XPATH_TOKEN_END,
  XPATH_TOKEN_NUMBER,
  XPATH_TOKEN_LITERAL,
  XPATH_TOKEN_NAME, /* NCName, QName, prefix:* */
  XPATH_TOKEN_STAR, /* the name test */
  XPATH_TOKEN_OPEN,
  XPATH_TOKEN_CLOSE,
  XPATH_TOKEN_OPEN_BRACKET,
  XPATH_TOKEN_CLOSE_BRACKET,
  XPATH_TOKEN_DOT,
  XPATH_TOKEN_DOT_DOT,
  XPATH_TOKEN_AT,
  XPATH_TOKEN_COMMA,
  XPATH_TOKEN_COLONS,
  XPATH_TOKEN_SLASH,
  XPATH_TOKEN_SLASHES,
  XPATH_TOKEN_OPERATOR,
  XPATH_TOKEN_GARBAGE,
} XPathTokenKind;

typedef enum {
  XPATH_OP_NONE,
  XPATH_OP_OR,
  XPATH_OP_AND,
  XPATH_OP_EQUAL,
  XPATH_OP_NOT_EQUAL,
  XPATH_OP_LESS,
  XPATH_OP_LESS_EQUAL,
  XPATH_OP_GREATER,
  XPATH_OP_GREATER_EQUAL,
  XPATH_OP_ADD,
  XPATH_OP_SUBTRACT,
  XPATH_OP_MULTIPLY,
  XPATH_OP_DIVIDE,
  XPATH_OP_MODULO,
  XPATH_OP_UNION,
} XPathOp;

typedef struct {
  XPathTokenKind kind;
  XPathOp op;
  const char *start; /* of a literal: after its quote */
  gsize length;
  double number;
} XPathToken;

typedef struct {
  const char *at;
  XPathToken token; /* the current one */
} XPathLexer;

void xpath_lexer_init (XPathLexer *lexer, const char *expression);
void xpath_lexer_next (XPathLexer *lexer);
/* The character after the current token and blanks: tells `name (` from a name test. */
char xpath_lexer_peek (const XPathLexer *lexer);

/* --- the compiled expression (xpath-parser.c) --- */

typedef enum {
  XPATH_AXIS_CHILD,
  XPATH_AXIS_DESCENDANT,
  XPATH_AXIS_DESCENDANT_OR_SELF,
  XPATH_AXIS_PARENT,
  XPATH_AXIS_ANCESTOR,
  XPATH_AXIS_ANCESTOR_OR_SELF,
  XPATH_AXIS_FOLLOWING_SIBLING,
  XPATH_AXIS_PRECEDING_SIBLING,
  XPATH_AXIS_FOLLOWING,
  XPATH_AXIS_PRECEDING,
  XPATH_AXIS_ATTRIBUTE,
  XPATH_AXIS_NAMESPACE,
  XPATH_AXIS_SELF,
} XPathAxis;

typedef enum {
  XPATH_TEST_NODE,
  XPATH_TEST_TEXT,
  XPATH_TEST_COMMENT,
  XPATH_TEST_INSTRUCTION, /* name: its target, NULL = any */
  XPATH_TEST_ANY_NAME,    /* ns: of `prefix:*`, NULL = any */
  XPATH_TEST_NAME,
} XPathTestKind;

typedef struct _XPathExpr XPathExpr;
typedef struct _XPathFunction XPathFunction;

typedef struct {
  XPathAxis axis;
  XPathTestKind test;
  const char *name; /* interned */
  const char *ns;   /* interned; "" for a name without prefix */
  GPtrArray *predicates; /* of XPathExpr, (nullable) */
} XPathStep;

typedef enum {
  XPATH_EXPR_NUMBER,
  XPATH_EXPR_STRING,
  XPATH_EXPR_NEGATE,
  XPATH_EXPR_CHAIN,
  XPATH_EXPR_CALL,
  XPATH_EXPR_PATH,
} XPathExprKind;

typedef enum { XPATH_START_CONTEXT, XPATH_START_ROOT, XPATH_START_EXPR } XPathStart;

struct _XPathExpr {
  XPathExprKind kind;
  double number;
  char *string; /* a literal's text, a call's name as written */
  /* Operands of a chain, call, negation; of a path from an expression: that expression, then its predicates. A chain
   * `a op b op c` of one precedence level is flat, so that its length costs no stack: ops[i] joins args[i] to what is
   * left of it. */
  GPtrArray *args;
  GByteArray *ops;
  const XPathFunction *function; /* NULL: unknown, fails when evaluated */
  GRegex *regex;                 /* of regex() with a literal pattern */
  XPathStart start;
  GArray *steps; /* of XPathStep */
  /* The same for every candidate of a predicate: evaluated once, kept in slot memo - 1. 0 = not kept. */
  gboolean focus_free;
  guint memo;
};

struct _SobanXPath {
  char *text;
  XPathExpr *top;
  GPtrArray *exprs; /* owns all XPathExpr */
  guint memos;
  gboolean is_volatile;
};

/* (transfer full): @text for a message: not longer than a line or two. */
char *xpath_shorten (const char *text);
XPathExpr *xpath_expr_new (SobanXPath *xpath, XPathExprKind kind);
/* Fills @xpath->top from @xpath->text. */
gboolean xpath_parse (SobanXPath *xpath, SobanXPathPrefixFunc prefix_func, gpointer prefix_data, GError **error);

static inline XPathExpr *
xpath_expr_arg (const XPathExpr *expr, guint index)
{
  return g_ptr_array_index (expr->args, index);
}

/* --- values (xpath-value.c) --- */

#define XPATH_NODES_FEW 4

/* A node-set. Kept in document order; @flat: no member is an ancestor of another; @withheld: it is empty because all that
 * it held is irrelevant, which reads as "" in comparisons. */
typedef struct {
  SobanNode **items;
  gsize count, room; /* room 0: borrowed */
  SobanNode *few[XPATH_NODES_FEW];
  gboolean flat;
  gboolean withheld;
} XPathNodes;

void xpath_nodes_init (XPathNodes *nodes);
void xpath_nodes_clear (XPathNodes *nodes);
void xpath_nodes_grow (XPathNodes *nodes);
/* Sorts by document order and drops duplicates. */
void xpath_nodes_sort (XPathNodes *nodes);

static inline void
xpath_nodes_add (XPathNodes *nodes, SobanNode *node)
{
  if (nodes->count >= nodes->room)
    xpath_nodes_grow (nodes);
  nodes->items[nodes->count++] = node;
}

/* DATE is ODK's: a point of time that adds and compares as days since 1970 and reads as an ISO text. */
typedef enum {
  XPATH_VALUE_NODES,
  XPATH_VALUE_STRING,
  XPATH_VALUE_NUMBER,
  XPATH_VALUE_BOOLEAN,
  XPATH_VALUE_DATE,
} XPathValueType;

typedef struct {
  XPathValueType type;
  gboolean boolean;
  double number;      /* of a DATE: ms since 1970 UTC, NaN for an invalid one */
  gboolean with_time; /* of a DATE: its text has the time even at midnight */
  const char *string; /* borrowed, or @owned */
  char *owned;
  XPathNodes nodes;
} XPathValue;

typedef struct {
  const SobanXPath *xpath;
  const SobanXPathContext *context;
  const SobanXPathHost *host; /* (nullable) */
  SobanNode *root;
  SobanNode *current;
  const char *default_ns; /* interned, or NULL */
  gboolean repeat_absolute;
  guint64 visits; /* nodes looked at: bounded, since a short expression can mean an endless search */
  GTimeZone *timezone; /* (transfer none) once asked for */
  GTimeZone *own_timezone;
  GString *scratch;
  XPathValue *memos;
  guint8 *memo_known;
} XPathEval;

typedef struct {
  SobanNode *node;
  gsize position, size;
} XPathFocus;

void xpath_value_init (XPathValue *value, XPathValueType type);
void xpath_value_clear (XPathValue *value);
void xpath_value_move (XPathValue *to, XPathValue *from);
/* @to shows what @from holds and must not outlive it. */
void xpath_value_borrow (XPathValue *to, const XPathValue *from);
void xpath_value_set_string (XPathValue *value, const char *string);  /* borrowed */
void xpath_value_take_string (XPathValue *value, char *string);
void xpath_value_set_number (XPathValue *value, double number);
void xpath_value_set_boolean (XPathValue *value, gboolean boolean);
void xpath_value_set_date (XPathValue *value, double ms, gboolean with_time);

/* string(), number(), boolean() of any value. The text lives as long as @value and the tree. */
const char *xpath_value_to_string (XPathEval *eval, XPathValue *value);
double xpath_value_to_number (XPathEval *eval, XPathValue *value);
gboolean xpath_value_to_boolean (XPathEval *eval, XPathValue *value);
/* Valid until the next call with the same @eval. */
const char *xpath_node_text (XPathEval *eval, const SobanNode *node);
double xpath_text_to_number (XPathEval *eval, const char *text);

/* --- evaluation (xpath-eval.c, xpath-steps.c, xpath-compare.c) --- */

/* After a failure @ret_value holds nothing to clear. */
gboolean xpath_eval_expr (XPathEval *eval, const XPathFocus *focus, const XPathExpr *expr, XPathValue *ret_value,
                          GError **error);
gboolean xpath_eval_path (XPathEval *eval, const XPathFocus *focus, const XPathExpr *expr, gboolean keep_irrelevant,
                          XPathValue *ret_value, GError **error);
gboolean xpath_filter_nodes (XPathEval *eval, const XPathExpr *predicate, XPathNodes *nodes, GError **error);
gboolean xpath_take_step (XPathEval *eval, const XPathStep *step, const XPathNodes *from, XPathNodes *ret_nodes,
                          GError **error);
gboolean xpath_step_matches (const XPathEval *eval, const XPathStep *step, const SobanNode *node);
gboolean xpath_node_is_relevant (const SobanNode *node);
gboolean xpath_compare (XPathEval *eval, XPathOp op, XPathValue *left, XPathValue *right);

/* --- functions --- */

typedef gboolean (*XPathCall) (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, XPathValue *args,
                               guint n_args, XPathValue *ret_value, GError **error);
/* The head of such a function. */
#define XPATH_FUNCTION(id) \
  static gboolean id (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, XPathValue *args, \
                      guint n_args, XPathValue *ret_value, GError **error)

typedef enum {
  XPATH_FUNCTION_PLAIN = 0,
  XPATH_FUNCTION_LAZY = 1 << 0,        /* evaluates its own arguments: args is NULL */
  XPATH_FUNCTION_VOLATILE = 1 << 1,    /* differs between two evaluations over the same nodes */
  XPATH_FUNCTION_FOCUS = 1 << 2,       /* reads the context node, position or size */
  XPATH_FUNCTION_FOCUS_BARE = 1 << 3,  /* ... when called without argument */
  XPATH_FUNCTION_RANDOM = 1 << 4,      /* differs even within one evaluation */
} XPathFunctionFlags;

#define XPATH_ARGS_ANY G_MAXUINT

struct _XPathFunction {
  const char *name;
  guint args_min, args_max;
  XPathFunctionFlags flags;
  XPathCall call;
};

const XPathFunction *xpath_function_find (const char *name, gsize length);
/* FALSE with @error when @expr, a call, does not fit its function, or has none. */
gboolean xpath_function_check (const XPathExpr *expr, GError **error);
/* FALSE, with the @error that @expr has a wrong number of arguments. */
gboolean xpath_function_refuse_count (const XPathExpr *expr, GError **error);

/* Tables that end with a NULL name. */
extern const XPathFunction xpath_functions_core[];
extern const XPathFunction xpath_functions_string[];
extern const XPathFunction xpath_functions_number[];
extern const XPathFunction xpath_functions_odk[];
extern const XPathFunction xpath_functions_node[];
extern const XPathFunction xpath_functions_date[];
extern const XPathFunction xpath_functions_geo[];

/* --- dates (xpath-date.c) --- */

/* FALSE when @text is no ISO date or dateTime. A text without zone is local to @eval. */
gboolean xpath_date_parse (XPathEval *eval, const char *text, double *ret_ms);
/* Fraction of the local day of an ISO time; NaN when it is none. */
double xpath_time_parse (XPathEval *eval, const char *text);
/* (transfer full): "2026-11-22" at local midnight unless @with_time, else "2026-11-22T08:00:00.000+07:00". */
char *xpath_date_text (XPathEval *eval, double ms, gboolean with_time);
/* (transfer full) (nullable): @format as ODK's format-date; NULL for a letter it does not know. */
char *xpath_date_format (XPathEval *eval, double ms, const char *format);
/* The ms at which the local day of @ms begins. */
double xpath_date_midnight (XPathEval *eval, double ms);
#define XPATH_DAY_MS 86400000.0
