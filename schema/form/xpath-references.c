/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include <string.h>

/* What an expression reads, found without evaluating it. A place is a template path: "" is the root, "/data/rep/x" a
 * node, "instance(id)/root/item" one of a secondary instance; one that ends in "/" and a star stands for all below. */

/* An expression of 64 kB can name more places than anybody has memory for, `(a|b)[(a|b)[...]]`: then it reads
 * everything. */
#define WORK_MAX 20000

/* Texts in the order of their first coming, no doubles. */
typedef struct {
  GPtrArray *texts;  /* (element-type utf8) */
  GHashTable *known; /* the same */
} Places;

typedef struct {
  const char *context_path;
  Places references;
  guint work;
} Survey;

static void survey_expr (Survey *survey, const XPathExpr *expr, const char *context, Places *places);

static void
places_init (Places *places)
{
  places->texts = g_ptr_array_new_with_free_func (g_free);
  places->known = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
places_clear (Places *places)
{
  g_hash_table_unref (places->known);
  g_ptr_array_unref (places->texts);
}

static void
add_once (Places *places, const char *text)
{
  if (g_hash_table_contains (places->known, text))
    return;
  char *copy = g_strdup (text);
  g_ptr_array_add (places->texts, copy);
  g_hash_table_add (places->known, copy);
}

static gboolean
is_open_ended (const char *place)
{
  return g_str_has_suffix (place, "/*");
}

static char *
find_parent (const char *place)
{
  const char *slash = strrchr (place, '/');
  return slash != NULL ? g_strndup (place, slash - place) : g_strdup (place);
}

/* All of the document that @place is in. */
static char *
find_whole (const char *place)
{
  const char *start = strchr (place, '/');
  const char *slash = start == place ? strchr (place + 1, '/') : start;
  g_autofree char *top = slash != NULL ? g_strndup (place, slash - place) : g_strdup (place);
  return g_strconcat (top, "/*", NULL);
}

static char *
name_below (const char *place, const XPathStep *step)
{
  return g_strconcat (place, "/", step->test == XPATH_TEST_NAME ? step->name : "*", NULL);
}

/* (transfer full): where @step leads from @place. */
static char *
follow (const char *place, const XPathStep *step)
{
  if (is_open_ended (place))
    return g_strdup (place);
  gboolean named = step->test == XPATH_TEST_NAME || step->test == XPATH_TEST_ANY_NAME || step->test == XPATH_TEST_NODE;
  switch (step->axis) {
  case XPATH_AXIS_SELF: return g_strdup (place);
  case XPATH_AXIS_PARENT: return find_parent (place);
  case XPATH_AXIS_CHILD: return named ? name_below (place, step) : g_strdup (place);
  case XPATH_AXIS_ATTRIBUTE:
    return step->test == XPATH_TEST_NAME ? g_strconcat (place, "/@", step->name, NULL) : g_strdup (place);
  case XPATH_AXIS_FOLLOWING_SIBLING:
  case XPATH_AXIS_PRECEDING_SIBLING: {
    g_autofree char *parent = find_parent (place);
    return name_below (parent, step);
  }
  case XPATH_AXIS_DESCENDANT:
  case XPATH_AXIS_DESCENDANT_OR_SELF: return g_strconcat (place, "/*", NULL);
  default: return find_whole (place);
  }
}

static void
survey_predicates (Survey *survey, const GPtrArray *predicates, guint first, const char *place)
{
  for (guint i = first; predicates != NULL && i < predicates->len; i++)
    survey_expr (survey, g_ptr_array_index (predicates, i), place, NULL);
}

static void
survey_steps (Survey *survey, const XPathExpr *path, const char *start, Places *places)
{
  g_autofree char *place = g_strdup (start);
  for (guint i = 0; i < path->steps->len; i++) {
    const XPathStep *step = &g_array_index (path->steps, XPathStep, i);
    char *next = follow (place, step);
    g_free (place);
    place = next;
    survey_predicates (survey, step->predicates, 0, place);
  }
  add_once (places, *place != '\0' ? place : "/");
}

static void
survey_path (Survey *survey, const XPathExpr *path, const char *context, Places *places)
{
  if (path->start == XPATH_START_ROOT) {
    survey_steps (survey, path, "", places);
    return;
  }
  if (path->start == XPATH_START_CONTEXT) {
    survey_steps (survey, path, context, places);
    return;
  }
  Places bases;
  places_init (&bases);
  survey_expr (survey, xpath_expr_arg (path, 0), context, &bases);
  for (guint i = 0; i < bases.texts->len; i++) {
    const char *base = g_ptr_array_index (bases.texts, i);
    survey_predicates (survey, path->args, 1, base);
    survey_steps (survey, path, base, places);
  }
  places_clear (&bases);
}

static gboolean
calls (const XPathExpr *call, const char *name)
{
  return strcmp (call->string, name) == 0;
}

static char *
name_instance (const XPathExpr *call, const char *below)
{
  const XPathExpr *id = xpath_expr_arg (call, 0);
  return g_strdup_printf ("instance(%s)%s", id->kind == XPATH_EXPR_STRING ? id->string : "*", below);
}

/* Which arguments a call hands on as node-sets: a path may go on from there. */
static gboolean
hands_on (const XPathExpr *call, guint index)
{
  return (calls (call, "if") && index > 0) || calls (call, "coalesce") || (calls (call, "randomize") && index == 0)
         || (calls (call, "indexed-repeat") && index == 0);
}

static void
survey_call (Survey *survey, const XPathExpr *call, const char *context, Places *places)
{
  for (guint i = 0; i < call->args->len; i++)
    survey_expr (survey, xpath_expr_arg (call, i), context, hands_on (call, i) ? places : NULL);
  if (calls (call, "current")) {
    add_once (places, survey->context_path);
  } else if (calls (call, "instance") && call->args->len > 0) {
    g_autofree char *instance = name_instance (call, "");
    add_once (places, instance);
  } else if (calls (call, "pulldata") && call->args->len > 0) {
    g_autofree char *table = name_instance (call, "/*");
    add_once (&survey->references, table);
  } else if (call->function != NULL && (call->function->flags & XPATH_FUNCTION_FOCUS_BARE) && call->args->len == 0) {
    add_once (&survey->references, context);
  }
}

/* Adds to the references what @expr reads. With @places, the places of its node-set go there instead: the caller goes
 * on from them. */
static void
survey_expr (Survey *survey, const XPathExpr *expr, const char *context, Places *places)
{
  if (++survey->work > WORK_MAX) {
    add_once (&survey->references, "/*");
    return;
  }
  Places *target = places != NULL ? places : &survey->references;
  switch (expr->kind) {
  case XPATH_EXPR_NUMBER:
  case XPATH_EXPR_STRING: break;
  case XPATH_EXPR_NEGATE:
    survey_expr (survey, xpath_expr_arg (expr, 0), context, NULL);
    break;
  case XPATH_EXPR_CHAIN:
    for (guint i = 0; i < expr->args->len; i++)
      survey_expr (survey, xpath_expr_arg (expr, i), context, expr->ops->data[1] == XPATH_OP_UNION ? target : NULL);
    break;
  case XPATH_EXPR_CALL: survey_call (survey, expr, context, target); break;
  case XPATH_EXPR_PATH: survey_path (survey, expr, context, target); break;
  }
}

GPtrArray *
soban_xpath_list_references (const SobanXPath *xpath, const char *context_path)
{
  Survey survey = { .context_path = context_path };
  places_init (&survey.references);
  survey_expr (&survey, xpath->top, context_path, NULL);
  g_hash_table_unref (survey.references.known);
  return survey.references.texts;
}
