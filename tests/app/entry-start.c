/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an entry begins: with the answers of the last time, on a tablet of several people, in a newer version of its form. */
#include "entry/entry-page.h"

#include <glib/gi18n.h>

#include "store/record-store.h"
#include "store/settings.h"
#include "ui.h"

typedef struct {
  SobanStore *store;
  SobanWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = sample_store_new ();
  sample_store_begin (fixture->store);
  sample_store_fill (fixture->store);
  fixture->window = ui_open_window (fixture->store);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_close_window (fixture->window);
  sample_store_free (fixture->store);
}

static GtkWidget *
get_top (Fixture *fixture)
{
  return soban_page_stack_get_top (soban_window_get_pages (fixture->window));
}

static gboolean
has_entry (gpointer data)
{
  return SOBAN_IS_ENTRY_PAGE (get_top (data));
}

static gboolean
has_no_entry (gpointer data)
{
  return !has_entry (data);
}

static SobanEntryPage *
open_new (Fixture *fixture, const char *form)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new", "s", form);
  sample_wait (has_entry, fixture);
  sample_settle ();
  return SOBAN_ENTRY_PAGE (get_top (fixture));
}

static void
leave (Fixture *fixture)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL);
  sample_wait (has_no_entry, fixture);
  sample_settle ();
}

static const char *
get (SobanEntryPage *page, const char *path)
{
  const char *value = soban_form_instance_get (soban_entry_get_instance (soban_entry_page_get_entry (page)), path);

  return value == NULL ? "" : value;
}

static const char *
copy_label (void)
{
  return g_dgettext ("soban", "_Copy from last time");
}

static const char *
undo_label (void)
{
  return g_dgettext ("soban", "_Undo copying");
}

static GtkWidget *
find_button (GtkWidget *root, const char *text)
{
  return sample_find (root, GTK_TYPE_BUTTON, text);
}

static void
click (GtkWidget *root, const char *text)
{
  GtkWidget *button = find_button (root, text);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  sample_settle ();
}

/* One session of this person on this tablet. */
static void
complete_session (Fixture *fixture)
{
  g_autoptr (SobanDraft) draft = soban_store_start_draft (fixture->store, "communication_session", NULL);
  g_autofree char *day = sample_day (3);
  g_autoptr (GError) error = NULL;

  soban_field_map_set (draft->fields, "activity_date", day);
  soban_field_map_set (draft->fields, "commune_id", SAMPLE_COMMUNE);
  soban_field_map_set (draft->fields, "village_id", "other");
  soban_field_map_set (draft->fields, "village_new", "Buôn H'Đơk");
  soban_field_map_set (draft->fields, "topics", "02");
  soban_field_map_set (draft->fields, "method", "small_group");
  soban_field_map_set (draft->fields, "speaker_role", "village_head");
  soban_field_map_set (draft->fields, "total", "42");
  soban_field_map_set (draft->fields, "female", "30");
  soban_field_map_set (draft->fields, "difficulty", "Đường xa");
  g_assert_true (soban_store_complete_draft (fixture->store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
  sample_settle ();
}

static void
test_nothing_to_copy (Fixture *fixture, gconstpointer data)
{
  SobanEntryPage *page = open_new (fixture, "communication_session");

  g_assert_null (find_button (GTK_WIDGET (page), copy_label ()));
}

/* Place, method and speaker come; numbers, date and words do not; undo takes back only what nobody has changed. */
static void
test_copy_and_undo (Fixture *fixture, gconstpointer data)
{
  SobanEntryPage *page;
  SobanEntry *entry;

  complete_session (fixture);
  page = open_new (fixture, "communication_session");
  entry = soban_entry_page_get_entry (page);
  click (GTK_WIDGET (page), copy_label ());
  g_assert_cmpstr (get (page, "method"), ==, "small_group");
  g_assert_cmpstr (get (page, "speaker_role"), ==, "village_head");
  g_assert_cmpstr (get (page, "village_id"), !=, "");
  g_assert_cmpstr (get (page, "activity_date"), ==, "");
  g_assert_cmpstr (get (page, "total"), ==, "");
  g_assert_cmpstr (get (page, "difficulty"), ==, "");
  g_assert_true (soban_entry_is_touched (entry));
  soban_entry_set (entry, "method", "home_visit");
  sample_settle ();
  click (GTK_WIDGET (page), undo_label ());
  g_assert_cmpstr (get (page, "method"), ==, "home_visit");
  g_assert_cmpstr (get (page, "speaker_role"), ==, "");
  g_assert_cmpstr (get (page, "village_id"), ==, "");
  g_assert_nonnull (find_button (GTK_WIDGET (page), copy_label ()));
  leave (fixture);
}

/* The offer stands at the start only, and not on a draft that is gone on with. */
static void
test_offer_at_the_start (Fixture *fixture, gconstpointer data)
{
  SobanEntryPage *page;
  g_autofree char *id = NULL;

  complete_session (fixture);
  page = open_new (fixture, "communication_session");
  id = soban_uuid_to_string (soban_entry_get_id (soban_entry_page_get_entry (page)));
  click (GTK_WIDGET (page), copy_label ());
  soban_entry_page_show_question (page, "total");
  sample_settle ();
  g_assert_null (find_button (GTK_WIDGET (page), undo_label ()));
  soban_entry_page_show_question (page, "activity_date");
  sample_settle ();
  g_assert_nonnull (find_button (GTK_WIDGET (page), undo_label ()));
  leave (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.edit", "s", id);
  sample_wait (has_entry, fixture);
  sample_settle ();
  page = SOBAN_ENTRY_PAGE (get_top (fixture));
  g_assert_cmpstr (get (page, "method"), ==, "small_group");
  g_assert_null (find_button (GTK_WIDGET (page), copy_label ()));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add ("/entry-start/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("nothing-to-copy", test_nothing_to_copy);
  ADD ("copy-and-undo", test_copy_and_undo);
  ADD ("offer-at-the-start", test_offer_at_the_start);
  return g_test_run ();
}
