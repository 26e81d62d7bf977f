/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- node-sets --- */

void
xpath_nodes_init (XPathNodes *nodes)
{
  nodes->items = nodes->few;
  nodes->count = 0;
  nodes->room = XPATH_NODES_FEW;
  nodes->flat = TRUE;
  nodes->withheld = FALSE;
}

void
xpath_nodes_clear (XPathNodes *nodes)
{
  if (nodes->room > XPATH_NODES_FEW)
    g_free (nodes->items);
  xpath_nodes_init (nodes);
}

void
xpath_nodes_grow (XPathNodes *nodes)
{
  gsize room = MAX (nodes->count * 2, 32);
  if (nodes->room > XPATH_NODES_FEW) {
    nodes->items = g_renew (SobanNode *, nodes->items, room);
  } else {
    SobanNode **items = g_new (SobanNode *, room);
    memcpy (items, nodes->items, nodes->count * sizeof *items);
    nodes->items = items;
  }
  nodes->room = room;
}

static int
compare_nodes (const void *a, const void *b)
{
  return soban_node_compare_order (*(SobanNode *const *) a, *(SobanNode *const *) b);
}

void
xpath_nodes_sort (XPathNodes *nodes)
{
  if (nodes->count < 2)
    return;
  if (nodes->room == 0)
    xpath_nodes_grow (nodes);
  qsort (nodes->items, nodes->count, sizeof *nodes->items, compare_nodes);
  gsize kept = 1;
  for (gsize i = 1; i < nodes->count; i++)
    if (nodes->items[i] != nodes->items[kept - 1])
      nodes->items[kept++] = nodes->items[i];
  nodes->count = kept;
}

/* --- values --- */

void
xpath_value_init (XPathValue *value, XPathValueType type)
{
  value->type = type;
  value->boolean = FALSE;
  value->number = 0;
  value->with_time = FALSE;
  value->string = NULL;
  value->owned = NULL;
  xpath_nodes_init (&value->nodes);
}

void
xpath_value_clear (XPathValue *value)
{
  g_clear_pointer (&value->owned, g_free);
  xpath_nodes_clear (&value->nodes);
}

void
xpath_value_move (XPathValue *to, XPathValue *from)
{
  *to = *from;
  if (from->nodes.items == from->nodes.few)
    to->nodes.items = to->nodes.few;
  from->owned = NULL;
  xpath_nodes_init (&from->nodes);
}

void
xpath_value_borrow (XPathValue *to, const XPathValue *from)
{
  *to = *from;
  to->owned = NULL;
  to->nodes.room = 0;
}

void
xpath_value_set_string (XPathValue *value, const char *string)
{
  xpath_value_init (value, XPATH_VALUE_STRING);
  value->string = string;
}

void
xpath_value_take_string (XPathValue *value, char *string)
{
  xpath_value_init (value, XPATH_VALUE_STRING);
  value->string = value->owned = string;
}

void
xpath_value_set_number (XPathValue *value, double number)
{
  xpath_value_init (value, XPATH_VALUE_NUMBER);
  value->number = number;
}

void
xpath_value_set_boolean (XPathValue *value, gboolean boolean)
{
  xpath_value_init (value, XPATH_VALUE_BOOLEAN);
  value->boolean = boolean;
}

void
xpath_value_set_date (XPathValue *value, double ms, gboolean with_time)
{
  xpath_value_init (value, XPATH_VALUE_DATE);
  value->number = ms;
  value->with_time = with_time;
}

/* --- texts --- */

