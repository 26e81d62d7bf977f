/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "form/form-reader.h"

/*
 * The dependency graph. A computation reads elements; each element that is read gets a trigger back to it.
 *
 *   hard edge: a calculate or relevant reads a value that another one calculates: a circle of these is CYCLE
 *   soft edge: it also depends on whether what it reads is relevant, and on how many instances there are: only orders
 *
 * Ranks are the reverse of a depth-first walk along both, so that in one pass everything is computed once.
 */

#define GRAPH_DEPTH_MAX 10000
#define REPEAT_MARK "!"

typedef enum { UNSEEN, OPEN, DONE } Mark;

typedef struct {
  SobanComputation *computation;
  GPtrArray *hard, *soft; /* (element-type GraphNode): computed before it */
  Mark mark;
} GraphNode;

typedef struct {
  SobanForm *form;
  GHashTable *nodes; /* SobanComputation -> GraphNode */
  GPtrArray *path;   /* (element-type GraphNode): open nodes of the walk */
  GPtrArray *order;  /* (element-type SobanComputation): finished */
} Graph;

static void
free_node (GraphNode *node)
{
  g_ptr_array_unref (node->hard);
  g_ptr_array_unref (node->soft);
  g_free (node);
}

SobanComputation *
soban_form_add_computation (SobanForm *form, SobanElement *element, SobanComputeKind kind, SobanXPath *xpath,
                            guint line)
{
  SobanComputation *const present[] = { element->relevant, element->calculate, element->count };
  SobanComputation *computation = present[kind];
  if (computation == NULL) {
    computation = g_new0 (SobanComputation, 1);
    g_ptr_array_add (form->computations, computation);
  }
  g_clear_pointer (&computation->xpath, soban_xpath_free);
  computation->element = element;
  computation->kind = kind;
  computation->xpath = xpath;
  computation->is_volatile = soban_xpath_is_volatile (xpath);
  computation->line = line;
  return computation;
}

/* The path with a mark on every repeat: what still bears it in a resolved reference stayed in that instance. */
static char *
mark_repeats (const SobanElement *element)
{
  g_autofree char *above = element->parent != NULL ? mark_repeats (element->parent) : g_strdup ("");
  return g_strconcat (above, "/", element->name, element->is_repeat ? REPEAT_MARK : "", NULL);
}

/* Functions and predicates that look at more than this instance of a repeat through an absolute path. */
static gboolean
looks_at_all_instances (const SobanXPath *xpath)
{
  return g_regex_match_simple (
    "\\[|\\b(?:sum|count|count-non-empty|max|min|join|concat|indexed-repeat|position|avg)\\s*\\(",
    soban_xpath_get_text (xpath), 0, 0);
}

static SobanElement *
resolve_reference (const Graph *graph, const SobanComputation *computation, const char *reference,
                   SobanElement **ret_scope, gboolean *ret_wildcard)
{
  *ret_scope = NULL;
  *ret_wildcard = FALSE;
  if (reference[0] != '/')
    return NULL;
  SobanElement *element = NULL;
  g_auto (GStrv) steps = g_strsplit (reference + 1, "/", -1);
  for (guint i = 0; steps[i] != NULL; i++) {
    if (g_str_equal (steps[i], "*")) {
      *ret_wildcard = TRUE;
      break;
    }
    gboolean marked = g_str_has_suffix (steps[i], REPEAT_MARK);
    if (marked)
      steps[i][strlen (steps[i]) - 1] = '\0';
    g_autofree char *path = g_strconcat (element != NULL ? element->path : "", "/", steps[i], NULL);
    SobanElement *next = soban_form_resolve (graph->form, NULL, path);
    if (next == NULL)
      return NULL;
    element = next;
    if (marked)
      *ret_scope = element;
  }
  if (element != NULL && *ret_scope == NULL) {
    /* An absolute path through the repeat one stands in means this instance (odk.md 3.3). */
    SobanElement *scope = soban_element_repeat (computation->element);
    while (scope != NULL && (!soban_element_contains (scope, element) || scope == element))
      scope = soban_element_repeat (scope->parent);
    *ret_scope = scope != NULL && !looks_at_all_instances (computation->xpath) ? scope : NULL;
  }
  return element;
}

static void
add_edge (Graph *graph, GPtrArray *edges, const SobanComputation *earlier, const GraphNode *later)
{
  GraphNode *node = earlier != NULL ? g_hash_table_lookup (graph->nodes, earlier) : NULL;
  if (node != NULL && (node != later || edges == later->hard))
    g_ptr_array_add (edges, node);
}

static void
add_trigger (SobanElement *element, SobanComputation *target, SobanElement *scope)
{
  for (guint i = 0; i < element->triggers->len; i++) {
    SobanTrigger *trigger = g_ptr_array_index (element->triggers, i);
    if (trigger->target != target)
      continue;
    if (scope == NULL || trigger->scope == NULL || soban_element_contains (scope, trigger->scope))
      trigger->scope = scope; /* the wider of the two */
    return;
  }
  SobanTrigger *trigger = g_new0 (SobanTrigger, 1);
  trigger->target = target;
  trigger->scope = scope;
  g_ptr_array_add (element->triggers, trigger);
}

static void
connect_read (Graph *graph, GraphNode *node, SobanElement *element, SobanElement *scope, gboolean is_exact)
{
  add_trigger (element, node->computation, scope);
  gboolean is_hard = is_exact && soban_element_is_leaf (element);
  add_edge (graph, is_hard ? node->hard : node->soft, element->calculate, node);
  for (const SobanElement *above = element; above != NULL; above = above->parent) {
    add_edge (graph, node->soft, above->relevant, node);
    add_edge (graph, node->soft, above->count, node);
  }
}

