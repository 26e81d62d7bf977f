/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/question-view.h"

#include <glib/gi18n-lib.h>

#include "compat/first-focus.h"
#include "entry/question-kind.h"
#include "entry/question-media.h"
#include "entry/read-aloud.h"
#include "widgets/wrapped-label.h"

typedef struct {
  SobanEntry *entry;
  char *path;
  GtkWidget *title;   /* GtkLabel */
  GtkWidget *hint;    /* GtkLabel */
  GtkWidget *media;   /* (nullable): pictures, sounds, explanations of the form */
  char *media_signature; /* (nullable): of what @media shows */
  GtkWidget *control; /* (nullable) until built */
  GtkWidget *named;
  GtkWidget *message_box;
  GtkWidget *message_icon;
  GtkWidget *message; /* GtkLabel */
  GtkWidget *confirm; /* GtkButton: yes, it is right */
  gboolean revealed;  /* problems are shown */
  gboolean has_reader; /* a button reads it aloud */
} SobanQuestionViewPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SobanQuestionView, soban_question_view, GTK_TYPE_BOX)

#define PRIV(self) ((SobanQuestionViewPrivate *)soban_question_view_get_instance_private (self))

SobanEntry *
soban_question_view_get_entry (SobanQuestionView *self)
{
  return PRIV (self)->entry;
}

const char *
soban_question_view_get_path (SobanQuestionView *self)
{
  return PRIV (self)->path;
}

/* That of an error, in the style which the person has. */
static char *
find_mark_colour (GtkWidget *widget)
{
  GdkRGBA colour = { 0.75f, 0.11f, 0.16f, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "wrong_color", &colour);
  return g_strdup_printf ("#%02x%02x%02x", (guint)(colour.red * 255), (guint)(colour.green * 255), (guint)(colour.blue * 255));
}

static void
show_title (SobanQuestionView *self, const SobanQuestion *question)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  g_autofree char *escaped = g_markup_escape_text (question->label, -1);
  g_autofree char *markup = NULL;

  /* The mark stands in the text, so that it wraps with it. */
  if (question->required && !question->readonly) {
    g_autofree char *colour = find_mark_colour (priv->title);

    markup = g_strdup_printf ("%s\302\240<span foreground=\"%s\" weight=\"bold\">*</span>", escaped, colour);
  } else {
    markup = g_steal_pointer (&escaped);
  }
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (priv->title)), markup) != 0) {
    gtk_label_set_markup (GTK_LABEL (priv->title), markup);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, question->label, -1);
  gtk_widget_set_visible (priv->title, *question->label != '\0');
  gtk_label_set_text (GTK_LABEL (priv->hint), question->hint == NULL ? "" : question->hint);
  gtk_widget_set_visible (priv->hint, question->hint != NULL && *question->hint != '\0');
  if (priv->named != NULL) {
    gtk_accessible_update_property (GTK_ACCESSIBLE (priv->named), GTK_ACCESSIBLE_PROPERTY_LABEL, question->label,
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, question->hint == NULL ? "" : question->hint,
                                    -1);
    if (GTK_IS_EDITABLE (priv->named)) {
      gtk_accessible_update_property (GTK_ACCESSIBLE (priv->named), GTK_ACCESSIBLE_PROPERTY_REQUIRED,
                                      question->required, -1);
    }
  }
}

/* Made anew only when the form shows something else now: another language, or an address that is computed. */
static void
show_media (SobanQuestionView *self, const SobanQuestion *question)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  g_autofree char *media = soban_media_make_signature (&question->media);
  g_autofree char *signature = g_strdup_printf ("%s\t%s", media, question->guidance == NULL ? "" : question->guidance);

  if (g_strcmp0 (signature, priv->media_signature) == 0) {
    return;
  }
  g_free (priv->media_signature);
  priv->media_signature = g_steal_pointer (&signature);
  if (priv->media != NULL) {
    gtk_box_remove (GTK_BOX (self), priv->media);
  }
  priv->media = soban_question_media_new (priv->entry, question);
  if (priv->media != NULL) {
    gtk_box_insert_child_after (GTK_BOX (self), priv->media, priv->hint);
  }
}

