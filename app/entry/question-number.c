/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "entry/word-in-flight.h"

#define SOBAN_TYPE_QUESTION_NUMBER (soban_question_number_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionNumber, soban_question_number, SOBAN, QUESTION_NUMBER, SobanQuestionView)

/* A number: typed, or counted up and down. An empty box is unknown, never 0 (domain.md 3). */
struct _SobanQuestionNumber {
  SobanQuestionView parent_instance;

  GtkWidget *entry;
  GtkWidget *minus;
  GtkWidget *plus;
  gboolean decimal;
  gboolean showing; /* the program writes into the box */
};

G_DEFINE_FINAL_TYPE (SobanQuestionNumber, soban_question_number, SOBAN_TYPE_QUESTION_VIEW)

static gboolean
has_comma (void)
{
  return g_str_equal (soban_language_get (), "vi");
}

/* What stands between groups of three, of a number that is written so; 0 in any other. A whole number has no other use for either. */
static char
find_group (SobanQuestionNumber *self, const char *typed)
{
  const char *pattern = !self->decimal   ? "^-?[1-9][0-9]{0,2}([.,])[0-9]{3}(\\1[0-9]{3})*$"
                        : has_comma ()   ? "^-?[1-9][0-9]{0,2}(\\.)[0-9]{3}(\\.[0-9]{3})*(,[0-9]*)?$"
                                         : "^-?[1-9][0-9]{0,2}(,)[0-9]{3}(,[0-9]{3})*(\\.[0-9]*)?$";
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *group = NULL;

  g_regex_match (regex, typed, G_REGEX_MATCH_DEFAULT, &match);
  group = g_match_info_fetch (match, 1);
  return group == NULL ? 0 : *group;
}

/* "1.200" typed in Vietnamese is 1200, "0,5" and "0.5" are 0.5; what is no number stays as typed and is told at the question. */
static char *
parse_typed (SobanQuestionNumber *self, const char *typed)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char group;

  for (const char *at = typed; *at != '\0'; at = g_utf8_next_char (at)) {
    if (!g_unichar_isspace (g_utf8_get_char (at))) {
      g_string_append_unichar (text, g_utf8_get_char (at));
    }
  }
  group = find_group (self, text->str);
  if (group != 0) {
    g_string_replace (text, group == '.' ? "." : ",", "", 0);
  }
  if (self->decimal) {
    g_string_replace (text, ",", ".", 0);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
format_shown (SobanQuestionNumber *self, const char *value)
{
  char *text = g_strdup (value);

  if (self->decimal && has_comma ()) {
    g_strdelimit (text, ".", ',');
  }
  return text;
}

static void
on_changed (SobanQuestionNumber *self)
{
  g_autofree char *value = NULL;

  if (self->showing) {
    return;
  }
  value = parse_typed (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), value);
}

static void
step (SobanQuestionNumber *self, int by)
{
  g_autofree char *value = parse_typed (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  double number = g_ascii_strtod (value, NULL) + by;
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.10g", MAX (number, 0));
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), text);
  soban_question_view_refresh (SOBAN_QUESTION_VIEW (self));
}

static void
on_minus_clicked (SobanQuestionNumber *self)
{
  step (self, -1);
}

static void
on_plus_clicked (SobanQuestionNumber *self)
{
  step (self, 1);
}

static GtkWidget *
new_step_button (SobanQuestionNumber *self, const char *icon, const char *name, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "step");
  gtk_widget_set_tooltip_text (button, name);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionNumber *self = SOBAN_QUESTION_NUMBER (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->decimal = question->type == SOBAN_TYPE_DECIMAL;
  self->entry = gtk_entry_new ();
  gtk_entry_set_input_purpose (GTK_ENTRY (self->entry),
                               self->decimal ? GTK_INPUT_PURPOSE_NUMBER : GTK_INPUT_PURPOSE_DIGITS);
  gtk_entry_set_alignment (GTK_ENTRY (self->entry), 0.5);
  gtk_entry_set_activates_default (GTK_ENTRY (self->entry), TRUE);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 8);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 4);
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_widget_add_css_class (self->entry, "number");
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  soban_word_in_flight_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
  self->minus = new_step_button (self, "list-remove-symbolic", _("One less"), G_CALLBACK (on_minus_clicked));
  self->plus = new_step_button (self, "list-add-symbolic", _("One more"), G_CALLBACK (on_plus_clicked));
  gtk_box_append (GTK_BOX (box), self->minus);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->plus);
  gtk_widget_add_css_class (box, "number-row");
  soban_question_view_set_control (view, box, self->entry);
}

/* Who hears them one by one is told of what: a page has many numbers. */
static void
name_step_buttons (SobanQuestionNumber *self, const SobanQuestion *question)
{
  /* Translators: a button for a screen reader; %s is the question */
  g_autofree char *less = g_strdup_printf (_("One less: %s"), question->label);
  /* Translators: a button for a screen reader; %s is the question */
  g_autofree char *more = g_strdup_printf (_("One more: %s"), question->label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->minus), GTK_ACCESSIBLE_PROPERTY_LABEL, less, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->plus), GTK_ACCESSIBLE_PROPERTY_LABEL, more, -1);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionNumber *self = SOBAN_QUESTION_NUMBER (view);
  g_autofree char *typed = parse_typed (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_autofree char *shown = NULL;

  name_step_buttons (self, question);
  if (g_str_equal (typed, question->value)) {
    return;
  }
  shown = format_shown (self, question->value);
  self->showing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), shown);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->showing = FALSE;
}

static void
commit (SobanQuestionView *view)
{
  SobanQuestionNumber *self = SOBAN_QUESTION_NUMBER (view);

  soban_word_in_flight_commit (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
}

static void
soban_question_number_class_init (SobanQuestionNumberClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
  view_class->commit = commit;
}

static void
soban_question_number_init (SobanQuestionNumber *self)
{
}
