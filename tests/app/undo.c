/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is thrown away or changed by a slip: it can be had back, and taking it back takes nothing else. */
#include "desk.h"
#include "entry/entry-page.h"
#include "store/draft-store.h"
#include "store/record-store.h"

static SobanEntryPage *
open_entry (Desk *desk, const char *action, const char *target)
{
  gtk_widget_activate_action (GTK_WIDGET (desk->window), action, "s", target);
  sample_wait (ui_has_entry, desk->window);
  return SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
}

static void
leave (Desk *desk, GtkWidget *widget, const char *action)
{
  gtk_widget_activate_action (widget, action, NULL);
  sample_wait (ui_has_no_entry, desk->window);
}

static const char *
get (SobanEntryPage *page, const char *path)
{
  return soban_form_instance_get (soban_entry_get_instance (soban_entry_page_get_entry (page)), path);
}

static void
set (SobanEntryPage *page, const char *path, const char *value)
{
  soban_entry_set (soban_entry_page_get_entry (page), path, value);
}

static guint
count_drafts (SobanStore *store)
{
  g_autoptr (GPtrArray) drafts = soban_store_list_drafts (store, NULL);

  return drafts->len;
}

static gboolean
has_draft (gpointer store)
{
  return count_drafts (store) == 1;
}

/* A session that was completed. */
static char *
find_session (Desk *desk)
{
  const SobanRecordQuery query = { .form = "communication_session" };
  g_autoptr (GArray) ids = soban_store_list_records (desk->store, &query, NULL);

  g_assert_cmpuint (ids->len, >, 1);
  return soban_uuid_to_string (&g_array_index (ids, SobanUuid, 1));
}

static SobanRecord *
get_record (Desk *desk, const char *id_text)
{
  g_autoptr (GError) error = NULL;
  SobanRecord *record;
  SobanUuid id;

  g_assert_true (soban_uuid_parse (id_text, &id));
  record = soban_store_get_record (desk->store, &id, &error);
  g_assert_no_error (error);
  return record;
}

/* A correction that was left, opened on another day, and thrown away by a slip. */
static void
test_reopened_draft (Desk *desk, gconstpointer data)
{
  g_autofree char *id = find_session (desk);
  SobanEntryPage *page = open_entry (desk, "win.edit", id);

  set (page, "total", "43");
  leave (desk, GTK_WIDGET (desk->window), "win.back");
  g_assert_cmpuint (count_drafts (desk->store), ==, 1);
  page = open_entry (desk, "win.edit", id);
  g_assert_cmpstr (get (page, "total"), ==, "43");
  leave (desk, GTK_WIDGET (page), "entry.discard");
  g_assert_cmpuint (count_drafts (desk->store), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undo", NULL);
  sample_wait (has_draft, desk->store);
  page = open_entry (desk, "win.edit", id);
  g_assert_cmpstr (get (page, "total"), ==, "43");
}

/* What came by a sync while it was being corrected is not taken back with the draft. */
static void
test_same_base (Desk *desk, gconstpointer data)
{
  g_autofree char *id_text = find_session (desk);
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  SobanEntryPage *page;
  SobanUuid id;

  sample_store_enrol (desk->store, SAMPLE_DEAD_URL);
  page = open_entry (desk, "win.edit", id_text);
  set (page, "total", "999");
  g_assert_true (soban_entry_flush_now (soban_entry_page_get_entry (page), NULL));
  sample_store_receive (desk->store, id_text, "female", "17");
  leave (desk, GTK_WIDGET (page), "entry.discard");
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undo", NULL);
  sample_wait (has_draft, desk->store);
  sample_settle ();
  g_assert_true (soban_uuid_parse (id_text, &id));
  draft = soban_store_get_draft (desk->store, &id, &error);
  g_assert_no_error (error);
  g_assert_true (soban_store_complete_draft (desk->store, &id, draft->fields, &error));
  g_assert_no_error (error);
  record = get_record (desk, id_text);
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "999");
  g_assert_cmpstr (soban_field_map_get (record->fields, "female"), ==, "17");
}

