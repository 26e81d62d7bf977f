/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "entry/question-kind.h"
#include "entry/question-view.h"

#define SOBAN_TYPE_QUESTION_TRIGGER (soban_question_trigger_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionTrigger, soban_question_trigger, SOBAN, QUESTION_TRIGGER, SobanQuestionView)

#define ACKNOWLEDGED "OK" /* ODK XForms: the value of a trigger that was touched */

/* Something to be read and acknowledged: one row to tick. */
struct _SobanQuestionTrigger {
  SobanQuestionView parent_instance;

  GtkWidget *check;
  gboolean showing; /* the program sets it */
};

G_DEFINE_FINAL_TYPE (SobanQuestionTrigger, soban_question_trigger, SOBAN_TYPE_QUESTION_VIEW)

static void
on_toggled (SobanQuestionTrigger *self)
{
  if (!self->showing) {
    soban_question_view_answer (SOBAN_QUESTION_VIEW (self),
                                gtk_check_button_get_active (GTK_CHECK_BUTTON (self->check)) ? ACKNOWLEDGED : "");
  }
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionTrigger *self = SOBAN_QUESTION_TRIGGER (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->check = gtk_check_button_new_with_label (_("I have read it"));
  gtk_widget_add_css_class (self->check, "choice");
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "choices");
  gtk_box_append (GTK_BOX (box), self->check);
  g_signal_connect_object (self->check, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  soban_question_view_set_control (view, box, self->check);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionTrigger *self = SOBAN_QUESTION_TRIGGER (view);

  self->showing = TRUE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check), *question->value != '\0');
  self->showing = FALSE;
}

static void
soban_question_trigger_class_init (SobanQuestionTriggerClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_trigger_init (SobanQuestionTrigger *self)
{
}
