/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main job in the window: a form is filled in, saved as it is written, looked over, completed, deleted, brought
 * back. */
#include "entry/entry-page.h"

#include <adwaita.h>

#include "desk.h"
#include "entry/entry-page-end.h"
#include "entry/question-view.h"
#include "home/home-page.h"
#include "records/records-page.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "widgets/choice-page.h"

static SobanEntryPage *
open_new (Desk *desk, const char *form)
{
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.new", "s", form);
  sample_wait (ui_has_entry, desk->window);
  return SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
}

static gboolean
is_saved (gpointer data)
{
  return soban_entry_is_touched (data) && soban_entry_get_save_state (data) == SOBAN_SAVE_SAVED;
}

static GtkWidget *
find_question (GtkWidget *root, const char *path)
{
  GtkWidget *found = NULL;

  if (SOBAN_IS_QUESTION_VIEW (root) && g_str_equal (soban_question_view_get_path (SOBAN_QUESTION_VIEW (root)), path)) {
    return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child)) {
    found = find_question (child, path);
  }
  return found;
}

static GtkWidget *
find_in (SobanEntryPage *page, const char *path, GType type, const char *text)
{
  GtkWidget *question = find_question (GTK_WIDGET (page), path);
  GtkWidget *found;

  g_assert_nonnull (question);
  found = sample_find (question, type, text);
  g_assert_nonnull (found);
  return found;
}

static void
click (GtkWidget *button)
{
  g_signal_emit_by_name (button, "clicked");
  sample_settle ();
}

static void
type (SobanEntryPage *page, const char *path, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (find_in (page, path, GTK_TYPE_ENTRY, NULL)), text);
}

static const char *
get (SobanEntryPage *page, const char *path)
{
  return soban_form_instance_get (soban_entry_get_instance (soban_entry_page_get_entry (page)), path);
}

static void
choose_first (SobanEntry *entry, const char *path)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (soban_entry_get_instance (entry), path);
  const SobanChoice *choice;

  g_assert_cmpuint (choices->len, >, 0);
  choice = g_ptr_array_index (choices, 0);
  soban_entry_set (entry, path, choice->value);
}

/* Everything core of a session, by the controls a person uses. */
static void
fill_session (SobanEntryPage *page)
{
  SobanEntry *entry = soban_entry_page_get_entry (page);

  click (find_in (page, "activity_date", GTK_TYPE_BUTTON, "Hôm nay"));
  soban_entry_set (entry, "village_id", "other");
  sample_settle ();
  type (page, "village_new", "Đường Mòn");
  soban_entry_page_next (page);
  sample_settle ();
  choose_first (entry, "team_id");
  gtk_check_button_set_active (
      GTK_CHECK_BUTTON (find_in (page, "topics", GTK_TYPE_CHECK_BUTTON, "Phòng, chống bạo lực gia đình")), TRUE);
  soban_entry_set (entry, "method", "own_session");
  soban_entry_page_show_question (page, "total");
  sample_settle ();
  type (page, "total", "1.042");
  type (page, "female", "30");
  type (page, "minority", "42");
}

/* Typing is saved within the deadline without anybody asking, and is there after opening the draft again. */
static void
test_autosave_and_reload (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  SobanEntry *entry = soban_entry_page_get_entry (page);
  SobanUuid id = *soban_entry_get_id (entry);
  g_autofree char *id_text = soban_uuid_to_string (&id);
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;

  fill_session (page);
  g_assert_cmpstr (get (page, "total"), ==, "1042");
  sample_wait (is_saved, entry);
  draft = soban_store_get_draft (desk->store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_field_map_get (draft->fields, "total"), ==, "1042");
  g_assert_cmpstr (soban_field_map_get (draft->fields, "village_new"), ==, "Đường Mòn");
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
  sample_wait (ui_has_no_entry, desk->window);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.edit", "s", id_text);
  sample_wait (ui_has_entry, desk->window);
  page = SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
  g_assert_cmpstr (get (page, "total"), ==, "1042");
  /* It opens where it was left. */
  g_assert_nonnull (find_question (GTK_WIDGET (page), "total"));
}

