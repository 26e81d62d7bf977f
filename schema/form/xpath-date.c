/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ODK's dates: ISO 8601 texts, points of time in ms since 1970 UTC; a date without time is the local midnight. */

#define JULIAN_1970 719163
#define SECONDS_PER_DAY 86400

typedef struct {
  GDate date;
  int hour, minute, second, ms;
  int offset_seconds;
  int weekday; /* 0 = Sunday */
} Parts;

static GTimeZone *
get_timezone (XPathEval *eval)
{
  if (eval->timezone == NULL) {
    eval->timezone = eval->host != NULL ? eval->host->timezone : NULL;
    if (eval->timezone == NULL)
      eval->timezone = eval->own_timezone = g_time_zone_new_local ();
  }
  return eval->timezone;
}

static int
offset_at (XPathEval *eval, gint64 utc_seconds)
{
  GTimeZone *zone = get_timezone (eval);
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, utc_seconds);
  return interval < 0 ? 0 : g_time_zone_get_offset (zone, interval);
}

static int
offset_of_local (XPathEval *eval, gint64 local_seconds)
{
  GTimeZone *zone = get_timezone (eval);
  int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &local_seconds);
  return interval < 0 ? 0 : g_time_zone_get_offset (zone, interval);
}

/* Reads @digits_min to @digits_max digits at *@at and moves it on; -1 when they are not there. */
static int
read_digits (const char **at, int digits_min, int digits_max)
{
  int number = 0;
  int count = 0;
  for (; count < digits_max && g_ascii_isdigit (**at); count++)
    number = number * 10 + *(*at)++ - '0';
  return count < digits_min ? -1 : number;
}

static gboolean
skip_mark (const char **at, char mark)
{
  if (**at != mark)
    return FALSE;
  (*at)++;
  return TRUE;
}

/* "Z", "+07:00", "+07"; FALSE when it is none of these. */
static gboolean
read_zone (const char **at, int *ret_offset_seconds)
{
  *ret_offset_seconds = 0;
  if (skip_mark (at, 'Z'))
    return TRUE;
  int sign = **at == '-' ? -1 : 1;
  if (!skip_mark (at, '+') && !skip_mark (at, '-'))
    return FALSE;
  int hours = read_digits (at, 2, 2);
  int minutes = 0;
  if (skip_mark (at, ':') || g_ascii_isdigit (**at))
    minutes = read_digits (at, 2, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
    return FALSE;
  *ret_offset_seconds = sign * (hours * 3600 + minutes * 60);
  return TRUE;
}

/* "08:30", "08:30:15", "08:30:15.250" in ms of the day; -1 when it is none. */
static double
read_clock (const char **at)
{
  int hour = read_digits (at, 2, 2);
  if (hour < 0 || hour > 23 || !skip_mark (at, ':'))
    return -1;
  int minute = read_digits (at, 2, 2);
  if (minute < 0 || minute > 59)
    return -1;
  double second = 0;
  if (skip_mark (at, ':')) {
    const char *start = *at;
    int whole = read_digits (at, 2, 2);
    if (whole < 0 || whole > 59)
      return -1;
    second = whole;
    if (**at == '.') {
      g_autofree char *digits = NULL;
      for ((*at)++; g_ascii_isdigit (**at); (*at)++)
        ;
      digits = g_strndup (start, *at - start);
      second = g_ascii_strtod (digits, NULL);
    }
  }
  return (hour * 3600 + minute * 60 + second) * 1000;
}

static const char *
skip_blanks (const char *at)
{
  while (g_ascii_isspace (*at))
    at++;
  return at;
}

gboolean
xpath_date_parse (XPathEval *eval, const char *text, double *ret_ms)
{
  const char *at = skip_blanks (text);
  int year = read_digits (&at, 4, 4);
  if (year < 1 || !skip_mark (&at, '-'))
    return FALSE;
  int month = read_digits (&at, 1, 2);
  if (!skip_mark (&at, '-'))
    return FALSE;
  int day = read_digits (&at, 1, 2);
  if (month < 1 || day < 1 || !g_date_valid_dmy (day, month, year))
    return FALSE;
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, day, month, year);
  gint64 midnight = ((gint64) g_date_get_julian (&date) - JULIAN_1970) * SECONDS_PER_DAY;
  double clock = 0;
  if (skip_mark (&at, 'T')) {
    clock = read_clock (&at);
    int offset;
    if (clock < 0)
      return FALSE;
    const char *zone = at;
    if (read_zone (&at, &offset)) {
      *ret_ms = (double) (midnight - offset) * 1000 + clock;
      return *skip_blanks (at) == '\0';
    }
    at = zone;
  }
  if (*skip_blanks (at) != '\0')
    return FALSE;
  *ret_ms = (double) (midnight - offset_of_local (eval, midnight + (gint64) (clock / 1000))) * 1000 + clock;
  return TRUE;
}

