/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "entry/word-in-flight.h"

#define SOBAN_TYPE_QUESTION_TIME (soban_question_time_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionTime, soban_question_time, SOBAN, QUESTION_TIME, SobanQuestionView)

/* A time of day, or a day with its time: typed as people write it ("14:05", "22/11/2026 14:05"), or now by one tap. What is no time
 * stays as typed and is told at the question. */
struct _SobanQuestionTime {
  SobanQuestionView parent_instance;

  GtkWidget *entry;
  gboolean with_day;
  gboolean showing; /* the program writes into the box */
};

G_DEFINE_FINAL_TYPE (SobanQuestionTime, soban_question_time, SOBAN_TYPE_QUESTION_VIEW)

/* The value as XForms has it, with the zone of this place. */
static char *
format_value (SobanQuestionTime *self, GDateTime *time)
{
  return g_date_time_format (time, self->with_day ? "%Y-%m-%dT%H:%M:00.000%:z" : "%H:%M:00.000%:z");
}

static char *
format_shown (SobanQuestionTime *self, const char *value)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *whole = self->with_day ? g_strdup (value) : g_strconcat ("2000-01-01T", value, NULL);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (whole, local);
  g_autoptr (GDateTime) here = NULL;

  if (time == NULL) {
    return g_strdup (value);
  }
  if (!self->with_day) {
    return g_date_time_format (time, "%H:%M");
  }
  here = g_date_time_to_timezone (time, local);
  return g_date_time_format (here, "%d/%m/%Y %H:%M");
}

/* (transfer full) */
static GDateTime *
get_now (SobanQuestionTime *self)
{
  return soban_store_get_now (soban_entry_get_store (soban_question_view_get_entry (SOBAN_QUESTION_VIEW (self))));
}

/* (transfer full): the value that was typed, or what was typed where it is none. */
static char *
parse_typed (SobanQuestionTime *self, const char *typed)
{
  g_autoptr (GDateTime) now = get_now (self);
  int day = g_date_time_get_day_of_month (now), month = g_date_time_get_month (now), year = g_date_time_get_year (now);
  int hour = 0, minute = 0, length = 0;
  g_autofree char *text = g_strstrip (g_strdup (typed));
  g_autoptr (GDateTime) time = NULL;
  gboolean read;

  if (self->with_day) {
    read = sscanf (text, "%2d/%2d/%4d %2d:%2d%n", &day, &month, &year, &hour, &minute, &length) == 5;
  } else {
    read = sscanf (text, "%2d:%2d%n", &hour, &minute, &length) == 2;
  }
  if (read && text[length] == '\0') {
    time = g_date_time_new_local (year, month, day, hour, minute, 0);
  }
  return time == NULL ? g_strdup (text) : format_value (self, time);
}

static void
on_changed (SobanQuestionTime *self)
{
  g_autofree char *value = NULL;

  if (self->showing) {
    return;
  }
  value = parse_typed (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), value);
}

static void
on_now_clicked (SobanQuestionTime *self)
{
  g_autoptr (GDateTime) now = get_now (self);
  g_autofree char *value = format_value (self, now);

  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), value);
  soban_question_view_refresh (SOBAN_QUESTION_VIEW (self));
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionTime *self = SOBAN_QUESTION_TIME (view);
  /* A day and a time need the whole width when the type is large. */
  gboolean has_day = question->type == SOBAN_TYPE_DATETIME;
  GtkWidget *box = gtk_box_new (has_day ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *now = gtk_button_new_with_label (_("Now"));

  self->with_day = question->type == SOBAN_TYPE_DATETIME;
  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), self->with_day ? "22/11/2026 14:05" : "14:05");
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 5);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  soban_word_in_flight_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
  g_signal_connect_object (now, "clicked", G_CALLBACK (on_now_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), now);
  soban_question_view_set_control (view, box, self->entry);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionTime *self = SOBAN_QUESTION_TIME (view);
  g_autofree char *typed = parse_typed (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_autofree char *shown = NULL;

  if (g_str_equal (typed, question->value)) {
    return;
  }
  shown = format_shown (self, question->value);
  self->showing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), shown);
  self->showing = FALSE;
}

static void
commit (SobanQuestionView *view)
{
  soban_word_in_flight_commit (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (SOBAN_QUESTION_TIME (view)->entry))));
}

static void
soban_question_time_class_init (SobanQuestionTimeClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
  view_class->commit = commit;
}

static void
soban_question_time_init (SobanQuestionTime *self)
{
}
