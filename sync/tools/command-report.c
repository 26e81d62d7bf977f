/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/language.h"
#include "base/number-text.h"
#include "base/period.h"
#include "record-output.h"
#include "store/report.h"
#include "store/settings.h"

/* What the report says about one indicator. */
typedef struct {
  const SobanReportFigure *figure;
  const SobanTarget *target; /* (nullable) */
  GPtrArray *parts;          /* (nullable) (element-type SobanReportPart) */
} Line;

/* (nullable): the target of the own commune, else of the whole programme; without a period the one that ends last. */
static const SobanTarget *
find_target (const SobanIndicatorSet *indicators, const char *indicator, const char *commune, const char *period)
{
  const GPtrArray *targets = soban_indicator_set_list_targets (indicators);
  const char *const units[] = { commune, "" };
  const SobanTarget *found = NULL;

  for (guint u = 0; u < G_N_ELEMENTS (units) && found == NULL; u++) {
    for (guint i = 0; i < targets->len; i++) {
      const SobanTarget *target = g_ptr_array_index (targets, i);

      if (!g_str_equal (target->indicator, indicator) || !g_str_equal (target->unit, units[u])
          || (period[0] != '\0' && !g_str_equal (target->period, period)))
        continue;
      if (found == NULL || strcmp (target->period, found->period) > 0)
        found = target;
    }
  }
  return found;
}

/* A number that is not told has a text, "" where even that it is small is not told, and no records. */
static void
build_sum (JsonBuilder *builder, double sum, gint64 records, gboolean hidden)
{
  g_autofree char *text = hidden ? soban_report_sum_text (sum, TRUE, NULL) : NULL;

  if (hidden) {
    soban_build_text (builder, "sum", text);
    json_builder_set_member_name (builder, "records");
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_set_member_name (builder, "sum");
  json_builder_add_double_value (builder, sum);
  soban_build_number (builder, "records", records);
}

static void
build_line (JsonBuilder *builder, const Line *line)
{
  json_builder_begin_object (builder);
  soban_build_text (builder, "indicator", line->figure->indicator->id);
  build_sum (builder, line->figure->sum, line->figure->records, line->figure->hidden);
  if (line->target != NULL) {
    soban_build_number (builder, "target", line->target->value);
    soban_build_text (builder, "target_period", line->target->period);
  }
  if (line->parts != NULL) {
    json_builder_set_member_name (builder, "parts");
    json_builder_begin_array (builder);
    for (guint i = 0; i < line->parts->len; i++) {
      const SobanReportPart *part = g_ptr_array_index (line->parts, i);

      json_builder_begin_object (builder);
      soban_build_text (builder, "key", part->key);
      soban_build_text (builder, "label", part->label);
      build_sum (builder, part->sum, part->records, part->hidden);
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

static void
print_records (gint64 records, gboolean hidden)
{
  g_autofree char *text = soban_number_text (records, soban_language_get ());

  if (hidden)
    g_print ("\n");
  else
    g_print (_("  from %s records\n"), text);
}

static void
print_line (const Line *line)
{
  const char *language = soban_language_get ();
  const SobanReportFigure *figure = line->figure;
  g_autofree char *sum = soban_report_sum_text (figure->sum, figure->hidden, language);

  g_print ("%s\n    %s", g_dgettext (GETTEXT_PACKAGE, figure->indicator->label), sum);
  /* A target that is a share has no sum to stand against. */
  if (line->target != NULL && !figure->hidden && !figure->indicator->percent_target && line->target->value > 0) {
    g_autofree char *target = soban_number_text (line->target->value, language);
    g_autofree char *percent = soban_percent_text ((gint64) floor (figure->sum + 0.5), line->target->value, language);

    g_print ("/%s (%s)", target, percent);
  }
  print_records (figure->records, figure->hidden);
  for (guint i = 0; line->parts != NULL && i < line->parts->len; i++) {
    const SobanReportPart *part = g_ptr_array_index (line->parts, i);
    g_autofree char *part_sum = soban_report_part_get_text (part, language);

    g_print ("      %s: %s", soban_report_part_get_label (part), part_sum);
    print_records (part->records, part->hidden);
  }
}

typedef struct {
  char *period, *by;
  gboolean json;
} Options;

/* FALSE where --by names no division. @ret_split is left alone without it. */
static gboolean
find_split (const char *by, SobanReportSplit *ret_split)
{
  if (g_strcmp0 (by, "village") == 0)
    *ret_split = SOBAN_REPORT_BY_VILLAGE;
  else if (g_strcmp0 (by, "team") == 0)
    *ret_split = SOBAN_REPORT_BY_TEAM;
  else
    return by == NULL;
  return TRUE;
}

static int
write_report (SobanRun *run, const Options *options, const SobanPeriod *period, SobanReportSplit split, GError **error)
{
  const SobanIndicatorSet *indicators = soban_store_get_indicators (run->store);
  g_autofree char *commune = soban_store_get_setting (run->store, SOBAN_SETTING_HOME_SCOPE);
  g_autoptr (GArray) figures = soban_store_read_report (run->store, period, commune != NULL ? commune : "", error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (figures == NULL)
    return SOBAN_EXIT_FAILED;
  json_builder_begin_array (builder);
  for (guint i = 0; i < figures->len; i++) {
    Line line = { .figure = &g_array_index (figures, SobanReportFigure, i) };
    g_autoptr (GPtrArray) parts = NULL;

    if (options->by != NULL && line.figure->records > 0 && !line.figure->hidden) {
      parts = soban_store_split_report (run->store, line.figure->indicator->id, period, split, error);
      if (parts == NULL)
        return SOBAN_EXIT_FAILED;
    }
    line.parts = parts;
    line.target = find_target (indicators, line.figure->indicator->id, commune != NULL ? commune : "", options->period != NULL ? options->period : "");
    if (options->json)
      build_line (builder, &line);
    else
      print_line (&line);
  }
  json_builder_end_array (builder);
  if (options->json)
    soban_print_json (builder);
  return SOBAN_EXIT_DONE;
}

static int
run_report (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autofree char *period_text = NULL, *by = NULL;
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "period", 0, 0, G_OPTION_ARG_STRING, &period_text, N_("A year, half-year, quarter or month: YYYY, YYYY-H1, YYYY-Q1, YYYY-MM; without it everything"),
      N_("PERIOD") },
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, N_("Divide every sum: village or team"), "village|team" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (SobanPeriod) period = NULL;
  SobanReportSplit split = SOBAN_REPORT_BY_VILLAGE;

  if (!soban_run_parse (run, &soban_verb_report, entries, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  options.period = period_text;
  options.by = by;
  period = soban_period_parse (period_text);
  if (period == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is no period: YYYY, YYYY-H1, YYYY-Q1 or YYYY-MM"), period_text);
    return SOBAN_EXIT_USAGE;
  }
  if (!find_split (by, &split)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("Sums can be divided by village or team, not by “%s”"), by);
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  return write_report (run, &options, period, split, error);
}

const SobanVerb soban_verb_report = { "report", "", N_("Print the sums of this device's records against the targets"), run_report };