/* What is said of saving under a title of two lines moves nothing: the finger is on its way to the next question. */
static void
test_header_stays (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "livelihood_group");
  GtkWidget *header, *title;
  int height;

  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  title = sample_find (GTK_WIDGET (page), ADW_TYPE_WINDOW_TITLE, NULL);
  header = gtk_widget_get_ancestor (title, ADW_TYPE_HEADER_BAR);
  height = gtk_widget_get_height (header);
  soban_entry_set (soban_entry_page_get_entry (page), "name", "Tổ nuôi dê");
  sample_wait (is_saved, soban_entry_page_get_entry (page));
  g_assert_cmpstr (adw_window_title_get_subtitle (ADW_WINDOW_TITLE (title)), ==, "Đã lưu trên máy này");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  g_assert_cmpint (gtk_widget_get_height (header), ==, height);
}

/* The window that closes takes the last letters along. */
static void
test_close_saves (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  SobanUuid id = *soban_entry_get_id (soban_entry_page_get_entry (page));
  g_autoptr (SobanDraft) draft = NULL;

  soban_entry_set (soban_entry_page_get_entry (page), "village_id", "other");
  sample_settle ();
  type (page, "village_new", "Nà Lùng");
  gtk_window_close (GTK_WINDOW (desk->window));
  draft = soban_store_get_draft (desk->store, &id, NULL);
  g_assert_nonnull (draft);
  g_assert_cmpstr (soban_field_map_get (draft->fields, "village_new"), ==, "Nà Lùng");
  desk->window = ui_open_window (desk->store);
}

/* The word that the input method still composes is not lost on Next, and not doubled by a module that commits it
 * itself. */
static void
test_word_in_flight (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  GtkWidget *entry, *text;

  soban_entry_set (soban_entry_page_get_entry (page), "village_id", "other");
  sample_settle ();
  entry = find_in (page, "village_new", GTK_TYPE_ENTRY, NULL);
  text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (entry)));
  gtk_editable_set_text (GTK_EDITABLE (entry), "Nà ");
  gtk_editable_set_position (GTK_EDITABLE (entry), -1);
  g_signal_emit_by_name (text, "preedit-changed", "Lùng");
  soban_entry_page_next (page);
  g_assert_cmpstr (get (page, "village_new"), ==, "Nà Lùng");
  g_signal_emit_by_name (text, "preedit-changed", " Hai");
  gtk_editable_set_text (GTK_EDITABLE (entry), "Nà Lùng Hai");
  g_signal_emit_by_name (text, "preedit-changed", "");
  soban_entry_page_commit (page);
  g_assert_cmpstr (get (page, "village_new"), ==, "Nà Lùng Hai");
}

/* Next says what is missing once, then goes on; the message stands at the question, for a screen reader too. */
static void
test_next_tells_once (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  GtkWidget *named;

  soban_entry_page_next (page);
  sample_settle ();
  g_assert_nonnull (find_question (GTK_WIDGET (page), "activity_date"));
  named = find_in (page, "activity_date", GTK_TYPE_BUTTON, NULL);
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (named), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_nonnull (find_question (GTK_WIDGET (page), "topics"));
}

/* A rule broken stops completing, and leads to the question; the draft was saved all the same. */
static void
test_review_problems (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  SobanUuid id = *soban_entry_get_id (soban_entry_page_get_entry (page));
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (SobanDraft) draft = NULL;

  fill_session (page);
  type (page, "total", "20");
  soban_entry_page_show_review (page);
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Số nữ (30) không được lớn hơn tổng số (20)."));
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_false (soban_entry_page_is_review (page));
  g_assert_nonnull (find_question (GTK_WIDGET (page), "female"));
  g_assert_true (soban_entry_flush_now (soban_entry_page_get_entry (page), NULL));
  draft = soban_store_get_draft (desk->store, &id, NULL);
  g_assert_cmpstr (soban_field_map_get (draft->fields, "total"), ==, "20");
}

static gboolean
is_gone (gpointer data)
{
  Desk *desk = data;
  const SobanRecordQuery query = { .form = "communication_session", .deleted = TRUE };
  g_autoptr (GArray) ids = soban_store_list_records (desk->store, &query, NULL);

  return ids->len == 1;
}

static gboolean
is_back (gpointer data)
{
  return !is_gone (data);
}

static guint
count_drafts (SobanStore *store)
{
  g_autoptr (GPtrArray) drafts = soban_store_list_drafts (store, NULL);

  return drafts->len;
}

