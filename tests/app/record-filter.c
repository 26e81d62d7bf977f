/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters and orders of the list of records, in the store and in the window. */
#include "records/record-list.h"

#include "records/records-page.h"
#include "ui.h"

#include <glib/gi18n.h>

typedef struct {
  SobanStore *store;
  SobanWindow *window;
  char *village; /* id of the one in the register */
  guint wanted;
  const char *text;
} Fixture;

static char *
save_session (SobanStore *store, const char *day, const char *village, const char *village_new)
{
  if (village_new != NULL) {
    return sample_store_save (store, "communication_session", "activity_date", day, "commune_id", SAMPLE_COMMUNE, "village_id", "other",
                              "village_new", village_new, "total", "10", NULL);
  }
  return sample_store_save (store, "communication_session", "activity_date", day, "commune_id", SAMPLE_COMMUNE, "village_id", village,
                            "total", "10", NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *today = sample_day (0);
  g_autofree char *yesterday = sample_day (1);
  g_autofree char *a = NULL, *b = NULL, *c = NULL, *d = NULL;

  fixture->store = sample_store_new ();
  sample_store_begin (fixture->store);
  fixture->village =
      sample_store_save (fixture->store, "village", "kind", "ban", "name", "Nà Lùng", "commune_id", SAMPLE_COMMUNE, NULL);
  a = save_session (fixture->store, today, fixture->village, NULL);
  b = save_session (fixture->store, "2022-03-05", fixture->village, NULL);
  c = save_session (fixture->store, yesterday, NULL, "Đường Mòn");
  d = save_session (fixture->store, yesterday, NULL, "dao Hai");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->village);
  sample_store_free (fixture->store);
}

static GArray *
list (Fixture *fixture, SobanRecordQuery query)
{
  g_autoptr (GError) error = NULL;
  GArray *ids = soban_store_list_records (fixture->store, &query, &error);

  g_assert_no_error (error);
  return ids;
}

static char *
get_nth_title (Fixture *fixture, GArray *ids, guint index)
{
  g_autofree char *id = soban_uuid_to_string (&g_array_index (ids, SobanUuid, index));

  return soban_store_get_title (fixture->store, id, NULL);
}

/* The villages that records name, from the register or written, by name without accents; and the first month. */
static void
test_villages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) villages = soban_store_list_villages (fixture->store, NULL);
  g_autofree char *month = soban_store_get_first_month (fixture->store, NULL);
  const SobanVillageUse *first, *second, *third;

  g_assert_cmpuint (villages->len, ==, 3);
  first = g_ptr_array_index (villages, 0);
  second = g_ptr_array_index (villages, 1);
  third = g_ptr_array_index (villages, 2);
  g_assert_nonnull (strstr (first->title, "Nà Lùng"));
  g_assert_cmpstr (first->village, ==, fixture->village);
  g_assert_cmpint (first->records, ==, 2);
  g_assert_cmpstr (second->title, ==, "dao Hai");
  g_assert_cmpstr (third->title, ==, "Đường Mòn");
  g_assert_cmpstr (month, ==, "2022-03");
}

static void
test_orders (Fixture *fixture, gconstpointer data)
{
  const SobanRecordQuery all = { .form = "communication_session" };
  SobanRecordQuery query = all;
  g_autoptr (GArray) newest = list (fixture, query);
  g_autoptr (GArray) oldest = NULL;
  g_autoptr (GArray) named = NULL;
  g_autoptr (GArray) searched = NULL;
  g_autofree char *title = NULL;

  query.order = SOBAN_RECORDS_OLDEST;
  oldest = list (fixture, query);
  g_assert_cmpuint (newest->len, ==, 4);
  for (guint i = 0; i < 4; i++) {
    g_assert_true (soban_uuid_equal (&g_array_index (newest, SobanUuid, i), &g_array_index (oldest, SobanUuid, 3 - i)));
  }
  query.order = SOBAN_RECORDS_BY_NAME;
  query.limit = 3;
  named = list (fixture, query);
  g_assert_cmpuint (named->len, ==, 3);
  title = get_nth_title (fixture, named, 0);
  g_assert_nonnull (strstr (title, "Nà Lùng") == NULL ? strstr (title, "dao Hai") : title);
  /* With a search, too; "duong" finds "Đường". */
  query = (SobanRecordQuery){ .form = "communication_session", .search = "duong", .order = SOBAN_RECORDS_BY_NAME };
  searched = list (fixture, query);
  g_assert_cmpuint (searched->len, ==, 1);
}

