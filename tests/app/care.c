/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bad days: what a ledger that does not open says and offers, and how well a time is known, in words. */
#include "application.h"
#include "base/error.h"
#include "record/recorded-text.h"
#include "compat/keys.h"
#include "entry/entry-page.h"
#include "home/home-page.h"
#include "settings/settings-page.h"
#include "settings/storage-part.h"
#include "store/attachment-store.h"
#include "store/backup.h"
#include "store/kept-days.h"
#include "store/settings.h"
#include "trouble/trouble-page.h"
#include "ui.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

static GtkWidget *
find_button (GtkWidget *root, const char *action)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found;

    if (GTK_IS_BUTTON (child) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (child)), action) == 0) {
      return child;
    }
    found = find_button (child, action);
    if (found != NULL) {
      return found;
    }
  }
  return NULL;
}

static void
check_trouble (int code, const char *backup, gboolean offered)
{
  g_autoptr (GError) error = g_error_new_literal (SOBAN_STORE_ERROR, code, "detail");
  g_autoptr (GtkWidget) page = g_object_ref_sink (soban_trouble_page_new (error, backup, NULL, NULL));
  GtkWidget *button = find_button (page, "win.restore");

  g_assert_cmpint (button != NULL, ==, offered);
  if (offered) {
    g_assert_cmpstr (g_variant_get_string (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button)), NULL), ==, backup);
  }
}

/* A backup is offered in place of a damaged ledger, never in place of a sound one that is in use or too new. */
static void
test_offer (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("soban-care-XXXXXX", &path, &error);

  g_assert_no_error (error);
  check_trouble (SOBAN_STORE_ERROR_CORRUPT, path, TRUE);
  check_trouble (SOBAN_STORE_ERROR_CORRUPT, NULL, FALSE);
  check_trouble (SOBAN_STORE_ERROR_BUSY, path, FALSE);
  check_trouble (SOBAN_STORE_ERROR_TOO_NEW, path, FALSE);
  check_trouble (SOBAN_STORE_ERROR_FULL, path, FALSE);
  g_close (fd, NULL);
  g_remove (path);
}

static void
test_recorded (void)
{
  SobanHistoryItem item = { .recorded_ms = G_GINT64_CONSTANT (1795305600000), .own = TRUE, .time_quality = SOBAN_TIME_STEADY };
  g_autofree char *exact = soban_recorded_text (&item);
  g_autofree char *estimate = NULL;
  g_autofree char *named = NULL;

  g_assert_null (soban_recorded_doubt (&item));
  item.person = (char *)"A & B <c>";
  named = soban_recorded_text (&item);
  g_assert_true (g_str_has_prefix (named, "A & B <c>, ") && g_str_has_suffix (named, exact));
  item.person = NULL;
  item.time_quality = SOBAN_TIME_BETWEEN;
  estimate = soban_recorded_text (&item);
  g_assert_cmpstr (estimate, !=, exact);
  g_assert_nonnull (soban_recorded_doubt (&item));
  item.time_quality = SOBAN_TIME_RAW;
  g_assert_null (soban_recorded_doubt (&item));
  item.recorded_ms = 3600000; /* 1970 */
  g_assert_nonnull (soban_recorded_doubt (&item));
}

static GtkWidget *
find_row (SobanWindow *window, const char *title)
{
  GtkWidget *label = sample_find (GTK_WIDGET (window), GTK_TYPE_LABEL, g_dgettext ("soban", title));

  return label == NULL ? NULL : gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW);
}

typedef struct {
  SobanWindow *window;
  const char *title;
  const char *subtitle; /* (nullable): any but the one at first */
} RowSight;

static gboolean
has_subtitle (gpointer data)
{
  RowSight *sight = data;
  GtkWidget *row = find_row (sight->window, sight->title);
  const char *subtitle = row == NULL ? NULL : adw_action_row_get_subtitle (ADW_ACTION_ROW (row));

  return subtitle != NULL
         && (sight->subtitle == NULL ? !g_str_equal (subtitle, "…") && *subtitle != '\0' : g_str_equal (subtitle, sight->subtitle));
}