static void
connect_below (Graph *graph, GraphNode *node, SobanElement *element, SobanElement *scope)
{
  for (guint i = 0; i < element->children->len; i++) {
    SobanElement *child = g_ptr_array_index (element->children, i);
    if (child != node->computation->element)
      connect_read (graph, node, child, scope, FALSE);
    connect_below (graph, node, child, scope);
  }
}

/* A running total reads its own question in another instance: no circle. */
static gboolean
looks_at_sibling (const SobanElement *reader, const SobanElement *element, const SobanElement *scope)
{
  const SobanElement *shared = soban_element_repeat (reader);
  while (shared != NULL && !soban_element_contains (shared, element))
    shared = soban_element_repeat (shared->parent);
  return shared != NULL && (scope == NULL || !soban_element_contains (shared, scope));
}

static void
connect_node (Graph *graph, GraphNode *node)
{
  SobanComputation *computation = node->computation;
  g_autofree char *context = mark_repeats (computation->element);
  g_autoptr (GPtrArray) references = soban_xpath_list_references (computation->xpath, context);
  for (guint i = 0; i < references->len; i++) {
    SobanElement *scope = NULL;
    gboolean wildcard = FALSE;
    SobanElement *element =
      resolve_reference (graph, computation, g_ptr_array_index (references, i), &scope, &wildcard);
    if (element == NULL)
      continue;
    connect_read (graph, node, element, scope, !wildcard && !looks_at_sibling (computation->element, element, scope));
    if (wildcard)
      connect_below (graph, node, element, scope);
  }
  if (computation->kind == SOBAN_COMPUTE_CALCULATE)
    for (const SobanElement *above = computation->element; above != NULL; above = above->parent)
      add_edge (graph, node->soft, above->relevant, node);
}

static void
set_cycle_error (const Graph *graph, const GraphNode *again, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gboolean inside = FALSE;
  for (guint i = 0; i < graph->path->len; i++) {
    const GraphNode *node = g_ptr_array_index (graph->path, i);
    inside = inside || node == again;
    if (inside)
      g_string_append_printf (names, "%s → ", node->computation->element->field);
  }
  g_string_append (names, again->computation->element->field);
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_CYCLE, _("questions depend on each other in a circle: %s"), names->str);
}

static gboolean
find_cycle (Graph *graph, GraphNode *node, GError **error)
{
  if (node->mark == DONE)
    return TRUE;
  if (node->mark == OPEN) {
    set_cycle_error (graph, node, error);
    return soban_form_excuse (graph->form, node->computation->line, NULL, error);
  }
  if (graph->path->len > GRAPH_DEPTH_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT,
                 _("a chain of more than %d dependent questions"), GRAPH_DEPTH_MAX);
    return soban_form_excuse (graph->form, node->computation->line, NULL, error);
  }
  node->mark = OPEN;
  g_ptr_array_add (graph->path, node);
  for (guint i = 0; i < node->hard->len; i++)
    if (!find_cycle (graph, g_ptr_array_index (node->hard, i), error))
      return FALSE;
  g_ptr_array_set_size (graph->path, (int) graph->path->len - 1);
  node->mark = DONE;
  return TRUE;
}

static void
walk (Graph *graph, GraphNode *node, guint depth)
{
  if (node->mark != UNSEEN)
    return;
  node->mark = OPEN;
  for (guint i = 0; depth < GRAPH_DEPTH_MAX && i < node->hard->len; i++)
    walk (graph, g_ptr_array_index (node->hard, i), depth + 1);
  for (guint i = 0; depth < GRAPH_DEPTH_MAX && i < node->soft->len; i++)
    walk (graph, g_ptr_array_index (node->soft, i), depth + 1);
  node->mark = DONE;
  g_ptr_array_add (graph->order, node->computation);
}

static gboolean
order_computations (Graph *graph, GError **error)
{
  SobanForm *form = graph->form;
  for (guint i = 0; i < form->computations->len; i++)
    if (!find_cycle (graph, g_hash_table_lookup (graph->nodes, g_ptr_array_index (form->computations, i)), error))
      return FALSE;
  for (guint i = 0; i < form->computations->len; i++) {
    GraphNode *node = g_hash_table_lookup (graph->nodes, g_ptr_array_index (form->computations, i));
    node->mark = UNSEEN;
  }
  for (guint i = 0; i < form->computations->len; i++)
    walk (graph, g_hash_table_lookup (graph->nodes, g_ptr_array_index (form->computations, i)), 0);
  g_assert (graph->order->len == form->computations->len);
  for (guint i = 0; i < graph->order->len; i++) {
    SobanComputation *computation = g_ptr_array_index (graph->order, i);
    computation->rank = i;
    form->computations->pdata[i] = computation;
  }
  return TRUE;
}

gboolean
soban_form_build_graph (SobanForm *form, GError **error)
{
  Graph graph = {
    .form = form,
    .nodes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) free_node),
    .path = g_ptr_array_new (),
    .order = g_ptr_array_new (),
  };
  for (guint i = 0; i < form->computations->len; i++) {
    GraphNode *node = g_new0 (GraphNode, 1);
    node->computation = g_ptr_array_index (form->computations, i);
    node->hard = g_ptr_array_new ();
    node->soft = g_ptr_array_new ();
    g_hash_table_insert (graph.nodes, node->computation, node);
  }
  for (guint i = 0; i < form->computations->len; i++)
    connect_node (&graph, g_hash_table_lookup (graph.nodes, g_ptr_array_index (form->computations, i)));
  gboolean done = order_computations (&graph, error);
  g_hash_table_unref (graph.nodes);
  g_ptr_array_unref (graph.path);
  g_ptr_array_unref (graph.order);
  return done;
}
