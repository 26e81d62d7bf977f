/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "store/settings.h"

/* Below it a number of people harmed could be told apart in a commune (DESIGN 9). */
#define COUNT_SHOWN_MIN 5

static void
line_free (gpointer data)
{
  SobanReportLine *line = data;

  g_free (line->indicator);
  g_free (line->label);
  g_free (line->measure);
  g_free (line->text);
  g_free (line);
}

static void
report_clear (gpointer data)
{
  SobanReport *report = data;

  g_clear_pointer (&report->period, soban_period_free);
  g_free (report->period_label);
  g_free (report->place);
  g_free (report->person);
  g_free (report->made_on);
  g_clear_pointer (&report->lines, g_ptr_array_unref);
}

SobanReport *
soban_report_ref (SobanReport *report)
{
  return g_atomic_rc_box_acquire (report);
}

void
soban_report_unref (SobanReport *report)
{
  g_atomic_rc_box_release_full (report, report_clear);
}

char *
soban_report_number_text (const SobanIndicator *indicator, double sum, gboolean *ret_hidden)
{
  *ret_hidden = indicator->small_counts_hidden && sum > 0 && sum < COUNT_SHOWN_MIN;
  return *ret_hidden ? g_strdup_printf ("<%d", COUNT_SHOWN_MIN) : soban_number_text ((gint64)sum, soban_language_get ());
}

static SobanReportLine *
make_line (const SobanReportFigure *figure)
{
  SobanReportLine *line = g_new0 (SobanReportLine, 1);

  line->indicator = g_strdup (figure->indicator->id);
  line->label = g_strdup (g_dgettext (GETTEXT_PACKAGE, figure->indicator->label));
  line->measure = g_strdup (g_dgettext (GETTEXT_PACKAGE, figure->indicator->measure));
  line->text = soban_report_number_text (figure->indicator, figure->sum, &line->hidden);
  line->sum = line->hidden ? 0 : figure->sum;
  line->records = line->hidden ? 0 : figure->records;
  line->undated = figure->undated;
  /* The plan of a share is a share: there is no sum of it here to stand against (domain.md). */
  line->plan = figure->target != NULL && !figure->indicator->percent_target ? figure->target->value : 0;
  return line;
}

static char *
read_place (SobanStore *store)
{
  g_autofree char *uid = soban_store_get_setting (store, SOBAN_SETTING_COMMUNE);
  g_autofree char *home = uid == NULL ? soban_store_get_setting (store, SOBAN_SETTING_HOME_SCOPE) : NULL;

  return soban_store_get_unit_label (store, uid != NULL ? uid : home);
}

SobanReport *
soban_report_read (SobanStore *store, const SobanPeriod *period, GError **error)
{
  g_autofree char *unit = soban_store_get_setting (store, SOBAN_SETTING_COMMUNE);
  g_autoptr (GArray) figures = soban_store_read_report (store, period, unit == NULL ? "" : unit, error);
  g_autoptr (GDateTime) now = soban_store_get_now (store);
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  SobanReport *report;

  if (figures == NULL) {
    return NULL;
  }
  report = g_atomic_rc_box_new0 (SobanReport);
  report->period = soban_period_parse (period->text);
  report->period_label = soban_period_label (period, NULL);
  report->place = read_place (store);
  report->person = soban_store_get_setting (store, SOBAN_SETTING_PERSON);
  if (report->person == NULL) {
    report->person = g_strdup ("");
  }
  report->made_on = soban_date_text (today, soban_language_get ());
  report->lines = g_ptr_array_new_with_free_func (line_free);
  for (guint i = 0; i < figures->len; i++) {
    g_ptr_array_add (report->lines, make_line (&g_array_index (figures, SobanReportFigure, i)));
  }
  return report;
}

char *
soban_report_line_get_plan_text (const SobanReportLine *line)
{
  const char *language = soban_language_get ();
  g_autofree char *plan = NULL;

  if (line->plan <= 0) {
    return g_strdup ("");
  }
  if (!line->hidden) {
    return soban_share_text ((gint64)line->sum, line->plan, language);
  }
  plan = soban_number_text (line->plan, language);
  return g_strdup_printf ("%s/%s", line->text, plan);
}