/* However it is opened once more: two pages of one draft would take back each other's answers. */
static void
test_open_once (Desk *desk, gconstpointer data)
{
  g_autofree char *id = find_session (desk);
  SobanEntryPage *page = open_entry (desk, "win.edit", id);
  SobanEntryPage *other;
  GtkWidget *over;
  SobanUuid other_id;
  g_autoptr (SobanDraft) draft = NULL;

  set (page, "total", "43");
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.look", NULL);
  over = ui_get_top (desk->window);
  g_assert_true (over != GTK_WIDGET (page));
  other = open_entry (desk, "win.new", "event");
  set (other, "title", "Ngày hội");
  other_id = *soban_entry_get_id (soban_entry_page_get_entry (other));
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.edit", "s", id);
  sample_settle ();
  g_assert_true (ui_get_top (desk->window) == GTK_WIDGET (page));
  g_assert_cmpstr (get (page, "total"), ==, "43");
  /* What lay over it was left as by Back. */
  draft = soban_store_get_draft (desk->store, &other_id, NULL);
  g_assert_nonnull (draft);
  g_assert_cmpstr (soban_field_map_get (draft->fields, "title"), ==, "Ngày hội");
}

static GtkWidget *
find_by_class (GtkWidget *root, const char *class)
{
  GtkWidget *found = NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (root), class)) {
    return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child)) {
    found = find_by_class (child, class);
  }
  return found;
}

static gboolean
offers_undo (gpointer window)
{
  GtkWidget *toast = find_by_class (window, "AdwToastWidget");

  return toast != NULL && sample_find (toast, GTK_TYPE_BUTTON, "Hoàn tác") != NULL;
}

static gboolean
offers_nothing (gpointer window)
{
  return find_by_class (window, "AdwToastWidget") == NULL;
}

/* "Undo" stands beside what it brings back, and goes with the page that could. */
static void
test_removal_goes_with_its_page (Desk *desk, gconstpointer data)
{
  g_autofree char *id = find_session (desk);
  g_autoptr (SobanRecord) record = NULL;
  SobanEntryPage *page;

  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.delete", "s", id);
  sample_wait (offers_undo, desk->window);
  page = open_entry (desk, "win.new", "policy_dialogue");
  gtk_widget_activate_action (GTK_WIDGET (page), "win.removed", "s", "Đã bỏ: ý kiến 1");
  sample_wait (offers_undo, desk->window);
  leave (desk, GTK_WIDGET (desk->window), "win.back");
  sample_settle ();
  g_assert_null (sample_find (GTK_WIDGET (desk->window), GTK_TYPE_LABEL, "Đã bỏ: ý kiến 1"));
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undo-removal", NULL);
  sample_settle ();
  record = get_record (desk, id);
  g_assert_true (record->deleted);
}

static void
close_toast (Desk *desk)
{
  GtkWidget *toast;

  while ((toast = find_by_class (GTK_WIDGET (desk->window), "AdwToastWidget")) != NULL) {
    g_signal_emit_by_name (gtk_widget_get_last_child (toast), "clicked");
    sample_settle ();
  }
}

/* Ctrl+Z comes to the window before it comes to the text. */
static void
test_text_undo (Desk *desk, gconstpointer data)
{
  g_autofree char *id = find_session (desk);
  g_autoptr (SobanRecord) record = NULL;
  SobanEntryPage *page;
  GtkWidget *text;

  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.delete", "s", id);
  sample_wait (offers_undo, desk->window);
  page = open_entry (desk, "win.new", "event");
  soban_entry_page_show_question (page, "title");
  close_toast (desk);
  sample_wait (offers_nothing, desk->window);
  text = gtk_window_get_focus (GTK_WINDOW (desk->window));
  g_assert_true (GTK_IS_TEXT (text));
  g_signal_emit_by_name (text, "insert-at-cursor", "Ngày hội");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, "Ngày hội");
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undo", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, "");
  sample_settle ();
  record = get_record (desk, id);
  g_assert_true (record->deleted);
}

#define ADD(path, func) g_test_add ("/undo/" path, Desk, NULL, desk_set_up_filled, func, desk_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("reopened-draft", test_reopened_draft);
  ADD ("same-base", test_same_base);
  ADD ("open-once", test_open_once);
  ADD ("removal-goes-with-its-page", test_removal_goes_with_its_page);
  ADD ("text-undo", test_text_undo);
  return g_test_run ();
}
