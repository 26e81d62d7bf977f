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
#include "store/settings.h"

/* What the report says about one indicator. */
typedef struct {
  const SobanIndicator *indicator;
  double sum;
  gint64 records;
  const SobanTarget *target; /* (nullable) */
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

static void
build_line (JsonBuilder *builder, const Line *line)
{
  json_builder_begin_object (builder);
  soban_build_text (builder, "indicator", line->indicator->id);
  json_builder_set_member_name (builder, "sum");
  json_builder_add_double_value (builder, line->sum);
  soban_build_number (builder, "records", line->records);
  if (line->target != NULL) {
    soban_build_number (builder, "target", line->target->value);
    soban_build_text (builder, "target_period", line->target->period);
  }
  json_builder_end_object (builder);
}

static void
print_line (const Line *line)
{
  const char *language = soban_language_get ();
  g_autofree char *sum = soban_decimal_text (line->sum, language);
  g_autofree char *records = soban_number_text (line->records, language);

  g_print ("%s\n    %s", g_dgettext (GETTEXT_PACKAGE, line->indicator->label), sum);
  /* A target that is a share has no sum to stand against. */
  if (line->target != NULL && !line->indicator->percent_target && line->target->value > 0) {
    g_autofree char *target = soban_number_text (line->target->value, language);
    g_autofree char *percent = soban_percent_text ((gint64) floor (line->sum + 0.5), line->target->value, language);

    g_print ("/%s (%s)", target, percent);
  }
  g_print (_("  from %s records\n"), records);
}

/* Sums are taken over dates that begin with it. */
static gboolean
is_period (const char *text)
{
  g_autoptr (SobanPeriod) period = soban_period_parse (text);

  return period != NULL && (period->kind == SOBAN_PERIOD_YEAR || period->kind == SOBAN_PERIOD_MONTH);
}

static int
run_report (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autofree char *period = NULL, *commune = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "period", 0, 0, G_OPTION_ARG_STRING, &period, N_("A year or a month: YYYY or YYYY-MM; without it everything"), N_("PERIOD") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const SobanIndicatorSet *indicators;
  const GPtrArray *list;

  if (!soban_run_parse (run, &soban_verb_report, entries, 0, 0, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  if (period != NULL && !is_period (period)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is no period: YYYY or YYYY-MM"), period);
    return SOBAN_EXIT_USAGE;
  }
  if (!soban_run_open_store (run, error))
    return SOBAN_EXIT_FAILED;
  indicators = soban_store_get_indicators (run->store);
  list = soban_indicator_set_list (indicators);
  commune = soban_store_get_setting (run->store, SOBAN_SETTING_HOME_SCOPE);
  json_builder_begin_array (builder);
  for (guint i = 0; i < list->len; i++) {
    Line line = { .indicator = g_ptr_array_index (list, i) };

    if (!soban_store_sum_facts (run->store, line.indicator->id, period != NULL ? period : "", &line.sum, &line.records, error))
      return SOBAN_EXIT_FAILED;
    line.target = find_target (indicators, line.indicator->id, commune != NULL ? commune : "", period != NULL ? period : "");
    if (json)
      build_line (builder, &line);
    else
      print_line (&line);
  }
  json_builder_end_array (builder);
  if (json)
    soban_print_json (builder);
  return SOBAN_EXIT_DONE;
}

const SobanVerb soban_verb_report = { "report", "", N_("Print the sums of this device's records against the targets"), run_report };
