/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lexical forms of the types (ODK XForms, "data types"; XML Schema part 2). */

#define GEOTRACE_POINTS_MIN 2
#define GEOSHAPE_POINTS_MIN 3
#define DIGITS_MAX 18 /* what a 64-bit integer surely holds */
#define TIME_PATTERN "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?$"
#define POINT_PATTERN "^\\s*-?[0-9]+(\\.[0-9]+)?(\\s+-?[0-9]+(\\.[0-9]+)?){1,3}\\s*$"

static gsize
count_digits (const char *text)
{
  return strspn (text, "0123456789");
}

static gboolean
is_int (const char *value)
{
  const char *digits = value + (*value == '-' || *value == '+');
  gsize length = count_digits (digits);
  return length >= 1 && length <= DIGITS_MAX && digits[length] == '\0';
}

static gboolean
is_decimal (const char *value)
{
  const char *digits = value + (*value == '-' || *value == '+');
  gsize whole = count_digits (digits);
  const char *rest = digits + whole;
  gsize fraction = *rest == '.' ? count_digits (rest + 1) : 0;
  if (*rest == '.')
    rest += 1 + fraction;
  return *rest == '\0' && whole <= DIGITS_MAX && whole + fraction >= 1;
}

static gboolean
is_date (const char *value)
{
  if (strlen (value) != 10 || count_digits (value) != 4 || value[4] != '-' || count_digits (value + 5) != 2
      || value[7] != '-' || count_digits (value + 8) != 2)
    return FALSE;
  return g_date_valid_dmy ((GDateDay) atoi (value + 8), (GDateMonth) atoi (value + 5), (GDateYear) atoi (value));
}

static gboolean
is_date_time (const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, "T", 2);
  return g_strv_length (parts) == 2 && is_date (parts[0]) && g_regex_match_simple (TIME_PATTERN, parts[1], 0, 0);
}

static gboolean
is_point (const char *value)
{
  if (!g_regex_match_simple (POINT_PATTERN, value, 0, 0))
    return FALSE;
  char *end = NULL;
  double latitude = g_ascii_strtod (value, &end);
  double longitude = g_ascii_strtod (end, NULL);
  return fabs (latitude) <= 90 && fabs (longitude) <= 180;
}

static gboolean
is_points (const char *value, guint points_min)
{
  g_auto (GStrv) points = g_strsplit (value, ";", -1);
  guint count = 0;
  for (guint i = 0; points[i] != NULL; i++) {
    if (*g_strstrip (points[i]) == '\0')
      continue;
    if (!is_point (points[i]))
      return FALSE;
    count++;
  }
  return count >= points_min;
}

gboolean
soban_value_fits (SobanDataType type, const char *value)
{
  switch (type) {
  case SOBAN_TYPE_INT:
    return is_int (value);
  case SOBAN_TYPE_DECIMAL:
    return is_decimal (value);
  case SOBAN_TYPE_BOOLEAN:
    return g_str_equal (value, "true") || g_str_equal (value, "false") || g_str_equal (value, "1")
           || g_str_equal (value, "0");
  case SOBAN_TYPE_DATE:
    return is_date (value);
  case SOBAN_TYPE_TIME:
    return g_regex_match_simple (TIME_PATTERN, value, 0, 0);
  case SOBAN_TYPE_DATETIME:
    return is_date_time (value);
  case SOBAN_TYPE_GEOPOINT:
    return is_point (value);
  case SOBAN_TYPE_GEOTRACE:
    return is_points (value, GEOTRACE_POINTS_MIN);
  case SOBAN_TYPE_GEOSHAPE:
    return is_points (value, GEOSHAPE_POINTS_MIN);
  case SOBAN_TYPE_STRING:
  case SOBAN_TYPE_BINARY:
  case SOBAN_TYPE_BARCODE:
    return TRUE;
  }
  return TRUE;
}

/* A number of days since 1970 is an instant; its date is the one where the person is. */
static char *
days_to_date (const char *days, GTimeZone *zone)
{
  double seconds = floor (g_ascii_strtod (days, NULL) * 86400);
  if (fabs (seconds) > 1e11)
    return NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((gint64) seconds);
  g_autoptr (GDateTime) local = zone != NULL ? g_date_time_to_timezone (utc, zone) : g_date_time_to_local (utc);
  return local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;
}

/* "0 1" -> "0.0 1.0": coordinates are decimals. */
static char *
write_point (const char *point)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) numbers = g_strsplit_set (point, " \t\r\n", -1);
  for (guint i = 0; numbers[i] != NULL; i++)
    if (*numbers[i] != '\0')
      g_string_append_printf (out, "%s%s%s", out->len > 0 ? " " : "", numbers[i],
                              strchr (numbers[i], '.') == NULL ? ".0" : "");
  return g_string_free (out, FALSE);
}

/* Too few points are no trace and no shape: nothing has been drawn yet. NULL: leave it as it is. */
static char *
write_points (const char *value, guint points_min)
{
  if (!is_points (value, 1))
    return NULL;
  if (!is_points (value, points_min))
    return g_strdup ("");
  GString *out = g_string_new (NULL);
  g_auto (GStrv) points = g_strsplit (value, ";", -1);
  for (guint i = 0; points[i] != NULL; i++) {
    g_autofree char *point = write_point (points[i]);
    if (*point != '\0')
      g_string_append_printf (out, "%s%s", out->len > 0 ? ";" : "", point);
  }
  return g_string_free (out, FALSE);
}

static char *
cast_date (const char *value, GTimeZone *zone)
{
  if (strlen (value) > 10 && value[10] == 'T')
    return g_strndup (value, 10);
  return is_decimal (value) ? days_to_date (value, zone) : NULL;
}

/* (nullable): NULL when it is to be left as it is. */
static char *
cast_text (SobanDataType type, const char *value, GTimeZone *zone)
{
  switch (type) {
  case SOBAN_TYPE_INT:
    return is_decimal (value) ? g_strndup (value, strcspn (value, ".")) : NULL;
  case SOBAN_TYPE_DATE:
    return cast_date (value, zone);
  case SOBAN_TYPE_GEOPOINT:
    return is_point (value) ? write_point (value) : NULL;
  case SOBAN_TYPE_GEOTRACE:
    return write_points (value, GEOTRACE_POINTS_MIN);
  case SOBAN_TYPE_GEOSHAPE:
    return write_points (value, GEOSHAPE_POINTS_MIN);
  default:
    return NULL;
  }
}

char *
soban_value_cast (SobanDataType type, char *value, GTimeZone *zone)
{
  if (g_str_equal (value, "NaN")) { /* computed from what is not answered yet: not answered either */
    g_free (value);
    return g_strdup ("");
  }
  char *cast = cast_text (type, value, zone);
  if (cast == NULL)
    return value;
  g_free (value);
  return cast;
}
