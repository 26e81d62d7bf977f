/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number of a report, on the page, in parts, as records, on paper and in a spreadsheet. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/language.h"
#include "base/number-text.h"
#include "desk.h"
#include "records/records-page.h"
#include "reports/report-document.h"
#include "reports/report-page.h"
#include "reports/report-parts-page.h"
#include "reports/report-sheet.h"
#include "reports/report-table.h"
#include "store/settings.h"
#include "store/sync-store.h"

#define ATTENDANCES "session_attendances"

static void
on_filled (gboolean *filled)
{
  *filled = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

static gboolean
has_rows (gpointer list)
{
  return !soban_record_list_model_is_loading (soban_record_list_get_model (list));
}

static void
wait_filled (Desk *desk)
{
  GtkWidget *page = ui_get_top (desk->window);
  gboolean filled = FALSE;
  gulong handler = g_signal_connect_swapped (page, "filled", G_CALLBACK (on_filled), &filled);

  sample_wait (is_true, &filled);
  g_signal_handler_disconnect (page, handler);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
}

static SobanReport *
read_whole (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) period = soban_period_parse (NULL);
  SobanReport *report = soban_report_read_whole (desk->store, period, &error);

  g_assert_no_error (error);
  return report;
}

static const SobanReportLine *
find_line (const SobanReport *report, const char *indicator)
{
  for (guint i = 0; i < report->lines->len; i++) {
    const SobanReportLine *line = g_ptr_array_index (report->lines, i);

    if (g_str_equal (line->indicator, indicator)) {
      return line;
    }
  }
  g_assert_not_reached ();
}

/* From home to the report, from a number to its parts, from a part to its records, and back to the report. */
static void
test_open_number (Desk *desk, gconstpointer data)
{
  g_autoptr (SobanReport) report = read_whole (desk);
  const SobanReportLine *line = find_line (report, ATTENDANCES);
  SobanRecordList *list;
  GtkWidget *parts;

  g_assert_cmpint (line->records, >, 0);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.reports", NULL);
  g_assert_true (SOBAN_IS_REPORT_PAGE (ui_get_top (desk->window)));
  soban_report_page_show_period (SOBAN_REPORT_PAGE (ui_get_top (desk->window)), "all");
  wait_filled (desk);
  g_assert_nonnull (sample_find (ui_get_top (desk->window), GTK_TYPE_LABEL, line->label));
  g_assert_nonnull (sample_find (ui_get_top (desk->window), GTK_TYPE_LABEL, line->text));

  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.report-parts", "(ss)", ATTENDANCES, "all");
  parts = ui_get_top (desk->window);
  g_assert_true (SOBAN_IS_REPORT_PARTS_PAGE (parts));
  wait_filled (desk);
  g_assert_nonnull (sample_find (parts, GTK_TYPE_LABEL, line->text));

  g_signal_emit_by_name (sample_find (parts, GTK_TYPE_BUTTON, "Xem tất cả các phiếu này"), "clicked");
  sample_settle ();
  g_assert_true (SOBAN_IS_RECORDS_PAGE (ui_get_top (desk->window)));
  list = soban_records_page_get_list (SOBAN_RECORDS_PAGE (ui_get_top (desk->window)));
  sample_wait (has_rows, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (soban_record_list_get_model (list))), ==, line->records);
  gtk_widget_activate_action (GTK_WIDGET (list), "win.back", NULL);
  g_assert_true (ui_get_top (desk->window) == parts);
}

