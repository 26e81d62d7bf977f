/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/number-text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static gboolean
is_vietnamese (const char *language)
{
  return language == NULL || g_str_has_prefix (language, "vi");
}

char *
soban_number_text (gint64 number, const char *language)
{
  char digits[32];
  GString *text = g_string_new (NULL);
  guint64 magnitude = number < 0 ? -(guint64) number : (guint64) number;
  int length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, magnitude);

  if (number < 0)
    g_string_append_c (text, '-');
  for (int i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c (text, is_vietnamese (language) ? '.' : ',');
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

/* @tenths of a whole, written with at most one decimal */
static char *
tenths_text (gint64 tenths, gboolean keep_zero, const char *language)
{
  g_autofree char *whole = soban_number_text (tenths / 10, language);
  gint64 rest = tenths % 10;

  if (rest == 0 && !keep_zero)
    return g_steal_pointer (&whole);
  return g_strdup_printf ("%s%s%c%d", tenths < 0 && tenths > -10 ? "-" : "", whole, is_vietnamese (language) ? ',' : '.',
                          (int) ABS (rest));
}

char *
soban_decimal_text (double number, const char *language)
{
  if (!isfinite (number) || fabs (number) > 9e15)
    return g_strdup ("–");
  return tenths_text ((gint64) floor (number * 10 + 0.5), FALSE, language);
}

char *
soban_percent_text (gint64 achieved, gint64 target, const char *language)
{
  g_autofree char *number = NULL;
  __extension__ __int128 tenths;

  if (target <= 0)
    return NULL;
  /* Whole numbers only: half up must not depend on how a fraction rounds in binary. */
  tenths = ((__int128) achieved * 2000 + target) / ((__int128) target * 2);
  number = tenths_text ((gint64) tenths, TRUE, language);
  return g_strconcat (number, "%", NULL);
}

char *
soban_share_text (gint64 achieved, gint64 target, const char *language)
{
  g_autofree char *left = soban_number_text (achieved, language);
  g_autofree char *right = soban_number_text (target, language);
  g_autofree char *percent = soban_percent_text (achieved, target, language);

  if (percent == NULL)
    return g_steal_pointer (&left);
  return g_strdup_printf ("%s/%s (%s)", left, right, percent);
}

char *
soban_size_text (guint64 bytes, const char *language)
{
  static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
  double size = (double) bytes;
  guint unit = 0;
  g_autofree char *number = NULL;

  /* What would be written "1.000" of one unit is 1 of the next. */
  for (; size >= 999.95 && unit + 1 < G_N_ELEMENTS (units); unit++)
    size /= 1000;
  number = soban_decimal_text (size, language);
  return g_strdup_printf ("%s %s", number, units[unit]);
}

char *
soban_date_text (const char *iso_date, const char *language)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  int year, month, day, used = 0;

  g_return_val_if_fail (iso_date != NULL, NULL);
  if (sscanf (iso_date, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 || iso_date[used] != '\0'
      || !g_date_valid_dmy ((GDateDay) CLAMP (day, 0, 255), (GDateMonth) CLAMP (month, 0, 255), (GDateYear) CLAMP (year, 0, 9999)))
    return g_strdup (iso_date);
  if (is_vietnamese (language))
    return g_strdup_printf ("%02d/%02d/%04d", day, month, year);
  return g_strdup_printf ("%d %s %d", day, months[month - 1], year);
}

char *
soban_time_text (gint64 ms, const char *language)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *iso = NULL, *date = NULL, *time = NULL;

  if (local == NULL)
    return g_strdup ("–");
  iso = g_date_time_format (local, "%Y-%m-%d");
  date = soban_date_text (iso, language);
  time = g_date_time_format (local, "%H:%M");
  return g_strconcat (time, " ", date, NULL);
}
