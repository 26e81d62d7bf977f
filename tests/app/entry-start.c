/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an entry begins: with the answers of the last time, on a tablet of several people, in a newer version of its form. */
#include "entry/entry-page.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "desk.h"
#include "entry/question-view.h"
#include "people/people-page.h"
#include "store/people.h"
#include "store/record-store.h"
#include "store/settings.h"

static SobanEntryPage *
open_new (Desk *desk, const char *form)
{
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.new", "s", form);
  sample_wait (ui_has_entry, desk->window);
  sample_settle ();
  return SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
}

static void
leave (Desk *desk)
{
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
  sample_wait (ui_has_no_entry, desk->window);
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
complete_session (Desk *desk)
{
  g_autoptr (SobanDraft) draft = soban_store_start_draft (desk->store, "communication_session", NULL);
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
  g_assert_true (soban_store_complete_draft (desk->store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
  sample_settle ();
}

static void
test_nothing_to_copy (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");

  g_assert_null (find_button (GTK_WIDGET (page), copy_label ()));
}

/* Place, method and speaker come; numbers, date and words do not; undo takes back only what nobody has changed. */
static void
test_copy_and_undo (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page;
  SobanEntry *entry;

  complete_session (desk);
  page = open_new (desk, "communication_session");
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
  leave (desk);
}

/* The offer stands at the start only, and not on a draft that is gone on with. */
static void
test_offer_at_the_start (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page;
  g_autofree char *id = NULL;

  complete_session (desk);
  page = open_new (desk, "communication_session");
  id = soban_uuid_to_string (soban_entry_get_id (soban_entry_page_get_entry (page)));
  click (GTK_WIDGET (page), copy_label ());
  soban_entry_page_show_question (page, "total");
  sample_settle ();
  g_assert_null (find_button (GTK_WIDGET (page), undo_label ()));
  soban_entry_page_show_question (page, "activity_date");
  sample_settle ();
  g_assert_nonnull (find_button (GTK_WIDGET (page), undo_label ()));
  leave (desk);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.edit", "s", id);
  sample_wait (ui_has_entry, desk->window);
  sample_settle ();
  page = SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
  g_assert_cmpstr (get (page, "method"), ==, "small_group");
  g_assert_null (find_button (GTK_WIDGET (page), copy_label ()));
}

static GtkWidget *
find_entry (GtkWidget *root, const char *path)
{
  GtkWidget *found = NULL;

  if (SOBAN_IS_QUESTION_VIEW (root) && g_str_equal (soban_question_view_get_path (SOBAN_QUESTION_VIEW (root)), path)) {
    return sample_find (root, GTK_TYPE_ENTRY, NULL);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child)) {
    found = find_entry (child, path);
  }
  return found;
}

/* A module in a process of its own commits the word when it was taken over already: it is one word all the same. */
static void
test_late_commit (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  GtkEditable *entry;
  GtkWidget *text;
  int position;

  soban_entry_set (soban_entry_page_get_entry (page), "village_id", "other");
  sample_settle ();
  entry = GTK_EDITABLE (find_entry (GTK_WIDGET (page), "village_new"));
  text = GTK_WIDGET (gtk_editable_get_delegate (entry));
  g_signal_emit_by_name (text, "preedit-changed", "Lùng");
  soban_entry_page_commit (page);
  g_assert_cmpstr (get (page, "village_new"), ==, "Lùng");
  position = 4;
  gtk_editable_insert_text (entry, "Lùng", -1, &position);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "Lùng");
  gtk_editable_insert_text (entry, "Lùng", -1, &position);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "LùngLùng");
  /* Committed by the module when the focus went, before it is asked. */
  g_signal_emit_by_name (text, "preedit-changed", " Hai");
  position = -1;
  gtk_editable_insert_text (entry, " Hai", -1, &position);
  soban_entry_page_commit (page);
  g_assert_cmpstr (get (page, "village_new"), ==, "LùngLùng Hai");
  gtk_editable_insert_text (entry, " Hai", -1, &position);
  g_assert_cmpstr (get (page, "village_new"), ==, "LùngLùng Hai");
}

