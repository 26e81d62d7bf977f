/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Home, the list of records, one record with its history, what needs a look, reports. */
#include "conflicts/look-page.h"
#include "home/home-page.h"
#include "records/records-page.h"
#include "reports/report-page.h"
#include "reports/report-parts-page.h"
#include "store/people.h"
#include "store/record-store.h"
#include "store/sync-store.h"
#include "tour.h"

static void
keep_draft (Tour *tour, const char *person, const char *title)
{
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_add_person (tour->store, person, &error));
  draft = soban_store_start_draft (tour->store, "communication_session", NULL);
  soban_field_map_set (draft->fields, "total", "7");
  g_assert_true (soban_store_save_draft (tour->store, &draft->id, draft->form, draft->form_version, draft->fields, title, NULL, &error));
  g_assert_no_error (error);
}

static void
derive (SobanStore *store)
{
  g_autoptr (GError) error = NULL;
  guint left;

  g_assert_true (soban_store_derive_stale (store, 100, &left, &error));
  g_assert_no_error (error);
}

void
tour_walk_home (Tour *tour)
{
  tour_begin (tour, TOUR_BEGUN);
  tour_wait_for (tour, GTK_TYPE_BUTTON, "Communication session");
  tour_stop (tour, "home-empty");
  tour_end (tour);

  tour_begin (tour, TOUR_FILLED);
  tour_wait_for (tour, GTK_TYPE_BUTTON, "Communication session");
  tour_stop (tour, "home");
  tour_end (tour);

  tour_begin (tour, TOUR_ENROLLED);
  derive (tour->store);
  keep_draft (tour, "H'Hen Niê", "Chăm sóc sức khỏe phụ nữ và trẻ em");
  keep_draft (tour, "Lò Thị Thu Thủy", "Phòng, chống bạo lực gia đình");
  tour_wait_for (tour, GTK_TYPE_LABEL, "Go on writing");
  tour_stop (tour, "home-busy");
  tour_end (tour);
}

/* ---- records ---- */

static SobanRecordsPage *
open_records (Tour *tour)
{
  tour_go (tour, "win.records", "s", "");
  return SOBAN_RECORDS_PAGE (tour_wait_for_page (tour, SOBAN_TYPE_RECORDS_PAGE));
}

typedef struct {
  SobanRecordListModel *model;
  gboolean rows;
} Listing;

static gboolean
is_listed (gpointer data)
{
  Listing *listing = data;

  return !soban_record_list_model_is_loading (listing->model)
         && (g_list_model_get_n_items (G_LIST_MODEL (listing->model)) > 0) == listing->rows;
}

static void
wait_for_rows (SobanRecordList *list, gboolean rows)
{
  Listing listing = { soban_record_list_get_model (list), rows };

  sample_wait (is_listed, &listing);
}

static void
expand_history (Tour *tour)
{
  GtkWidget *expander = tour_wait_for (tour, GTK_TYPE_EXPANDER, NULL);

  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
}

static void
walk_record (Tour *tour, SobanRecordsPage *page)
{
  SobanRecordList *list = soban_records_page_get_list (page);
  g_autoptr (SobanRecordItem) item = g_list_model_get_item (G_LIST_MODEL (soban_record_list_get_model (list)), 1);
  g_autofree char *id = soban_uuid_to_string (soban_record_item_get_id (item));

  soban_records_page_open (page, soban_record_item_get_id (item));
  tour_wait_for (tour, GTK_TYPE_BUTTON, "_Correct");
  tour_stop (tour, "record");
  expand_history (tour);
  tour_stop (tour, "record-history");
  tour_go (tour, "win.delete", "s", id);
  tour_stop (tour, "records-deleted");
  tour_go (tour, "win.undo", NULL);
}

void
tour_walk_records (Tour *tour)
{
  SobanRecordsPage *page;
  SobanRecordList *list;

  tour_begin (tour, TOUR_BEGUN);
  page = open_records (tour);
  wait_for_rows (soban_records_page_get_list (page), FALSE);
  tour_stop (tour, "records-none");
  tour_end (tour);

  tour_begin (tour, TOUR_FILLED);
  page = open_records (tour);
  list = soban_records_page_get_list (page);
  wait_for_rows (list, TRUE);
  tour_stop (tour, "records");
  soban_record_list_show_state (list, TRUE, FALSE);
  tour_stop (tour, "records-filter");
  soban_record_list_show_state (list, FALSE, FALSE);
  soban_record_list_set_search (list, "khong co");
  wait_for_rows (list, FALSE);
  tour_stop (tour, "records-nothing");
  soban_record_list_set_search (list, "");
  wait_for_rows (list, TRUE);
  walk_record (tour, page);
  tour_end (tour);
}

/* ---- what needs a look ---- */

void
tour_walk_look (Tour *tour)
{
  g_autofree char *day = sample_day (1);
  g_autofree char *id = NULL;

  tour_begin (tour, TOUR_BEGUN);
  tour_go (tour, "win.look", NULL);
  tour_wait_for (tour, GTK_TYPE_LABEL, "Nothing needs a look");
  tour_stop (tour, "look-none");
  tour_end (tour);

  tour_begin (tour, TOUR_ENROLLED);
  id = sample_store_save (tour->store, "communication_session", "activity_date", day, "commune_id", SAMPLE_COMMUNE, "village_id",
                          "other", "village_new", "Nà Lùng", "topics", "02", "method", "own_session", "total", "41", "female", "30",
                          "minority", "40", "count_method", "head_count", NULL);
  sample_store_receive (tour->store, id, "total", "58");
  derive (tour->store);
  tour_go (tour, "win.look", NULL);
  tour_wait_for (tour, GTK_TYPE_BUTTON, "Take this");
  tour_stop (tour, "look");
  tour_go (tour, "win.look-record", "s", id);
  expand_history (tour);
  tour_wait_for (tour, GTK_TYPE_BUTTON, "Put back");
  tour_stop (tour, "record-overtaken");
  tour_end (tour);
}

/* ---- reports ---- */

void
tour_walk_reports (Tour *tour)
{
  tour_begin (tour, TOUR_BEGUN);
  tour_go (tour, "win.reports", NULL);
  tour_wait_for (tour, GTK_TYPE_LABEL, "Nothing was recorded in this time.");
  tour_stop (tour, "report-none");
  tour_end (tour);

  tour_begin (tour, TOUR_FILLED);
  tour_go (tour, "win.reports", NULL);
  tour_stop (tour, "report-month");
  soban_report_page_show_period (SOBAN_REPORT_PAGE (tour_get_top (tour)), "all");
  tour_stop (tour, "report");
  tour_go (tour, "win.report-parts", "(ss)", "session_attendances", "all");
  tour_wait_for_page (tour, SOBAN_TYPE_REPORT_PARTS_PAGE);
  tour_stop (tour, "report-parts");
  tour_go (tour, "win.report-records", "(ssumss)", "session_attendances", "all", 0, NULL, "");
  wait_for_rows (soban_records_page_get_list (SOBAN_RECORDS_PAGE (tour_wait_for_page (tour, SOBAN_TYPE_RECORDS_PAGE))), TRUE);
  tour_stop (tour, "report-records");
  tour_end (tour);
}
