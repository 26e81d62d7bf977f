/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* ODK's dates and times (ODK XForms spec, functions). */

static gboolean
read_now (XPathEval *eval, const XPathExpr *call, double *ret_ms, GError **error)
{
  if (eval->host == NULL || eval->host->now_ms == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _("%s() cannot be used here"), call->string);
    return FALSE;
  }
  *ret_ms = (double) eval->host->now_ms (eval->host->data);
  return TRUE;
}

XPATH_FUNCTION (call_now)
{
  double ms;
  if (!read_now (eval, call, &ms, error))
    return FALSE;
  xpath_value_set_date (ret_value, ms, TRUE);
  return TRUE;
}

XPATH_FUNCTION (call_today)
{
  double ms;
  if (!read_now (eval, call, &ms, error))
    return FALSE;
  xpath_value_set_date (ret_value, xpath_date_midnight (eval, ms), FALSE);
  return TRUE;
}

/* The point of time that a value means: a date, days since 1970, or a text; NaN when it means none. */
static double
to_ms (XPathEval *eval, XPathValue *value)
{
  double ms;
  switch (value->type) {
  case XPATH_VALUE_DATE: return value->number;
  case XPATH_VALUE_NUMBER: return floor (value->number * XPATH_DAY_MS + 0.5);
  case XPATH_VALUE_BOOLEAN: return NAN;
  case XPATH_VALUE_STRING:
  case XPATH_VALUE_NODES: break;
  }
  const char *text = xpath_value_to_string (eval, value);
  if (xpath_date_parse (eval, text, &ms))
    return ms;
  return floor (soban_xpath_string_to_number (text) * XPATH_DAY_MS + 0.5);
}

static gboolean
is_empty (XPathEval *eval, XPathValue *value)
{
  return (value->type == XPATH_VALUE_STRING || value->type == XPATH_VALUE_NODES)
         && *xpath_value_to_string (eval, value) == '\0';
}

XPATH_FUNCTION (call_date)
{
  if (is_empty (eval, &args[0]))
    xpath_value_set_string (ret_value, "");
  else
    xpath_value_set_date (ret_value, to_ms (eval, &args[0]), FALSE);
  return TRUE;
}

XPATH_FUNCTION (call_decimal_date_time)
{
  xpath_value_set_number (ret_value, to_ms (eval, &args[0]) / XPATH_DAY_MS);
  return TRUE;
}

XPATH_FUNCTION (call_decimal_time)
{
  xpath_value_set_number (ret_value, xpath_time_parse (eval, xpath_value_to_string (eval, &args[0])));
  return TRUE;
}

XPATH_FUNCTION (call_format_date)
{
  const char *format = xpath_value_to_string (eval, &args[1]);
  char *text = xpath_date_format (eval, to_ms (eval, &args[0]), format);
  if (text == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("%s() does not know the format \"%s\""),
                 call->string, format);
    return FALSE;
  }
  xpath_value_take_string (ret_value, text);
  return TRUE;
}

const XPathFunction xpath_functions_date[] = {
  { "now", 0, 0, XPATH_FUNCTION_VOLATILE, call_now },
  { "today", 0, 0, XPATH_FUNCTION_VOLATILE, call_today },
  { "date", 1, 1, XPATH_FUNCTION_PLAIN, call_date },
  { "date-time", 1, 1, XPATH_FUNCTION_PLAIN, call_date },
  { "decimal-date-time", 1, 1, XPATH_FUNCTION_PLAIN, call_decimal_date_time },
  { "decimal-time", 1, 1, XPATH_FUNCTION_PLAIN, call_decimal_time },
  { "format-date", 2, 2, XPATH_FUNCTION_PLAIN, call_format_date },
  { "format-date-time", 2, 2, XPATH_FUNCTION_PLAIN, call_format_date },
  { NULL },
};
