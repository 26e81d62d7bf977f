/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Booleans and node names of XPath 1.0's core library (sections 4.1 and 4.3), and ODK's conditions. */

XPATH_FUNCTION (call_last)
{
  xpath_value_set_number (ret_value, focus->size);
  return TRUE;
}

XPATH_FUNCTION (call_boolean)
{
  xpath_value_set_boolean (ret_value, xpath_value_to_boolean (eval, &args[0]));
  return TRUE;
}

XPATH_FUNCTION (call_not)
{
  xpath_value_set_boolean (ret_value, !xpath_value_to_boolean (eval, &args[0]));
  return TRUE;
}

XPATH_FUNCTION (call_true)
{
  xpath_value_set_boolean (ret_value, TRUE);
  return TRUE;
}

XPATH_FUNCTION (call_false)
{
  xpath_value_set_boolean (ret_value, FALSE);
  return TRUE;
}

XPATH_FUNCTION (call_lang)
{
  const char *wanted = xpath_value_to_string (eval, &args[0]);
  gsize length = strlen (wanted);
  const char *lang = NULL;
  for (const SobanNode *node = focus->node; node != NULL && lang == NULL; node = node->parent)
    if (node->kind == SOBAN_NODE_ELEMENT)
      lang = soban_node_get_attribute (node, "http://www.w3.org/XML/1998/namespace", "lang");
  xpath_value_set_boolean (ret_value, lang != NULL && g_ascii_strncasecmp (lang, wanted, length) == 0
                                        && (lang[length] == '\0' || lang[length] == '-'));
  return TRUE;
}

XPATH_FUNCTION (call_if)
{
  XPathValue condition;
  if (!xpath_eval_expr (eval, focus, xpath_expr_arg (call, 0), &condition, error))
    return FALSE;
  gboolean truth = xpath_value_to_boolean (eval, &condition);
  xpath_value_clear (&condition);
  return xpath_eval_expr (eval, focus, xpath_expr_arg (call, truth ? 1 : 2), ret_value, error);
}

XPATH_FUNCTION (call_coalesce)
{
  for (guint i = 0; i < n_args; i++) {
    if (!xpath_eval_expr (eval, focus, xpath_expr_arg (call, i), ret_value, error))
      return FALSE;
    gboolean no_number = ret_value->type == XPATH_VALUE_NUMBER && isnan (ret_value->number);
    if (i + 1 == n_args || (!no_number && *xpath_value_to_string (eval, ret_value) != '\0'))
      return TRUE;
    xpath_value_clear (ret_value);
  }
  g_assert_not_reached ();
}

/* The node's own value when it has one: so that, say, a random number stays. */
XPATH_FUNCTION (call_once)
{
  const char *own = xpath_node_text (eval, focus->node);
  if (*own != '\0') {
    xpath_value_take_string (ret_value, g_strdup (own));
    return TRUE;
  }
  if (!xpath_eval_expr (eval, focus, xpath_expr_arg (call, 0), ret_value, error))
    return FALSE;
  if (ret_value->type == XPATH_VALUE_NUMBER && isnan (ret_value->number))
    xpath_value_set_string (ret_value, "");
  return TRUE;
}

XPATH_FUNCTION (call_boolean_from_string)
{
  const char *text = xpath_value_to_string (eval, &args[0]);
  xpath_value_set_boolean (ret_value, strcmp (text, "true") == 0 || strcmp (text, "1") == 0);
  return TRUE;
}

/* The first node of the argument, the context node when there is none; NULL for an empty node-set. */
static gboolean
find_node (const XPathFocus *focus, XPathValue *args, guint n_args, const SobanNode **ret_node, GError **error)
{
  if (n_args == 0) {
    *ret_node = focus->node;
    return TRUE;
  }
  if (args[0].type != XPATH_VALUE_NODES) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("a node-set is expected here"));
    return FALSE;
  }
  *ret_node = args[0].nodes.count > 0 ? args[0].nodes.items[0] : NULL;
  return TRUE;
}

XPATH_FUNCTION (call_local_name)
{
  const SobanNode *node;
  if (!find_node (focus, args, n_args, &node, error))
    return FALSE;
  xpath_value_set_string (ret_value, node != NULL ? node->name : "");
  return TRUE;
}

XPATH_FUNCTION (call_name)
{
  const SobanNode *node;
  if (!find_node (focus, args, n_args, &node, error))
    return FALSE;
  if (node == NULL || *node->prefix == '\0')
    xpath_value_set_string (ret_value, node != NULL ? node->name : "");
  else
    xpath_value_take_string (ret_value, g_strconcat (node->prefix, ":", node->name, NULL));
  return TRUE;
}

XPATH_FUNCTION (call_namespace_uri)
{
  const SobanNode *node;
  if (!find_node (focus, args, n_args, &node, error))
    return FALSE;
  xpath_value_set_string (ret_value, node != NULL ? node->ns : "");
  return TRUE;
}

const XPathFunction xpath_functions_core[] = {
  { "last", 0, 0, XPATH_FUNCTION_FOCUS | XPATH_FUNCTION_VOLATILE, call_last },
  { "boolean", 1, 1, XPATH_FUNCTION_PLAIN, call_boolean },
  { "not", 1, 1, XPATH_FUNCTION_PLAIN, call_not },
  { "true", 0, 0, XPATH_FUNCTION_PLAIN, call_true },
  { "false", 0, 0, XPATH_FUNCTION_PLAIN, call_false },
  { "lang", 1, 1, XPATH_FUNCTION_FOCUS, call_lang },
  { "if", 3, 3, XPATH_FUNCTION_LAZY, call_if },
  { "coalesce", 2, XPATH_ARGS_ANY, XPATH_FUNCTION_LAZY, call_coalesce },
  { "once", 1, 1, XPATH_FUNCTION_LAZY | XPATH_FUNCTION_FOCUS, call_once },
  { "boolean-from-string", 1, 1, XPATH_FUNCTION_PLAIN, call_boolean_from_string },
  { "local-name", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_local_name },
  { "name", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_name },
  { "namespace-uri", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_namespace_uri },
  { NULL },
};