static void
wait_for_row (SobanWindow *window, const char *title, const char *subtitle)
{
  RowSight sight = { window, title, subtitle };

  sample_wait (has_subtitle, &sight);
}

static SobanWindow *
open_settings (SobanStore *store)
{
  SobanWindow *window = ui_open_window (store);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.settings", NULL);
  wait_for_row (window, "Records", NULL);
  sample_settle ();
  return window;
}

/* The settings lead to both. */
static void
test_settings (void)
{
  SobanStore *store = sample_store_new ();
  SobanWindow *window;

  sample_store_begin (store);
  window = open_settings (store);
  g_assert_nonnull (find_row (window, "Back up to a file"));
  g_assert_nonnull (find_row (window, "Restore from a file"));
  ui_close_window (window);
  sample_store_free (store);
}

/* What lies in the folder is measured: the file itself, a photo in it, a copy beside it. */
static void
test_storage (void)
{
  SobanStore *store = sample_store_new ();
  g_autofree guint8 *noise = g_malloc0 (300000);
  g_autoptr (GBytes) photo = g_bytes_new_take (g_steal_pointer (&noise), 300000);
  g_autoptr (SobanStorage) before = NULL;
  g_autoptr (SobanStorage) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *folder = g_path_get_dirname (soban_store_get_path (store));
  SobanWindow *window;
  gboolean made;

  sample_store_begin (store);
  before = soban_storage_measure (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (before->ledger_bytes, >, 0);
  g_assert_cmpuint (before->photos, ==, 0);
  g_assert_cmpuint (before->copies, ==, 0);
  name = soban_store_put_attachment (store, photo, "jpg", &error);
  g_assert_no_error (error);
  g_assert_true (soban_store_back_up_daily (store, &made, &error));
  g_assert_true (made);
  after = soban_storage_measure (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (after->photos, ==, 1);
  g_assert_cmpuint (after->photo_bytes, ==, 300000);
  g_assert_cmpuint (after->waiting, ==, 0); /* no record names it */
  g_assert_cmpuint (after->ledger_bytes, >=, before->ledger_bytes + 300000);
  g_assert_cmpuint (after->copies, ==, 1);
  g_assert_cmpuint (after->copy_bytes, >=, 300000);
  g_assert_cmpuint (after->free_bytes, >, 0);
  window = open_settings (store);
  wait_for_row (window, "Where the ledger lies", folder);
  wait_for_row (window, "Photos and files", NULL);
  ui_close_window (window);
  sample_store_free (store);
}

static gboolean
keeps_a_month (gpointer data)
{
  SobanKeptDays kept;

  return soban_store_get_kept_days (data, &kept, NULL) && kept.days == 31;
}

/* Less than the role allows can be chosen, and nothing beyond it is offered. */
static void
test_kept_days (void)
{
  SobanStore *store = sample_store_new ();
  SobanWindow *window;
  AdwComboRow *row;

  sample_store_begin (store);
  g_assert_true (soban_store_set_setting (store, SOBAN_SETTING_RETENTION_DAYS, "*=92", NULL));
  window = open_settings (store);
  row = ADW_COMBO_ROW (find_row (window, "How far back records are kept"));
  g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (row)), ==, 2);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  adw_combo_row_set_selected (row, 1);
  sample_wait (keeps_a_month, store);
  ui_close_window (window);
  window = open_settings (store);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (find_row (window, "How far back records are kept"))), ==, 1);
  ui_close_window (window);
  sample_store_free (store);
}

