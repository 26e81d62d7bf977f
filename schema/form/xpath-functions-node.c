/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/clock.h"
#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Node-sets: XPath 1.0 section 4.1 and ODK's instance(), current(), position(node), indexed-repeat(), randomize(),
 * pulldata(). */

static gboolean
expect_nodes (const XPathExpr *call, const XPathValue *value, GError **error)
{
  if (value->type == XPATH_VALUE_NODES)
    return TRUE;
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("%s() takes a node-set"), call->string);
  return FALSE;
}

XPATH_FUNCTION (call_count)
{
  if (!expect_nodes (call, &args[0], error))
    return FALSE;
  xpath_value_set_number (ret_value, args[0].nodes.count);
  return TRUE;
}

XPATH_FUNCTION (call_count_non_empty)
{
  if (!expect_nodes (call, &args[0], error))
    return FALSE;
  guint count = 0;
  for (gsize i = 0; i < args[0].nodes.count; i++)
    if (*xpath_node_text (eval, args[0].nodes.items[i]) != '\0')
      count++;
  xpath_value_set_number (ret_value, count);
  return TRUE;
}

XPATH_FUNCTION (call_current)
{
  xpath_value_init (ret_value, XPATH_VALUE_NODES);
  xpath_nodes_add (&ret_value->nodes, eval->current);
  return TRUE;
}

XPATH_FUNCTION (call_instance)
{
  if (eval->host == NULL || eval->host->instance == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _("%s() cannot be used here"), call->string);
    return FALSE;
  }
  SobanNode *instance = eval->host->instance (eval->host->data, xpath_value_to_string (eval, &args[0]));
  xpath_value_init (ret_value, XPATH_VALUE_NODES);
  if (instance != NULL)
    xpath_nodes_add (&ret_value->nodes, instance);
  return TRUE;
}

static gboolean
same_name (const SobanNode *a, const SobanNode *b)
{
  return a->name == b->name && a->ns == b->ns;
}

/* Evaluates a path whose nodes count even where they are not relevant: they tell a place, not an answer. */
static gboolean
eval_place (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, guint index, XPathValue *ret_value,
            GError **error)
{
  const XPathExpr *arg = xpath_expr_arg (call, index);
  if (arg->kind == XPATH_EXPR_PATH)
    return xpath_eval_path (eval, focus, arg, TRUE, ret_value, error);
  if (!xpath_eval_expr (eval, focus, arg, ret_value, error))
    return FALSE;
  if (expect_nodes (call, ret_value, error))
    return TRUE;
  xpath_value_clear (ret_value);
  return FALSE;
}

/* position(node): the place of the node among its neighbours of the same name, a repeat's instances. */
XPATH_FUNCTION (call_position)
{
  if (n_args == 0) {
    xpath_value_set_number (ret_value, focus->position);
    return TRUE;
  }
  XPathValue place;
  if (!eval_place (eval, focus, call, 0, &place, error))
    return FALSE;
  double position = NAN;
  if (place.nodes.count > 0) {
    const SobanNode *node = place.nodes.items[0];
    position = 1;
    for (const SobanNode *prev = node->prev; prev != NULL; prev = prev->prev) {
      if (prev->kind != SOBAN_NODE_ELEMENT)
        continue;
      if (!same_name (prev, node))
        break;
      position++;
    }
  }
  xpath_value_clear (&place);
  xpath_value_set_number (ret_value, position);
  return TRUE;
}

/* --- indexed-repeat(target, repeat, index, ...) --- */

static gboolean
is_inside (const SobanNode *node, const SobanNode *of)
{
  for (node = node->parent; node != NULL; node = node->parent)
    if (node == of)
      return TRUE;
  return FALSE;
}

static void
keep_inside (XPathNodes *nodes, const SobanNode *of)
{
  gsize kept = 0;
  if (nodes->room == 0)
    xpath_nodes_grow (nodes);
  for (gsize i = 0; i < nodes->count; i++)
    if (is_inside (nodes->items[i], of))
      nodes->items[kept++] = nodes->items[i];
  nodes->count = kept;
}

static SobanNode *
nth_neighbour (SobanNode *node, double index)
{
  SobanNode *at = node->parent != NULL ? node->parent->first_child : NULL;
  for (double count = 0; at != NULL; at = at->next)
    if (at->kind == SOBAN_NODE_ELEMENT && same_name (at, node) && ++count == index)
      return at;
  return NULL;
}

/* The @index-th instance of the repeat that argument @at names, inside of @within where that is known. NULL: none. */
static gboolean
pick_instance (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, guint at, SobanNode *within,
               SobanNode **ret_instance, GError **error)
{
  XPathValue repeats, index;
  if (!eval_place (eval, focus, call, at, &repeats, error))
    return FALSE;
  if (!xpath_eval_expr (eval, focus, xpath_expr_arg (call, at + 1), &index, error)) {
    xpath_value_clear (&repeats);
    return FALSE;
  }
  double wanted = xpath_value_to_number (eval, &index);
  xpath_value_clear (&index);
  if (within != NULL)
    keep_inside (&repeats.nodes, within);
  *ret_instance = NULL;
  /* `..` names one instance, but means the repeat. */
  if (repeats.nodes.count == 1)
    *ret_instance = nth_neighbour (repeats.nodes.items[0], wanted);
  else if (wanted >= 1 && wanted <= repeats.nodes.count && wanted == floor (wanted))
    *ret_instance = repeats.nodes.items[(gsize) wanted - 1];
  xpath_value_clear (&repeats);
  return TRUE;
}