/* Complete makes one record of it and the draft is gone; delete takes it away at once; undo brings it back. */
static void
test_complete_delete_undo (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  SobanUuid id = *soban_entry_get_id (soban_entry_page_get_entry (page));
  g_autofree char *id_text = soban_uuid_to_string (&id);
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  fill_session (page);
  type (page, "total", "42");
  soban_entry_page_show_review (page);
  soban_entry_page_next (page);
  sample_wait (ui_has_no_entry, desk->window);
  record = soban_store_get_record (desk->store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_field_map_get (record->fields, "total"), ==, "42");
  g_assert_false (record->needs_look);
  g_assert_cmpuint (count_drafts (desk->store), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.record", "s", id_text);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.delete", "s", id_text);
  sample_wait (is_gone, desk);
  sample_settle ();
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undelete", "s", id_text);
  sample_wait (is_back, desk);
  sample_settle ();
}

/* (nullable): on the home page */
static GtkWidget *
find_draft_row (Desk *desk)
{
  GtkWidget *title = sample_find (ui_get_top (desk->window), GTK_TYPE_LABEL, "Ghi tiếp");

  return title == NULL ? NULL : gtk_widget_get_first_child (gtk_widget_get_next_sibling (title));
}

static gboolean
has_draft_row (gpointer data)
{
  return find_draft_row (data) != NULL;
}

static gboolean
has_no_draft_row (gpointer data)
{
  Desk *desk = data;

  return SOBAN_IS_HOME_PAGE (ui_get_top (desk->window)) && find_draft_row (desk) == NULL;
}

static gboolean
has_row_made_anew (gpointer data)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (((Desk *)data)->window));

  return find_draft_row (data) != NULL && find_draft_row (data) == focus && !g_object_get_data (G_OBJECT (focus), "pressed");
}

static SobanEntryPage *
go_on_with_draft (Desk *desk)
{
  GtkWidget *row = find_draft_row (desk);

  g_object_set_data (G_OBJECT (row), "pressed", desk);
  gtk_widget_grab_focus (row);
  click (row);
  sample_wait (ui_has_entry, desk->window);
  return SOBAN_ENTRY_PAGE (ui_get_top (desk->window));
}

/* Home stands as it stood when a draft was gone on with: the keyboard at its row, or, when that is no more, nowhere else. */
static void
test_home_stays (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  GtkWidget *scroller;

  fill_session (page);
  type (page, "total", "42");
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
  sample_wait (has_draft_row, desk);
  scroller = gtk_widget_get_ancestor (find_draft_row (desk), GTK_TYPE_SCROLLED_WINDOW);
  go_on_with_draft (desk);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.back", NULL);
  sample_wait (has_row_made_anew, desk);
  page = go_on_with_draft (desk);
  soban_entry_page_show_review (page);
  soban_entry_page_next (page);
  sample_wait (has_no_draft_row, desk);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (desk->window));
  g_assert_null (gtk_root_get_focus (GTK_ROOT (desk->window)));
  g_assert_cmpfloat (gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller))), ==, 0);
}

static gboolean
has_draft (gpointer data)
{
  return count_drafts (data) == 1;
}

