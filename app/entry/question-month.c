/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "entry/day-grid.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "widgets/side-by-side.h"

#define SOBAN_TYPE_QUESTION_MONTH (soban_question_month_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionMonth, soban_question_month, SOBAN, QUESTION_MONTH, SobanQuestionView)

/* A month: this and the last one by one tap, any other by its arrows. A date field keeps the month's first day
 * (odk.md 3.2, appearance month-year), a text field "2026-11". */
struct _SobanQuestionMonth {
  SobanQuestionView parent_instance;

  GtkWidget *label;
  gboolean is_date;
};

G_DEFINE_FINAL_TYPE (SobanQuestionMonth, soban_question_month, SOBAN_TYPE_QUESTION_VIEW)

static int
count_this_month (SobanQuestionView *view)
{
  g_autoptr (GDateTime) now = soban_store_get_now (soban_entry_get_store (soban_question_view_get_entry (view)));

  return g_date_time_get_year (now) * 12 + g_date_time_get_month (now) - 1;
}

/* Months since year 0; -1 when @value is none. */
static int
parse_month (const char *value)
{
  int year, month;

  if (sscanf (value, "%4d-%2d", &year, &month) != 2 || month < 1 || month > 12) {
    return -1;
  }
  return year * 12 + month - 1;
}

static void
answer (SobanQuestionMonth *self, int count)
{
  g_autofree char *value = g_strdup_printf (self->is_date ? "%04d-%02d-01" : "%04d-%02d", count / 12, count % 12 + 1);

  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), value);
  soban_question_view_reveal_problem (SOBAN_QUESTION_VIEW (self));
}

static void
move (SobanQuestionMonth *self, int months)
{
  SobanQuestionView *view = SOBAN_QUESTION_VIEW (self);
  const char *value = soban_form_instance_get (soban_entry_get_instance (soban_question_view_get_entry (view)),
                                               soban_question_view_get_path (view));
  int count = value == NULL ? -1 : parse_month (value);

  answer (self, count < 0 ? count_this_month (view) : count + months);
}

static void
on_previous_clicked (SobanQuestionMonth *self)
{
  move (self, -1);
}

static void
on_next_clicked (SobanQuestionMonth *self)
{
  move (self, 1);
}

static void
on_this_clicked (SobanQuestionMonth *self)
{
  answer (self, count_this_month (SOBAN_QUESTION_VIEW (self)));
}

static void
on_last_clicked (SobanQuestionMonth *self)
{
  answer (self, count_this_month (SOBAN_QUESTION_VIEW (self)) - 1);
}

static GtkWidget *
new_button (SobanQuestionMonth *self, const char *icon, const char *text, GCallback callback)
{
  GtkWidget *button = icon == NULL ? gtk_button_new_with_label (text) : gtk_button_new_from_icon_name (icon);

  if (icon != NULL) {
    gtk_widget_add_css_class (button, "step");
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  }
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionMonth *self = SOBAN_QUESTION_MONTH (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *shortcuts = soban_side_by_side_new (new_button (self, NULL, _("This month"), G_CALLBACK (on_this_clicked)),
                                                 new_button (self, NULL, _("Last month"), G_CALLBACK (on_last_clicked)));

  self->is_date = question->type == SOBAN_TYPE_DATE;
  self->label = gtk_label_new (NULL);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->label, "month");
  gtk_box_append (GTK_BOX (row),
                  new_button (self, "go-previous-symbolic", _("Month before"), G_CALLBACK (on_previous_clicked)));
  gtk_box_append (GTK_BOX (row), self->label);
  gtk_box_append (GTK_BOX (row),
                  new_button (self, "go-next-symbolic", _("Month after"), G_CALLBACK (on_next_clicked)));
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), shortcuts);
  soban_question_view_set_control (view, box, box);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionMonth *self = SOBAN_QUESTION_MONTH (view);
  int count = parse_month (question->value);
  g_autofree char *text = count < 0 ? g_strdup (_("Choose the month")) : soban_month_text (count / 12, count % 12 + 1);

  gtk_label_set_text (GTK_LABEL (self->label), text);
  if (count < 0) {
    gtk_widget_add_css_class (self->label, "dim-label");
  } else {
    gtk_widget_remove_css_class (self->label, "dim-label");
  }
}

static void
soban_question_month_class_init (SobanQuestionMonthClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_month_init (SobanQuestionMonth *self)
{
}
