/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every screen on the smallest tablet: none asks for more than 360 px, every control has a name, every target is big
 * enough. */
#include "entry/entry-page.h"
#include "home/home-page.h"
#include "records/records-page.h"
#include "ui.h"
#include "welcome/welcome-page.h"

#define WIDTH_MAX 360
#define TARGET_MIN 44

typedef struct {
  SobanStore *store;
  SobanWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer filled)
{
  fixture->store = sample_store_new ();
  if (filled != NULL) {
    sample_store_begin (fixture->store);
    sample_store_fill (fixture->store);
  }
  fixture->window = ui_open_window (fixture->store);
}

static void
tear_down (Fixture *fixture, gconstpointer filled)
{
  ui_close_window (fixture->window);
  sample_store_free (fixture->store);
}

static GtkWidget *
get_top (Fixture *fixture)
{
  return soban_page_stack_get_top (soban_window_get_pages (fixture->window));
}

/* An icon alone tells a screen reader nothing. */
static void
check_names (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && GTK_IS_IMAGE (gtk_button_get_child (GTK_BUTTON (widget)))
      && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) == NULL
      && gtk_widget_get_ancestor (widget, GTK_TYPE_ENTRY) == NULL
      && gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_ROW) == NULL
      && !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget))) {
    g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    check_names (child);
  }
}

static void
check_targets (GtkWidget *widget)
{
  if (gtk_widget_get_mapped (widget) && GTK_IS_BUTTON (widget)
      && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) == NULL
      && gtk_widget_get_ancestor (widget, ADW_TYPE_HEADER_BAR) == NULL
      && gtk_widget_get_ancestor (widget, GTK_TYPE_ENTRY) == NULL
      && gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY) != NULL
      && gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_ROW) == NULL) {
    int minimum, natural;

    gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, &minimum, &natural, NULL, NULL);
    if (natural < TARGET_MIN) {
      g_test_message ("%s is %d px high", G_OBJECT_TYPE_NAME (widget), natural);
    }
    g_assert_cmpint (natural, >=, TARGET_MIN);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    check_targets (child);
  }
}

static void
check (Fixture *fixture)
{
  int minimum;

  sample_settle ();
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  gtk_widget_measure (get_top (fixture), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, WIDTH_MAX);
  check_names (get_top (fixture));
  check_targets (get_top (fixture));
}

static void
test_first_run (Fixture *fixture, gconstpointer filled)
{
  const char *const steps[] = { "language", "ways", "code", "local", "busy" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    soban_welcome_page_show_step (SOBAN_WELCOME_PAGE (get_top (fixture)), steps[i]);
    check (fixture);
  }
}

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
has_tiles (gpointer data)
{
  return sample_find (get_top (data), GTK_TYPE_BUTTON, "Buổi truyền thông") != NULL;
}

static void
test_home (Fixture *fixture, gconstpointer filled)
{
  g_assert_true (SOBAN_IS_HOME_PAGE (get_top (fixture)));
  sample_wait (has_tiles, fixture);
  check (fixture);
}

static gboolean
has_entry (gpointer data)
{
  return SOBAN_IS_ENTRY_PAGE (get_top (data));
}

/* All forms, all pages. */
static void
test_entry (Fixture *fixture, gconstpointer filled)
{
  const GPtrArray *entries = soban_form_library_list (soban_store_get_forms (fixture->store));

  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    SobanEntryPage *page;

    if (!entry->offered) {
      continue;
    }
    g_test_message ("%s", entry->id);
    gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new", "s", entry->id);
    sample_wait (has_entry, fixture);
    page = SOBAN_ENTRY_PAGE (get_top (fixture));
    for (guint steps = 0; steps < 40 && !soban_entry_page_is_review (page); steps++) {
      check (fixture);
      soban_entry_page_next (page);
    }
    g_assert_true (soban_entry_page_is_review (page));
    check (fixture);
    gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL);
    sample_settle ();
  }
}

static gboolean
is_listed (gpointer data)
{
  SobanRecordsPage *page = SOBAN_RECORDS_PAGE (get_top (data));

  return g_list_model_get_n_items (G_LIST_MODEL (soban_record_list_get_model (soban_records_page_get_list (page)))) > 0;
}

static void
test_records (Fixture *fixture, gconstpointer filled)
{
  SobanRecordsPage *page;
  g_autoptr (SobanRecordItem) item = NULL;
  gboolean loaded = FALSE;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.records", "s", "");
  sample_wait (is_listed, fixture);
  check (fixture);
  page = SOBAN_RECORDS_PAGE (get_top (fixture));
  item = g_list_model_get_item (G_LIST_MODEL (soban_record_list_get_model (soban_records_page_get_list (page))), 0);
  g_signal_connect_swapped (soban_records_page_get_record (page), "loaded", G_CALLBACK (on_filled), &loaded);
  soban_records_page_open (page, soban_record_item_get_id (item));
  sample_wait (is_true, &loaded);
  check (fixture);
  g_assert_true (soban_records_page_back (page));
  g_assert_false (soban_records_page_back (page));
}

static void
test_rest (Fixture *fixture, gconstpointer filled)
{
  const char *const actions[] = { "win.sync", "win.settings", "win.enrol" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_activate_action (GTK_WIDGET (fixture->window), actions[i], NULL);
    check (fixture);
    gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL);
  }
  g_assert_true (SOBAN_IS_HOME_PAGE (get_top (fixture)));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add ("/screens/first-run", Fixture, NULL, set_up, test_first_run, tear_down);
#define ADD(path, func) g_test_add ("/screens/" path, Fixture, "filled", set_up, func, tear_down)
  ADD ("home", test_home);
  ADD ("entry", test_entry);
  ADD ("records", test_records);
  ADD ("rest", test_rest);
  return g_test_run ();
}
