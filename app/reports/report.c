/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/language.h"
#include "base/number-text.h"
#include "store/settings.h"

static void
line_free (gpointer data)
{
  SobanReportLine *line = data;

  g_free (line->indicator);
  g_free (line->label);
  g_free (line->measure);
  g_free (line->text);
  for (guint i = 0; i < G_N_ELEMENTS (line->parts); i++) {
    g_clear_pointer (&line->parts[i], g_ptr_array_unref);
  }
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

static SobanReportLine *
make_line (const SobanReportFigure *figure)
{
  SobanReportLine *line = g_new0 (SobanReportLine, 1);

  line->indicator = g_strdup (figure->indicator->id);
  line->label = g_strdup (g_dgettext (GETTEXT_PACKAGE, figure->indicator->label));
  line->measure = g_strdup (g_dgettext (GETTEXT_PACKAGE, figure->indicator->measure));
  line->hidden = figure->hidden;
  line->text = soban_report_sum_text (figure->sum, figure->hidden, soban_language_get ());
  line->sum = line->hidden ? 0 : figure->sum;
  line->records = line->hidden ? 0 : figure->records;
  line->undated = figure->undated;
  /* The plan of a share is a share: there is no sum of it here to stand against (domain.md). */
  line->plan = figure->target != NULL && !figure->indicator->percent_target ? figure->target->value : 0;
  return line;
}

static char *
read_place (SobanStore *store, GError **error)
{
  g_autofree char *uid = soban_store_get_setting (store, SOBAN_SETTING_COMMUNE);
  g_autofree char *home = uid == NULL ? soban_store_get_setting (store, SOBAN_SETTING_HOME_SCOPE) : NULL;

  return soban_store_get_unit_label (store, uid != NULL ? uid : home, error);
}

SobanReport *
soban_report_read (SobanStore *store, const SobanPeriod *period, GError **error)
{
  g_autofree char *unit = soban_store_get_setting (store, SOBAN_SETTING_COMMUNE);
  g_autoptr (GArray) figures = soban_store_read_report (store, period, unit == NULL ? "" : unit, error);
  g_autofree char *place = figures == NULL ? NULL : read_place (store, error);
  g_autoptr (GDateTime) now = soban_store_get_now (store);
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  SobanReport *report;

  if (figures == NULL || place == NULL) {
    return NULL;
  }
  report = g_atomic_rc_box_new0 (SobanReport);
  report->period = soban_period_parse (period->text);
  report->period_label = soban_period_label (period, NULL);
  report->place = g_steal_pointer (&place);
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

/* A line whose number is hidden is not divided: its parts would be nothing else. */
static gboolean
read_parts (SobanStore *store, const SobanReport *report, GError **error)
{
  static const SobanReportSplit splits[] = { SOBAN_REPORT_BY_VILLAGE, SOBAN_REPORT_BY_TEAM };

  for (guint i = 0; i < report->lines->len; i++) {
    SobanReportLine *line = g_ptr_array_index (report->lines, i);

    for (guint k = 0; k < G_N_ELEMENTS (splits) && line->records > 0; k++) {
      line->parts[splits[k]] = soban_store_split_report (store, line->indicator, report->period, splits[k], error);
      if (line->parts[splits[k]] == NULL) {
        return FALSE;
      }
    }
  }
  return TRUE;
}

SobanReport *
soban_report_read_whole (SobanStore *store, const SobanPeriod *period, GError **error)
{
  g_autoptr (SobanReport) report = soban_report_read (store, period, error);

  if (report == NULL || !read_parts (store, report, error)) {
    return NULL;
  }
  return g_steal_pointer (&report);
}

const char *
soban_report_get_hidden_reason (void)
{
  return _("Small numbers are not told, so that nobody can be recognised by them.");
}

gboolean
soban_report_has_hidden_part (const GPtrArray *parts)
{
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const SobanReportPart *part = g_ptr_array_index (parts, i);

    if (part->hidden || part->key == NULL) {
      return TRUE;
    }
  }
  return FALSE;
}

char *
soban_report_line_get_plan_text (const SobanReportLine *line)
{
  const char *language = soban_language_get ();
  g_autofree char *plan = NULL;

  if (line->plan <= 0) {
    return g_strdup ("");
  }
  if (!line->hidden && line->sum == floor (line->sum)) {
    return soban_share_text ((gint64)line->sum, line->plan, language);
  }
  plan = soban_number_text (line->plan, language);
  return g_strdup_printf ("%s/%s", line->text, plan);
}
