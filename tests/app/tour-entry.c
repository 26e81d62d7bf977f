/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a form: its pages, what is wrong on them, the review, repeats, how a draft begins. */
#include <string.h>

#include "entry/entry-page.h"
#include "home/home-page.h"
#include "store/record-store.h"
#include "tour.h"
#include "widgets/choice-page.h"

#define STEPS_MAX 40

static SobanEntryPage *
open_new (Tour *tour, const char *form)
{
  tour_go (tour, "win.new", "s", form);
  return SOBAN_ENTRY_PAGE (tour_wait_for_page (tour, SOBAN_TYPE_ENTRY_PAGE));
}

static void
choose_first (SobanEntry *entry, const char *path)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (soban_entry_get_instance (entry), path);

  g_assert_cmpuint (choices->len, >, 0);
  soban_entry_set (entry, path, ((const SobanChoice *)g_ptr_array_index (choices, 0))->value);
}

static void
walk_topics_and_numbers (Tour *tour, SobanEntryPage *page)
{
  SobanEntry *entry = soban_entry_page_get_entry (page);

  soban_entry_page_show_question (page, "topics");
  soban_entry_set (entry, "topics", "02 04");
  soban_entry_set (entry, "method", "own_session");
  tour_stop (tour, "entry-2");
  tour_click (tour, "Choose…");
  tour_wait_for_page (tour, SOBAN_TYPE_CHOICE_PAGE);
  tour_stop (tour, "entry-choice");
  tour_back (tour);
  choose_first (entry, "team_id");
  soban_entry_page_show_question (page, "total");
  soban_entry_set (entry, "total", "42");
  soban_entry_set (entry, "female", "48");
  soban_entry_set (entry, "minority", "30");
  soban_entry_page_next (page);
  tour_stop (tour, "entry-3-problem");
  soban_entry_set (entry, "total", "420");
  tour_stop (tour, "entry-3-warning");
}

void
tour_walk_entry (Tour *tour)
{
  SobanEntryPage *page;
  SobanEntry *entry;
  g_autofree char *day = sample_day (0);

  tour_begin (tour, TOUR_FILLED);
  page = open_new (tour, "communication_session");
  entry = soban_entry_page_get_entry (page);
  tour_stop (tour, "entry-1");
  soban_entry_page_next (page);
  tour_stop (tour, "entry-1-told");
  soban_entry_set (entry, "activity_date", day);
  soban_entry_set (entry, "village_id", "other");
  soban_entry_set (entry, "village_new", "thôn Tân Dương");
  tour_stop (tour, "entry-1-filled");
  walk_topics_and_numbers (tour, page);
  soban_entry_set (entry, "count_method", "head_count");
  soban_entry_page_show_question (page, "duration_min");
  tour_stop (tour, "entry-more");
  soban_entry_page_show_review (page);
  tour_stop (tour, "entry-review");
  soban_entry_page_next (page);
  tour_stop_at_dialog (tour, "entry-right");
  soban_entry_set (entry, "total", "");
  soban_entry_page_show_review (page);
  tour_stop (tour, "entry-review-missing");
  gtk_widget_activate_action (GTK_WIDGET (page), "entry.discard", NULL);
  tour_wait_for_page (tour, SOBAN_TYPE_HOME_PAGE);
  tour_stop (tour, "home-undo");
  tour_end (tour);
}

/* ---- how a draft begins ---- */

static void
complete_session (Tour *tour)
{
  g_autoptr (SobanDraft) draft = soban_store_start_draft (tour->store, "communication_session", NULL);
  g_autofree char *day = sample_day (3);
  g_autoptr (GError) error = NULL;

  soban_field_map_set (draft->fields, "activity_date", day);
  soban_field_map_set (draft->fields, "commune_id", SAMPLE_COMMUNE);
  soban_field_map_set (draft->fields, "village_id", "other");
  soban_field_map_set (draft->fields, "village_new", "Buôn H'Đơk");
  soban_field_map_set (draft->fields, "topics", "02");
  soban_field_map_set (draft->fields, "method", "small_group");
  soban_field_map_set (draft->fields, "total", "42");
  soban_field_map_set (draft->fields, "female", "30");
  g_assert_true (soban_store_complete_draft (tour->store, &draft->id, draft->fields, &error));
  g_assert_no_error (error);
}

