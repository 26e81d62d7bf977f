/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding and summing among 100,000 records, as the list and the report ask for it:
 *   bench-find STORE DATA_DIR
 * A search is measured up to its first page, ids and rows, as record-list-model.c asks for it; then the ids of all that fit, which the
 * list counts by a moment later.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "store/record-store.h"
#include "store/report.h"

#define ROUNDS 15
#define FIRST_PAGE_MS_TARGET 10.0
#define REPORT_MS_TARGET 50.0

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
get_median (double *values, guint n_values)
{
  qsort (values, n_values, sizeof *values, compare_doubles);
  return values[n_values / 2];
}

static gboolean
print_figure (const char *what, double ms, double target_ms)
{
  g_print ("%-66s %8.2f ms   target %g ms   %s\n", what, ms, target_ms, ms <= target_ms ? "met" : "MISSED");
  return ms <= target_ms;
}

static void
check (GError *error)
{
  if (error != NULL) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }
}

static void
read_first_page (SobanStore *store, const SobanRecordQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GArray) ids = soban_store_list_records (store, query, &error);

  check (error);
  rows = soban_store_get_rows (store, (const SobanUuid *) (void *) ids->data, ids->len, &error);
  check (error);
}

static guint
count_all (SobanStore *store, const SobanRecordQuery *query, double *ret_ms)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = soban_store_list_records (store, query, &error);

  check (error);
  *ret_ms = (double) (g_get_monotonic_time () - start) / 1000;
  return ids->len;
}

static gboolean
bench_search (SobanStore *store, const char *what, SobanRecordQuery query)
{
  g_autofree char *title = NULL;
  double times[ROUNDS], all_ms;
  guint found = count_all (store, &query, &all_ms);

  query.limit = SOBAN_LIST_PAGE_ROWS;
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = g_get_monotonic_time ();

    read_first_page (store, &query);
    times[i] = (double) (g_get_monotonic_time () - start) / 1000;
  }
  title = g_strdup_printf ("%s: %u found (all ids: %.0f ms), first page", what, found, all_ms);
  return print_figure (title, get_median (times, ROUNDS), FIRST_PAGE_MS_TARGET);
}

static double
bench_report (SobanStore *store, const char *period_text)
{
  g_autoptr (SobanPeriod) period = soban_period_parse (period_text);
  double times[ROUNDS];
  guint lines = 0;

  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) figures = soban_store_read_report (store, period, "", &error);

    check (error);
    times[i] = (double) (g_get_monotonic_time () - start) / 1000;
    lines = figures->len;
  }
  g_assert_cmpuint (lines, >, 0);
  return get_median (times, ROUNDS);
}

/* "2026-11" of the newest record but one month: a whole month. */
static char *
find_month (SobanStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = soban_store_list_records (store, NULL, &error);
  g_autoptr (GPtrArray) rows = NULL;
  int year, month;

  check (error);
  g_assert_cmpuint (ids->len, >, 0);
  rows = soban_store_get_rows (store, (const SobanUuid *) (void *) ids->data, 1, &error);
  check (error);
  g_assert_cmpint (sscanf (((SobanRecordRow *) rows->pdata[0])->date, "%d-%d", &year, &month), ==, 2);
  return month > 1 ? g_strdup_printf ("%04d-%02d", year, month - 1) : g_strdup_printf ("%04d-12", year - 1);
}

int
main (int argc, char **argv)
{
  g_autoptr (SobanStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *month = NULL;
  g_autofree char *year = NULL;
  gboolean met;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc != 3) {
    g_printerr ("usage: bench-find STORE DATA_DIR\n");
    return 2;
  }
  store = soban_store_open (argv[1], argv[2], NULL, &error);
  check (error);
  month = find_month (store);
  year = g_strndup (month, 4);
  met = bench_search (store, "all records", (SobanRecordQuery){ .registries = TRUE });
  met &= bench_search (store, "“duong” (none)", (SobanRecordQuery){ .registries = TRUE, .search = "duong" });
  met &= bench_search (store, "oldest first", (SobanRecordQuery){ .registries = TRUE, .order = SOBAN_RECORDS_OLDEST });
  met &= bench_search (store, "by name", (SobanRecordQuery){ .registries = TRUE, .order = SOBAN_RECORDS_BY_NAME });
  met &= bench_search (store, "a form by name", (SobanRecordQuery){ .form = "communication_session", .order = SOBAN_RECORDS_BY_NAME });
  met &= bench_search (store, "“choong”", (SobanRecordQuery){ .registries = TRUE, .search = "choong" });
  met &= bench_search (store, "“ban ma”", (SobanRecordQuery){ .registries = TRUE, .search = "ban ma" });
  met &= bench_search (store, "“b”, the first letter", (SobanRecordQuery){ .registries = TRUE, .search = "b" });
  met &= bench_search (store, "“Nậm Choong” in a month",
                       (SobanRecordQuery){ .registries = TRUE, .search = "Nậm Choong", .month = month });
  met &= bench_search (store, "a month", (SobanRecordQuery){ .registries = TRUE, .month = month });
  met &= bench_search (store, "a form", (SobanRecordQuery){ .form = "communication_session" });
  met &= print_figure ("report of a month", bench_report (store, month), REPORT_MS_TARGET);
  g_print ("%-66s %8.2f ms\n", "report of a year", bench_report (store, year));
  soban_store_close (store);
  return met ? 0 : 1;
}
