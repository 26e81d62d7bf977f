/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const XPathFunction *const tables[] = {
  xpath_functions_core, xpath_functions_string, xpath_functions_number, xpath_functions_odk,
  xpath_functions_node, xpath_functions_date,   xpath_functions_geo,
};

const XPathFunction *
xpath_function_find (const char *name, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const XPathFunction *function = tables[i]; function->name != NULL; function++)
      if (strncmp (function->name, name, length) == 0 && function->name[length] == '\0')
        return function;
  return NULL;
}

gboolean
xpath_function_refuse_count (const XPathExpr *expr, GError **error)
{
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION,
               _("%s() does not take this number of arguments (%u)"), expr->string, expr->args->len);
  return FALSE;
}

gboolean
xpath_function_check (const XPathExpr *expr, GError **error)
{
  const XPathFunction *function = expr->function;
  if (function == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("there is no function %s()"), expr->string);
    return FALSE;
  }
  guint count = expr->args->len;
  if (count >= function->args_min && count <= function->args_max)
    return TRUE;
  return xpath_function_refuse_count (expr, error);
}
