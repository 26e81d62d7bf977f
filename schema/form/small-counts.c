/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/small-counts.h"

#include "base/limits.h"

gboolean
soban_small_count_is (double count)
{
  return count > 0 && count <= SOBAN_SMALL_COUNT_MAX;
}

/* Whether @n_small counts, each from 1 to the bound, and @n_large greater ones can have the sum @hidden_sum in one way only. */
static gboolean
is_told (guint n_small, guint n_large, double hidden_sum)
{
  double least = n_small + n_large * (SOBAN_SMALL_COUNT_MAX + 1.0);

  return n_small + n_large == 1 || hidden_sum <= least || (n_large == 0 && hidden_sum >= n_small * (double) SOBAN_SMALL_COUNT_MAX);
}

/* @n: there is none. */
static guint
find_smallest_shown (const double *counts, guint n, const gboolean *hidden)
{
  guint smallest = n;

  for (guint i = 0; i < n; i++)
    if (!hidden[i] && counts[i] > 0 && (smallest == n || counts[i] < counts[smallest]))
      smallest = i;
  return smallest;
}

gboolean
soban_small_counts_hide (const double *counts, guint n, gboolean total_told, gboolean *ret_hidden)
{
  double hidden_sum = 0, total = 0;
  guint n_small = 0, n_large = 0;

  for (guint i = 0; i < n; i++) {
    ret_hidden[i] = soban_small_count_is (counts[i]);
    n_small += ret_hidden[i];
    hidden_sum += ret_hidden[i] ? counts[i] : 0;
    total += counts[i];
  }
  if (n_small == 0)
    return TRUE;
  if (!total_told && soban_small_count_is (total)) /* not told: it has as many parts as it can have, or it may be several things */
    return n_small < SOBAN_SMALL_COUNT_MAX;
  while (is_told (n_small, n_large, hidden_sum)) {
    guint next = find_smallest_shown (counts, n, ret_hidden);

    if (next == n)
      return FALSE;
    ret_hidden[next] = TRUE;
    hidden_sum += counts[next];
    n_large++;
  }
  return TRUE;
}
