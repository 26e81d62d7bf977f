/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "entry/question-kind.h"
#include "entry/question-view.h"

#define SOBAN_TYPE_QUESTION_PICKER (soban_question_picker_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionPicker, soban_question_picker, SOBAN, QUESTION_PICKER, SobanQuestionView)

/* One of many: a row with the answer that opens a list with a search field. */
struct _SobanQuestionPicker {
  SobanQuestionView parent_instance;

  GtkWidget *button;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (SobanQuestionPicker, soban_question_picker, SOBAN_TYPE_QUESTION_VIEW)

static void
on_clicked (SobanQuestionPicker *self)
{
  g_signal_emit_by_name (self, "open-picker");
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionPicker *self = SOBAN_QUESTION_PICKER (view);
  GtkWidget *face = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_box_append (GTK_BOX (face), self->label);
  gtk_box_append (GTK_BOX (face), gtk_image_new_from_icon_name ("go-next-symbolic"));
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), face);
  gtk_widget_add_css_class (self->button, "field");
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (on_clicked), self, G_CONNECT_SWAPPED);
  soban_question_view_set_control (view, self->button, self->button);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionPicker *self = SOBAN_QUESTION_PICKER (view);
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (view));
  g_autofree char *text = soban_form_instance_get_answer_text (instance, question->path);
  g_autofree char *name = NULL;

  gtk_label_set_text (GTK_LABEL (self->label), *text == '\0' ? _("Choose…") : text);
  if (*text == '\0') {
    gtk_widget_add_css_class (self->label, "dim-label");
  } else {
    gtk_widget_remove_css_class (self->label, "dim-label");
  }
  name = *text == '\0' ? g_strdup (question->label) : g_strdup_printf ("%s: %s", question->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
soban_question_picker_class_init (SobanQuestionPickerClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_picker_init (SobanQuestionPicker *self)
{
}