static void
set_invalid (SobanQuestionView *self, gboolean invalid)
{
  SobanQuestionViewPrivate *priv = PRIV (self);

  if (priv->named == NULL) {
    return;
  }
  if (!invalid) {
    gtk_accessible_reset_state (GTK_ACCESSIBLE (priv->named), GTK_ACCESSIBLE_STATE_INVALID);
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (priv->named), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
    return;
  }
  gtk_accessible_update_state (GTK_ACCESSIBLE (priv->named), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
  /* Not ERROR_MESSAGE: whether it takes one reference or a list differs between versions of GTK. */
  gtk_accessible_update_relation (GTK_ACCESSIBLE (priv->named), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, priv->message,
                                  NULL, -1);
}

static void
show_problem (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  g_autoptr (SobanProblem) problem = NULL;
  gboolean warning;

  if (priv->revealed) {
    problem = soban_form_instance_check (soban_entry_get_instance (priv->entry), priv->path);
  }
  gtk_widget_set_visible (priv->message_box, problem != NULL);
  if (problem == NULL) {
    gtk_widget_remove_css_class (GTK_WIDGET (self), "wrong");
    set_invalid (self, FALSE);
    return;
  }
  warning = problem->kind == SOBAN_PROBLEM_WARNING;
  gtk_label_set_text (GTK_LABEL (priv->message), problem->message);
  gtk_widget_set_visible (priv->confirm, warning);
  gtk_image_set_from_icon_name (GTK_IMAGE (priv->message_icon),
                                warning ? "dialog-information-symbolic" : "dialog-warning-symbolic");
  if (warning) {
    gtk_widget_add_css_class (priv->message_box, "doubt");
    gtk_widget_remove_css_class (GTK_WIDGET (self), "wrong");
  } else {
    gtk_widget_remove_css_class (priv->message_box, "doubt");
    gtk_widget_add_css_class (GTK_WIDGET (self), "wrong");
  }
  set_invalid (self, !warning);
}

void
soban_question_view_refresh (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  g_autoptr (SobanQuestion) question = NULL;

  g_return_if_fail (SOBAN_IS_QUESTION_VIEW (self));
  question = soban_form_instance_get_question (soban_entry_get_instance (priv->entry), priv->path);
  if (question == NULL) {
    return;
  }
  show_title (self, question);
  show_media (self, question);
  SOBAN_QUESTION_VIEW_GET_CLASS (self)->show (self, question);
  show_problem (self);
}

void
soban_question_view_commit (SobanQuestionView *self)
{
  SobanQuestionViewClass *klass;

  g_return_if_fail (SOBAN_IS_QUESTION_VIEW (self));
  klass = SOBAN_QUESTION_VIEW_GET_CLASS (self);
  if (klass->commit != NULL) {
    klass->commit (self);
  }
}

void
soban_question_view_reveal_problem (SobanQuestionView *self)
{
  PRIV (self)->revealed = TRUE;
  show_problem (self);
}

void
soban_question_view_calm (SobanQuestionView *self)
{
  if (PRIV (self)->revealed) {
    PRIV (self)->revealed = FALSE;
    show_problem (self);
  }
}

gboolean
soban_question_view_has_problem (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  g_autoptr (SobanProblem) problem = soban_form_instance_check (soban_entry_get_instance (priv->entry), priv->path);

  return problem != NULL;
}

gboolean
soban_question_view_shows_message (SobanQuestionView *self)
{
  return gtk_widget_get_visible (PRIV (self)->message_box);
}

gboolean
soban_question_view_focus (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);

  /* What is typed next is the answer, also where a button stands before the field. */
  if (GTK_IS_EDITABLE (priv->named) && soban_first_focus (priv->named)) {
    return TRUE;
  }
  /* Not the button that reads it aloud. What only shows something has none. */
  return soban_first_focus (priv->control);
}

void
soban_question_view_set_control (SobanQuestionView *self, GtkWidget *control, GtkWidget *named)
{
  SobanQuestionViewPrivate *priv = PRIV (self);

  g_assert (priv->control == NULL);
  priv->control = control;
  priv->named = named;
  gtk_box_insert_child_after (GTK_BOX (self), control, priv->hint);
}

void
soban_question_view_answer (SobanQuestionView *self, const char *value)
{
  soban_entry_set (PRIV (self)->entry, PRIV (self)->path, value);
}

static void
on_focus_leave (GtkEventControllerFocus *controller, SobanQuestionView *self)
{
  g_autoptr (SobanProblem) problem = NULL;
  SobanQuestionViewPrivate *priv = PRIV (self);

  if (priv->entry == NULL || gtk_widget_get_root (GTK_WIDGET (self)) == NULL) {
    return;
  }
  soban_question_view_commit (self);
  problem = soban_form_instance_check (soban_entry_get_instance (priv->entry), priv->path);
  /* Who only passes by an empty question is not told off; Next does that. */
  if (problem != NULL && problem->kind != SOBAN_PROBLEM_REQUIRED) {
    soban_question_view_reveal_problem (self);
  }
}

static void
on_confirm_clicked (GtkButton *button, SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);

  soban_question_view_focus (self);
  soban_entry_confirm (priv->entry, priv->path);
}