double
xpath_time_parse (XPathEval *eval, const char *text)
{
  double ms;
  if (xpath_date_parse (eval, text, &ms))
    return (ms - xpath_date_midnight (eval, ms)) / XPATH_DAY_MS;
  const char *at = skip_blanks (text);
  double clock = read_clock (&at);
  int offset;
  if (clock < 0)
    return NAN;
  if (*skip_blanks (at) == '\0')
    return clock / XPATH_DAY_MS;
  if (!read_zone (&at, &offset) || *skip_blanks (at) != '\0')
    return NAN;
  /* A time alone has no day that would tell the local offset: today's, or that of our time. */
  gint64 now_ms = SOBAN_PROGRAMME_START_MS;
  if (eval->host != NULL && eval->host->now_ms != NULL)
    now_ms = eval->host->now_ms (eval->host->data);
  double local = clock + (offset_at (eval, now_ms / 1000) - offset) * 1000.0;
  double fraction = fmod (local / XPATH_DAY_MS, 1);
  return fraction < 0 ? fraction + 1 : fraction;
}

static gboolean
take_apart (XPathEval *eval, double ms, Parts *ret_parts)
{
  if (isnan (ms) || fabs (ms) > 1e15)
    return FALSE;
  gint64 whole = (gint64) floor (ms + 0.5);
  gint64 utc_seconds = whole >= 0 ? whole / 1000 : -((-whole + 999) / 1000);
  ret_parts->ms = (int) (whole - utc_seconds * 1000);
  ret_parts->offset_seconds = offset_at (eval, utc_seconds);
  gint64 local = utc_seconds + ret_parts->offset_seconds;
  gint64 day = local >= 0 ? local / SECONDS_PER_DAY : -((-local + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY);
  int in_day = (int) (local - day * SECONDS_PER_DAY);
  gint64 julian = day + JULIAN_1970;
  /* GDate counts from the year 1; four digits are all that an ISO date has. */
  if (julian < 1 || julian > 3652059)
    return FALSE;
  g_date_clear (&ret_parts->date, 1);
  g_date_set_julian (&ret_parts->date, (guint32) julian);
  ret_parts->weekday = g_date_get_weekday (&ret_parts->date) % 7;
  ret_parts->hour = in_day / 3600;
  ret_parts->minute = in_day / 60 % 60;
  ret_parts->second = in_day % 60;
  return TRUE;
}

static void
append_offset (GString *text, int offset_seconds)
{
  int minutes = abs (offset_seconds) / 60;
  g_string_append_printf (text, "%c%02d:%02d", offset_seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

char *
xpath_date_text (XPathEval *eval, double ms, gboolean with_time)
{
  Parts parts;
  if (!take_apart (eval, ms, &parts))
    return g_strdup ("Invalid Date");
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%04d-%02d-%02d", g_date_get_year (&parts.date), g_date_get_month (&parts.date),
                          g_date_get_day (&parts.date));
  if (with_time || parts.hour != 0 || parts.minute != 0 || parts.second != 0 || parts.ms != 0) {
    g_string_append_printf (text, "T%02d:%02d:%02d.%03d", parts.hour, parts.minute, parts.second, parts.ms);
    append_offset (text, parts.offset_seconds);
  }
  return g_string_free (text, FALSE);
}

double
xpath_date_midnight (XPathEval *eval, double ms)
{
  Parts parts;
  if (!take_apart (eval, ms, &parts))
    return NAN;
  gint64 local = ((gint64) g_date_get_julian (&parts.date) - JULIAN_1970) * SECONDS_PER_DAY;
  return (double) (local - offset_of_local (eval, local)) * 1000;
}

/* English as in every ODK program; what a Vietnamese reader sees is formatted elsewhere, by language. */
static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December" };
static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };

static gboolean
append_part (GString *text, const Parts *parts, char letter)
{
  int year = g_date_get_year (&parts->date);
  int month = g_date_get_month (&parts->date);
  int day = g_date_get_day (&parts->date);
  switch (letter) {
  case 'Y': g_string_append_printf (text, "%04d", year); break;
  case 'y': g_string_append_printf (text, "%02d", year % 100); break;
  case 'm': g_string_append_printf (text, "%02d", month); break;
  case 'n': g_string_append_printf (text, "%d", month); break;
  case 'B': g_string_append (text, months[month - 1]); break;
  case 'b': g_string_append_len (text, months[month - 1], 3); break;
  case 'd': g_string_append_printf (text, "%02d", day); break;
  case 'e': g_string_append_printf (text, "%d", day); break;
  case 'H': g_string_append_printf (text, "%02d", parts->hour); break;
  case 'h': g_string_append_printf (text, "%d", parts->hour); break;
  case 'M': g_string_append_printf (text, "%02d", parts->minute); break;
  case 'S': g_string_append_printf (text, "%02d", parts->second); break;
  case '3': g_string_append_printf (text, "%03d", parts->ms); break;
  case 'A': g_string_append (text, weekdays[parts->weekday]); break;
  case 'a': g_string_append_len (text, weekdays[parts->weekday], 3); break;
  case 'w': g_string_append_printf (text, "%d", parts->weekday); break;
  case 'Z': append_offset (text, parts->offset_seconds); break;
  case '%': g_string_append_c (text, '%'); break;
  default: return FALSE;
  }
  return TRUE;
}

char *
xpath_date_format (XPathEval *eval, double ms, const char *format)
{
  Parts parts;
  if (!take_apart (eval, ms, &parts))
    return g_strdup ("");
  g_autoptr (GString) text = g_string_new (NULL);
  for (const char *at = format; *at != '\0'; at++) {
    if (*at != '%')
      g_string_append_c (text, *at);
    else if (!append_part (text, &parts, *++at))
      return NULL;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