/* The node that lies below @instance as @node lies below its own ancestor of the same name. */
static SobanNode *
find_counterpart (SobanNode *instance, const SobanNode *node)
{
  const SobanNode *own = node;
  while (own != NULL && !(same_name (own, instance) && own->parent == instance->parent))
    own = own->parent;
  if (own == NULL)
    return NULL;
  SobanNode *found = instance;
  for (const SobanNode *from = own; from != node && found != NULL;) {
    const SobanNode *below = node;
    while (below->parent != from)
      below = below->parent;
    found = found->first_child;
    while (found != NULL && !(found->kind == SOBAN_NODE_ELEMENT && same_name (found, below)))
      found = found->next;
    from = below;
  }
  return found;
}

static gboolean
take_targets (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, SobanNode *instance,
              XPathValue *ret_value, GError **error)
{
  if (!eval_place (eval, focus, call, 0, ret_value, error))
    return FALSE;
  SobanNode *sample = ret_value->nodes.count > 0 ? ret_value->nodes.items[0] : NULL;
  keep_inside (&ret_value->nodes, instance);
  if (ret_value->nodes.count == 0 && sample != NULL) {
    SobanNode *counterpart = find_counterpart (instance, sample);
    if (counterpart != NULL)
      xpath_nodes_add (&ret_value->nodes, counterpart);
  }
  gsize kept = 0;
  for (gsize i = 0; i < ret_value->nodes.count; i++)
    if (xpath_node_is_relevant (ret_value->nodes.items[i]))
      ret_value->nodes.items[kept++] = ret_value->nodes.items[i];
  ret_value->nodes.count = kept;
  return TRUE;
}

typedef struct {
  guint at, depth;
} IndexedPair;

/* How deep the repeat stands that argument @at names; 0 when there is none of it. */
static gboolean
measure_depth (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, guint at, guint *ret_depth,
               GError **error)
{
  XPathValue repeats;
  if (!eval_place (eval, focus, call, at, &repeats, error))
    return FALSE;
  *ret_depth = 0;
  for (const SobanNode *node = repeats.nodes.count > 0 ? repeats.nodes.items[0] : NULL; node != NULL;
       node = node->parent)
    (*ret_depth)++;
  xpath_value_clear (&repeats);
  return TRUE;
}

static int
compare_depth (gconstpointer a, gconstpointer b)
{
  const IndexedPair *left = a, *right = b;
  return left->depth != right->depth ? (left->depth < right->depth ? -1 : 1) : (left->at < right->at ? -1 : 1);
}

/* (nullable): the pairs from the outermost repeat inwards; forms write them in any order. */
static GArray *
sort_pairs (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (IndexedPair));
  for (guint at = 1; at + 1 < call->args->len; at += 2) {
    IndexedPair pair = { at, 0 };
    if (call->args->len > 3 && !measure_depth (eval, focus, call, at, &pair.depth, error))
      return NULL;
    g_array_append_val (pairs, pair);
  }
  g_array_sort (pairs, compare_depth);
  return g_steal_pointer (&pairs);
}

static gboolean
find_indexed (XPathEval *eval, const XPathFocus *focus, const XPathExpr *call, XPathValue *ret_value, GError **error)
{
  SobanNode *instance = NULL;
  xpath_value_init (ret_value, XPATH_VALUE_NODES);
  g_autoptr (GArray) pairs = sort_pairs (eval, focus, call, error);
  if (pairs == NULL)
    return FALSE;
  for (guint i = 0; i < pairs->len; i++) {
    SobanNode *next;
    if (!pick_instance (eval, focus, call, g_array_index (pairs, IndexedPair, i).at, instance, &next, error))
      return FALSE;
    if (next == NULL)
      return TRUE;
    instance = next;
  }
  return take_targets (eval, focus, call, instance, ret_value, error);
}

XPATH_FUNCTION (call_indexed_repeat)
{
  if (n_args % 2 == 0)
    return xpath_function_refuse_count (call, error);
  /* Here an absolute path means every instance: the index chooses. */
  gboolean repeat_absolute = eval->repeat_absolute;
  eval->repeat_absolute = FALSE;
  gboolean done = find_indexed (eval, focus, call, ret_value, error);
  eval->repeat_absolute = repeat_absolute;
  return done;
}

/* --- randomize(nodes, seed) --- */

/* A Park-Miller generator, so that the same seed gives the order that other ODK programs give. */
#define PARK_MILLER_MODULUS 2147483647
#define PARK_MILLER_FACTOR 16807

