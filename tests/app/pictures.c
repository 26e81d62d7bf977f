/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws every screen in Vietnamese, with real records, at the sizes below:  pictures FOLDER [SCREEN]
 * With ADW_DEBUG_HIGH_CONTRAST=1 in high contrast. */
#include <adwaita.h>
#include <stdlib.h>

#include "application.h"
#include "base/language.h"
#include "entry/entry-page.h"
#include "home/home-page.h"
#include "record/record-page.h"
#include "records/records-page.h"
#include "reports/report-document.h"
#include "reports/report-page.h"
#include "sample.h"
#include "store/settings.h"
#include "trouble/trouble-text.h"
#include "base/error.h"
#include "welcome/welcome-page.h"
#include "window.h"

typedef struct {
  int width, height;
  int text; /* percent of the usual size */
} Size;

/* The tablets; then what a person with weak eyes sets, and what an on-screen keyboard leaves. */
static const Size SIZES[] = {
  { 360, 640, 100 }, { 800, 1280, 100 }, { 1280, 800, 100 }, { 360, 640, 200 }, { 360, 320, 100 },
};

#define DPI_USUAL (96 * PANGO_SCALE)

typedef struct {
  const char *folder;
  SobanStore *store;
  SobanSyncScheduler *scheduler;
  SobanWindow *window;
  Size size;
} Studio;

static gboolean
on_passed (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

/* Frames have no signal to wait for here: the loop runs until it has been idle for a moment. */
static void
let_draw (guint ms)
{
  gboolean passed = FALSE;

  g_timeout_add (ms, on_passed, &passed);
  sample_wait (is_true, &passed);
}

static void
shoot (Studio *studio, const char *name)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (studio->window));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  gboolean contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  g_autofree char *file =
      g_strdup_printf ("%s/%s-%dx%d%s%s.png", studio->folder, name, studio->size.width, studio->size.height,
                       studio->size.text == 200 ? "-text200" : "", contrast ? "-contrast" : "");
  int width, height;

  let_draw (400);
  width = gtk_widget_get_width (GTK_WIDGET (studio->window));
  height = gtk_widget_get_height (GTK_WIDGET (studio->window));
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (studio->window)), node, NULL);
  gdk_texture_save_to_png (texture, file);
  g_print ("%s %dx%d\n", file, width, height);
}

static void
open_window (Studio *studio)
{
  studio->window = SOBAN_WINDOW (soban_window_new (NULL));
  gtk_window_set_default_size (GTK_WINDOW (studio->window), studio->size.width, studio->size.height);
  soban_window_set_store (studio->window, studio->store, studio->scheduler);
  gtk_window_present (GTK_WINDOW (studio->window));
  let_draw (300);
}

static void
close_window (Studio *studio)
{
  /* As in ui_close_window(). */
  soban_page_stack_clear (soban_window_get_pages (studio->window));
  sample_settle ();
  gtk_window_destroy (GTK_WINDOW (studio->window));
  studio->window = NULL;
  sample_settle ();
}

static GtkWidget *
get_top (Studio *studio)
{
  return soban_page_stack_get_top (soban_window_get_pages (studio->window));
}

static gboolean
has_entry (gpointer data)
{
  return SOBAN_IS_ENTRY_PAGE (get_top (data));
}

static void
answer (SobanEntry *entry, const char *path, const char *value)
{
  soban_entry_set (entry, path, value);
}

static void
shoot_welcome (Studio *studio)
{
  const char *const steps[] = { "language", "ways", "code", "local" };
  SobanStore *filled = studio->store;

  studio->store = sample_store_new ();
  open_window (studio);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *name = g_strdup_printf ("welcome-%s", steps[i]);

    soban_welcome_page_show_step (SOBAN_WELCOME_PAGE (get_top (studio)), steps[i]);
    shoot (studio, name);
  }
  gtk_widget_activate (sample_find (GTK_WIDGET (studio->window), GTK_TYPE_BUTTON, "Chọn…"));
  let_draw (500);
  shoot (studio, "welcome-commune");
  close_window (studio);
  sample_store_free (studio->store);
  studio->store = filled;
}

static void
shoot_trouble (Studio *studio)
{
  g_autoptr (GError) error = g_error_new_literal (SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_FULL, "disk full");

  open_window (studio);
  soban_window_show_store_error (studio->window, error);
  shoot (studio, "trouble");
  close_window (studio);
}

static void
shoot_home (Studio *studio)
{
  open_window (studio);
  let_draw (500);
  shoot (studio, "home");
  close_window (studio);
}

static void
shoot_entry (Studio *studio)
{
  SobanEntryPage *page;
  SobanEntry *entry;
  g_autofree char *day = sample_day (0);

  open_window (studio);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.new", "s", "communication_session");
  sample_wait (has_entry, studio);
  page = SOBAN_ENTRY_PAGE (get_top (studio));
  entry = soban_entry_page_get_entry (page);
  shoot (studio, "entry-1");
  soban_entry_page_next (page);
  shoot (studio, "entry-1-told");
  answer (entry, "activity_date", day);
  answer (entry, "village_id", "other");
  answer (entry, "village_new", "thôn Tân Dương");
  shoot (studio, "entry-1-filled");
  soban_entry_page_show_question (page, "topics");
  answer (entry, "topics", "02 04");
  answer (entry, "method", "own_session");
  shoot (studio, "entry-2");
  soban_entry_page_show_question (page, "total");
  answer (entry, "total", "42");
  answer (entry, "female", "48");
  answer (entry, "minority", "30");
  soban_entry_page_next (page);
  shoot (studio, "entry-3-problem");
  answer (entry, "total", "420");
  shoot (studio, "entry-3-warning");
  soban_entry_page_show_review (page);
  shoot (studio, "entry-review");
  soban_entry_page_show_question (page, "duration_min");
  shoot (studio, "entry-more");
  soban_entry_flush_now (entry, NULL);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.back", NULL);
  let_draw (800);
  shoot (studio, "home-with-draft");
  close_window (studio);
}

