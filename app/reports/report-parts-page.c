/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-parts-page.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/limits.h"
#include "reports/report-row.h"
#include "reports/report-selection.h"
#include "reports/report.h"
#include "trouble/trouble-text.h"
#include "widgets/text-choice.h"

/* More than a person reads down: the largest are shown, the rest are one row. */
#define PARTS_SHOWN_MAX 100

struct _SobanReportPartsPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkLabel *heading;
  GtkLabel *sum;
  GtkLabel *trouble;
  GtkLabel *reason;
  GtkDropDown *split;
  GtkBox *parts;
  GtkActionable *all;

  SobanStore *store;
  const SobanIndicator *indicator;
  SobanPeriod *period;
  guint asked; /* number of the newest question: older answers are dropped */
};

G_DEFINE_FINAL_TYPE (SobanReportPartsPage, soban_report_parts_page, ADW_TYPE_BIN)

typedef struct {
  SobanReportPartsPage *self;
  guint asked;
  char *indicator;
  SobanPeriod *period;
  SobanReportSplit split;
  GPtrArray *parts;
} Question;

static GVariant *
make_target (SobanReportPartsPage *self, SobanReportSplit split, const char *key, const char *label)
{
  const SobanReportSelection selection = {
    .indicator = (char *)self->indicator->id, .period = self->period->text, .split = split, .key = (char *)key, .label = (char *)label,
  };

  return soban_report_selection_to_variant (&selection);
}

static GtkWidget *
new_part_row (SobanReportPartsPage *self, SobanReportSplit split, const SobanReportPart *part, double most)
{
  g_autofree char *number = soban_report_part_get_text (part, soban_language_get ());
  const char *label = soban_report_part_get_label (part);

  return soban_report_row_new (label, number, NULL, part->hidden ? 0 : part->sum, most, 0, "win.report-records",
                               part->hidden ? NULL : make_target (self, split, part->key, label));
}

static void
show_parts (SobanReportPartsPage *self, SobanReportSplit split, const GPtrArray *parts)
{
  double most = 0, sum = 0, rest = 0;
  gboolean rest_hidden = FALSE, any_hidden = soban_report_has_hidden_part (parts);
  GtkWidget *child;
  g_autofree char *number = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->parts))) != NULL) {
    gtk_box_remove (self->parts, child);
  }
  for (guint i = 0; i < parts->len; i++) {
    const SobanReportPart *part = g_ptr_array_index (parts, i);

    most = MAX (most, part->sum);
    sum += part->sum;
    rest += i >= PARTS_SHOWN_MAX ? part->sum : 0;
    rest_hidden |= i >= PARTS_SHOWN_MAX && part->hidden;
  }
  for (guint i = 0; i < MIN (parts->len, PARTS_SHOWN_MAX); i++) {
    gtk_box_append (self->parts, new_part_row (self, split, g_ptr_array_index (parts, i), most));
  }
  if (parts->len > PARTS_SHOWN_MAX) {
    const SobanReportPart others = { .sum = rest, .hidden = rest_hidden };
    g_autofree char *rest_number = soban_report_part_get_text (&others, soban_language_get ());

    gtk_box_append (self->parts, soban_report_row_new (_("All others"), rest_number, NULL, rest_hidden ? 0 : rest, most, 0, NULL, NULL));
  }
  number = soban_report_sum_text (sum, any_hidden && sum <= SOBAN_SMALL_COUNT_MAX, soban_language_get ());
  gtk_label_set_text (self->sum, number);
  gtk_label_set_text (self->reason, soban_report_get_hidden_reason ());
  gtk_widget_set_visible (GTK_WIDGET (self->reason), any_hidden);
  gtk_widget_set_visible (GTK_WIDGET (self->all), sum > SOBAN_SMALL_COUNT_MAX || !any_hidden);
  gtk_widget_set_visible (GTK_WIDGET (self->parts), parts->len > 0);
}

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Question *question = data;

  question->parts = soban_store_split_report (store, question->indicator, question->period, question->split, error);
  return question->parts != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  SobanReportPartsPage *self = question->self;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  if (self->store != NULL && question->asked == self->asked) {
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), !ok);
    if (ok) {
      show_parts (self, question->split, question->parts);
    } else {
      g_autofree char *sentence = soban_trouble_text (error);

      gtk_label_set_text (self->trouble, sentence);
    }
    g_signal_emit_by_name (self, "filled");
  }
  g_clear_pointer (&question->parts, g_ptr_array_unref);
  soban_period_free (question->period);
  g_object_unref (question->self);
  g_free (question->indicator);
  g_free (question);
}

static void
read_parts (SobanReportPartsPage *self)
{
  Question *question = g_new0 (Question, 1);

  question->self = g_object_ref (self);
  question->asked = ++self->asked;
  question->indicator = g_strdup (self->indicator->id);
  question->period = soban_period_parse (self->period->text);
  question->split = (SobanReportSplit)gtk_drop_down_get_selected (self->split);
  soban_store_run_async (self->store, run_reading, question, NULL, NULL, on_read, question);
}

static void
on_split_changed (SobanReportPartsPage *self)
{
  if (self->store != NULL) {
    read_parts (self);
  }
}

static void
on_changed (SobanReportPartsPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self))) {
    read_parts (self);
  }
}

static void
soban_report_parts_page_dispose (GObject *object)
{
  SobanReportPartsPage *self = SOBAN_REPORT_PARTS_PAGE (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->period, soban_period_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_REPORT_PARTS_PAGE);
  G_OBJECT_CLASS (soban_report_parts_page_parent_class)->dispose (object);
}

static void
soban_report_parts_page_class_init (SobanReportPartsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_report_parts_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/reports/report-parts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, title);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, sum);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, reason);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, split);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, parts);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPartsPage, all);
  gtk_widget_class_bind_template_callback (widget_class, on_split_changed);
  g_signal_new ("filled", SOBAN_TYPE_REPORT_PARTS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_report_parts_page_init (SobanReportPartsPage *self)
{
  /* In the order of SobanReportSplit. */
  const char *const texts[] = { _("By commune"), _("By village"), _("By team"), NULL };
  g_autoptr (GtkStringList) names = gtk_string_list_new (texts);

  gtk_widget_init_template (GTK_WIDGET (self));
  soban_text_choice_fill (self->split, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->split, SOBAN_REPORT_BY_VILLAGE);
}

GtkWidget *
soban_report_parts_page_new (SobanStore *store, const char *indicator, const char *period)
{
  SobanReportPartsPage *self = g_object_new (SOBAN_TYPE_REPORT_PARTS_PAGE, NULL);
  g_autofree char *label = NULL;

  self->indicator = soban_indicator_set_find (soban_store_get_indicators (store), indicator);
  self->period = soban_period_parse (period);
  g_return_val_if_fail (self->indicator != NULL && self->period != NULL, GTK_WIDGET (self));
  self->store = g_object_ref (store);
  label = soban_period_label (self->period, NULL);
  adw_window_title_set_subtitle (self->title, label);
  gtk_label_set_text (self->heading, g_dgettext (GETTEXT_PACKAGE, self->indicator->label));
  gtk_actionable_set_action_target_value (self->all, make_target (self, SOBAN_REPORT_BY_UNIT, NULL, ""));
  gtk_actionable_set_action_name (self->all, "win.report-records");
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  read_parts (self);
  return GTK_WIDGET (self);
}