/* A time that begins before what this tablet keeps is not all here: the page says so, and of one that is, it says nothing. */
static void
test_kept (Desk *desk, gconstpointer data)
{
  g_autoptr (GDateTime) now = soban_store_get_now (desk->store);
  g_autofree char *month = g_date_time_format (now, "%Y-%m");
  g_autofree char *day = NULL, *date = NULL, *sentence = NULL;
  g_autoptr (GDateTime) first = NULL;
  g_autoptr (GError) error = NULL;
  gint64 window_ms;
  GtkWidget *page, *label;

  g_assert_true (soban_store_set_setting (desk->store, SOBAN_SETTING_RETENTION_DAYS, "90", &error));
  g_assert_true (soban_store_apply (desk->store, &(SobanSyncResult){ .collector_ms = g_date_time_to_unix (now) * 1000 }, &error));
  g_assert_true (soban_store_move_window (desk->store, &window_ms, &error));
  g_assert_cmpint (window_ms, >, 0);
  first = g_date_time_new_from_unix_utc (window_ms / 1000);
  day = g_date_time_format (first, "%Y-%m-%d");
  date = soban_date_text (day, soban_language_get ());
  sentence = g_strdup_printf (g_dgettext ("soban", "This tablet keeps records since %s. The sums of the whole time are at the commune."), date);

  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.reports", NULL);
  page = ui_get_top (desk->window);
  soban_report_page_show_period (SOBAN_REPORT_PAGE (page), "all");
  wait_filled (desk);
  label = sample_find (page, GTK_TYPE_LABEL, sentence);
  g_assert_nonnull (label);
  g_assert_true (gtk_widget_get_visible (label));
  soban_report_page_show_period (SOBAN_REPORT_PAGE (page), month);
  wait_filled (desk);
  g_assert_false (gtk_widget_get_visible (label));
}

/* The steps go through the year without a gap, and "all" has none. */
static void
test_periods (Desk *desk, gconstpointer data)
{
  GtkWidget *page;

  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.reports", NULL);
  page = ui_get_top (desk->window);
  soban_report_page_show_period (SOBAN_REPORT_PAGE (page), "2026-Q1");
  g_assert_nonnull (sample_find (page, GTK_TYPE_LABEL, "Quý 1 năm 2026"));
  soban_report_page_show_period (SOBAN_REPORT_PAGE (page), "2019-12");
  wait_filled (desk);
  g_assert_nonnull (sample_find (page, GTK_TYPE_LABEL, "Trong kỳ này chưa ghi gì."));
  soban_report_page_show_period (SOBAN_REPORT_PAGE (page), "all");
  wait_filled (desk);
  g_assert_null (sample_find (page, GTK_TYPE_LABEL, "Trong kỳ này chưa ghi gì."));
}

