/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "command.h"
#include "deriver.h"
#include "figures.h"

typedef struct {
  SobanReference *reference;
  SobanCollectorStore *store;
  SobanPeriod *period;
  SobanArea area;
  char *today;
} Report;

static void
clear_report (Report *self)
{
  g_clear_pointer (&self->store, soban_collector_store_close);
  g_clear_pointer (&self->reference, soban_reference_free);
  g_clear_pointer (&self->period, soban_period_free);
  g_free (self->today);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Report, clear_report)

static gboolean
parse_options (Report *self, const char *period, const char *unit, GError **error)
{
  self->period = soban_period_parse (period);
  if (self->period == NULL)
    return soban_command_fail_usage (error, _ ("“%s” is no period: 2026, 2026-Q4, 2026-11, 2021-2025 or all."), period);
  if (!soban_area_parse (self->reference, unit, &self->area)) {
    const SobanUnit *by_code = soban_unit_table_find_code (self->reference->units, unit, "");

    if (by_code == NULL || !soban_area_parse (self->reference, by_code->uid, &self->area))
      return soban_command_fail_usage (error, _ ("“%s” is no unit."), unit);
  }
  return TRUE;
}

/* What tablets sent since the pages were last looked at. */
static gboolean
derive_all (Report *self, GError **error)
{
  g_autoptr (SobanDeriver) deriver = soban_deriver_new (self->reference, self->store);

  return soban_deriver_prepare (deriver, error) && soban_deriver_run_all (deriver, error);
}

static char *
describe_target (Report *self, const SobanIndicator *indicator, const SobanTarget *target, const SobanFigure *figure)
{
  g_autofree char *number = soban_number_text (target->value, soban_language_get ());

  if (indicator->percent_target)
    return g_strdup_printf (_ ("target %s%% in %s"), number, target->period);
  if (self->period->kind == SOBAN_PERIOD_ALL || soban_figure_is_hidden (indicator, &self->area, figure->sum))
    return g_strdup_printf (_ ("target %s in %s"), number, target->period);
  return soban_share_text ((gint64) figure->sum, target->value, soban_language_get ());
}

static void
print_row (Report *self, const SobanFigures *figures, const SobanIndicator *indicator)
{
  const SobanCatalogue *catalogue = soban_reference_get_catalogue (self->reference, soban_language_get ());
  const char *language = soban_language_get ();
  SobanFigure figure = soban_figures_sum (figures, indicator->id, &self->area);
  const SobanTarget *target = soban_figures_find_target (self->reference, indicator, &self->area, self->period, self->today);
  g_autofree char *sum = soban_figure_text (indicator, &self->area, figure.sum, language);
  g_autofree char *against = target != NULL ? describe_target (self, indicator, target, &figure) : NULL;

  g_print ("%12s  %s%s%s\n", sum, soban_catalogue_text (catalogue, indicator->label), against != NULL ? "  · " : "",
           against != NULL ? against : "");
  if (figure.undated > 0)
    g_print (_ ("              (not in the sum, without a date: %d)\n"), (int) figure.undated);
}

static void
print_text (Report *self, const SobanFigures *figures)
{
  const SobanCatalogue *catalogue = soban_reference_get_catalogue (self->reference, soban_language_get ());
  const GPtrArray *indicators = soban_indicator_set_list (self->reference->indicators);
  g_autofree char *label = soban_period_label (self->period, catalogue);

  g_print ("%s · %s\n\n", self->area.unit != NULL ? self->area.unit->full_name : _ ("Whole country"), label);
  for (guint i = 0; i < indicators->len; i++)
    print_row (self, figures, g_ptr_array_index (indicators, i));
}

static void
build_row (Report *self, const SobanFigures *figures, const SobanIndicator *indicator, JsonBuilder *json)
{
  SobanFigure figure = soban_figures_sum (figures, indicator->id, &self->area);
  const SobanTarget *target = soban_figures_find_target (self->reference, indicator, &self->area, self->period, self->today);

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "indicator");
  json_builder_add_string_value (json, indicator->id);
  json_builder_set_member_name (json, "label");
  json_builder_add_string_value (json, soban_catalogue_text (soban_reference_get_catalogue (self->reference, soban_language_get ()), indicator->label));
  json_builder_set_member_name (json, "sum");
  if (soban_figure_is_hidden (indicator, &self->area, figure.sum))
    json_builder_add_string_value (json, "<5");
  else
    json_builder_add_double_value (json, figure.sum);
  json_builder_set_member_name (json, "records");
  if (soban_figure_is_hidden (indicator, &self->area, figure.sum))
    json_builder_add_null_value (json);
  else
    json_builder_add_int_value (json, figure.records);
  json_builder_set_member_name (json, "undated");
  json_builder_add_int_value (json, figure.undated);
  if (target != NULL) {
    json_builder_set_member_name (json, "target");
    json_builder_add_int_value (json, target->value);
    json_builder_set_member_name (json, "target_period");
    json_builder_add_string_value (json, target->period);
    json_builder_set_member_name (json, "target_is_percent");
    json_builder_add_boolean_value (json, indicator->percent_target);
  }
  json_builder_end_object (json);
}

static void
print_json (Report *self, const SobanFigures *figures)
{
  const GPtrArray *indicators = soban_indicator_set_list (self->reference->indicators);
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *unit = soban_area_to_text (&self->area);
  g_autofree char *text = NULL;

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "period");
  json_builder_add_string_value (json, self->period->text);
  json_builder_set_member_name (json, "unit");
  json_builder_add_string_value (json, unit);
  json_builder_set_member_name (json, "indicators");
  json_builder_begin_array (json);
  for (guint i = 0; i < indicators->len; i++)
    build_row (self, figures, g_ptr_array_index (indicators, i), json);
  json_builder_end_array (json);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

int
soban_command_report (int argc, char **argv, GError **error)
{
  g_auto (SobanCommandPlace) place = { 0 };
  g_autofree char *period = NULL, *unit = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "period", 0, 0, G_OPTION_ARG_STRING, &period, N_ ("2026, 2026-Q4, 2026-11, 2021-2025 or all"), N_ ("PERIOD") },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &unit, N_ ("A province or commune instead of the whole country"), N_ ("UNIT") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  g_auto (Report) self = { 0 };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanFigures) figures = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  self.today = g_date_time_format (now, "%Y-%m-%d");
  if (!soban_command_parse (&argc, &argv, NULL, _ ("Prints the indicators against their targets."), entries, &place, error))
    return SOBAN_EXIT_USAGE;
  folder = soban_command_load_folder (&place, error);
  if (folder == NULL || (self.reference = soban_reference_load (soban_data_dir (), soban_locale_dir (), error)) == NULL)
    return SOBAN_EXIT_FAILED;
  if (!parse_options (&self, period, unit, error))
    return SOBAN_EXIT_USAGE;
  self.store = soban_command_open_store (folder, error);
  if (self.store == NULL || !derive_all (&self, error))
    return SOBAN_EXIT_FAILED;
  figures = soban_figures_read (self.store, self.reference, self.period, error);
  if (figures == NULL)
    return SOBAN_EXIT_FAILED;
  if (as_json)
    print_json (&self, figures);
  else
    print_text (&self, figures);
  return SOBAN_EXIT_OK;
}