const char *
xpath_node_text (XPathEval *eval, const SobanNode *node)
{
  const SobanNode *child = node->first_child;
  if (child != NULL && (child->next != NULL || child->kind != SOBAN_NODE_TEXT) && eval->scratch == NULL)
    eval->scratch = g_string_new (NULL);
  return soban_node_value (node, eval->scratch);
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *
skip_digits (const char *at)
{
  while (g_ascii_isdigit (*at))
    at++;
  return at;
}

/* The end of the number at @text, or NULL. Exponents are not XPath 1.0's, but ODK's forms compute with such texts. */
static const char *
find_number_end (const char *text)
{
  const char *at = text + (*text == '-');
  const char *point = skip_digits (at);
  gsize digits = point - at;
  if (*point == '.') {
    const char *end = skip_digits (point + 1);
    digits += end - point - 1;
    point = end;
  }
  if (digits == 0)
    return NULL;
  if (*point == 'e' || *point == 'E') {
    const char *power = point + 1 + (point[1] == '-' || point[1] == '+');
    if (!g_ascii_isdigit (*power))
      return NULL;
    point = skip_digits (power);
  }
  return point;
}

double
soban_xpath_string_to_number (const char *text)
{
  while (is_blank (*text))
    text++;
  const char *end = find_number_end (text);
  if (end == NULL)
    return NAN;
  const char *rest = end;
  while (is_blank (*rest))
    rest++;
  if (*rest != '\0')
    return NAN;
  if (end - text <= 9 && skip_digits (text) == end)
    return atoi (text);
  return g_ascii_strtod (text, NULL);
}

double
xpath_text_to_number (XPathEval *eval, const char *text)
{
  double number = soban_xpath_string_to_number (text);
  double ms;
  if (!isnan (number) || !xpath_date_parse (eval, text, &ms))
    return number;
  return ms / XPATH_DAY_MS;
}

/* "-1.25e-07" -> "-0.000000125": XPath 1.0 section 4.2 knows no exponent. */
static char *
spell_exponent (const char *text)
{
  const char *mark = strchr (text, 'e');
  int power = atoi (mark + 1);
  GString *digits = g_string_new (NULL);
  GString *spelled = g_string_new (*text == '-' ? "-" : "");
  int whole = 0;
  for (const char *at = text + (*text == '-'); at < mark; at++)
    if (g_ascii_isdigit (*at))
      g_string_append_c (digits, *at);
  whole = 1 + power;
  if (whole <= 0) {
    g_string_append (spelled, "0.");
    for (int i = whole; i < 0; i++)
      g_string_append_c (spelled, '0');
    g_string_append_len (spelled, digits->str, digits->len);
  } else {
    for (int i = 0; i < MAX (whole, (int) digits->len); i++) {
      if (i == whole)
        g_string_append_c (spelled, '.');
      g_string_append_c (spelled, i < (int) digits->len ? digits->str[i] : '0');
    }
  }
  g_string_free (digits, TRUE);
  return g_string_free (spelled, FALSE);
}

char *
soban_xpath_number_to_string (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (isnan (number))
    return g_strdup ("NaN");
  if (isinf (number))
    return g_strdup (number > 0 ? "Infinity" : "-Infinity");
  if (number == floor (number) && fabs (number) < 1e15)
    return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number);
  /* The shortest text that reads back as the same number. */
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, sizeof text, formats[i], number);
    if (g_ascii_strtod (text, NULL) == number)
      break;
  }
  return strchr (text, 'e') != NULL ? spell_exponent (text) : g_strdup (text);
}

const char *
xpath_value_to_string (XPathEval *eval, XPathValue *value)
{
  switch (value->type) {
  case XPATH_VALUE_STRING: return value->string;
  case XPATH_VALUE_BOOLEAN: return value->boolean ? "true" : "false";
  case XPATH_VALUE_NUMBER:
    if (value->string == NULL)
      value->string = value->owned = soban_xpath_number_to_string (value->number);
    return value->string;
  case XPATH_VALUE_DATE:
    if (value->string == NULL)
      value->string = value->owned = xpath_date_text (eval, value->number, value->with_time);
    return value->string;
  case XPATH_VALUE_NODES: break;
  }
  if (value->nodes.count == 0)
    return "";
  const char *text = xpath_node_text (eval, value->nodes.items[0]);
  if (eval->scratch == NULL || text != eval->scratch->str)
    return text;
  g_free (value->owned);
  value->owned = g_strdup (text);
  return value->owned;
}

double
xpath_value_to_number (XPathEval *eval, XPathValue *value)
{
  switch (value->type) {
  case XPATH_VALUE_NUMBER: return value->number;
  case XPATH_VALUE_BOOLEAN: return value->boolean ? 1 : 0;
  case XPATH_VALUE_DATE: return value->number / XPATH_DAY_MS;
  case XPATH_VALUE_STRING:
  case XPATH_VALUE_NODES: break;
  }
  return xpath_text_to_number (eval, xpath_value_to_string (eval, value));
}

gboolean
xpath_value_to_boolean (XPathEval *eval, XPathValue *value)
{
  switch (value->type) {
  case XPATH_VALUE_BOOLEAN: return value->boolean;
  case XPATH_VALUE_NUMBER: return value->number != 0 && !isnan (value->number);
  case XPATH_VALUE_DATE: return !isnan (value->number);
  case XPATH_VALUE_STRING: return *value->string != '\0';
  case XPATH_VALUE_NODES: break;
  }
  return value->nodes.count > 0;
}
