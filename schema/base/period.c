/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/period.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define YEAR_MIN 2000
#define YEAR_MAX 2999
#define MONTHS_A_YEAR 12

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
make (SobanPeriodKind kind, char *text, int year, int part, char *from, char *to)
{
  SobanPeriod *self = g_new0 (SobanPeriod, 1);

  self->kind = kind;
  self->text = text;
  self->year = year;
  self->part = part;
  self->from = from;
  self->to = to;
  return self;
}

static char *
month_text (int year, int month)
{
  return month > MONTHS_A_YEAR ? g_strdup_printf ("%04d", year + 1) : g_strdup_printf ("%04d-%02d", year, month);
}

static int
count_months (SobanPeriodKind kind)
{
  return kind == SOBAN_PERIOD_YEAR ? 12 : kind == SOBAN_PERIOD_HALF ? 6 : kind == SOBAN_PERIOD_QUARTER ? 3 : 1;
}

SobanPeriod *
soban_period_new (SobanPeriodKind kind, int year, int month)
{
  int months = count_months (kind), part = (month - 1) / months + 1;
  char *from = month_text (year, (part - 1) * months + 1), *to = month_text (year, part * months + 1);

  g_return_val_if_fail (kind >= SOBAN_PERIOD_YEAR && month >= 1 && month <= MONTHS_A_YEAR, NULL);
  switch (kind) {
  case SOBAN_PERIOD_HALF:
    return make (kind, g_strdup_printf ("%04d-H%d", year, part), year, part, from, to);
  case SOBAN_PERIOD_QUARTER:
    return make (kind, g_strdup_printf ("%04d-Q%d", year, part), year, part, from, to);
  case SOBAN_PERIOD_MONTH:
    return make (kind, g_strdup_printf ("%04d-%02d", year, part), year, part, from, to);
  case SOBAN_PERIOD_YEAR:
  case SOBAN_PERIOD_ALL:
  case SOBAN_PERIOD_SPAN:
  default:
    /* The year itself belongs to it: "2026" < "2026-01". */
    g_free (from);
    return make (SOBAN_PERIOD_YEAR, g_strdup_printf ("%04d", year), year, 0, g_strdup_printf ("%04d", year), to);
  }
}

SobanPeriod *
soban_period_parse (const char *text)
{
  int year, part;

  if (text == NULL || *text == '\0' || strcmp (text, "all") == 0)
    return make (SOBAN_PERIOD_ALL, g_strdup ("all"), 0, 0, g_strdup (""), g_strdup (""));
  if (strlen (text) < 4 || !read_number (text, 4, YEAR_MIN, YEAR_MAX, &year))
    return NULL;
  if (strlen (text) == 4)
    return soban_period_new (SOBAN_PERIOD_YEAR, year, 1);
  if (text[4] != '-')
    return NULL;
  if (strlen (text) == 7 && text[5] == 'H' && read_number (text + 6, 1, 1, 2, &part))
    return soban_period_new (SOBAN_PERIOD_HALF, year, part * 6);
  if (strlen (text) == 7 && text[5] == 'Q' && read_number (text + 6, 1, 1, 4, &part))
    return soban_period_new (SOBAN_PERIOD_QUARTER, year, part * 3);
  if (strlen (text) == 7 && read_number (text + 5, 2, 1, 12, &part))
    return soban_period_new (SOBAN_PERIOD_MONTH, year, part);
  if (strlen (text) == 9 && read_number (text + 5, 4, YEAR_MIN, YEAR_MAX, &part) && part >= year)
    return make (SOBAN_PERIOD_SPAN, g_strdup (text), year, part, g_strdup_printf ("%04d", year), g_strdup_printf ("%04d", part + 1));
  return NULL;
}

int
soban_period_get_month (const SobanPeriod *self)
{
  return self->kind == SOBAN_PERIOD_YEAR ? 1 : (self->part - 1) * count_months (self->kind) + 1;
}

SobanPeriod *
soban_period_step (const SobanPeriod *self, int steps)
{
  int months;

  g_return_val_if_fail (self->kind >= SOBAN_PERIOD_YEAR, NULL);
  months = self->year * MONTHS_A_YEAR + soban_period_get_month (self) - 1 + steps * count_months (self->kind);
  months = CLAMP (months, YEAR_MIN * MONTHS_A_YEAR, YEAR_MAX * MONTHS_A_YEAR + 11);
  return soban_period_new (self->kind, months / MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1);
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

static const char *
get_text (const SobanCatalogue *catalogue, const char *msgid)
{
  return catalogue != NULL ? soban_catalogue_text (catalogue, msgid) : g_dgettext (GETTEXT_PACKAGE, msgid);
}

char *
soban_period_label (const SobanPeriod *self, const SobanCatalogue *catalogue)
{
  switch (self->kind) {
  case SOBAN_PERIOD_ALL:
    return g_strdup (get_text (catalogue, N_ ("Whole programme")));
  case SOBAN_PERIOD_SPAN:
    return g_strdup_printf ("%d–%d", self->year, self->part);
  case SOBAN_PERIOD_YEAR:
    return g_strdup_printf (get_text (catalogue, N_ ("Year %d")), self->year);
  case SOBAN_PERIOD_HALF:
    return g_strdup_printf (get_text (catalogue, N_ ("Half-year %d of %d")), self->part, self->year);
  case SOBAN_PERIOD_QUARTER:
    return g_strdup_printf (get_text (catalogue, N_ ("Quarter %d of %d")), self->part, self->year);
  case SOBAN_PERIOD_MONTH:
    return g_strdup_printf (get_text (catalogue, N_ ("Month %d of %d")), self->part, self->year);
  default:
    g_assert_not_reached ();
  }
}
