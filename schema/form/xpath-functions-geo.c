/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include <math.h>
#include <string.h>

/* ODK's places: a point is "latitude longitude [altitude [accuracy]]" in degrees, a line or area is points with ";"
 * between. */

#define EARTH_RADIUS_M 6378100.0

typedef struct {
  double latitude;
  double longitude;
} Point;

static double
to_radians (double degrees)
{
  return degrees * G_PI / 180;
}

static gboolean
read_point (const char *text, Point *ret_point)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  double numbers[4];
  guint count = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] == '\0')
      continue;
    if (count == G_N_ELEMENTS (numbers))
      return FALSE;
    numbers[count++] = soban_xpath_string_to_number (words[i]);
  }
  if (count < 2 || !(fabs (numbers[0]) <= 90) || !(fabs (numbers[1]) <= 180))
    return FALSE;
  *ret_point = (Point) { numbers[0], numbers[1] };
  return TRUE;
}

/* Appends the points of @text; FALSE when one is none. */
static gboolean
read_points (const char *text, GArray *points)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    Point point;
    g_strstrip (parts[i]);
    if (*parts[i] == '\0' && i > 0 && parts[i + 1] == NULL)
      break;
    if (!read_point (parts[i], &point))
      return FALSE;
    g_array_append_val (points, point);
  }
  return TRUE;
}

/* (transfer full) (nullable): NULL when the arguments hold something that is no point. */
static GArray *
collect_points (XPathEval *eval, XPathValue *args, guint n_args)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (Point));
  for (guint i = 0; i < n_args; i++) {
    gboolean nodes = args[i].type == XPATH_VALUE_NODES;
    for (gsize j = 0; j < (nodes ? args[i].nodes.count : 1); j++) {
      const char *text = nodes ? xpath_node_text (eval, args[i].nodes.items[j])
                               : xpath_value_to_string (eval, &args[i]);
      if (!read_points (text, points))
        return NULL;
    }
  }
  return g_steal_pointer (&points);
}

static double
round_to_cm (double number)
{
  return floor (fabs (number) * 100 + 0.5) / 100;
}

/* The area on the sphere between the line and the equator, summed along the closed line. */
XPATH_FUNCTION (call_area)
{
  g_autoptr (GArray) points = collect_points (eval, args, n_args);
  double sum = 0;
  for (guint i = 0; points != NULL && points->len > 2 && i < points->len; i++) {
    const Point *a = &g_array_index (points, Point, i);
    const Point *b = &g_array_index (points, Point, (i + 1) % points->len);
    double width = to_radians (b->longitude - a->longitude);
    sum += width * (2 + sin (to_radians (a->latitude)) + sin (to_radians (b->latitude)));
  }
  xpath_value_set_number (ret_value, round_to_cm (sum * EARTH_RADIUS_M * EARTH_RADIUS_M / 2));
  return TRUE;
}

static double
measure (const Point *a, const Point *b)
{
  double phi_a = to_radians (a->latitude);
  double phi_b = to_radians (b->latitude);
  double lambda = to_radians (a->longitude - b->longitude);
  /* Rounding may leave the cosine of two equal points a little above 1. */
  double cosine = sin (phi_a) * sin (phi_b) + cos (phi_a) * cos (phi_b) * cos (lambda);
  return acos (CLAMP (cosine, -1, 1)) * EARTH_RADIUS_M;
}

XPATH_FUNCTION (call_distance)
{
  g_autoptr (GArray) points = collect_points (eval, args, n_args);
  double sum = 0;
  for (guint i = 1; points != NULL && i < points->len; i++)
    sum += measure (&g_array_index (points, Point, i - 1), &g_array_index (points, Point, i));
  xpath_value_set_number (ret_value, round_to_cm (sum));
  return TRUE;
}

/* By counting how often a ray from the point crosses the line. */
static gboolean
encloses (const GArray *area, const Point *point)
{
  gboolean inside = FALSE;
  for (guint i = 1; i < area->len; i++) {
    const Point *a = &g_array_index (area, Point, i - 1);
    const Point *b = &g_array_index (area, Point, i);
    if ((a->latitude > point->latitude) == (b->latitude > point->latitude))
      continue;
    double share = (point->latitude - a->latitude) / (b->latitude - a->latitude);
    if (point->longitude < a->longitude + share * (b->longitude - a->longitude))
      inside = !inside;
  }
  return inside;
}

/* The area must be closed: its last point is its first. */
XPATH_FUNCTION (call_geofence)
{
  Point point;
  g_autoptr (GArray) area = collect_points (eval, &args[1], 1);
  gboolean inside = FALSE;
  if (area != NULL && area->len > 3 && read_point (xpath_value_to_string (eval, &args[0]), &point)) {
    const Point *first = &g_array_index (area, Point, 0);
    const Point *last = &g_array_index (area, Point, area->len - 1);
    inside = first->latitude == last->latitude && first->longitude == last->longitude && encloses (area, &point);
  }
  xpath_value_set_boolean (ret_value, inside);
  return TRUE;
}

/* Positive when the way from @a by @b to @c turns left, negative when right, 0 when straight on. */
static double
turn_of (const Point *a, const Point *b, const Point *c)
{
  return (b->longitude - a->longitude) * (c->latitude - a->latitude)
         - (b->latitude - a->latitude) * (c->longitude - a->longitude);
}

static gboolean
within_box (const Point *a, const Point *b, const Point *c)
{
  return c->latitude >= MIN (a->latitude, b->latitude) && c->latitude <= MAX (a->latitude, b->latitude)
         && c->longitude >= MIN (a->longitude, b->longitude) && c->longitude <= MAX (a->longitude, b->longitude);
}

static gboolean
meet (const Point *a, const Point *b, const Point *c, const Point *d)
{
  double abc = turn_of (a, b, c), abd = turn_of (a, b, d), cda = turn_of (c, d, a), cdb = turn_of (c, d, b);
  if (((abc > 0 && abd < 0) || (abc < 0 && abd > 0)) && ((cda > 0 && cdb < 0) || (cda < 0 && cdb > 0)))
    return TRUE;
  return (abc == 0 && within_box (a, b, c)) || (abd == 0 && within_box (a, b, d)) || (cda == 0 && within_box (c, d, a))
         || (cdb == 0 && within_box (c, d, b));
}

/* Whether a line crosses itself: two of its pieces that are no neighbours meet. */
XPATH_FUNCTION (call_intersects)
{
  g_autoptr (GArray) points = collect_points (eval, args, n_args);
  gboolean found = FALSE;
  guint pieces = points != NULL && points->len > 1 ? points->len - 1 : 0;
  for (guint i = 0; !found && i < pieces; i++)
    for (guint j = i + 2; !found && j < pieces; j++) {
      const Point *at = (const Point *) (gpointer) points->data;
      /* A closed line's last piece ends where its first begins. */
      gboolean closes = i == 0 && j == pieces - 1 && at[0].latitude == at[pieces].latitude
                        && at[0].longitude == at[pieces].longitude;
      found = !closes && meet (&at[i], &at[i + 1], &at[j], &at[j + 1]);
    }
  xpath_value_set_boolean (ret_value, found);
  return TRUE;
}

const XPathFunction xpath_functions_geo[] = {
  { "area", 1, 1, XPATH_FUNCTION_PLAIN, call_area },
  { "distance", 1, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_distance },
  { "geofence", 2, 2, XPATH_FUNCTION_PLAIN, call_geofence },
  { "intersects", 1, 1, XPATH_FUNCTION_PLAIN, call_intersects },
  { NULL },
};
