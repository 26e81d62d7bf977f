/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/field-map.h"

static void
test_set_get_sorted (void)
{
  g_autoptr (SobanFieldMap) map = soban_field_map_new ();
  const char *path;

  soban_field_map_set (map, "total", "45");
  soban_field_map_set (map, "female", "30");
  soban_field_map_set (map, "activity_date", "2025-11-03");
  soban_field_map_set (map, "female", "31");
  g_assert_cmpuint (soban_field_map_size (map), ==, 3);
  g_assert_cmpstr (soban_field_map_get (map, "female"), ==, "31");
  g_assert_null (soban_field_map_get (map, "children"));
  soban_field_map_nth (map, 0, &path, NULL);
  g_assert_cmpstr (path, ==, "activity_date");
  soban_field_map_set (map, "female", soban_field_map_get (map, "female"));
  soban_field_map_set (map, "total", NULL);
  soban_field_map_set (map, "children", NULL);
  g_assert_cmpuint (soban_field_map_size (map), ==, 2);
}

static void
apply (const char *path, const char *value, gpointer data)
{
  soban_field_map_set (data, path, value);
}

static void
test_diff_turns_one_into_the_other (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  for (guint round = 0; round < 200; round++) {
    g_autoptr (SobanFieldMap) before = soban_field_map_new ();
    g_autoptr (SobanFieldMap) after = soban_field_map_new ();
    g_autoptr (SobanFieldMap) made = NULL;

    for (guint i = 0; i < 20; i++) {
      g_autofree char *path = g_strdup_printf ("f%d", g_rand_int_range (random, 0, 12));
      g_autofree char *value = g_strdup_printf ("%d", g_rand_int_range (random, 0, 3));

      soban_field_map_set (i % 2 == 0 ? before : after, path, value);
    }
    made = soban_field_map_copy (before);
    soban_field_map_diff (before, after, apply, made);
    g_assert_true (soban_field_map_equal (made, after));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field-map/set-get-sorted", test_set_get_sorted);
  g_test_add_func ("/field-map/diff-turns-one-into-the-other", test_diff_turns_one_into_the_other);
  return g_test_run ();
}