static void
add_version (SobanStore *store, const char *version, const char *fields, const char *body)
{
  g_autofree char *xml = g_strdup_printf (
      "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'><h:head><h:title>Sổ lớp học cộng đồng</h:title>"
      "<model><instance><data id='lop_hoc' version='%s'>%s</data></instance></model></h:head><h:body>%s</h:body></h:html>",
      version, fields, body);
  g_autoptr (GBytes) bytes = g_bytes_new (xml, strlen (xml));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (bytes, &error);

  g_assert_no_error (error);
  soban_form_library_add (soban_store_get_forms (store), form);
}

static void
walk_newer_version (Tour *tour)
{
  SobanEntryPage *page;
  SobanEntry *entry;
  g_autofree char *id = NULL;

  add_version (tour->store, "1", "<name/><gone/>",
               "<input ref='/data/name'><label>Tên lớp</label></input><input ref='/data/gone'><label>Ai dạy lớp này?</label></input>");
  page = open_new (tour, "lop_hoc");
  entry = soban_entry_page_get_entry (page);
  id = soban_uuid_to_string (soban_entry_get_id (entry));
  soban_entry_set (entry, "name", "Lớp chữ Thái, \xea\xaa\x80\xea\xaa\xb1");
  soban_entry_set (entry, "gone", "chị H'Hen Niê và anh Lò Văn Thưởng");
  tour_back (tour);
  add_version (tour->store, "2", "<name/>", "<input ref='/data/name'><label>Tên lớp</label></input>");
  tour_go (tour, "win.edit", "s", id);
  page = SOBAN_ENTRY_PAGE (tour_wait_for_page (tour, SOBAN_TYPE_ENTRY_PAGE));
  tour_stop (tour, "entry-newer");
  gtk_widget_activate_action (GTK_WIDGET (page), "entry.move", NULL);
  tour_stop_at_dialog (tour, "entry-newer-asked");
}

void
tour_walk_start (Tour *tour)
{
  SobanEntryPage *page;

  tour_begin (tour, TOUR_FILLED);
  complete_session (tour);
  page = open_new (tour, "communication_session");
  tour_stop (tour, "entry-copy");
  tour_click (tour, "_Copy from last time");
  tour_stop (tour, "entry-copied");
  soban_entry_page_show_question (page, "village_id");
  tour_back (tour);
  walk_newer_version (tour);
  tour_end (tour);
}

/* ---- repeats ---- */

void
tour_walk_repeat (Tour *tour)
{
  SobanEntryPage *page;
  SobanEntry *entry;
  g_autofree char *instance = NULL;
  g_autofree char *group = NULL;
  g_autofree char *text = NULL;

  tour_begin (tour, TOUR_FILLED);
  page = open_new (tour, "policy_dialogue");
  entry = soban_entry_page_get_entry (page);
  soban_entry_set (entry, "opinions_total", "3");
  instance = soban_entry_add_repeat (entry, "opinion", NULL);
  g_assert_nonnull (instance);
  group = g_strconcat (instance, "/group", NULL);
  text = g_strconcat (instance, "/text", NULL);
  soban_entry_set (entry, group, "roads_markets_water");
  soban_entry_set (entry, text, "Đường vào bản còn lầy, học sinh khó đi học");
  soban_entry_page_show_question (page, text);
  tour_stop (tour, "entry-repeat-instance");
  soban_entry_page_next (page);
  tour_stop (tour, "entry-repeat-list");
  soban_entry_remove_repeat (entry, instance);
  soban_entry_page_back (page);
  soban_entry_page_next (page);
  tour_stop (tour, "entry-repeat-none");
  tour_end (tour);
}

/* ---- every page of every form ---- */

/* What is missing is told first; the second Next goes on. */
static void
walk_pages (Tour *tour, SobanEntryPage *page, const char *form)
{
  g_autofree char *seen = NULL;
  guint number = 0;

  for (guint i = 0; i < STEPS_MAX && !soban_entry_page_is_review (page); i++) {
    const char *at = soban_entry_get_page (soban_entry_page_get_entry (page));

    if (g_strcmp0 (at, seen) != 0) {
      g_free (seen);
      seen = g_strdup (at);
      tour_stop (tour, "form-%s-%u", form, ++number);
    }
    soban_entry_page_next (page);
  }
  g_assert_true (soban_entry_page_is_review (page));
}

void
tour_walk_forms (Tour *tour)
{
  const GPtrArray *entries;

  tour_begin (tour, TOUR_FILLED);
  entries = soban_form_library_list (soban_store_get_forms (tour->store));
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *form = g_ptr_array_index (entries, i);
    SobanEntryPage *page;

    if (!form->offered) {
      continue;
    }
    page = open_new (tour, form->id);
    walk_pages (tour, page, form->id);
    tour_back (tour);
  }
  tour_end (tour);
}
