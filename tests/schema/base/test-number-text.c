/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/number-text.h"
#include "base/tsv.h"

#include <stdlib.h>

static void
test_golden_percentages (void)
{
  g_autofree char *file = g_build_filename (g_getenv ("SOBAN_SOURCE_DIR"), "tests", "fixtures", "golden_percentages.tsv", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanTsv) tsv = soban_tsv_load (file, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (soban_tsv_rows (tsv), >=, 15);
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    gint64 achieved = g_ascii_strtoll (soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "achieved")), NULL, 10);
    gint64 target = g_ascii_strtoll (soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "target")), NULL, 10);
    g_autofree char *text = soban_share_text (achieved, target, "vi");
    g_autofree char *remaining = g_strdup_printf ("%" G_GINT64_FORMAT, MAX (target - achieved, 0));

    g_assert_cmpstr (text, ==, soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "expected_text")));
    g_assert_cmpstr (remaining, ==, soban_tsv_cell (tsv, row, soban_tsv_column (tsv, "remaining")));
  }
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_numbers (void)
{
  assert_text (soban_number_text (0, "vi"), "0");
  assert_text (soban_number_text (999, "vi"), "999");
  assert_text (soban_number_text (-1234567, "vi"), "-1.234.567");
  assert_text (soban_number_text (G_MININT64, "en"), "-9,223,372,036,854,775,808");
  assert_text (soban_decimal_text (0.5, "vi"), "0,5");
  assert_text (soban_decimal_text (-0.5, "vi"), "-0,5");
  assert_text (soban_decimal_text (7623, "vi"), "7.623");
  assert_text (soban_decimal_text (2.25, "en"), "2.3");
  g_assert_null (soban_percent_text (5, 0, "vi"));
  assert_text (soban_share_text (5, 0, "vi"), "5");
}

static void
test_sizes (void)
{
  assert_text (soban_size_text (0, "vi"), "0 B");
  assert_text (soban_size_text (999, "vi"), "999 B");
  assert_text (soban_size_text (1000, "vi"), "1 kB");
  assert_text (soban_size_text (76312000000, "vi"), "76,3 GB");
  assert_text (soban_size_text (76312000000, "en"), "76.3 GB");
  assert_text (soban_size_text (999950, "vi"), "1 MB");
  assert_text (soban_size_text (G_MAXUINT64, "vi"), "18,4 EB");
}

static void
test_dates (void)
{
  assert_text (soban_date_text ("2021-10-14", "vi"), "14/10/2021");
  assert_text (soban_date_text ("2021-10-14", "en"), "14 Oct 2021");
  assert_text (soban_date_text ("2023-11", "vi"), "2023-11");
  assert_text (soban_date_text ("2023-02-30", "vi"), "2023-02-30");
  assert_text (soban_date_text ("", "vi"), "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number-text/golden-percentages", test_golden_percentages);
  g_test_add_func ("/number-text/numbers", test_numbers);
  g_test_add_func ("/number-text/sizes", test_sizes);
  g_test_add_func ("/number-text/dates", test_dates);
  return g_test_run ();
}