/* Throwing a draft away leaves nothing of it; undo brings it back as it was. */
static void
test_discard (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  SobanUuid id = *soban_entry_get_id (soban_entry_page_get_entry (page));
  g_autoptr (SobanFieldMap) before = NULL;
  g_autoptr (SobanDraft) draft = NULL;

  fill_session (page);
  before = soban_form_instance_get_fields (soban_entry_get_instance (soban_entry_page_get_entry (page)), FALSE);
  g_assert_true (soban_entry_flush_now (soban_entry_page_get_entry (page), NULL));
  g_assert_cmpuint (count_drafts (desk->store), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (page), "entry.discard", NULL);
  sample_wait (ui_has_no_entry, desk->window);
  g_assert_cmpuint (count_drafts (desk->store), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undo", NULL);
  sample_wait (has_draft, desk->store);
  draft = soban_store_get_draft (desk->store, &id, NULL);
  g_assert_cmpuint (soban_field_map_size (draft->fields), ==, soban_field_map_size (before));
  for (guint i = 0; i < soban_field_map_size (before); i++) {
    const char *path, *value;

    soban_field_map_nth (before, i, &path, &value);
    g_assert_cmpstr (soban_field_map_get (draft->fields, path), ==, value);
  }
  sample_settle ();
}

/* An item of a repeat that was removed comes back with its answers, in its place. */
static void
test_repeat_undo (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "policy_dialogue");
  SobanEntry *entry = soban_entry_page_get_entry (page);
  g_autofree char *first = soban_entry_add_repeat (entry, "opinion", NULL);
  g_autofree char *second = soban_entry_add_repeat (entry, "opinion", NULL);
  g_autofree char *text = g_strconcat (first, "/text", NULL);
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) both = NULL;
  GtkWidget *remove;

  soban_entry_set (entry, text, "Đường vào bản còn lầy");
  soban_entry_page_show_question (page, text);
  soban_entry_page_next (page);
  soban_entry_page_next (page);
  sample_settle ();
  remove = sample_find (GTK_WIDGET (page), GTK_TYPE_IMAGE, NULL);
  g_assert_nonnull (remove);
  soban_entry_remove_repeat (entry, first);
  sample_settle ();
  left = soban_form_instance_list_repeats (soban_entry_get_instance (entry), "opinion");
  g_assert_cmpuint (left->len, ==, 1);
  soban_entry_page_show_question (page, "opinions_total");
  /* In a text it is the text's. */
  gtk_root_set_focus (GTK_ROOT (desk->window), NULL);
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.undo", NULL);
  sample_settle ();
  both = soban_form_instance_list_repeats (soban_entry_get_instance (entry), "opinion");
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (both, 0), ==, first);
  g_assert_cmpstr (g_ptr_array_index (both, 1), ==, second);
  g_assert_cmpstr (get (page, text), ==, "Đường vào bản còn lầy");
  g_assert_false (soban_entry_page_undo_removal (page));
}

/* From the review to an answer, and with Next back to the review. */
static void
test_review_and_back (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  GtkWidget *row;

  fill_session (page);
  type (page, "total", "42");
  soban_entry_page_show_review (page);
  sample_settle ();
  row = sample_find (GTK_WIDGET (page), GTK_TYPE_BUTTON, "42");
  g_assert_nonnull (row);
  click (row);
  g_assert_false (soban_entry_page_is_review (page));
  g_assert_nonnull (find_question (GTK_WIDGET (page), "total"));
  type (page, "total", "43");
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_true (soban_entry_page_is_review (page));
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "43"));
}

/* A doubt is told at its question; who goes on has answered it, and completing asks no more. */
static void
test_warning_once (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  SobanEntry *entry = soban_entry_page_get_entry (page);
  g_autoptr (GPtrArray) problems = NULL;

  fill_session (page);
  soban_entry_page_show_question (page, "total");
  sample_settle ();
  type (page, "total", "420");
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_nonnull (find_question (GTK_WIDGET (page), "total"));
  soban_entry_page_next (page);
  sample_settle ();
  problems = soban_form_instance_validate (soban_entry_get_instance (entry));
  g_assert_cmpuint (problems->len, ==, 0);
  soban_entry_page_show_review (page);
  soban_entry_page_next (page);
  sample_wait (ui_has_no_entry, desk->window);
}

/* Next and what is told after it go by one name, also on a page that the review led to. */
static void
test_told_by_name (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");

  fill_session (page);
  type (page, "total", "");
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Chỗ này cần xem lại. Bấm Tiếp lần nữa để làm sau."));
  soban_entry_page_show_review (page);
  soban_entry_page_show_missing (page, "total");
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Chỗ này cần xem lại. Bấm “Về trang xem lại” lần nữa để làm sau."));
  type (page, "total", "420");
  soban_entry_page_show_review (page);
  gtk_widget_activate_action (GTK_WIDGET (page), "entry.answer", "s", "total");
  soban_entry_page_next (page);
  sample_settle ();
  g_assert_nonnull (sample_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Chị xem lại giúp. Nếu đúng rồi thì bấm “Về trang xem lại” lần nữa."));
}

/* What was chosen in the last records stands above the other choices of a long list. */
static void
test_used_first (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  g_autofree char *day = sample_day (0);
  g_autofree char *used = NULL;
  SobanChoiceItem *item;
  GtkWidget *view, *list;
  SobanEntry *entry = soban_entry_page_get_entry (page);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (soban_entry_get_instance (entry), "commune_id");
  const SobanChoice *last = g_ptr_array_index (choices, choices->len - 1);

  g_assert_cmpuint (choices->len, >, 3000);
  used = sample_store_save (desk->store, "communication_session", "activity_date", day, "commune_id", last->value, NULL);
  view = find_question (GTK_WIDGET (page), "commune_id");
  g_signal_emit_by_name (view, "open-picker");
  sample_wait (ui_has_choices, desk->window);
  sample_settle ();
  list = sample_find (ui_get_top (desk->window), GTK_TYPE_LIST_VIEW, NULL);
  item = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list))), 0);
  g_assert_cmpstr (soban_choice_item_get_value (item), ==, last->value);
  g_object_unref (item);
  item = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list))), 1);
  g_assert_cmpstr (soban_choice_item_get_value (item), ==, SAMPLE_COMMUNE);
  g_object_unref (item);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)))), ==, choices->len);
}

