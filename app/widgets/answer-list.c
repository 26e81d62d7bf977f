/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/answer-list.h"

#include <glib/gi18n-lib.h>

#include "media/file-kind.h"
#include "widgets/attachment-view.h"
#include "widgets/wrapped-label.h"

#define PATH_KEY "soban-path"
#define PICTURE_SIDE_MAX 240

typedef struct {
  SobanStore *store;
  SobanFormInstance *instance;
  GHashTable *problems; /* path -> SobanProblem, borrowed from the list */
  SobanAnswerTappedFunc func;
  gpointer data;
  const SobanPage *headed; /* (nullable): whose heading stands above the last card */
} Making;

typedef struct {
  SobanAnswerTappedFunc func;
  gpointer data;
} Tap;

static void
free_tap (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
on_clicked (GtkWidget *button, Tap *tap)
{
  tap->func (g_object_get_data (G_OBJECT (button), PATH_KEY), tap->data);
}

/* (transfer floating): an answer that is a file is shown, not its name. */
static GtkWidget *
new_answer (Making *making, const SobanQuestion *question, const char *answer)
{
  GtkWidget *view;

  if (*answer == '\0') {
    return soban_wrapped_label_new (_("No answer yet"), "answer-none");
  }
  if (question->control != SOBAN_CONTROL_UPLOAD) {
    return soban_wrapped_label_new (answer, "answer-text");
  }
  view = soban_attachment_view_new (making->store, PICTURE_SIDE_MAX);
  soban_attachment_view_show (SOBAN_ATTACHMENT_VIEW (view), answer, question->label, NULL);
  return view;
}

/* Leads to the question @path. */
static GtkWidget *
new_button (Making *making, const char *path, const char *name, GtkWidget *content, const char *icon)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  Tap *tap = g_new0 (Tap, 1);

  gtk_widget_set_hexpand (content, TRUE);
  gtk_box_append (GTK_BOX (box), content);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), PATH_KEY, g_strdup (path), g_free);
  tap->func = making->func;
  tap->data = making->data;
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_clicked), tap, free_tap, 0);
  return button;
}

/* A flat button as wide as the card where it can be tapped, else a plain box. */
static GtkWidget *
wrap_row (Making *making, const SobanQuestion *question, const char *spoken, GtkWidget *lines)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", question->label, spoken);
  GtkWidget *row;

  if (making->func == NULL || question->readonly) {
    gtk_widget_add_css_class (lines, "answer-row");
    return lines;
  }
  row = new_button (making, question->path, name, lines, "soban-edit-symbolic");
  gtk_widget_add_css_class (row, "answer-row");
  return row;
}

/* (nullable): NULL when there is nothing to say about @path. */
static GtkWidget *
new_row (Making *making, const char *path)
{
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (making->instance, path);
  const SobanProblem *problem = g_hash_table_lookup (making->problems, path);
  g_autofree char *answer = NULL;
  g_autofree char *spoken = NULL;
  GtkWidget *lines;

  if (question == NULL || *question->label == '\0' || soban_question_has_appearance (question, "label")) {
    return NULL;
  }
  answer = soban_form_instance_get_answer_text (making->instance, path);
  spoken = question->control == SOBAN_CONTROL_UPLOAD && *answer != '\0'
               ? (soban_file_kind_is_picture (answer) ? g_strdup (_("A picture")) : soban_file_kind_text (answer))
               : g_strdup (answer);
  if (*answer == '\0' && problem == NULL
      && (question->optional_part || question->readonly || question->control == SOBAN_CONTROL_NOTE
          || question->control == SOBAN_CONTROL_UPLOAD || question->type == SOBAN_TYPE_GEOPOINT)) {
    return NULL;
  }
  lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_box_append (GTK_BOX (lines), soban_wrapped_label_new (question->label, "answer-label"));
  gtk_box_append (GTK_BOX (lines), new_answer (making, question, answer));
  if (problem != NULL) {
    gtk_box_append (
        GTK_BOX (lines),
        soban_wrapped_label_new (problem->message, problem->kind == SOBAN_PROBLEM_WARNING ? "answer-doubt" : "answer-problem"));
  }
  return wrap_row (making, question, spoken, lines);
}

/* The pages of one of a repeat are one group. */
static gboolean
has_heading_of (const SobanPage *headed, const SobanPage *page)
{
  return headed != NULL && page->repeat_path != NULL && g_strcmp0 (headed->repeat_path, page->repeat_path) == 0
         && g_str_equal (headed->title, page->title);
}

static void
append_page (Making *making, GtkBox *list, const SobanPage *page)
{
  GtkWidget *card = NULL;

  for (guint i = 0; page->kind == SOBAN_PAGE_QUESTIONS && i < page->paths->len; i++) {
    GtkWidget *row = new_row (making, g_ptr_array_index (page->paths, i));

    if (row == NULL) {
      continue;
    }
    if (card == NULL) {
      if (*page->title != '\0' && !has_heading_of (making->headed, page)) {
        making->headed = page;
        gtk_box_append (list, soban_wrapped_label_new (page->title, "section-title"));
      }
      card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      gtk_widget_add_css_class (card, "card");
      gtk_widget_add_css_class (card, "answers");
      gtk_box_append (list, card);
    }
    gtk_box_append (GTK_BOX (card), row);
  }
}

/* Above all answers: that some are not right yet, and the way to the first of them. */
static void
append_notice (Making *making, GtkBox *list, GPtrArray *problems)
{
  const SobanProblem *first = NULL;
  guint count = 0;
  g_autofree char *text = NULL;
  GtkWidget *notice;

  for (guint i = 0; i < problems->len; i++) {
    const SobanProblem *problem = g_ptr_array_index (problems, i);

    if (problem->kind != SOBAN_PROBLEM_WARNING) {
      first = count == 0 ? problem : first;
      count++;
    }
  }
  if (count == 0) {
    return;
  }
  text = g_strdup_printf (ngettext ("%u answer is missing or cannot be right. Show it", "%u answers are missing or cannot be right. Show the first",
                                    count), count);
  notice = new_button (making, first->path, text, soban_wrapped_label_new (text, NULL), "go-next-symbolic");
  gtk_widget_add_css_class (notice, "look");
  gtk_box_append (list, notice);
}

GtkWidget *
soban_answer_list_new (SobanStore *store, SobanFormInstance *instance, SobanAnswerTappedFunc func, gpointer data)
{
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autoptr (GPtrArray) pages = soban_form_instance_list_pages (instance);
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (instance);
  g_autoptr (GHashTable) by_path = g_hash_table_new (g_str_hash, g_str_equal);
  Making making = { store, instance, by_path, func, data, NULL };

  for (guint i = problems->len; i > 0; i--) {
    SobanProblem *problem = g_ptr_array_index (problems, i - 1);

    g_hash_table_insert (by_path, problem->path, problem);
  }
  if (func != NULL) {
    append_notice (&making, GTK_BOX (list), problems);
  }
  for (guint i = 0; i < pages->len; i++) {
    append_page (&making, GTK_BOX (list), g_ptr_array_index (pages, i));
  }
  return list;
}
