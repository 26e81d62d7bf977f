/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "period.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define YEAR_MIN 2000
#define YEAR_MAX 2999

static gboolean
read_number (const char *text, gsize digits, int low, int high, int *ret_number)
{
  int number = 0;

  for (gsize i = 0; i < digits; i++) {
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
    number = number * 10 + (text[i] - '0');
  }
  *ret_number = number;
  return number >= low && number <= high;
}

static SobanPeriod *
make (SobanPeriodKind kind, const char *text, int year, int part, char *from, char *to)
{
  SobanPeriod *self = g_new0 (SobanPeriod, 1);

  self->kind = kind;
  self->text = g_strdup (text);
  self->year = year;
  self->part = part;
  self->from = from;
  self->to = to;
  return self;
}

static char *
month_text (int year, int month)
{
  return month > 12 ? g_strdup_printf ("%04d", year + 1) : g_strdup_printf ("%04d-%02d", year, month);
}

SobanPeriod *
soban_period_parse (const char *text)
{
  int year, part;

  if (text == NULL || *text == '\0' || strcmp (text, "all") == 0)
    return make (SOBAN_PERIOD_ALL, "all", 0, 0, g_strdup (""), g_strdup (""));
  if (strlen (text) < 4 || !read_number (text, 4, YEAR_MIN, YEAR_MAX, &year))
    return NULL;
  if (strlen (text) == 4)
    return make (SOBAN_PERIOD_YEAR, text, year, 0, g_strdup (text), g_strdup_printf ("%04d", year + 1));
  if (text[4] != '-')
    return NULL;
  if (strlen (text) == 7 && text[5] == 'Q' && read_number (text + 6, 1, 1, 4, &part))
    return make (SOBAN_PERIOD_QUARTER, text, year, part, month_text (year, part * 3 - 2), month_text (year, part * 3 + 1));
  if (strlen (text) == 7 && read_number (text + 5, 2, 1, 12, &part))
    return make (SOBAN_PERIOD_MONTH, text, year, part, month_text (year, part), month_text (year, part + 1));
  if (strlen (text) == 9 && read_number (text + 5, 4, YEAR_MIN, YEAR_MAX, &part) && part >= year)
    return make (SOBAN_PERIOD_SPAN, text, year, part, g_strdup_printf ("%04d", year), g_strdup_printf ("%04d", part + 1));
  return NULL;
}

void
soban_period_free (SobanPeriod *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

char *
soban_period_label (const SobanPeriod *self, const SobanCatalogue *catalogue)
{
  switch (self->kind) {
  case SOBAN_PERIOD_ALL:
    return g_strdup (soban_catalogue_text (catalogue, N_ ("Whole programme")));
  case SOBAN_PERIOD_SPAN:
    return g_strdup_printf ("%d–%d", self->year, self->part);
  case SOBAN_PERIOD_YEAR:
    return g_strdup_printf (soban_catalogue_text (catalogue, N_ ("Year %d")), self->year);
  case SOBAN_PERIOD_QUARTER:
    return g_strdup_printf (soban_catalogue_text (catalogue, N_ ("Quarter %d of %d")), self->part, self->year);
  case SOBAN_PERIOD_MONTH:
    return g_strdup_printf (soban_catalogue_text (catalogue, N_ ("Month %d of %d")), self->part, self->year);
  default:
    g_assert_not_reached ();
  }
}