typedef struct {
  SobanWindow *window;
  GtkWidget *wanted;
  int height;
} View;

static gboolean
is_in_view (gpointer data)
{
  View *view = data;
  GtkWidget *scroller = gtk_widget_get_ancestor (view->wanted, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  return gtk_widget_get_height (GTK_WIDGET (view->window)) <= view->height
         && gtk_widget_compute_bounds (view->wanted, scroller, &bounds) && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= gtk_widget_get_height (scroller);
}

/* Half the height goes to a keyboard: the question that is being answered is still seen. */
static void
test_keyboard (Desk *desk, gconstpointer data)
{
  SobanEntryPage *page = open_new (desk, "communication_session");
  View view = { desk->window, NULL, 640 };

  soban_entry_page_show_question (page, "minority");
  sample_settle ();
  view.wanted = find_in (page, "minority", GTK_TYPE_ENTRY, NULL);
  gtk_widget_grab_focus (view.wanted);
  sample_wait (is_in_view, &view);
  view.height = 320;
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 360, view.height);
  sample_wait (is_in_view, &view);
}

static void
check_match (SobanChoiceModel *model, const char *search, const char *first, guint n_shown, gboolean matches)
{
  g_autoptr (SobanChoiceItem) item = NULL;

  soban_choice_model_search (model, search);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, n_shown);
  item = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_assert_cmpstr (soban_choice_item_get_value (item), ==, first);
  g_assert_true (soban_choice_model_has_match (model) == matches);
}

/* "Another one" is there when it is needed: where nothing is found. Enter does not choose it unseen. */
static void
test_another_one (Desk *desk, gconstpointer data)
{
  g_autoptr (SobanChoiceModel) model = soban_choice_model_new ();
  GtkWidget *page;

  soban_choice_model_add (model, "1", "bản Nà Lùng");
  soban_choice_model_add (model, "2", "thôn Phố Ràng 2");
  soban_choice_model_add (model, "other", "Thôn khác, chưa có trong danh sách");
  check_match (model, "", "1", 3, TRUE);
  check_match (model, "pho rang", "2", 2, TRUE);
  check_match (model, "lung cu", "other", 1, FALSE);
  check_match (model, "thon khac", "other", 1, TRUE);
  g_clear_object (&model);
  /* Of a register without an entry: not what is typed is wrong. */
  model = soban_choice_model_new ();
  page = soban_choice_page_new ("Tổ truyền thông", model);
  soban_page_stack_push (soban_window_get_pages (desk->window), page);
  g_assert_nonnull (sample_find (page, GTK_TYPE_LABEL, "Chưa có gì để chọn"));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add ("/entry/" path, Desk, NULL, desk_set_up_filled, func, desk_tear_down)
  ADD ("autosave-and-reload", test_autosave_and_reload);
  ADD ("header-stays", test_header_stays);
  ADD ("close-saves", test_close_saves);
  ADD ("word-in-flight", test_word_in_flight);
  ADD ("next-tells-once", test_next_tells_once);
  ADD ("review-problems", test_review_problems);
  ADD ("complete-delete-undo", test_complete_delete_undo);
  ADD ("home-stays", test_home_stays);
  ADD ("discard", test_discard);
  ADD ("repeat-undo", test_repeat_undo);
  ADD ("review-and-back", test_review_and_back);
  ADD ("warning-once", test_warning_once);
  ADD ("told-by-name", test_told_by_name);
  ADD ("used-first", test_used_first);
  ADD ("another-one", test_another_one);
  ADD ("keyboard", test_keyboard);
  return g_test_run ();
}
