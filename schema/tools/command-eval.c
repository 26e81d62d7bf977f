/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "answers-input.h"
#include "base/error.h"
#include "tool-host.h"

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
  const char *test = node->kind == SOBAN_NODE_TEXT ? "text()" : node->kind == SOBAN_NODE_COMMENT ? "comment()" : "processing-instruction()";
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

static const char *
find_prefix (gpointer data, const char *prefix)
{
  return soban_tree_lookup_prefix (data, prefix);
}

static gboolean
evaluate_at (SobanTree *tree, const char *expression, SobanNode *node, SobanXPathValue *ret_value, GError **error)
{
  const SobanXPathHost host = { .now_ms = read_clock, .entropy = soban_entropy_system () };
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
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, _("“%s” is no place in the document"), path);
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
    { "context", 0, 0, G_OPTION_ARG_STRING, &options.context, N_("Where the expression stands"), N_("PATH") },
    { "answers", 0, 0, G_OPTION_ARG_FILENAME, &options.answers, N_("Fill in the form with these answers first"), N_("FILE") },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options.language, N_("Language of the texts"), N_("LANGUAGE") },
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
  const SobanNode *root = soban_node_first_element (soban_tree_get_root (tree));
  gboolean is_form = root != NULL && g_str_equal (root->name, "html") && strstr (root->ns, "xhtml") != NULL;
  gboolean done = is_form ? evaluate_in_form (arguments[0], xml, arguments[1], &options, error)
                          : evaluate_in_document (tree, arguments[1], options.context, error);
  return done ? SOBAN_EXIT_DONE : SOBAN_EXIT_FAILED;
}

const SobanVerb soban_verb_eval = { "eval", "FILE EXPRESSION",
                                    N_("Print type and value of an expression over a new form or any XML document"), run };