/* The team and the village that are chosen in the settings stand in the next new record. */
static void
test_start (void)
{
  SobanStore *store = sample_store_new ();
  g_autofree char *village = NULL;
  g_autofree char *elsewhere = NULL;
  g_autofree char *title = NULL;
  g_autofree char *other = NULL;
  SobanWindow *window;
  SobanFormInstance *instance;
  GtkWidget *page;

  sample_store_begin (store);
  village = sample_store_save (store, "village", "kind", "ban", "name", "Nà Lùng & Co <b>", "commune_id", SAMPLE_COMMUNE, NULL);
  elsewhere = sample_store_save (store, "village", "kind", "ban", "name", "Elsewhere", "commune_id", "00001@2025-07-01", NULL);
  window = open_settings (store);
  adw_action_row_activate (ADW_ACTION_ROW (find_row (window, "Village")));
  sample_wait (ui_has_choices, window);
  sample_settle ();
  page = ui_get_top (window);
  other = soban_store_get_title (store, elsewhere, NULL);
  g_assert_null (sample_find (page, GTK_TYPE_LABEL, other));
  g_signal_emit_by_name (page, "chosen", village, "Nà Lùng");
  title = soban_store_get_title (store, village, NULL);
  g_assert_nonnull (strstr (title, "Nà Lùng & Co <b>"));
  wait_for_row (window, "Village", title);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", "s", "communication_session");
  sample_wait (ui_has_entry, window);
  instance = soban_entry_get_instance (
      soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (ui_get_top (window))));
  g_assert_cmpstr (soban_form_instance_get (instance, "village_id"), ==, village);
  ui_close_window (window);
  sample_store_free (store);
}

/* ---- keys ---- */

static gboolean
on_running (gpointer data)
{
  GtkApplication *application = data;
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/org/soban/Soban/compat/keys.ui", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GRegex) regex = g_regex_new ("\"accelerator\">([^<]+)<", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint found = 0;

  for (g_regex_match (regex, g_bytes_get_data (bytes, NULL), 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *escaped = g_match_info_fetch (match, 1);
    g_auto (GStrv) parts = g_strsplit (escaped, "&lt;", -1);
    g_autofree char *left = g_strjoinv ("<", parts);
    g_auto (GStrv) halves = g_strsplit (left, "&gt;", -1);
    g_autofree char *accel = g_strjoinv (">", halves);
    g_auto (GStrv) actions = gtk_application_get_actions_for_accel (application, accel);

    /* F10 is GTK's own: the primary menu. */
    g_assert_true (g_str_equal (accel, "F10") || g_strv_length (actions) == 1);
    found++;
  }
  g_assert_cmpuint (found, >, 12);
  g_application_quit (G_APPLICATION (application));
  return G_SOURCE_REMOVE;
}

/* Every key that the window of the keys tells of does something. */
static void
test_keys (void)
{
  SobanStore *store = sample_store_new ();
  g_autoptr (SobanPreferences) preferences = soban_preferences_new ();
  g_autoptr (SobanApplication) application = NULL;
  SobanWindow *window;
  GtkWindow *keys;

  sample_store_begin (store);
  window = ui_open_window (store);
  keys = soban_keys_show (GTK_WINDOW (window));
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (keys), GTK_TYPE_LABEL, g_dgettext ("soban", "Page before")));
  gtk_window_destroy (keys);
  ui_close_window (window);
  soban_store_close (store);
  application = soban_application_new (preferences, soban_store_get_path (store));
  g_idle_add (on_running, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  sample_store_free (store);
}

/* ---- another language, another program ---- */

static SobanEntry *
get_entry (SobanWindow *window)
{
  return soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (ui_get_top (window)));
}

