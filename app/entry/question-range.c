/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/language.h"
#include "base/number-text.h"
#include "entry/question-kind.h"
#include "entry/question-view.h"

#define SOBAN_TYPE_QUESTION_RANGE (soban_question_range_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionRange, soban_question_range, SOBAN, QUESTION_RANGE, SobanQuestionView)

/* What ODK's clients take where the form does not say. */
#define START_USUAL 0.0
#define END_USUAL 10.0
#define STEP_USUAL 1.0

/* A number from a scale. It has no answer until the scale was touched. */
struct _SobanQuestionRange {
  SobanQuestionView parent_instance;

  GtkWidget *scale;
  GtkLabel *value;
  double start, step; /* a scale may also go down: then the step is negative */
  gboolean whole;
  gboolean showing; /* the program moves it */
};

G_DEFINE_FINAL_TYPE (SobanQuestionRange, soban_question_range, SOBAN_TYPE_QUESTION_VIEW)

/* How many decimals the step has, at most six. */
static int
count_decimals (double step)
{
  int decimals = 0;

  while (decimals < 6 && fabs (step - round (step)) > 1e-9) {
    step *= 10;
    decimals++;
  }
  return decimals;
}

static void
on_value_changed (SobanQuestionRange *self)
{
  double value = gtk_range_get_value (GTK_RANGE (self->scale));
  double steps = round ((value - self->start) / self->step);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *format = g_strdup_printf ("%%.%df", self->whole ? 0 : MAX (count_decimals (self->step), count_decimals (self->start)));

  if (self->showing) {
    return;
  }
  g_ascii_formatd (text, sizeof text, format, self->start + steps * self->step);
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), text);
  soban_question_view_refresh (SOBAN_QUESTION_VIEW (self));
}

/* Who turns the wheel scrolls the page; GTK would move the scale that is under the pointer, and so answer. */
static void
leave_scrolling (GtkWidget *scale)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scale);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller)) {
      gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
  }
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionRange *self = SOBAN_QUESTION_RANGE (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  double end = isnan (question->range_end) ? END_USUAL : question->range_end;
  double step = isnan (question->range_step) || question->range_step == 0 ? STEP_USUAL : fabs (question->range_step);

  self->start = isnan (question->range_start) ? START_USUAL : question->range_start;
  self->step = end < self->start ? -step : step;
  self->whole = question->type == SOBAN_TYPE_INT;
  self->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, MIN (self->start, end), MAX (MAX (self->start, end), MIN (self->start, end) + step), step);
  gtk_range_set_inverted (GTK_RANGE (self->scale), end < self->start);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  leave_scrolling (self->scale);
  gtk_widget_set_size_request (self->scale, -1, 48);
  g_signal_connect_object (self->scale, "value-changed", G_CALLBACK (on_value_changed), self, G_CONNECT_SWAPPED);
  self->value = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "month");
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->value));
  gtk_box_append (GTK_BOX (box), self->scale);
  soban_question_view_set_control (view, box, self->scale);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionRange *self = SOBAN_QUESTION_RANGE (view);
  SobanFormInstance *instance = soban_entry_get_instance (soban_question_view_get_entry (view));
  g_autofree char *text = soban_form_instance_get_answer_text (instance, question->path);
  char *end = NULL;
  double number = g_ascii_strtod (question->value, &end);

  gtk_label_set_text (self->value, *text == '\0' ? _("Not chosen yet") : text);
  if (end != question->value && *end == '\0') {
    self->showing = TRUE;
    gtk_range_set_value (GTK_RANGE (self->scale), number);
    self->showing = FALSE;
  }
}

static void
soban_question_range_class_init (SobanQuestionRangeClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_range_init (SobanQuestionRange *self)
{
}
