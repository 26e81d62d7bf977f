/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not told cannot be computed from what is: every way to divide a small total. */
#include "form/small-counts.h"

#include "base/limits.h"

#define PARTS_MAX 5
#define TOTAL_MAX 24 /* more than all parts small */

/* Whether the other hidden parts can have what is left when the small one that is looked at is @count. */
static gboolean
can_be (int count, int hidden_sum, int n_small, int n_large)
{
  int left = hidden_sum - count;

  return left >= n_small - 1 + n_large * (SOBAN_SMALL_COUNT_MAX + 1) && (n_large > 0 || left <= (n_small - 1) * SOBAN_SMALL_COUNT_MAX);
}

static void
check_division (const int *parts, guint n, gboolean total_told)
{
  gboolean hidden[PARTS_MAX];
  double counts[PARTS_MAX];
  int total = 0, hidden_sum = 0, n_small = 0, n_large = 0, possible = 0;

  for (guint i = 0; i < n; i++)
    counts[i] = parts[i];
  if (!soban_small_counts_hide (counts, n, total_told, hidden))
    return;
  for (guint i = 0; i < n; i++) {
    g_assert_true (hidden[i] || !soban_small_count_is (parts[i]));
    total += parts[i];
    hidden_sum += hidden[i] ? parts[i] : 0;
    n_small += soban_small_count_is (parts[i]);
    n_large += hidden[i] && !soban_small_count_is (parts[i]);
  }
  if (n_small == 0) {
    g_assert_cmpint (n_large, ==, 0);
    return;
  }
  for (int sum = 1; sum <= TOTAL_MAX; sum++)
    for (int count = 1; count <= SOBAN_SMALL_COUNT_MAX; count++)
      if (!total_told && soban_small_count_is (total) ? soban_small_count_is (sum) : sum == hidden_sum)
        possible |= can_be (count, sum, n_small, n_large) << count;
  g_assert_cmpint (possible & (possible - 1), !=, 0); /* more than one thing */
}

/* FALSE after the last one. */
static gboolean
next_division (int *parts, guint n)
{
  int total = 0;

  for (guint i = 0; i < n; i++)
    total += parts[i];
  for (guint i = 0; i < n; i++) {
    if (total < TOTAL_MAX) {
      parts[i]++;
      return TRUE;
    }
    total -= parts[i];
    parts[i] = 0;
  }
  return FALSE;
}

static void
test_nothing_can_be_computed (void)
{
  for (guint n = 1; n <= PARTS_MAX; n++) {
    int parts[PARTS_MAX] = { 0 };

    do {
      check_division (parts, n, FALSE);
      check_division (parts, n, TRUE);
    } while (next_division (parts, n));
  }
}

/* No more is kept back than it takes. */
static void
test_what_can_be_told_is (void)
{
  const double few[] = { 1200, 9, 3, 2 }, one[] = { 1200, 9, 3 }, least[] = { 9, 5, 1 }, ones[] = { 1, 1, 1, 1, 1 };
  gboolean hidden[5];

  g_assert_true (soban_small_counts_hide (few, 4, FALSE, hidden));
  g_assert_true (!hidden[0] && !hidden[1] && hidden[2] && hidden[3]);
  g_assert_true (soban_small_counts_hide (one, 3, FALSE, hidden));
  g_assert_true (!hidden[0] && hidden[1] && hidden[2]);
  g_assert_true (soban_small_counts_hide (one, 2, FALSE, hidden));
  g_assert_true (!hidden[0] && !hidden[1]);
  g_assert_true (soban_small_counts_hide (least, 3, FALSE, hidden));
  g_assert_true (hidden[0] && hidden[1] && hidden[2]);
  g_assert_false (soban_small_counts_hide (least + 1, 2, FALSE, hidden));
  g_assert_false (soban_small_counts_hide (ones, 5, FALSE, hidden));
  g_assert_false (soban_small_counts_hide (ones, 4, FALSE, hidden));
  g_assert_true (soban_small_counts_hide (ones, 3, FALSE, hidden));
  g_assert_false (soban_small_counts_hide (ones, 3, TRUE, hidden));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/small-counts/nothing-can-be-computed", test_nothing_can_be_computed);
  g_test_add_func ("/small-counts/what-can-be-told-is", test_what_can_be_told_is);
  return g_test_run ();
}