/* The form that is open under the settings is open again in the window that is started anew, with its answers and on its page. */
static void
test_resume (void)
{
  SobanStore *store = sample_store_new ();
  SobanWindow *window;
  g_autofree char *untouched = NULL;
  g_autofree char *touched = NULL;
  g_autofree char *settings = NULL;
  GtkWidget *entry;

  sample_store_begin (store);
  window = ui_open_window (store);
  g_assert_null (soban_window_describe_resume (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.settings", NULL);
  settings = soban_window_describe_resume (window);
  g_assert_cmpstr (settings, ==, "win.settings");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.home", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", "s", "communication_session");
  sample_wait (ui_has_entry, window);
  untouched = soban_window_describe_resume (window);
  g_assert_nonnull (strstr (untouched, "communication_session"));
  soban_entry_page_show_question (SOBAN_ENTRY_PAGE (ui_get_top (window)), "total");
  soban_entry_set (get_entry (window), "total", "41");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.settings", NULL);
  touched = soban_window_describe_resume (window);
  soban_window_flush (window);
  ui_close_window (window);
  g_setenv ("SOBAN_RESUME", touched, TRUE);
  window = ui_open_window (store);
  sample_wait (ui_has_entry, window);
  g_assert_cmpstr (soban_form_instance_get (soban_entry_get_instance (get_entry (window)), "total"), ==, "41");
  sample_settle ();
  entry = sample_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "41");
  g_assert_null (g_getenv ("SOBAN_RESUME"));
  ui_close_window (window);
  sample_store_free (store);
}

typedef struct {
  SobanWindow *window;
  const char *text;
} Sight;

static gboolean
is_seen (gpointer data)
{
  Sight *sight = data;

  return sample_find (GTK_WIDGET (sight->window), GTK_TYPE_LABEL, sight->text) != NULL;
}

/* Why the last sending came to no end is said when the page is opened. */
static void
test_last_error (void)
{
  SobanStore *store = sample_store_new ();
  SobanWindow *window;
  Sight sight = { NULL, "Chưa có mạng <b> & chờ" };

  sample_store_begin (store);
  g_assert_true (soban_store_set_setting (store, SOBAN_SETTING_COLLECTOR_URL, "https://127.0.0.1:1", NULL));
  g_assert_true (soban_store_set_setting (store, SOBAN_SETTING_LAST_SYNC_ERROR, sight.text, NULL));
  window = sight.window = ui_open_window (store);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sync", NULL);
  sample_wait (is_seen, &sight);
  sample_settle ();
  ui_close_window (window);
  sample_store_free (store);
}

typedef struct {
  SobanApplication *application;
  SobanStore *other;
} Contest;

static GtkWidget *
get_top_page (Contest *contest)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (contest->application));

  return window == NULL ? NULL : soban_page_stack_get_top (soban_window_get_pages (SOBAN_WINDOW (window)));
}

static gboolean
is_in_use (gpointer data)
{
  GtkWidget *page = get_top_page (data);

  return page != NULL && sample_find (page, GTK_TYPE_LABEL, g_dgettext ("soban", "The ledger is in use")) != NULL;
}

static gboolean
has_home (gpointer data)
{
  return SOBAN_IS_HOME_PAGE (get_top_page (data));
}

static gboolean
on_contest (gpointer data)
{
  Contest *contest = data;

  sample_wait (is_in_use, contest);
  soban_store_close (contest->other);
  sample_wait (has_home, contest);
  g_application_quit (G_APPLICATION (contest->application));
  return G_SOURCE_REMOVE;
}

/* Another program has the ledger open: that is told, and it opens by itself once the other has closed it. */
static void
test_in_use (void)
{
  SobanStore *store = sample_store_new ();
  g_autoptr (SobanPreferences) preferences = soban_preferences_new ();
  Contest contest = { NULL, store };

  sample_store_begin (store);
  contest.application = soban_application_new (preferences, soban_store_get_path (store));
  g_idle_add (on_contest, &contest);
  g_assert_cmpint (g_application_run (G_APPLICATION (contest.application), 0, NULL), ==, 0);
  g_object_unref (contest.application);
  sample_store_free (store);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/app/care/offer", test_offer);
  g_test_add_func ("/app/care/recorded", test_recorded);
  g_test_add_func ("/app/care/settings", test_settings);
  g_test_add_func ("/app/care/storage", test_storage);
  g_test_add_func ("/app/care/kept-days", test_kept_days);
  g_test_add_func ("/app/care/start", test_start);
  g_test_add_func ("/app/care/keys", test_keys);
  g_test_add_func ("/app/care/resume", test_resume);
  g_test_add_func ("/app/care/last-error", test_last_error);
  g_test_add_func ("/app/care/in-use", test_in_use);
  return g_test_run ();
}
