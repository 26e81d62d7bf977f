/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "answers-input.h"
#include "base/error.h"
#include "tool-host.h"

#define XHTML_NS "http://www.w3.org/1999/xhtml"

typedef struct {
  char *context, *answers, *language;
} Options;

static void
clear_options (Options *options)
{
  g_free (options->context);
  g_free (options->answers);
  g_free (options->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

static guint
count_before (const SobanNode *node)
{
  guint place = 1;
  for (const SobanNode *prev = node->prev; prev != NULL; prev = prev->prev)
    place += prev->kind == node->kind && prev->name == node->name;
  return place;
}

static char *
write_path (const SobanNode *node)
{
  if (node == NULL || node->kind == SOBAN_NODE_DOCUMENT)
    return g_strdup ("");
  g_autofree char *above = write_path (node->parent);
  if (node->kind == SOBAN_NODE_ATTRIBUTE)
    return g_strconcat (above, "/@", node->name, NULL);
  if (node->kind == SOBAN_NODE_ELEMENT)
    return g_strdup_printf ("%s/%s[%u]", above, node->name, count_before (node));
  const char *test = node->kind == SOBAN_NODE_TEXT      ? "text()"
                     : node->kind == SOBAN_NODE_COMMENT ? "comment()"
                                                        : "processing-instruction()";
  return g_strdup_printf ("%s/%s[%u]", above, test, count_before (node));
}

static void
print_value (const SobanXPathValue *value)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  if (value->type == SOBAN_XPATH_STRING) {
    g_print ("string %s\n", value->string);
  } else if (value->type == SOBAN_XPATH_BOOLEAN) {
    g_print ("boolean %s\n", value->boolean ? "true" : "false");
  } else if (value->type == SOBAN_XPATH_NUMBER) {
    g_autofree char *text = soban_xpath_number_to_string (value->number);
    g_print ("number %s\n", text);
  } else {
    g_print ("nodes %u\n", value->nodes->len);
    for (guint i = 0; i < value->nodes->len; i++) {
      const SobanNode *node = g_ptr_array_index (value->nodes, i);
      g_autofree char *path = write_path (node);
      g_print ("%s %s\n", *path != '\0' ? path : "/", soban_node_value (node, scratch));
    }
  }
}

static gint64
read_clock (gpointer data)
{
  return soban_clock_wall_ms (soban_clock_system ());
}

/* Prefixes that forms always mean the same by, where the document does not declare them itself. */
static const char *
find_prefix (gpointer data, const char *prefix)
{
  static const struct {
    const char *prefix, *ns;
  } known[] = {
    { "h", XHTML_NS },
    { "xhtml", XHTML_NS },
    { "mathml", "http://www.w3.org/1998/Math/MathML" },
    { "jr", "http://openrosa.org/javarosa" },
    { "orx", "http://openrosa.org/xforms" },
  };
  const char *ns = soban_tree_lookup_prefix (data, prefix);
  for (guint i = 0; ns == NULL && i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].prefix, prefix))
      ns = known[i].ns;
  return ns;
}

/* instance('id'): the element of that name and id, wherever it stands. */
static SobanNode *
find_instance (gpointer data, const char *id)
{
  SobanNode *root = soban_tree_get_root (data);
  for (SobanNode *node = root; node != NULL; node = soban_node_next_in_document (node, root))
    if (node->kind == SOBAN_NODE_ELEMENT && g_str_equal (node->name, "instance")
        && g_strcmp0 (soban_node_get_attribute (node, "", "id"), id) == 0)
      return node;
  return NULL;
}

static const SobanNode *
find_child (const SobanNode *node, const char *name)
{
  const SobanNode *child = node != NULL ? soban_node_first_element (node) : NULL;
  while (child != NULL && !g_str_equal (child->name, name))
    child = soban_node_next_element (child);
  return child;
}

static gboolean
is_form (SobanTree *tree)
{
  const SobanNode *html = find_child (soban_tree_get_root (tree), "html");
  return find_child (find_child (html, "head"), "model") != NULL;
}

static gboolean
evaluate_at (SobanTree *tree, const char *expression, SobanNode *node, SobanXPathValue *ret_value, GError **error)
{
  const SobanXPathHost host = {
    .now_ms = read_clock,
    .instance = find_instance,
    .entropy = soban_entropy_system (),
    .data = tree,
    .default_ns = "http://www.w3.org/2002/xforms",
  };
  g_autoptr (SobanXPath) xpath = soban_xpath_compile (expression, find_prefix, tree, error);
  SobanXPathContext context = { .node = node, .host = &host };
  return xpath != NULL && soban_xpath_evaluate (xpath, &context, ret_value, error);
}

static gboolean
evaluate_in_document (SobanTree *tree, const char *expression, const char *path, GError **error)
{
  g_auto (SobanXPathValue) place = { 0 }, value = { 0 };
  SobanNode *node = soban_tree_get_root (tree);
  if (path != NULL) {
    if (!evaluate_at (tree, path, node, &place, error))
      return FALSE;
    if (place.type != SOBAN_XPATH_NODES || place.nodes->len == 0) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _ ("“%s” is no place in the document"), path);
      return FALSE;
    }
    node = g_ptr_array_index (place.nodes, 0);
  }
  if (!evaluate_at (tree, expression, node, &value, error))
    return FALSE;
  print_value (&value);
  return TRUE;
}

static gboolean
evaluate_in_form (const char *file, GBytes *xml, const char *expression, const Options *options, GError **error)
{
  g_autoptr (SobanForm) form = soban_form_parse (xml, error);
  if (form == NULL)
    return FALSE;
  g_autoptr (SobanToolHost) host = soban_tool_host_new (file, options->language);
  g_autoptr (SobanFormInstance) instance = soban_form_instance_new (form, soban_tool_host_get (host), NULL, error);
  if (instance == NULL || (options->answers != NULL && !soban_answers_apply (instance, options->answers, error)))
    return FALSE;
  g_auto (SobanXPathValue) value = { 0 };
  if (!soban_form_instance_evaluate (instance, expression, options->context, &value, error))
    return FALSE;
  print_value (&value);
  return TRUE;
}

static int
run (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "context", 0, 0, G_OPTION_ARG_STRING, &options.context, N_ ("Where the expression stands"), N_ ("PATH") },
    { "answers", 0, 0, G_OPTION_ARG_FILENAME, &options.answers, N_ ("Fill in the form with these answers first"),
      N_ ("FILE") },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options.language, N_ ("Language of the texts"), N_ ("LANGUAGE") },
    { NULL },
  };
  g_auto (GStrv) arguments = soban_verb_parse (&soban_verb_eval, entries, 2, argc, argv, error);
  g_autoptr (GBytes) xml = arguments != NULL ? soban_read_file (arguments[0], error) : NULL;
  if (xml == NULL)
    return SOBAN_EXIT_FAILED;
  gsize length = 0;
  const char *text = g_bytes_get_data (xml, &length);
  g_autoptr (SobanTree) tree = soban_tree_parse (text, length, error);
  if (tree == NULL)
    return SOBAN_EXIT_FAILED;
  gboolean done = is_form (tree) ? evaluate_in_form (arguments[0], xml, arguments[1], &options, error)
                                 : evaluate_in_document (tree, arguments[1], options.context, error);
  return done ? SOBAN_EXIT_DONE : SOBAN_EXIT_FAILED;
}

const SobanVerb soban_verb_eval = { "eval", "FILE EXPRESSION",
                                    N_ ("Print type and value of an expression over a new form or any XML document"),
                                    run };
