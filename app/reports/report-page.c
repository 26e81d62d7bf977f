/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-page.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "entry/day-grid.h"
#include "reports/report-export.h"
#include "reports/report-row.h"
#include "store/kept-days.h"
#include "trouble/trouble-text.h"
#include "widgets/text-choice.h"

/* What the drop-down offers, in its order. */
static const SobanPeriodKind kinds[] = { SOBAN_PERIOD_MONTH, SOBAN_PERIOD_QUARTER, SOBAN_PERIOD_HALF, SOBAN_PERIOD_YEAR, SOBAN_PERIOD_ALL };

struct _SobanReportPage {
  AdwBin parent_instance;

  GtkWidget *menu_button;
  GtkDropDown *kind;
  GtkWidget *steps;
  GtkWidget *earlier;
  GtkLabel *period;
  GtkWidget *later;
  GtkLabel *trouble;
  GtkLabel *kept;
  GtkWidget *empty;
  GtkBox *lines;
  GtkWidget *rest_part;
  GtkBox *rest;

  SobanStore *store;
  SobanPeriod *shown;
  SobanReport *report; /* (nullable): of what is shown */
  guint asked;         /* number of the newest question: older answers are dropped */
  gboolean setting;
};

G_DEFINE_FINAL_TYPE (SobanReportPage, soban_report_page, ADW_TYPE_BIN)

typedef struct {
  SobanReportPage *self;
  guint asked;
  SobanPeriod *period;
  SobanReport *report;
  char *kept; /* (nullable): that it is not all of the time */
} Question;

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL) {
    gtk_box_remove (box, child);
  }
}

/* ---- showing ---- */

static char *
describe (const SobanReportLine *line)
{
  g_autofree char *records = NULL;

  if (line->hidden) {
    return g_strdup (soban_report_get_hidden_reason ());
  }
  if (line->plan > 0) {
    g_autofree char *share = soban_report_line_get_plan_text (line);

    return g_strdup_printf (_("Plan: %s"), share);
  }
  if (line->undated > 0) {
    records = soban_number_text (line->undated, soban_language_get ());
    return g_strdup_printf (_("Not counted, no day written: %s"), records);
  }
  return g_strdup ("");
}

static gboolean
has_something (const SobanReportLine *line)
{
  return line->records > 0 || line->hidden || line->plan > 0;
}

/* (nullable): what a number opens. Records without a day are in no period but the whole programme: there they can be seen and mended. */
static GVariant *
make_target (const SobanReportLine *line, const SobanPeriod *period)
{
  if (line->records == 0 && (line->hidden || line->undated == 0)) {
    return NULL;
  }
  return g_variant_new ("(ss)", line->indicator, line->records > 0 ? period->text : "all");
}

static void
show_lines (SobanReportPage *self, const SobanReport *report)
{
  gboolean any = FALSE, any_rest = FALSE;

  clear_box (self->lines);
  clear_box (self->rest);
  for (guint i = 0; i < report->lines->len; i++) {
    const SobanReportLine *line = g_ptr_array_index (report->lines, i);
    gboolean shown = has_something (line);
    g_autofree char *detail = describe (line);
    GVariant *target = make_target (line, report->period);

    gtk_box_append (shown ? self->lines : self->rest,
                    soban_report_row_new (line->label, line->text, detail, line->sum, (double)line->plan, 0, "win.report-parts", target));
    any |= shown;
    any_rest |= !shown;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->lines), any);
  gtk_widget_set_visible (self->empty, !any);
  gtk_widget_set_visible (self->rest_part, any_rest);
}

/* (nullable): what people should know of a time that begins before what this tablet keeps. */
static char *
describe_kept (const SobanKeptDays *kept, const SobanPeriod *period)
{
  g_autoptr (GDateTime) first = kept->window_ms == 0 ? NULL : g_date_time_new_from_unix_utc (kept->window_ms / 1000);
  g_autofree char *day = first == NULL ? NULL : g_date_time_format (first, "%Y-%m-%d");
  g_autofree char *date = NULL;

  if (day == NULL || g_strcmp0 (period->from, day) >= 0) {
    return NULL;
  }
  date = soban_date_text (day, soban_language_get ());
  return g_strdup_printf (_("This tablet keeps records since %s. The sums of the whole time are at the commune."), date);
}

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Question *question = data;
  SobanKeptDays kept;

  if (!soban_store_get_kept_days (store, &kept, error)) {
    return FALSE;
  }
  question->kept = describe_kept (&kept, question->period);
  question->report = soban_report_read (store, question->period, error);
  return question->report != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  SobanReportPage *self = question->self;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  if (self->store != NULL && question->asked == self->asked) {
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), !ok);
    if (ok) {
      g_clear_pointer (&self->report, soban_report_unref);
      self->report = soban_report_ref (question->report);
      show_lines (self, self->report);
      gtk_label_set_text (self->kept, question->kept == NULL ? "" : question->kept);
      gtk_widget_set_visible (GTK_WIDGET (self->kept), question->kept != NULL);
      gtk_widget_set_sensitive (self->menu_button, TRUE);
    } else {
      g_autofree char *sentence = soban_trouble_text (error);

      gtk_label_set_text (self->trouble, sentence);
    }
    g_signal_emit_by_name (self, "filled");
  }
  g_clear_pointer (&question->report, soban_report_unref);
  soban_period_free (question->period);
  g_free (question->kept);
  g_object_unref (question->self);
  g_free (question);
}

