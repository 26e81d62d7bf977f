/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/clock.h"
#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of XPath 1.0's core library (section 4.4) and ODK's. */

/* Functions of one number. */
#define NUMBER_FUNCTION(id, of) \
  XPATH_FUNCTION (id) \
  { \
    xpath_value_set_number (ret_value, of (xpath_value_to_number (eval, &args[0]))); \
    return TRUE; \
  }

static double
raise_ten (double exponent)
{
  return pow (10, exponent);
}

NUMBER_FUNCTION (call_floor, floor)
NUMBER_FUNCTION (call_ceiling, ceil)
NUMBER_FUNCTION (call_int, trunc)
NUMBER_FUNCTION (call_abs, fabs)
NUMBER_FUNCTION (call_log, log)
NUMBER_FUNCTION (call_log10, log10)
NUMBER_FUNCTION (call_sin, sin)
NUMBER_FUNCTION (call_cos, cos)
NUMBER_FUNCTION (call_tan, tan)
NUMBER_FUNCTION (call_asin, asin)
NUMBER_FUNCTION (call_acos, acos)
NUMBER_FUNCTION (call_atan, atan)
NUMBER_FUNCTION (call_sqrt, sqrt)
NUMBER_FUNCTION (call_exp, exp)
NUMBER_FUNCTION (call_exp10, raise_ten)

XPATH_FUNCTION (call_number)
{
  xpath_value_set_number (ret_value, n_args > 0 ? xpath_value_to_number (eval, &args[0])
                                                : xpath_text_to_number (eval, xpath_node_text (eval, focus->node)));
  return TRUE;
}

XPATH_FUNCTION (call_sum)
{
  if (args[0].type != XPATH_VALUE_NODES) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("sum() takes a node-set"));
    return FALSE;
  }
  double sum = 0;
  for (gsize i = 0; i < args[0].nodes.count; i++)
    sum += xpath_text_to_number (eval, xpath_node_text (eval, args[0].nodes.items[i]));
  xpath_value_set_number (ret_value, sum);
  return TRUE;
}

/* ODK: halves go away from zero, and a second argument tells the decimals, negative ones before the point. */
XPATH_FUNCTION (call_round)
{
  double number = xpath_value_to_number (eval, &args[0]);
  double digits = n_args > 1 ? trunc (xpath_value_to_number (eval, &args[1])) : 0;
  if (isnan (digits))
    number = NAN;
  else if (digits > 0 && digits < 300)
    number = round (number * pow (10, digits)) / pow (10, digits);
  else if (digits < 0)
    number = round (number / pow (10, -digits)) * pow (10, -digits);
  else if (digits == 0)
    number = round (number);
  xpath_value_set_number (ret_value, number);
  return TRUE;
}

XPATH_FUNCTION (call_pow)
{
  double base = xpath_value_to_number (eval, &args[0]);
  xpath_value_set_number (ret_value, pow (base, xpath_value_to_number (eval, &args[1])));
  return TRUE;
}

XPATH_FUNCTION (call_atan2)
{
  double y = xpath_value_to_number (eval, &args[0]);
  xpath_value_set_number (ret_value, atan2 (y, xpath_value_to_number (eval, &args[1])));
  return TRUE;
}

XPATH_FUNCTION (call_pi)
{
  xpath_value_set_number (ret_value, G_PI);
  return TRUE;
}

/* The least (@sign 1) or greatest (-1) of all arguments and all nodes; NaN when one is no number, or there is none. */
static double
find_extreme (XPathEval *eval, XPathValue *args, guint n_args, int sign)
{
  double extreme = NAN;
  gboolean first = TRUE;
  for (guint i = 0; i < n_args; i++) {
    gboolean nodes = args[i].type == XPATH_VALUE_NODES;
    for (gsize j = 0; j < (nodes ? args[i].nodes.count : 1); j++) {
      double number = nodes ? xpath_text_to_number (eval, xpath_node_text (eval, args[i].nodes.items[j]))
                            : xpath_value_to_number (eval, &args[i]);
      if (isnan (number))
        return NAN;
      if (first || number * sign < extreme * sign)
        extreme = number;
      first = FALSE;
    }
  }
  return extreme;
}

XPATH_FUNCTION (call_min)
{
  xpath_value_set_number (ret_value, find_extreme (eval, args, n_args, 1));
  return TRUE;
}

XPATH_FUNCTION (call_max)
{
  xpath_value_set_number (ret_value, find_extreme (eval, args, n_args, -1));
  return TRUE;
}

XPATH_FUNCTION (call_random)
{
  if (eval->host == NULL || eval->host->entropy == NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _("%s() cannot be used here"), "random");
    return FALSE;
  }
  guint64 bits;
  soban_entropy_fill (eval->host->entropy, (guint8 *) &bits, sizeof bits);
  xpath_value_set_number (ret_value, (double) (bits >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53));
  return TRUE;
}

const XPathFunction xpath_functions_number[] = {
  { "number", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_number },
  { "sum", 1, 1, XPATH_FUNCTION_PLAIN, call_sum },
  { "floor", 1, 1, XPATH_FUNCTION_PLAIN, call_floor },
  { "ceiling", 1, 1, XPATH_FUNCTION_PLAIN, call_ceiling },
  { "round", 1, 2, XPATH_FUNCTION_PLAIN, call_round },
  { "int", 1, 1, XPATH_FUNCTION_PLAIN, call_int },
  { "abs", 1, 1, XPATH_FUNCTION_PLAIN, call_abs },
  { "min", 1, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_min },
  { "max", 1, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_max },
  { "pow", 2, 2, XPATH_FUNCTION_PLAIN, call_pow },
  { "log", 1, 1, XPATH_FUNCTION_PLAIN, call_log },
  { "log10", 1, 1, XPATH_FUNCTION_PLAIN, call_log10 },
  { "sin", 1, 1, XPATH_FUNCTION_PLAIN, call_sin },
  { "cos", 1, 1, XPATH_FUNCTION_PLAIN, call_cos },
  { "tan", 1, 1, XPATH_FUNCTION_PLAIN, call_tan },
  { "asin", 1, 1, XPATH_FUNCTION_PLAIN, call_asin },
  { "acos", 1, 1, XPATH_FUNCTION_PLAIN, call_acos },
  { "atan", 1, 1, XPATH_FUNCTION_PLAIN, call_atan },
  { "atan2", 2, 2, XPATH_FUNCTION_PLAIN, call_atan2 },
  { "sqrt", 1, 1, XPATH_FUNCTION_PLAIN, call_sqrt },
  { "exp", 1, 1, XPATH_FUNCTION_PLAIN, call_exp },
  { "exp10", 1, 1, XPATH_FUNCTION_PLAIN, call_exp10 },
  { "pi", 0, 0, XPATH_FUNCTION_PLAIN, call_pi },
  { "random", 0, 0, XPATH_FUNCTION_VOLATILE | XPATH_FUNCTION_RANDOM, call_random },
  { NULL },
};
