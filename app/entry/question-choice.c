/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "entry/choice-rows.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"

#define SOBAN_TYPE_QUESTION_CHOICE (soban_question_choice_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionChoice, soban_question_choice, SOBAN, QUESTION_CHOICE, SobanQuestionView)

/* One of a few: all choices are seen. A boolean without choices is asked as yes or no. */
struct _SobanQuestionChoice {
  SobanQuestionView parent_instance;

  GtkWidget *box;
  SobanChoiceRows *rows;
  GtkWidget *clear; /* takes an answer back that need not be given */
};

G_DEFINE_FINAL_TYPE (SobanQuestionChoice, soban_question_choice, SOBAN_TYPE_QUESTION_VIEW)

static void
add_choice (GPtrArray *choices, const char *value, const char *label)
{
  SobanChoice *choice = g_new0 (SobanChoice, 1);

  choice->value = g_strdup (value);
  choice->label = g_strdup (label);
  g_ptr_array_add (choices, choice);
}

static void
free_choice (gpointer data)
{
  SobanChoice *choice = data;

  g_free (choice->value);
  g_free (choice->label);
  g_free (choice);
}

static GPtrArray *
list_choices (SobanQuestionChoice *self, const SobanQuestion *question)
{
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (SOBAN_QUESTION_VIEW (self)));
  GPtrArray *choices;

  if (question->control != SOBAN_CONTROL_INPUT) {
    return soban_form_instance_list_choices (instance, question->path);
  }
  choices = g_ptr_array_new_with_free_func (free_choice);
  add_choice (choices, "true", _("Yes"));
  add_choice (choices, "false", _("No"));
  return choices;
}

static void
on_toggled (SobanChoiceRows *rows, const char *value, gboolean active, gpointer data)
{
  if (active) {
    soban_question_view_answer (SOBAN_QUESTION_VIEW (data), value);
  }
}

static void
on_clear_clicked (SobanQuestionChoice *self)
{
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), NULL);
  soban_question_view_refresh (SOBAN_QUESTION_VIEW (self));
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionChoice *self = SOBAN_QUESTION_CHOICE (view);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->rows = soban_choice_rows_new (soban_question_view_get_entry (view), TRUE, on_toggled, self);
  self->clear = gtk_button_new_with_label (_("Clear the answer"));
  gtk_widget_add_css_class (self->clear, "flat");
  gtk_widget_set_halign (self->clear, GTK_ALIGN_START);
  g_signal_connect_object (self->clear, "clicked", G_CALLBACK (on_clear_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), soban_choice_rows_get_widget (self->rows));
  gtk_box_append (GTK_BOX (self->box), self->clear);
  soban_question_view_set_control (view, self->box, soban_choice_rows_get_widget (self->rows));
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionChoice *self = SOBAN_QUESTION_CHOICE (view);
  g_autoptr (GPtrArray) choices = list_choices (self, question);
  const char *chosen[] = { question->value, NULL };

  soban_choice_rows_show (self->rows, choices, chosen);
  gtk_widget_set_visible (self->clear, !question->required && *question->value != '\0');
}

static void
soban_question_choice_finalize (GObject *object)
{
  soban_choice_rows_free (SOBAN_QUESTION_CHOICE (object)->rows);
  G_OBJECT_CLASS (soban_question_choice_parent_class)->finalize (object);
}

static void
soban_question_choice_class_init (SobanQuestionChoiceClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = soban_question_choice_finalize;
  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_choice_init (SobanQuestionChoice *self)
{
}