static gboolean
has_records (gpointer data)
{
  return SOBAN_IS_RECORDS_PAGE (ui_get_top (data));
}

static SobanRecordList *
get_list (Fixture *fixture)
{
  return soban_records_page_get_list (SOBAN_RECORDS_PAGE (ui_get_top (fixture->window)));
}

static gboolean
has_count (gpointer data)
{
  Fixture *fixture = data;
  SobanRecordListModel *model = soban_record_list_get_model (get_list (fixture));

  return !soban_record_list_model_is_loading (model) && g_list_model_get_n_items (G_LIST_MODEL (model)) == fixture->wanted;
}

static gboolean
is_seen (gpointer data)
{
  Fixture *fixture = data;

  return sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, fixture->text) != NULL;
}

static void
wait_for_count (Fixture *fixture, guint count)
{
  fixture->wanted = count;
  sample_wait (has_count, fixture);
}

static void
wait_for_text (Fixture *fixture, const char *text)
{
  fixture->text = g_dgettext ("soban", text);
  sample_wait (is_seen, fixture);
}

/* A village is chosen from a list with a search field; "show all" lets go of it; what is empty says why. */
static void
test_window (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page;
  int least;

  fixture->window = ui_open_window (fixture->store);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.records", "s", "");
  sample_wait (has_records, fixture->window);
  wait_for_count (fixture, 5);
  soban_record_list_show_state (get_list (fixture), FALSE, TRUE);
  wait_for_count (fixture, 5);
  /* All filters open, and half the height gone to a keyboard. */
  gtk_widget_measure (GTK_WIDGET (fixture->window), GTK_ORIENTATION_VERTICAL, 360, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 320);
  g_signal_emit_by_name (sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON, g_dgettext ("soban", "All villages")), "clicked");
  sample_wait (ui_has_choices, fixture->window);
  sample_settle ();
  page = ui_get_top (fixture->window);
  g_signal_emit_by_name (page, "chosen", fixture->village, "Bản Nà Lùng");
  sample_wait (has_records, fixture->window);
  wait_for_count (fixture, 2);
  g_assert_nonnull (sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, "Bản Nà Lùng"));
  soban_record_list_set_order (get_list (fixture), SOBAN_RECORDS_OLDEST);
  wait_for_count (fixture, 2);
  soban_record_list_show_state (get_list (fixture), TRUE, FALSE);
  soban_record_list_set_search (get_list (fixture), "khong co");
  wait_for_text (fixture, "Nothing found");
  g_signal_emit_by_name (sample_find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON, g_dgettext ("soban", "Show all records")), "clicked");
  wait_for_count (fixture, 5);
  ui_close_window (fixture->window);
}

/* The filter may be another one, and its texts gone, before the worker has read the first. */
static void
test_query_is_copied (Fixture *fixture, gconstpointer data)
{
  SobanRecordListModel *model = soban_record_list_model_new (fixture->store);
  char *village = g_strdup (fixture->village);
  SobanRecordQuery query = { .form = "communication_session", .village = village };

  soban_record_list_model_set_query (model, &query);
  memset (village, 'x', strlen (village));
  g_free (village);
  while (soban_record_list_model_is_loading (model)) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 2);
  g_object_unref (model);
  sample_settle ();
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add ("/record-filter/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("villages", test_villages);
  ADD ("orders", test_orders);
  ADD ("window", test_window);
  ADD ("query-is-copied", test_query_is_copied);
  return g_test_run ();
}