static gint64
hash_seed (const char *text)
{
  guint8 bytes[32];
  gsize length = sizeof bytes;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, bytes, &length);
  guint64 seed = 0;
  for (guint i = 0; i < 8; i++)
    seed = seed << 8 | bytes[i];
  return (gint64) seed;
}

static gint64
read_seed (XPathEval *eval, XPathValue *value)
{
  double number = xpath_value_to_number (eval, value);
  if (isnan (number)) {
    const char *text = xpath_value_to_string (eval, value);
    gboolean is_text = value->type == XPATH_VALUE_STRING || value->type == XPATH_VALUE_NODES;
    return is_text && *text != '\0' ? hash_seed (text) : 0;
  }
  if (number >= 9223372036854775807.0)
    return G_MAXINT64;
  return number <= -9223372036854775808.0 ? G_MININT64 : (gint64) number;
}

XPATH_FUNCTION (call_randomize)
{
  if (!expect_nodes (call, &args[0], error))
    return FALSE;
  gint64 seed = 0;
  if (n_args > 1) {
    seed = read_seed (eval, &args[1]);
  } else {
    if (eval->host == NULL || eval->host->entropy == NULL) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _("%s() cannot be used here"), call->string);
      return FALSE;
    }
    soban_entropy_fill (eval->host->entropy, (guint8 *) &seed, sizeof seed);
  }
  gint64 state = seed % PARK_MILLER_MODULUS;
  if (state <= 0)
    state += PARK_MILLER_MODULUS - 1;
  xpath_value_init (ret_value, XPATH_VALUE_NODES);
  for (gsize i = 0; i < args[0].nodes.count; i++) {
    state = state * PARK_MILLER_FACTOR % PARK_MILLER_MODULUS;
    gsize j = (gsize) floor ((double) (state - 1) / (PARK_MILLER_MODULUS - 1) * (double) (i + 1));
    xpath_nodes_add (&ret_value->nodes, args[0].nodes.items[i]);
    ret_value->nodes.items[i] = ret_value->nodes.items[j];
    ret_value->nodes.items[j] = args[0].nodes.items[i];
  }
  return TRUE;
}

/* --- pulldata(instance, column, key column, key) --- */

/* The column of an item: a child element, or (@name) an attribute. */
static const SobanNode *
find_column (const SobanNode *node, const char *name)
{
  if (*name == '@') {
    const SobanNode *attribute = node->first_attribute;
    while (attribute != NULL && strcmp (attribute->name, name + 1) != 0)
      attribute = attribute->next;
    return attribute;
  }
  for (const SobanNode *child = soban_node_first_element (node); child != NULL; child = soban_node_next_element (child))
    if (strcmp (child->name, name) == 0)
      return child;
  return NULL;
}

XPATH_FUNCTION (call_pulldata)
{
  XPathValue instance;
  if (!call_instance (eval, focus, call, args, 1, &instance, error))
    return FALSE;
  const SobanNode *top = instance.nodes.count > 0 ? instance.nodes.items[0] : NULL;
  xpath_value_clear (&instance);
  const SobanNode *root = top != NULL ? soban_node_first_element (top) : NULL;
  const char *column = xpath_value_to_string (eval, &args[1]);
  const char *key_column = xpath_value_to_string (eval, &args[2]);
  const char *key = xpath_value_to_string (eval, &args[3]);
  for (const SobanNode *item = root != NULL ? soban_node_first_element (root) : NULL; item != NULL;
       item = soban_node_next_element (item)) {
    const SobanNode *own_key = find_column (item, key_column);
    if (own_key == NULL || strcmp (xpath_node_text (eval, own_key), key) != 0)
      continue;
    const SobanNode *cell = find_column (item, column);
    xpath_value_take_string (ret_value, g_strdup (cell != NULL ? xpath_node_text (eval, cell) : ""));
    return TRUE;
  }
  xpath_value_set_string (ret_value, "");
  return TRUE;
}

const XPathFunction xpath_functions_node[] = {
  { "count", 1, 1, XPATH_FUNCTION_PLAIN, call_count },
  { "count-non-empty", 1, 1, XPATH_FUNCTION_PLAIN, call_count_non_empty },
  { "position", 0, 1, XPATH_FUNCTION_LAZY | XPATH_FUNCTION_FOCUS | XPATH_FUNCTION_VOLATILE, call_position },
  { "current", 0, 0, XPATH_FUNCTION_PLAIN, call_current },
  { "instance", 1, 1, XPATH_FUNCTION_PLAIN, call_instance },
  { "indexed-repeat", 3, XPATH_ARGS_ANY, XPATH_FUNCTION_LAZY, call_indexed_repeat },
  { "randomize", 1, 2, XPATH_FUNCTION_VOLATILE | XPATH_FUNCTION_RANDOM, call_randomize },
  { "pulldata", 4, 4, XPATH_FUNCTION_PLAIN, call_pulldata },
  { NULL },
};
