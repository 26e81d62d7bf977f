/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/limits.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "entry/text-bound.h"
#include "entry/word-in-flight.h"

#define SOBAN_TYPE_QUESTION_TEXT (soban_question_text_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionText, soban_question_text, SOBAN, QUESTION_TEXT, SobanQuestionView)

#define HEIGHT_MAX 320 /* px; what is longer is scrolled. The least is of the letters (style.css). */

/* A text of one line, or with the appearance "multiline" of several. */
struct _SobanQuestionText {
  SobanQuestionView parent_instance;

  GtkWidget *entry;     /* (nullable): one line */
  GtkWidget *text_view; /* (nullable): several lines */
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SobanQuestionText, soban_question_text, SOBAN_TYPE_QUESTION_VIEW)

static GtkWidget *
get_input (SobanQuestionText *self)
{
  return self->text_view != NULL ? self->text_view
                                 : GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
}

static char *
get_typed (SobanQuestionText *self)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer;

  if (self->entry != NULL) {
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  }
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text_view));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
on_changed (SobanQuestionText *self)
{
  g_autofree char *typed = NULL;

  if (self->showing) {
    return;
  }
  typed = get_typed (self);
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), typed);
}

static void
build_lines (SobanQuestionText *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  self->text_view = gtk_text_view_new ();
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->text_view), GTK_WRAP_WORD_CHAR);
  /* Tab goes to the next question, as everywhere. */
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->text_view), FALSE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->text_view), 16);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self->text_view), 16);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->text_view), 10);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->text_view), 10);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), self->text_view);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), HEIGHT_MAX);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_widget_add_css_class (window, "lines");
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text_view)), "changed",
                           G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  soban_question_view_set_control (SOBAN_QUESTION_VIEW (self), window, self->text_view);
}

static void
build_line (SobanQuestionText *self)
{
  self->entry = gtk_entry_new ();
  gtk_entry_set_activates_default (GTK_ENTRY (self->entry), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 4);
  gtk_widget_add_css_class (self->entry, "line");
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  soban_question_view_set_control (SOBAN_QUESTION_VIEW (self), self->entry, self->entry);
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionText *self = SOBAN_QUESTION_TEXT (view);

  if (strstr (question->appearance, "multiline") != NULL) {
    build_lines (self);
  } else {
    build_line (self);
  }
  soban_word_in_flight_watch (get_input (self));
  soban_text_bound_watch (get_input (self));
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionText *self = SOBAN_QUESTION_TEXT (view);
  g_autofree char *typed = get_typed (self);

  if (g_str_equal (typed, question->value)) {
    return;
  }
  self->showing = TRUE;
  if (self->entry != NULL) {
    gtk_editable_set_text (GTK_EDITABLE (self->entry), question->value);
  } else {
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text_view)), question->value, -1);
  }
  self->showing = FALSE;
}

static void
commit (SobanQuestionView *view)
{
  soban_word_in_flight_commit (get_input (SOBAN_QUESTION_TEXT (view)));
}

static void
soban_question_text_class_init (SobanQuestionTextClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
  view_class->commit = commit;
}

static void
soban_question_text_init (SobanQuestionText *self)
{
}