static void
read_report (SobanReportPage *self)
{
  Question *question = g_new0 (Question, 1);

  question->self = g_object_ref (self);
  question->asked = ++self->asked;
  question->period = soban_period_parse (self->shown->text);
  soban_store_run_async (self->store, run_reading, question, NULL, NULL, on_read, question);
}

/* ---- the time ---- */

static void
show_period (SobanReportPage *self, SobanPeriod *period)
{
  /* A month as the forms write it: on one line between the arrows. */
  g_autofree char *label = period->kind == SOBAN_PERIOD_MONTH ? soban_month_text (period->year, period->part) : soban_period_label (period, NULL);
  guint place = 0;

  g_clear_pointer (&self->shown, soban_period_free);
  self->shown = period;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    place = kinds[i] == period->kind ? i : place;
  }
  self->setting = TRUE;
  gtk_drop_down_set_selected (self->kind, place);
  self->setting = FALSE;
  gtk_label_set_text (self->period, label);
  gtk_widget_set_visible (self->steps, period->kind != SOBAN_PERIOD_ALL);
  gtk_widget_set_sensitive (self->menu_button, FALSE);
  read_report (self);
}

void
soban_report_page_show_period (SobanReportPage *self, const char *text)
{
  SobanPeriod *period = soban_period_parse (text);

  g_return_if_fail (SOBAN_IS_REPORT_PAGE (self) && period != NULL);
  show_period (self, period);
}

/* The period of another kind around the month that is looked at: its first one, or today's from the whole programme. */
static void
on_kind_changed (SobanReportPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->kind);
  g_autoptr (GDateTime) now = NULL;
  int year, month;

  if (self->setting || self->store == NULL || selected >= G_N_ELEMENTS (kinds)) {
    return;
  }
  now = soban_store_get_now (self->store);
  year = g_date_time_get_year (now);
  month = g_date_time_get_month (now);
  if (self->shown->kind >= SOBAN_PERIOD_YEAR && self->shown->year != year) {
    year = self->shown->year;
    month = soban_period_get_month (self->shown);
  }
  show_period (self, kinds[selected] == SOBAN_PERIOD_ALL ? soban_period_parse (NULL) : soban_period_new (kinds[selected], year, month));
}

static void
on_earlier_clicked (SobanReportPage *self)
{
  show_period (self, soban_period_step (self->shown, -1));
}

static void
on_later_clicked (SobanReportPage *self)
{
  show_period (self, soban_period_step (self->shown, 1));
}

static void
on_changed (SobanReportPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self))) {
    read_report (self);
  }
}

/* ---- on paper and in files ---- */

static void
save_pdf (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanReportPage *self = SOBAN_REPORT_PAGE (widget);

  if (self->report != NULL) {
    soban_report_export_pdf (widget, self->store, self->report->period);
  }
}

static void
save_sheet (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanReportPage *self = SOBAN_REPORT_PAGE (widget);

  if (self->report != NULL) {
    soban_report_export_sheet (widget, self->store, self->report->period);
  }
}

static void
print (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanReportPage *self = SOBAN_REPORT_PAGE (widget);

  if (self->report != NULL) {
    soban_report_print (widget, self->store, self->report->period);
  }
}

/* ---- the object ---- */

static void
soban_report_page_dispose (GObject *object)
{
  SobanReportPage *self = SOBAN_REPORT_PAGE (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->shown, soban_period_free);
  g_clear_pointer (&self->report, soban_report_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_REPORT_PAGE);
  G_OBJECT_CLASS (soban_report_page_parent_class)->dispose (object);
}

static void
soban_report_page_class_init (SobanReportPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_report_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/reports/report-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, kind);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, steps);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, earlier);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, period);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, later);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, kept);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, empty);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, lines);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, rest_part);
  gtk_widget_class_bind_template_child (widget_class, SobanReportPage, rest);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_earlier_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_later_clicked);
  gtk_widget_class_install_action (widget_class, "report.pdf", NULL, save_pdf);
  gtk_widget_class_install_action (widget_class, "report.sheet", NULL, save_sheet);
  gtk_widget_class_install_action (widget_class, "report.print", NULL, print);
  g_signal_new ("filled", SOBAN_TYPE_REPORT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_report_page_init (SobanReportPage *self)
{
  const char *const texts[] = { _("Month"), _("Quarter"), _("Half-year"), _("Year"), _("Whole programme"), NULL };
  g_autoptr (GtkStringList) names = gtk_string_list_new (texts);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->setting = TRUE;
  soban_text_choice_fill (self->kind, G_LIST_MODEL (names));
  self->setting = FALSE;
}

GtkWidget *
soban_report_page_new (SobanStore *store)
{
  SobanReportPage *self = g_object_new (SOBAN_TYPE_REPORT_PAGE, NULL);
  g_autoptr (GDateTime) now = soban_store_get_now (store);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  show_period (self, soban_period_new (SOBAN_PERIOD_MONTH, g_date_time_get_year (now), g_date_time_get_month (now)));
  return GTK_WIDGET (self);
}
