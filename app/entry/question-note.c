/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "entry/question-kind.h"
#include "entry/question-view.h"

#define SOBAN_TYPE_QUESTION_NOTE (soban_question_note_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionNote, soban_question_note, SOBAN, QUESTION_NOTE, SobanQuestionView)

/* Text only: a note, a calculated or read-only value, or a kind of question that this tablet cannot ask yet: its value,
 * where there is one, is left as it is. */
struct _SobanQuestionNote {
  SobanQuestionView parent_instance;

  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (SobanQuestionNote, soban_question_note, SOBAN_TYPE_QUESTION_VIEW)

/* (nullable): NULL when nothing is missing. */
static const char *
describe_missing (const SobanQuestion *question)
{
  gboolean asked = question->unknown || (!question->readonly && question->type == SOBAN_TYPE_BINARY);

  return asked ? _("This kind of question cannot be answered on this tablet. Leave it; the record can be completed without it.") : NULL;
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionNote *self = SOBAN_QUESTION_NOTE (view);

  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_add_css_class (self->label, describe_missing (question) == NULL ? "note-value" : "dim-label");
  soban_question_view_set_control (view, self->label, NULL);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionNote *self = SOBAN_QUESTION_NOTE (view);
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (view));
  const char *missing = describe_missing (question);
  g_autofree char *answer = soban_form_instance_get_answer_text (instance, question->path);
  g_autofree char *text = missing == NULL ? g_strdup (answer) : g_strconcat (answer, *answer == '\0' ? "" : "\n", missing, NULL);

  /* What the form works out from other answers has a place of its own before it is known. */
  if (*text == '\0' && question->readonly && question->control == SOBAN_CONTROL_INPUT) {
    g_free (text);
    text = g_strdup (_("Not known yet"));
  }
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_widget_set_visible (self->label, *text != '\0');
}

static void
soban_question_note_class_init (SobanQuestionNoteClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_note_init (SobanQuestionNote *self)
{
}
