/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "entry/day-grid.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"
#include "widgets/side-by-side.h"

#define SOBAN_TYPE_QUESTION_DATE (soban_question_date_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionDate, soban_question_date, SOBAN, QUESTION_DATE, SobanQuestionView)

/* A day: today and yesterday by one tap, any other from the calendar. */
struct _SobanQuestionDate {
  SobanQuestionView parent_instance;

  GtkWidget *button; /* shows the date; opens the calendar below it */
  GtkWidget *label;
  GtkWidget *frame; /* around the calendar, hidden while it is closed */
  GtkWidget *grid;  /* (nullable): made when the calendar is first opened */
};

G_DEFINE_FINAL_TYPE (SobanQuestionDate, soban_question_date, SOBAN_TYPE_QUESTION_VIEW)

static const char *
get_value (SobanQuestionDate *self)
{
  SobanQuestionView *view = SOBAN_QUESTION_VIEW (self);
  const char *value = soban_form_instance_get (soban_entry_get_instance (soban_question_view_get_entry (view)),
                                               soban_question_view_get_path (view));

  return value == NULL ? "" : value;
}

/* (transfer full) */
static GDateTime *
get_now (SobanQuestionDate *self)
{
  return soban_store_get_now (soban_entry_get_store (soban_question_view_get_entry (SOBAN_QUESTION_VIEW (self))));
}

static void
answer (SobanQuestionDate *self, const char *iso_date)
{
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), iso_date);
  soban_question_view_reveal_problem (SOBAN_QUESTION_VIEW (self));
}

static void
answer_days_ago (SobanQuestionDate *self, int days)
{
  g_autoptr (GDateTime) now = get_now (self);
  g_autoptr (GDateTime) then = g_date_time_add_days (now, -days);
  g_autofree char *iso = g_date_time_format (then, "%Y-%m-%d");

  answer (self, iso);
}

static void
on_today_clicked (SobanQuestionDate *self)
{
  answer_days_ago (self, 0);
}

static void
on_yesterday_clicked (SobanQuestionDate *self)
{
  answer_days_ago (self, 1);
}

static void
on_day_chosen (SobanDayGrid *grid, const char *iso_date, SobanQuestionDate *self)
{
  gtk_widget_grab_focus (self->button);
  gtk_widget_set_visible (self->frame, FALSE);
  answer (self, iso_date);
}

/* In the page and not above it: on 360 px with half the height gone a popover has no room. */
static void
on_button_clicked (SobanQuestionDate *self)
{
  g_autoptr (GDateTime) now = get_now (self);

  if (self->grid == NULL) {
    self->grid = soban_day_grid_new ();
    g_signal_connect_object (self->grid, "chosen", G_CALLBACK (on_day_chosen), self, 0);
    adw_bin_set_child (ADW_BIN (self->frame), self->grid);
  }
  soban_day_grid_show (SOBAN_DAY_GRID (self->grid), get_value (self), now);
  gtk_widget_set_visible (self->frame, !gtk_widget_get_visible (self->frame));
}

static GtkWidget *
new_shortcut (SobanQuestionDate *self, const char *text, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionDate *self = SOBAN_QUESTION_DATE (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *shortcuts = soban_side_by_side_new (new_shortcut (self, _("Today"), G_CALLBACK (on_today_clicked)),
                                                 new_shortcut (self, _("Yesterday"), G_CALLBACK (on_yesterday_clicked)));
  GtkWidget *face = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_box_append (GTK_BOX (face), gtk_image_new_from_icon_name ("soban-calendar-symbolic"));
  gtk_box_append (GTK_BOX (face), self->label);
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), face);
  gtk_widget_add_css_class (self->button, "field");
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (on_button_clicked), self, G_CONNECT_SWAPPED);
  self->frame = adw_bin_new ();
  gtk_widget_add_css_class (self->frame, "card");
  gtk_widget_set_visible (self->frame, FALSE);
  gtk_box_append (GTK_BOX (box), self->button);
  gtk_box_append (GTK_BOX (box), self->frame);
  gtk_box_append (GTK_BOX (box), shortcuts);
  soban_question_view_set_control (view, box, self->button);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionDate *self = SOBAN_QUESTION_DATE (view);
  g_autofree char *text = soban_date_text (question->value, soban_language_get ());
  g_autofree char *name = NULL;

  gtk_label_set_text (GTK_LABEL (self->label), *text == '\0' ? _("Choose the date") : text);
  /* Not to be taken for an answer. */
  if (*text == '\0') {
    gtk_widget_add_css_class (self->label, "dim-label");
  } else {
    gtk_widget_remove_css_class (self->label, "dim-label");
  }
  name = *text == '\0' ? g_strdup (question->label) : g_strdup_printf ("%s: %s", question->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
soban_question_date_class_init (SobanQuestionDateClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_date_init (SobanQuestionDate *self)
{
}