/* A paste of 10 MB is not let in, in one line or many; what was there stays, and the page says why. */
static void
test_huge_paste (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'x');
  const char *told =
      g_dgettext ("soban", "That is too long for one answer and was not put in. What was there before is kept.");
  GtkEditable *entry;
  GtkWidget *lines;
  int position = 3;

  soban_entry_set (soban_entry_page_get_entry (page), "village_id", "other");
  sample_settle ();
  entry = GTK_EDITABLE (find_entry (GTK_WIDGET (page), "village_new"));
  gtk_editable_set_text (entry, "Bản");
  gtk_editable_insert_text (entry, huge, -1, &position);
  g_assert_cmpstr (get (page, "village_new"), ==, "Bản");
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, told));
  soban_entry_page_show_question (page, "difficulty");
  sample_settle ();
  lines = sample_find (GTK_WIDGET (page), GTK_TYPE_TEXT_VIEW, NULL);
  g_assert_nonnull (lines);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (lines)), "Đường xa", -1);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (lines)), huge, -1);
  g_assert_cmpstr (get (page, "difficulty"), ==, "Đường xa");
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, told));
}

/* ---- several people ---- */

static gboolean
has_people_page (gpointer data)
{
  return SOBAN_IS_PEOPLE_PAGE (ui_get_top (data));
}

static gboolean
has_no_people_page (gpointer data)
{
  return !has_people_page (data);
}

static void
keep_draft (Desk *desk, const char *person)
{
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_add_person (desk->store, person, &error));
  g_assert_no_error (error);
  draft = soban_store_start_draft (desk->store, "communication_session", NULL);
  soban_field_map_set (draft->fields, "total", "7");
  g_assert_true (soban_store_save_draft (desk->store, &draft->id, draft->form, draft->form_version, draft->fields, "Nháp", NULL,
                                         &error));
  g_assert_no_error (error);
}

typedef struct {
  Desk *desk;
  GType type;
  const char *text;
} Sight;

static gboolean
is_seen (gpointer data)
{
  Sight *sight = data;

  return sample_find (GTK_WIDGET (sight->desk->window), sight->type, sight->text) != NULL;
}

static void
wait_for_label (Desk *desk, const char *format, const char *name)
{
  g_autofree char *text = g_strdup_printf (format, name);
  Sight sight = { desk, GTK_TYPE_LABEL, text };

  sample_wait (is_seen, &sight);
}

