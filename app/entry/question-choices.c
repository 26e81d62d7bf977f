/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/choice-rows.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"

#define SOBAN_TYPE_QUESTION_CHOICES (soban_question_choices_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionChoices, soban_question_choices, SOBAN, QUESTION_CHOICES, SobanQuestionView)

/* Several of some: the answer is the chosen values in the order of the choices, separated by blanks (odk.md 3.2). */
struct _SobanQuestionChoices {
  SobanQuestionView parent_instance;

  SobanChoiceRows *rows;
};

G_DEFINE_FINAL_TYPE (SobanQuestionChoices, soban_question_choices, SOBAN_TYPE_QUESTION_VIEW)

static GStrv
split_value (const char *value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit (value, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0') {
      g_strv_builder_add (builder, words[i]);
    }
  }
  return g_strv_builder_end (builder);
}

static void
on_toggled (SobanChoiceRows *rows, const char *value, gboolean active, gpointer data)
{
  SobanQuestionView *view = data;
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (view));
  const char *path = soban_question_view_get_path (view);
  const char *now = soban_form_instance_get (instance, path);
  g_auto (GStrv) chosen = split_value (now == NULL ? "" : now);
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, path);
  g_autoptr (GString) answer = g_string_new (NULL);

  for (guint i = 0; i < choices->len; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);
    gboolean in =
        g_str_equal (choice->value, value) ? active : g_strv_contains ((const char *const *)chosen, choice->value);

    if (in) {
      g_string_append_printf (answer, "%s%s", answer->len == 0 ? "" : " ", choice->value);
    }
  }
  soban_question_view_answer (view, answer->str);
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionChoices *self = SOBAN_QUESTION_CHOICES (view);
  GtkWidget *box;

  self->rows = soban_choice_rows_new (soban_question_view_get_entry (view), FALSE, on_toggled, self);
  box = soban_choice_rows_get_widget (self->rows);
  soban_question_view_set_control (view, box, box);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (view));
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (instance, question->path);
  g_auto (GStrv) chosen = split_value (question->value);

  soban_choice_rows_show (SOBAN_QUESTION_CHOICES (view)->rows, choices, (const char *const *)chosen);
}

static void
soban_question_choices_finalize (GObject *object)
{
  soban_choice_rows_free (SOBAN_QUESTION_CHOICES (object)->rows);
  G_OBJECT_CLASS (soban_question_choices_parent_class)->finalize (object);
}

static void
soban_question_choices_class_init (SobanQuestionChoicesClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = soban_question_choices_finalize;
  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_choices_init (SobanQuestionChoices *self)
{
}