static void
shoot_repeat (Studio *studio)
{
  SobanEntryPage *page;
  SobanEntry *entry;
  g_autofree char *instance = NULL;
  g_autofree char *text = NULL;
  g_autofree char *group = NULL;

  open_window (studio);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.new", "s", "policy_dialogue");
  sample_wait (has_entry, studio);
  page = SOBAN_ENTRY_PAGE (get_top (studio));
  entry = soban_entry_page_get_entry (page);
  answer (entry, "opinions_total", "3");
  instance = soban_entry_add_repeat (entry, "opinion", NULL);
  if (instance != NULL) {
    text = g_strconcat (instance, "/text", NULL);
    group = g_strconcat (instance, "/group", NULL);
    answer (entry, group, "roads_markets_water");
    answer (entry, text, "Đường vào bản còn lầy, học sinh khó đi học");
    soban_entry_page_show_question (page, text);
    shoot (studio, "entry-repeat-instance");
    soban_entry_page_next (page);
    shoot (studio, "entry-repeat-list");
  }
  close_window (studio);
}

static void
shoot_records (Studio *studio)
{
  SobanRecordsPage *page;
  SobanRecordListModel *model;
  g_autoptr (SobanRecordItem) item = NULL;

  open_window (studio);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.records", "s", "");
  let_draw (600);
  shoot (studio, "records");
  page = SOBAN_RECORDS_PAGE (get_top (studio));
  model = soban_record_list_get_model (soban_records_page_get_list (page));
  item = g_list_model_get_item (G_LIST_MODEL (model), 1);
  soban_records_page_open (page, soban_record_item_get_id (item));
  let_draw (500);
  shoot (studio, "record");
  soban_records_page_back (page);
  soban_record_list_show_state (soban_records_page_get_list (page), TRUE, FALSE);
  let_draw (500);
  shoot (studio, "records-filter");
  soban_record_list_show_state (soban_records_page_get_list (page), FALSE, FALSE);
  soban_record_list_set_search (soban_records_page_get_list (page), "khong co");
  let_draw (700);
  shoot (studio, "records-nothing");
  close_window (studio);
}

static void
write_report (Studio *studio)
{
  g_autofree char *path = g_build_filename (studio->folder, "report.pdf", NULL);
  g_autoptr (SobanPeriod) period = soban_period_parse ("2021-2025");
  g_autoptr (SobanReport) report = soban_report_read (studio->store, period, NULL);

  if (report == NULL || !soban_report_document_write (report, path, NULL)) {
    g_printerr ("%s is not written\n", path);
  }
}

static void
shoot_reports (Studio *studio)
{
  write_report (studio);
  open_window (studio);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.reports", NULL);
  soban_report_page_show_period (SOBAN_REPORT_PAGE (get_top (studio)), "all");
  let_draw (500);
  shoot (studio, "report");
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.report-parts", "(ss)", "session_attendances", "all");
  let_draw (500);
  shoot (studio, "report-parts");
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.report-records", "(ssumss)", "session_attendances", "all", 0, NULL, "");
  let_draw (500);
  shoot (studio, "report-records");
  close_window (studio);
}

static void
shoot_rest (Studio *studio)
{
  open_window (studio);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.sync", NULL);
  let_draw (400);
  shoot (studio, "sync");
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.back", NULL);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.settings", NULL);
  let_draw (400);
  shoot (studio, "settings");
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.back", NULL);
  gtk_widget_activate_action (GTK_WIDGET (studio->window), "win.look", NULL);
  let_draw (400);
  shoot (studio, "look");
  close_window (studio);
}

typedef struct {
  const char *name;
  void (*shoot) (Studio *studio);
} Screen;

static const Screen SCREENS[] = {
  { "welcome", shoot_welcome }, { "trouble", shoot_trouble }, { "home", shoot_home }, { "entry", shoot_entry },
  { "repeat", shoot_repeat },   { "records", shoot_records }, { "reports", shoot_reports },
  { "rest", shoot_rest },
};

int
main (int argc, char **argv)
{
  Studio studio = { NULL };

  if (argc < 2) {
    g_printerr ("pictures FOLDER [SCREEN]\n");
    return 2;
  }
  soban_language_init ("vi");
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  soban_application_add_style ();
  g_mkdir_with_parents (argv[1], 0755);
  studio.folder = argv[1];
  studio.store = sample_store_new ();
  sample_store_begin (studio.store);
  sample_store_fill (studio.store);
  studio.scheduler = soban_sync_scheduler_new (studio.store);
  for (guint i = 0; i < G_N_ELEMENTS (SIZES); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (SCREENS); k++) {
      studio.size = SIZES[i];
      g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", DPI_USUAL * SIZES[i].text / 100, NULL);
      if (argc < 3 || g_str_equal (argv[2], SCREENS[k].name)) {
        SCREENS[k].shoot (&studio);
      }
    }
  }
  g_object_unref (studio.scheduler);
  sample_store_free (studio.store);
  return 0;
}
