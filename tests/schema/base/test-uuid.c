/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/uuid.h"

#include <string.h>

#define MOMENT_MS G_GINT64_CONSTANT (1795305600123)

static void
test_v7_sorts_by_time (void)
{
  SobanUuid before = soban_uuid_new_v7 (MOMENT_MS, soban_entropy_system ());
  SobanUuid after = soban_uuid_new_v7 (MOMENT_MS + 1, soban_entropy_system ());
  g_autofree char *text = soban_uuid_to_string (&before);

  g_assert_cmpint (soban_uuid_compare (&before, &after), <, 0);
  g_assert_cmpint (soban_uuid_get_ms (&before), ==, MOMENT_MS);
  g_assert_cmpint (text[14], ==, '7');
  g_assert_nonnull (strchr ("89ab", text[19]));
}

static void
test_text_round_trip (void)
{
  SobanUuid uuid = soban_uuid_new_v4 (soban_entropy_system ()), parsed = { { 0 } };
  g_autofree char *text = soban_uuid_to_string (&uuid);
  static const char *const bad[] = { "", "x", "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a805g",
                                     "01890a5dxac96-774b-bcce-b302099a8057" };

  g_assert_true (soban_uuid_parse (text, &parsed));
  g_assert_true (soban_uuid_equal (&uuid, &parsed));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (soban_uuid_parse (bad[i], &parsed));
  g_assert_false (soban_uuid_parse (NULL, &parsed));
  g_assert_true (soban_uuid_equal (&uuid, &parsed));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uuid/v7-sorts-by-time", test_v7_sorts_by_time);
  g_test_add_func ("/uuid/text-round-trip", test_text_round_trip);
  return g_test_run ();
}