static void
build_message (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);

  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  priv->message_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class (priv->message_box, "message");
  gtk_widget_set_visible (priv->message_box, FALSE);
  priv->message_icon = gtk_image_new ();
  gtk_accessible_update_state (GTK_ACCESSIBLE (priv->message_icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_set_valign (priv->message_icon, GTK_ALIGN_START);
  priv->message = soban_wrapped_label_new (NULL, "message-text");
  gtk_widget_set_hexpand (words, TRUE);
  priv->confirm = gtk_button_new_with_label (_("It is right"));
  gtk_widget_set_halign (priv->confirm, GTK_ALIGN_START);
  g_signal_connect_object (priv->confirm, "clicked", G_CALLBACK (on_confirm_clicked), self, 0);
  gtk_box_append (GTK_BOX (priv->message_box), priv->message_icon);
  gtk_box_append (GTK_BOX (words), priv->message);
  gtk_box_append (GTK_BOX (words), priv->confirm);
  gtk_box_append (GTK_BOX (priv->message_box), words);
  gtk_box_append (GTK_BOX (self), priv->message_box);
}

static void
soban_question_view_dispose (GObject *object)
{
  SobanQuestionViewPrivate *priv = PRIV (SOBAN_QUESTION_VIEW (object));

  g_clear_object (&priv->entry);
  G_OBJECT_CLASS (soban_question_view_parent_class)->dispose (object);
}

static void
soban_question_view_finalize (GObject *object)
{
  g_free (PRIV (SOBAN_QUESTION_VIEW (object))->path);
  g_free (PRIV (SOBAN_QUESTION_VIEW (object))->media_signature);
  G_OBJECT_CLASS (soban_question_view_parent_class)->finalize (object);
}

static void
soban_question_view_class_init (SobanQuestionViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_question_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_question_view_finalize;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
  g_signal_new ("open-picker", SOBAN_TYPE_QUESTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_question_view_init (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "question");
  priv->title = soban_wrapped_label_new (NULL, "question-title");
  priv->hint = soban_wrapped_label_new (NULL, "question-hint");
  gtk_box_append (GTK_BOX (self), priv->title);
  gtk_box_append (GTK_BOX (self), priv->hint);
  build_message (self);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_focus_leave), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

/* The title moves into a row of its own with the button at its end. */
static void
add_reader (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autoptr (GtkWidget) title = g_object_ref (priv->title);
  GtkWidget *button = soban_read_aloud_new (priv->entry, priv->path);

  gtk_box_remove (GTK_BOX (self), title);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (row), title);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_prepend (GTK_BOX (self), row);
  priv->has_reader = TRUE;
}

/* How many choices decide how they are shown. */
static guint
count_choices (SobanEntry *entry, const SobanQuestion *question)
{
  g_autoptr (GPtrArray) choices = soban_form_instance_list_choices (soban_entry_get_instance (entry), question->path);

  for (guint i = 0; i < choices->len && choices->len <= SOBAN_CHOICES_PICTURED_MAX; i++) {
    const SobanChoice *choice = g_ptr_array_index (choices, i);

    if (!soban_media_is_empty (&choice->media)) {
      return MIN (choices->len, SOBAN_CHOICES_SHOWN_MAX);
    }
  }
  return choices->len;
}

static GType
choose_kind (SobanEntry *entry, const SobanQuestion *question)
{
  return soban_question_kind_choose (question, question->control == SOBAN_CONTROL_SELECT1 ? count_choices (entry, question) : 0);
}

static gboolean
wants_reader (SobanEntry *entry, const SobanQuestion *question)
{
  return *question->label != '\0' && soban_read_aloud_is_wanted (soban_entry_get_store (entry));
}

gboolean
soban_question_view_fits (SobanQuestionView *self)
{
  SobanQuestionViewPrivate *priv = PRIV (self);
  g_autoptr (SobanQuestion) question = soban_form_instance_get_question (soban_entry_get_instance (priv->entry), priv->path);

  return question != NULL && G_OBJECT_TYPE (self) == choose_kind (priv->entry, question)
         && priv->has_reader == wants_reader (priv->entry, question);
}

GtkWidget *
soban_question_view_new (SobanEntry *entry, const SobanQuestion *question)
{
  SobanQuestionView *self = g_object_new (choose_kind (entry, question), NULL);

  PRIV (self)->entry = g_object_ref (entry);
  PRIV (self)->path = g_strdup (question->path);
  SOBAN_QUESTION_VIEW_GET_CLASS (self)->build (self, question);
  if (wants_reader (entry, question)) {
    add_reader (self);
  }
  soban_question_view_refresh (self);
  return GTK_WIDGET (self);
}
