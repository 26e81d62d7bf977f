/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"
#include "base/uuid.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* ODK's functions on selections and lists of conditions, and on what the form knows: texts, names, ids. */

static gboolean
refuse (const char *name, GError **error)
{
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _("%s() cannot be used here"), name);
  return FALSE;
}

/* --- selections: values that are lists with blanks between --- */

/* Finds the next word of *@at and moves on; FALSE at the end. */
static gboolean
next_word (const char **at, const char **ret_start, gsize *ret_length)
{
  *at += strspn (*at, " \t\r\n");
  *ret_start = *at;
  *ret_length = strcspn (*at, " \t\r\n");
  *at += *ret_length;
  return *ret_length > 0;
}

XPATH_FUNCTION (call_selected)
{
  const char *list = xpath_value_to_string (eval, &args[0]);
  const char *wanted = xpath_value_to_string (eval, &args[1]);
  const char *word;
  gsize length, wanted_length;
  next_word (&wanted, &word, &wanted_length);
  wanted = word;
  gboolean found = FALSE;
  gboolean any = FALSE;
  for (const char *at = list; !found && next_word (&at, &word, &length); any = TRUE)
    found = length == wanted_length && strncmp (word, wanted, length) == 0;
  xpath_value_set_boolean (ret_value, found || (!any && wanted_length == 0));
  return TRUE;
}

XPATH_FUNCTION (call_selected_at)
{
  const char *at = xpath_value_to_string (eval, &args[0]);
  double index = xpath_value_to_number (eval, &args[1]);
  const char *word;
  gsize length = 0;
  gboolean found = FALSE;
  if (index >= 0)
    for (double i = 0; (found = next_word (&at, &word, &length)) && i + 1 <= index; i++)
      ;
  xpath_value_take_string (ret_value, found ? g_strndup (word, length) : g_strdup (""));
  return TRUE;
}

XPATH_FUNCTION (call_count_selected)
{
  const char *at = xpath_value_to_string (eval, &args[0]);
  const char *word;
  gsize length;
  guint count = 0;
  while (next_word (&at, &word, &length))
    count++;
  xpath_value_set_number (ret_value, count);
  return TRUE;
}

/* --- lists of conditions --- */

/* A node-set stands for all its nodes; a node is a condition by its text, so "0" and "no" hold. */
static gsize
count_conditions (const XPathValue *value)
{
  return value->type == XPATH_VALUE_NODES ? value->nodes.count : 1;
}

static gboolean
holds (XPathEval *eval, XPathValue *value, gsize index)
{
  if (value->type == XPATH_VALUE_NODES)
    return *xpath_node_text (eval, value->nodes.items[index]) != '\0';
  return xpath_value_to_boolean (eval, value);
}

static double
get_weight (XPathEval *eval, XPathValue *value, gsize index)
{
  if (value->type != XPATH_VALUE_NODES)
    return xpath_value_to_number (eval, value);
  if (index >= value->nodes.count)
    return 0;
  return xpath_text_to_number (eval, xpath_node_text (eval, value->nodes.items[index]));
}

/* -1 as a bound means none. */
static void
set_within (XPathEval *eval, XPathValue *args, double sum, XPathValue *ret_value)
{
  double least = xpath_value_to_number (eval, &args[0]);
  double most = xpath_value_to_number (eval, &args[1]);
  xpath_value_set_boolean (ret_value, (least == -1 || sum >= least) && (most == -1 || sum <= most));
}

XPATH_FUNCTION (call_checklist)
{
  double sum = 0;
  for (guint i = 2; i < n_args; i++)
    for (gsize j = 0; j < count_conditions (&args[i]); j++)
      sum += holds (eval, &args[i], j);
  set_within (eval, args, sum, ret_value);
  return TRUE;
}

XPATH_FUNCTION (call_weighted_checklist)
{
  if (n_args % 2 != 0)
    return xpath_function_refuse_count (call, error);
  double sum = 0;
  for (guint i = 2; i < n_args; i += 2)
    for (gsize j = 0; j < count_conditions (&args[i]); j++)
      if (holds (eval, &args[i], j))
        sum += get_weight (eval, &args[i + 1], j);
  set_within (eval, args, sum, ret_value);
  return TRUE;
}

/* --- what the form knows --- */

XPATH_FUNCTION (call_itext)
{
  if (eval->host == NULL || eval->host->itext == NULL)
    return refuse ("jr:itext", error);
  char *text = eval->host->itext (eval->host->data, xpath_value_to_string (eval, &args[0]));
  xpath_value_take_string (ret_value, text != NULL ? text : g_strdup (""));
  return TRUE;
}

XPATH_FUNCTION (call_choice_name)
{
  if (eval->host == NULL || eval->host->choice_name == NULL)
    return refuse ("jr:choice-name", error);
  char *name = eval->host->choice_name (eval->host->data, xpath_value_to_string (eval, &args[0]),
                                        xpath_value_to_string (eval, &args[1]), focus->node);
  xpath_value_take_string (ret_value, name != NULL ? name : g_strdup (""));
  return TRUE;
}

static char *
make_random_text (const SobanEntropy *entropy, gsize length)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  GString *text = g_string_sized_new (length);
  while (text->len < length) {
    guint8 byte;
    soban_entropy_fill (entropy, &byte, 1);
    /* 248 = 4 * 62: greater bytes would favour the first letters. */
    if (byte < 248)
      g_string_append_c (text, letters[byte % 62]);
  }
  return g_string_free (text, FALSE);
}

/* uuid() is a version 4 UUID, uuid(n) a text of n random letters (ODK XForms spec, uuid). */
XPATH_FUNCTION (call_uuid)
{
  if (eval->host == NULL || eval->host->entropy == NULL)
    return refuse ("uuid", error);
  if (n_args > 0) {
    double length = xpath_value_to_number (eval, &args[0]);
    gsize letters = length >= 1 ? (gsize) MIN (length, 1024) : 0;
    xpath_value_take_string (ret_value, make_random_text (eval->host->entropy, letters));
    return TRUE;
  }
  SobanUuid uuid = soban_uuid_new_v4 (eval->host->entropy);
  xpath_value_take_string (ret_value, soban_uuid_to_string (&uuid));
  return TRUE;
}

const XPathFunction xpath_functions_odk[] = {
  { "selected", 2, 2, XPATH_FUNCTION_PLAIN, call_selected },
  { "is-selected", 2, 2, XPATH_FUNCTION_PLAIN, call_selected },
  { "selected-at", 2, 2, XPATH_FUNCTION_PLAIN, call_selected_at },
  { "count-selected", 1, 1, XPATH_FUNCTION_PLAIN, call_count_selected },
  { "checklist", 2, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_checklist },
  { "weighted-checklist", 2, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_weighted_checklist },
  { "jr:itext", 1, 1, XPATH_FUNCTION_PLAIN, call_itext },
  { "jr:choice-name", 2, 2, XPATH_FUNCTION_FOCUS, call_choice_name },
  { "uuid", 0, 1, XPATH_FUNCTION_VOLATILE | XPATH_FUNCTION_RANDOM, call_uuid },
  { NULL },
};
