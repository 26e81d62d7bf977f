/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every screen on the smallest tablet: none asks for more than 360 px, every control has a name, every target is big
 * enough. */
#include "desk.h"
#include "entry/entry-page.h"
#include "home/home-page.h"
#include "records/records-page.h"
#include "welcome/welcome-page.h"

#define WIDTH_MAX 360
#define TARGET_MIN 44

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
check (Desk *desk)
{
  int minimum;

  sample_settle ();
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  gtk_widget_measure (ui_get_top (desk->window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, WIDTH_MAX);
  check_names (ui_get_top (desk->window));
  check_targets (ui_get_top (desk->window));
}

static void
test_first_run (Desk *desk, gconstpointer data)
{
  const char *const steps[] = { "language", "ways", "code", "local", "busy" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    soban_welcome_page_show_step (SOBAN_WELCOME_PAGE (ui_get_top (desk->window)), steps[i]);
    check (desk);
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
  return sample_find (ui_get_top (data), GTK_TYPE_BUTTON, "Buổi truyền thông") != NULL;
}

static void
test_home (Desk *desk, gconstpointer data)
{
  g_assert_true (SOBAN_IS_HOME_PAGE (ui_get_top (desk->window)));
  sample_wait (has_tiles, desk->window);
  check (desk);
}

/* All forms, all pages. */
static void
test_entry (Desk *desk, gconstpointer data)
{
  const GPtrArray *entries = soban_form_library_list (soban_store_get_forms (desk->store));

  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    SobanEntryPage *page;

    if (!entry->offered) {
      continue;
    }
    g_test_message ("%s", entry->id);
    gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.new", "s", entry->id);
    sample_wait (ui_has_entry, desk->window);
    page = SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
    for (guint steps = 0; steps < 40 && !soban_entry_page_is_review (page); steps++) {
      check (desk);
      soban_entry_page_next (page);
    }
    g_assert_true (soban_entry_page_is_review (page));
    check (desk);
    gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
    sample_settle ();
  }
}

static gboolean
is_listed (gpointer data)
{
  SobanRecordsPage *page = SOBAN_RECORDS_PAGE (ui_get_top (data));

  return g_list_model_get_n_items (G_LIST_MODEL (soban_record_list_get_model (soban_records_page_get_list (page)))) > 0;
}

static void
test_records (Desk *desk, gconstpointer data)
{
  SobanRecordsPage *page;
  g_autoptr (SobanRecordItem) item = NULL;
  gboolean loaded = FALSE;

  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.records", "s", "");
  sample_wait (is_listed, desk->window);
  check (desk);
  page = SOBAN_RECORDS_PAGE (ui_get_top (desk->window));
  item = g_list_model_get_item (G_LIST_MODEL (soban_record_list_get_model (soban_records_page_get_list (page))), 0);
  g_signal_connect_swapped (soban_records_page_get_record (page), "loaded", G_CALLBACK (on_filled), &loaded);
  soban_records_page_open (page, soban_record_item_get_id (item));
  sample_wait (is_true, &loaded);
  check (desk);
  g_assert_true (soban_records_page_back (page));
  g_assert_false (soban_records_page_back (page));
}

static void
test_rest (Desk *desk, gconstpointer data)
{
  const char *const actions[] = { "win.sync", "win.settings", "win.enrol" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_activate_action (GTK_WIDGET (desk->window), actions[i], NULL);
    check (desk);
    gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
  }
  g_assert_true (SOBAN_IS_HOME_PAGE (ui_get_top (desk->window)));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add ("/screens/first-run", Desk, NULL, desk_set_up_new, test_first_run, desk_tear_down);
#define ADD(path, func) g_test_add ("/screens/" path, Desk, NULL, desk_set_up_filled, func, desk_tear_down)
  ADD ("home", test_home);
  ADD ("entry", test_entry);
  ADD ("records", test_records);
  ADD ("rest", test_rest);
  return g_test_run ();
}