/* One name: nothing of it is seen. Two: who writes now, own drafts, those of others folded; a tap changes it. */
static void
test_people (Desk *desk, gconstpointer data)
{
  const char *now = g_dgettext ("soban", "%s is writing now");
  g_autofree char *others = g_strdup_printf (g_dgettext ("soban", "Drafts of others (%u)"), 1u);
  g_autoptr (GError) error = NULL;
  GtkWidget *row;

  keep_draft (desk, "H'Hen Niê");
  keep_draft (desk, "A & B <c>");
  wait_for_label (desk, now, "A & B <c>");
  wait_for_label (desk, others, "");
  g_assert_null (sample_find (GTK_WIDGET (desk->window), GTK_TYPE_LABEL, "H'Hen Niê"));
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.people", NULL);
  sample_wait (has_people_page, desk->window);
  sample_settle ();
  row = sample_find (ui_get_top (desk->window), ADW_TYPE_ACTION_ROW, "H'Hen Niê");
  g_assert_nonnull (row);
  g_signal_emit_by_name (row, "activated");
  sample_wait (has_no_people_page, desk->window);
  wait_for_label (desk, now, "H'Hen Niê");
  g_assert_false (soban_store_add_person (desk->store, " \t", &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
}

/* A name taken from the list leaves its drafts where they are. */
static void
test_remove_person (Desk *desk, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *person = NULL;

  keep_draft (desk, "Nguye\xcc\x82\xcc\x83n  Thị\nLan");
  person = soban_store_get_setting (desk->store, SOBAN_SETTING_PERSON);
  g_assert_cmpstr (person, ==, "Nguyễn Thị Lan");
  g_assert_true (soban_store_remove_person (desk->store, person, NULL));
  names = soban_store_list_people (desk->store);
  g_assert_cmpuint (g_strv_length (names), ==, 1);
  drafts = soban_store_list_drafts (desk->store, NULL);
  g_assert_cmpuint (drafts->len, ==, 1);
  g_assert_cmpstr (((SobanDraft *)g_ptr_array_index (drafts, 0))->person, ==, "Nguyễn Thị Lan");
  sample_settle ();
}

/* ---- another version of the form ---- */

static void
add_version (SobanStore *store, const char *version, const char *fields, const char *body)
{
  g_autofree char *xml = g_strdup_printf (
      "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'><h:head><h:title>Sổ lớp học</h:title>"
      "<model><instance><data id='lop_hoc' version='%s'>%s</data></instance></model></h:head><h:body>%s</h:body></h:html>",
      version, fields, body);
  g_autoptr (GBytes) bytes = g_bytes_new (xml, strlen (xml));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (bytes, &error);

  g_assert_no_error (error);
  soban_form_library_add (soban_store_get_forms (store), form);
}

static gboolean
has_dialog (gpointer data)
{
  for (GList *at = gtk_window_list_toplevels (); at != NULL; at = at->next) {
    if (ADW_IS_MESSAGE_DIALOG (at->data)) {
      *(GtkWidget **)data = at->data;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_moved (gpointer data)
{
  return ui_has_entry (data)
         && !soban_entry_has_newer_form (soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (ui_get_top (data))));
}

static gboolean
says (GtkWidget *widget, const char *part)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL) {
    return TRUE;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (says (child, part)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* The draft opens with its version; the newer one is offered; what will not fit is shown first, and stays in the record. */
static void
test_newer_version (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page;
  GtkWidget *dialog = NULL;
  g_autofree char *id = NULL;
  g_autoptr (SobanDraft) draft = NULL;
  SobanUuid uuid;

  add_version (desk->store, "1", "<name/><gone/>",
               "<input ref='/data/name'><label>Tên lớp</label></input><input ref='/data/gone'><label>Câu cũ</label></input>");
  page = open_new (desk, "lop_hoc");
  uuid = *soban_entry_get_id (soban_entry_page_get_entry (page));
  id = soban_uuid_to_string (&uuid);
  soban_entry_set (soban_entry_page_get_entry (page), "name", "\xea\xaa\x80\xea\xaa\xb1 <b>&");
  soban_entry_set (soban_entry_page_get_entry (page), "gone", "chữ của câu cũ");
  leave (desk);
  add_version (desk->store, "2", "<name/>", "<input ref='/data/name'><label>Tên lớp</label></input>");
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.edit", "s", id);
  sample_wait (ui_has_entry, desk->window);
  sample_settle ();
  page = SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
  g_assert_true (soban_entry_has_newer_form (soban_entry_page_get_entry (page)));
  g_assert_cmpstr (get (page, "gone"), ==, "chữ của câu cũ");
  gtk_widget_activate_action (GTK_WIDGET (page), "entry.move", NULL);
  sample_wait (has_dialog, &dialog);
  g_assert_true (says (dialog, "Câu cũ: chữ của câu cũ"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "action");
  sample_wait (is_moved, desk->window);
  page = SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
  g_assert_cmpstr (get (page, "name"), ==, "\xea\xaa\x80\xea\xaa\xb1 <b>&");
  draft = soban_store_get_draft (desk->store, &uuid, NULL);
  g_assert_cmpstr (draft->form_version, ==, "2");
  g_assert_cmpstr (soban_field_map_get (draft->fields, "gone"), ==, "chữ của câu cũ");
  leave (desk);
}

/* The form is taken back while its draft is open: it is told, nothing is lost, and it can be completed all the same. */
static void
test_withdrawn (Desk *desk, gconstpointer data)
{
  const char *told = g_dgettext ("soban", "The commune office does not use this form any more. What you have written is kept; you may "
                                          "complete and send it all the same.");
  SobanEntryPage *page;
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id;

  add_version (desk->store, "1", "<name/>", "<input ref='/data/name'><label>Tên lớp</label></input>");
  soban_form_library_offer (soban_store_get_forms (desk->store), "lop_hoc", "1", TRUE);
  page = open_new (desk, "lop_hoc");
  id = *soban_entry_get_id (soban_entry_page_get_entry (page));
  soban_entry_set (soban_entry_page_get_entry (page), "name", "Lớp xóa mù");
  g_assert_null (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, told));
  soban_form_library_offer (soban_store_get_forms (desk->store), "lop_hoc", "1", FALSE);
  g_signal_emit_by_name (desk->store, "changed");
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, told));
  g_assert_cmpstr (get (page, "name"), ==, "Lớp xóa mù");
  soban_entry_page_show_review (page);
  soban_entry_page_next (page);
  sample_wait (ui_has_no_entry, desk->window);
  record = soban_store_get_record (desk->store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_field_map_get (record->fields, "name"), ==, "Lớp xóa mù");
  sample_settle ();
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add ("/entry-start/" path, Desk, NULL, desk_set_up_filled, func, desk_tear_down)
  ADD ("nothing-to-copy", test_nothing_to_copy);
  ADD ("copy-and-undo", test_copy_and_undo);
  ADD ("offer-at-the-start", test_offer_at_the_start);
  ADD ("late-commit", test_late_commit);
  ADD ("huge-paste", test_huge_paste);
  ADD ("people", test_people);
  ADD ("remove-person", test_remove_person);
  ADD ("newer-version", test_newer_version);
  ADD ("withdrawn", test_withdrawn);
  return g_test_run ();
}
