/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "entry/word-in-flight.h"

#define SOBAN_TYPE_QUESTION_PLACE (soban_question_place_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionPlace, soban_question_place, SOBAN, QUESTION_PLACE, SobanQuestionView)

/* A point, a line or an outline, typed from a phone or a map: latitude and longitude with a blank between, points divided by
 * semicolons. Spaces and commas as people write them are put right. */
struct _SobanQuestionPlace {
  SobanQuestionView parent_instance;

  GtkWidget *entry;
  GtkWidget *clear;
  GtkLabel *caption;
  gboolean showing; /* the program writes into the box */
};

G_DEFINE_FINAL_TYPE (SobanQuestionPlace, soban_question_place, SOBAN_TYPE_QUESTION_VIEW)

/* "21.03, 105.85" is "21.03 105.85"; blanks at the ends go. A comma inside a number stays: what is no place is told as such. */
static char *
put_right (const char *typed)
{
  g_autoptr (GRegex) divider = g_regex_new ("\\s*,\\s+|\\s+", 0, 0, NULL);
  g_autoptr (GRegex) points = g_regex_new ("\\s*;\\s*", 0, 0, NULL);
  g_autofree char *stripped = g_strstrip (g_strdup (typed));
  g_autofree char *blanks = g_regex_replace_literal (divider, stripped, -1, 0, " ", 0, NULL);

  return g_regex_replace_literal (points, blanks, -1, 0, "; ", 0, NULL);
}

static void
on_changed (SobanQuestionPlace *self)
{
  g_autofree char *value = NULL;

  if (self->showing) {
    return;
  }
  value = put_right (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), value);
  gtk_widget_set_sensitive (self->clear, *value != '\0');
}

static void
on_clear_clicked (SobanQuestionPlace *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_widget_grab_focus (self->entry);
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionPlace *self = SOBAN_QUESTION_PLACE (view);
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->entry = gtk_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 8);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  soban_word_in_flight_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
  self->clear = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  gtk_widget_add_css_class (self->clear, "step");
  gtk_widget_set_tooltip_text (self->clear, _("Empty it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->clear), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Empty it"), -1);
  g_signal_connect_object (self->clear, "clicked", G_CALLBACK (on_clear_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->clear);
  self->caption = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->caption, TRUE);
  gtk_label_set_xalign (self->caption, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "question-hint");
  gtk_box_append (GTK_BOX (all), box);
  gtk_box_append (GTK_BOX (all), GTK_WIDGET (self->caption));
  soban_question_view_set_control (view, all, self->entry);
}

static guint
count_points (const char *value)
{
  g_auto (GStrv) points = g_strsplit (value, ";", -1);
  guint n = 0;

  for (guint i = 0; points[i] != NULL; i++) {
    n += *g_strstrip (points[i]) != '\0';
  }
  return n;
}

/* What is to be typed; of a line and an outline, which no field shows whole, how many points it has. */
static void
show_caption (SobanQuestionPlace *self, const SobanQuestion *question)
{
  gboolean is_point = question->type == SOBAN_TYPE_GEOPOINT;
  guint n = count_points (question->value);
  g_autofree char *counted = g_strdup_printf (ngettext ("%u point", "%u points", n), n);

  gtk_label_set_text (self->caption, is_point ? _("Latitude and longitude, as a map or a GPS device shows them: 21.0285 105.8542")
                                     : n == 0 ? _("Latitude and longitude of one point after the other, semicolons between: 21.03 105.85; 21.04 105.86")
                                              : counted);
  gtk_widget_set_visible (GTK_WIDGET (self->caption), !is_point || *question->value == '\0');
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionPlace *self = SOBAN_QUESTION_PLACE (view);
  g_autofree char *typed = put_right (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  if (!g_str_equal (typed, question->value)) {
    self->showing = TRUE;
    gtk_editable_set_text (GTK_EDITABLE (self->entry), question->value);
    self->showing = FALSE;
  }
  gtk_widget_set_sensitive (self->clear, *question->value != '\0');
  show_caption (self, question);
}

static void
commit (SobanQuestionView *view)
{
  soban_word_in_flight_commit (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (SOBAN_QUESTION_PLACE (view)->entry))));
}

static void
soban_question_place_class_init (SobanQuestionPlaceClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
  view_class->commit = commit;
}

static void
soban_question_place_init (SobanQuestionPlace *self)
{
}
