/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/held-text.h"

#include <string.h>

char *
soban_held_text (const char *text)
{
  GString *held = g_string_new (text);

  g_string_replace (held, " ", SOBAN_NO_BREAK, 0);
  return g_string_free (held, FALSE);
}

char *
soban_held_moment (const char *moment)
{
  const char *space = strchr (moment, ' ');
  g_autofree char *date = space == NULL ? NULL : soban_held_text (space + 1);

  return date == NULL ? g_strdup (moment) : g_strdup_printf ("%.*s %s", (int)(space - moment), moment, date);
}