static char *
write_file (SobanReport *report, gboolean (*write) (SobanReport *, const char *, GError **), const char *name, gsize *ret_length)
{
  g_autofree char *folder = g_dir_make_tmp ("soban-report-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_assert_true (write (report, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, ret_length, &error));
  g_unlink (path);
  g_rmdir (folder);
  return contents;
}

static void
test_files (Desk *desk, gconstpointer data)
{
  g_autoptr (SobanReport) report = read_whole (desk);
  gsize pdf_length = 0, sheet_length = 0;
  g_autofree char *pdf = write_file (report, soban_report_document_write, "a.pdf", &pdf_length);
  g_autofree char *sheet = write_file (report, soban_report_sheet_write, "a.xlsx", &sheet_length);

  g_assert_cmpuint (pdf_length, >, 1000);
  g_assert_cmpint (memcmp (pdf, "%PDF-", 5), ==, 0);
  g_assert_cmpuint (sheet_length, >, 1000);
  g_assert_cmpint (memcmp (sheet, "PK\3\4", 4), ==, 0);
}

/* A folder that is not there, a stick that is full: told, nothing crashes. */
static void
test_bad_place (Desk *desk, gconstpointer data)
{
  static gboolean (*const writers[]) (SobanReport *, const char *, GError **) = { soban_report_document_write, soban_report_sheet_write };
  static const char *const places[] = { "/nowhere/a", "/dev/full" };
  g_autoptr (SobanReport) report = read_whole (desk);

  for (guint i = 0; i < G_N_ELEMENTS (writers); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (places); k++) {
      g_autoptr (GError) error = NULL;

      g_assert_false (writers[i] (report, places[k], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    }
  }
}

/* A record that says no day is in no month's sum; the row that tells so leads to it. */
static void
test_open_undated (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanPeriod) period = soban_period_parse ("2019-12");
  g_autoptr (SobanReport) report = soban_report_read (desk->store, period, &error);
  const SobanReportLine *line = NULL;
  GtkWidget *page, *row = NULL;

  g_assert_no_error (error);
  line = find_line (report, "communication_teams");
  g_assert_cmpint (line->records, ==, 0);
  g_assert_cmpint (line->undated, ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.reports", NULL);
  page = ui_get_top (desk->window);
  soban_report_page_show_period (SOBAN_REPORT_PAGE (page), "2019-12");
  wait_filled (desk);
  gtk_expander_set_expanded (GTK_EXPANDER (sample_find (page, GTK_TYPE_EXPANDER, NULL)), TRUE);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  row = sample_find (page, GTK_TYPE_BUTTON, line->label);
  g_assert_nonnull (row);
  g_signal_emit_by_name (row, "clicked");
  g_assert_true (SOBAN_IS_REPORT_PARTS_PAGE (ui_get_top (desk->window)));
  wait_filled (desk);
  g_assert_nonnull (sample_find (ui_get_top (desk->window), GTK_TYPE_LABEL, "1"));
}

#define LONG_VILLAGE "Bản Huổi Lạnh Nậm Củm Thượng sau khi nhập với bản Pa Thơm và bản Nậm Mò Phu Lông"
#define MANY_VILLAGES 70

/* So many villages that the table goes on over pages, one with a name that needs several lines. */
static void
save_many_villages (Desk *desk)
{
  g_autofree char *day = sample_day (0);

  for (guint i = 0; i < MANY_VILLAGES; i++) {
    g_autofree char *village = i == 0 ? g_strdup (LONG_VILLAGE) : g_strdup_printf ("Bản %u", i);
    g_autofree char *total = g_strdup_printf ("%u", 20 + i);

    g_free (sample_store_save (desk->store, "communication_session", "activity_date", day, "commune_id", SAMPLE_COMMUNE, "village_id", "other",
                               "village_new", village, "total", total, NULL));
  }
}

/* Every line with records is divided by village and by team, and the parts are the line; the table holds each of them once. */
static void
test_parts_are_the_line (Desk *desk, gconstpointer data)
{
  static const SobanReportSplit splits[] = { SOBAN_REPORT_BY_VILLAGE, SOBAN_REPORT_BY_TEAM };
  g_autoptr (SobanReport) report = NULL;
  g_autoptr (GArray) rows = NULL;
  guint n_parts = 0, n_drawn = 0;

  save_many_villages (desk);
  report = read_whole (desk);
  g_assert_cmpuint (find_line (report, ATTENDANCES)->parts[SOBAN_REPORT_BY_VILLAGE]->len, >=, MANY_VILLAGES);
  for (guint i = 0; i < report->lines->len; i++) {
    const SobanReportLine *line = g_ptr_array_index (report->lines, i);

    for (guint k = 0; k < G_N_ELEMENTS (splits); k++) {
      const GPtrArray *parts = line->parts[splits[k]];
      double sum = 0;

      g_assert_cmpint (parts != NULL, ==, line->records > 0);
      for (guint j = 0; parts != NULL && j < parts->len; j++) {
        sum += ((const SobanReportPart *)g_ptr_array_index (parts, j))->sum;
        n_parts++;
      }
      g_assert_cmpfloat (sum, ==, line->sum);
    }
  }
  rows = soban_report_table_new (report);
  for (guint i = 0; i < rows->len; i++) {
    n_drawn += g_array_index (rows, SobanReportTableRow, i).kind == SOBAN_REPORT_ROW_PART ? 1 : 0;
  }
  g_assert_cmpuint (n_drawn, ==, n_parts);
}

/* However long the table, every line stands on one page, and the place for the signatures on the last. */
static void
test_pages (Desk *desk, gconstpointer data)
{
  g_autoptr (SobanReport) report = NULL;
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR, NULL);
  cairo_t *cr = cairo_create (surface);

  save_many_villages (desk);
  report = read_whole (desk);
  for (double height = 400; height < 1200; height += 100) {
    g_autoptr (SobanReportDocument) document = soban_report_document_new (report, cr, 595, height);
    guint n_pages = soban_report_document_count_pages (document);

    g_assert_cmpuint (n_pages, >, 3);
    g_assert_cmpuint (n_pages, <, 4 * MANY_VILLAGES);
    for (guint page = 0; page < n_pages; page++) {
      soban_report_document_draw (document, cr, page);
    }
    g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

#define ADD(path, func) g_test_add ("/reports/" path, Desk, NULL, desk_set_up_filled, func, desk_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("open-number", test_open_number);
  ADD ("kept", test_kept);
  ADD ("open-undated", test_open_undated);
  ADD ("periods", test_periods);
  ADD ("files", test_files);
  ADD ("parts-are-the-line", test_parts_are_the_line);
  ADD ("bad-place", test_bad_place);
  ADD ("pages", test_pages);
  return g_test_run ();
}
