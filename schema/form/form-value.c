/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-instance-private.h"

#include <math.h>
#include <string.h>

/* Lexical forms of the types (ODK XForms, "data types"; XML Schema part 2). */

#define INT_PATTERN "^[-+]?[0-9]{1,18}$"
#define DECIMAL_PATTERN "^[-+]?([0-9]{1,18}(\\.[0-9]*)?|\\.[0-9]+)$"
#define DATE_PATTERN "^([0-9]{4})-([0-9]{2})-([0-9]{2})$"
#define TIME_PATTERN "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?$"
#define POINT_PATTERN "^\\s*-?[0-9]+(\\.[0-9]+)?(\\s+-?[0-9]+(\\.[0-9]+)?){1,3}\\s*$"

static gboolean
is_date (const char *value)
{
  int year = 0, month = 0, day = 0;
  return g_regex_match_simple (DATE_PATTERN, value, 0, 0) && sscanf (value, "%4d-%2d-%2d", &year, &month, &day) == 3
         && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);
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
    return g_regex_match_simple (INT_PATTERN, value, 0, 0);
  case SOBAN_TYPE_DECIMAL:
    return g_regex_match_simple (DECIMAL_PATTERN, value, 0, 0);
  case SOBAN_TYPE_BOOLEAN:
    return g_str_equal (value, "true") || g_str_equal (value, "false") || g_str_equal (value, "1") || g_str_equal (value, "0");
  case SOBAN_TYPE_DATE:
    return is_date (value);
  case SOBAN_TYPE_TIME:
    return g_regex_match_simple (TIME_PATTERN, value, 0, 0);
  case SOBAN_TYPE_DATETIME:
    return is_date_time (value);
  case SOBAN_TYPE_GEOPOINT:
    return is_point (value);
  case SOBAN_TYPE_GEOTRACE:
    return is_points (value, 2);
  case SOBAN_TYPE_GEOSHAPE:
    return is_points (value, 3);
  case SOBAN_TYPE_STRING:
  case SOBAN_TYPE_BINARY:
  case SOBAN_TYPE_BARCODE:
    return TRUE;
  }
  return TRUE;
}

/* A number of days since 1970 is an instant; its date is the one where the person is. */
static char *
days_to_date (const char *days, GTimeZone *timezone)
{
  double seconds = floor (g_ascii_strtod (days, NULL) * 86400);
  if (fabs (seconds) > 1e11)
    return NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((gint64) seconds);
  g_autoptr (GDateTime) local = timezone != NULL ? g_date_time_to_timezone (utc, timezone) : g_date_time_to_local (utc);
  return local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;
}

char *
soban_value_cast (SobanDataType type, char *value, GTimeZone *timezone)
{
  if (type != SOBAN_TYPE_INT && type != SOBAN_TYPE_DATE)
    return value;
  char *cast = NULL;
  if (type == SOBAN_TYPE_DATE && strlen (value) > 10 && value[10] == 'T')
    cast = g_strndup (value, 10);
  else if (!g_regex_match_simple (DECIMAL_PATTERN, value, 0, 0))
    return value;
  else if (type == SOBAN_TYPE_DATE)
    cast = days_to_date (value, timezone);
  else
    cast = g_strndup (value, strcspn (value, "."));
  if (cast == NULL)
    return value;
  g_free (value);
  return cast;
}
