/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "form/node.h"

/**
 * SobanXPath:
 *
 * A compiled expression: the XPath 1.0 grammar, with ODK's functions and date coercion (ODK XForms spec,
 * research/odk.md 3.3: dates compare and add inside operators). Compiled once, evaluated many times. Immutable: any
 * thread.
 */
typedef struct _SobanXPath SobanXPath;

/* Prefix -> uri of the expression's place. */
typedef const char *(*SobanXPathPrefixFunc) (gpointer data, const char *prefix);

SobanXPath *soban_xpath_compile (const char *expression, SobanXPathPrefixFunc prefix_func, gpointer prefix_data,
                                 GError **error);
void soban_xpath_free (SobanXPath *xpath);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanXPath, soban_xpath_free)
const char *soban_xpath_get_text (const SobanXPath *xpath);

/* An unknown function is no error of compiling (the never-evaluated side of `and` may hold one) but of evaluating it.
 * (nullable) (transfer none): the first unknown function's name, for whoever wants to refuse it when a form is read. */
const char *soban_xpath_find_unknown_function (const SobanXPath *xpath);
/* FALSE with SOBAN_FORM_ERROR_EXPRESSION for an unknown function, or one with the wrong number of arguments. */
gboolean soban_xpath_check_functions (const SobanXPath *xpath, GError **error);

typedef enum { SOBAN_XPATH_NODES, SOBAN_XPATH_STRING, SOBAN_XPATH_NUMBER, SOBAN_XPATH_BOOLEAN } SobanXPathType;

typedef struct {
  SobanXPathType type;
  GPtrArray *nodes; /* of SobanNode, document order unless randomized */
  char *string;
  double number;
  gboolean boolean;
} SobanXPathValue;
void soban_xpath_value_clear (SobanXPathValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SobanXPathValue, soban_xpath_value_clear)

/**
 * SobanXPathHost: what functions need from outside. Any member may be NULL: the function that needs it then fails with
 * SOBAN_FORM_ERROR_UNSUPPORTED.
 */
typedef struct {
  gint64 (*now_ms) (gpointer data);                               /* now() today(): UTC ms */
  GTimeZone *timezone;                                            /* NULL = local */
  SobanNode *(*instance) (gpointer data, const char *id);         /* instance(): the instance element or its document */
  char *(*itext) (gpointer data, const char *id);                 /* jr:itext() (nullable) */
  /* jr:choice-name() (nullable) */
  char *(*choice_name) (gpointer data, const char *value, const char *path, SobanNode *context);
  const SobanEntropy *entropy;                                    /* random() uuid() randomize() */
  gpointer data;
  const char *default_ns; /* unprefixed names match this namespace too ("" or NULL: no namespace only) */
} SobanXPathHost;

typedef struct {
  SobanNode *node;            /* context node */
  SobanNode *root;            /* where absolute paths start (NULL: the document node); "/data" is a child of it */
  SobanNode *current;         /* current(); NULL = node */
  gsize position, size;       /* 0 = 1 */
  gboolean repeat_absolute;   /* absolute paths through a repeat that holds the node mean that instance (odk.md 3.3) */
  const SobanXPathHost *host; /* (nullable) */
} SobanXPathContext;

gboolean soban_xpath_evaluate (const SobanXPath *xpath, const SobanXPathContext *context, SobanXPathValue *ret_value,
                               GError **error);
/* The same, converted as by string(), number(), boolean(). On failure FALSE and the output untouched. */
gboolean soban_xpath_evaluate_string (const SobanXPath *xpath, const SobanXPathContext *context, char **ret_string,
                                      GError **error);
gboolean soban_xpath_evaluate_number (const SobanXPath *xpath, const SobanXPathContext *context, double *ret_number,
                                      GError **error);
gboolean soban_xpath_evaluate_boolean (const SobanXPath *xpath, const SobanXPathContext *context, gboolean *ret_boolean,
                                       GError **error);

/**
 * soban_xpath_list_references:
 * @context_path: absolute template path of the node the expression belongs to ("/data/rep/x")
 *
 * (transfer full) (element-type utf8): what the expression reads, for the dependency graph, no path twice: absolute
 * template paths of local names without predicates ("/data/rep/y"), including those inside predicates; relative ones
 * resolved against @context_path (inside a predicate: against the path it filters); "/data/rep/@id" for an attribute;
 * "instance(id)/root/item/name" for secondary instances; a path with a wildcard or a descendant axis as its longest
 * plain prefix followed by "/ *" written without the blank.
 */
GPtrArray *soban_xpath_list_references (const SobanXPath *xpath, const char *context_path);
/* TRUE when the value can differ between two evaluations over the same nodes: now() today() random() uuid() position()
 * ... (but not a position() inside a predicate). */
gboolean soban_xpath_is_volatile (const SobanXPath *xpath);

/* TRUE when all that it reads by way of its context node is that node and what is below it: it then gives the same where the
 * node stands alone. */
gboolean soban_xpath_stays_below (const SobanXPath *xpath);

/* The texts for numbers and dates that XPath 1.0 section 4.2 and ODK define, for use outside expressions. */
char *soban_xpath_number_to_string (double number);
double soban_xpath_string_to_number (const char *text); /* NaN when it is none */
