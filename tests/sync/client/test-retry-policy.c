/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "client/retry-policy.h"

static gboolean
is_retried (int code)
{
  g_autoptr (GError) error = g_error_new_literal (SOBAN_SYNC_ERROR, code, "");
  guint delay_ms;

  return soban_retry_policy_next (error, 1, 0, &delay_ms);
}

static void
test_only_what_passes_is_retried (void)
{
  g_autoptr (GError) full = g_error_new_literal (SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL, "");
  guint delay_ms;

  for (int code = 0; code <= SOBAN_SYNC_ERROR_NOT_ENROLLED; code++)
    g_assert_cmpint (is_retried (code), ==,
                     code == SOBAN_SYNC_ERROR_OFFLINE || code == SOBAN_SYNC_ERROR_TIMEOUT || code == SOBAN_SYNC_ERROR_SERVER);
  g_assert_false (soban_retry_policy_next (full, 1, 0, &delay_ms));
}

static void
test_delays_double_up_to_the_cap (void)
{
  g_autoptr (GError) error = g_error_new_literal (SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_OFFLINE, "");
  guint last = 0;

  for (guint attempt = 1; attempt < 100; attempt++) {
    guint least, most;

    g_assert_true (soban_retry_policy_next (error, attempt, 0, &least));
    g_assert_true (soban_retry_policy_next (error, attempt, G_MAXUINT32, &most));
    g_assert_cmpuint (most, >=, last);
    g_assert_cmpuint (most, <=, 15 * 60 * 1000);
    g_assert_cmpuint (least, ==, most / 2);
    if (attempt == 1)
      g_assert_cmpuint (most, ==, 5000);
    last = most;
  }
  g_assert_cmpuint (last, ==, 15 * 60 * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry-policy/only-what-passes-is-retried", test_only_what_passes_is_retried);
  g_test_add_func ("/retry-policy/delays-double-up-to-the-cap", test_delays_double_up_to_the_cap);
  return g_test_run ();
}
