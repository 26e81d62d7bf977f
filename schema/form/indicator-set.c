/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/indicator-set.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/tsv.h"

struct _SobanIndicatorSet {
  SobanTsv *indicator_table, *target_table, *result_table; /* own the strings of the rows */
  GPtrArray *rules;      /* (element-type SobanIndicatorRule) in the order of the file */
  GPtrArray *indicators; /* (element-type SobanIndicator) unowned */
  GPtrArray *targets;
  GPtrArray *results;
  GHashTable *by_id;
};

static void
free_rule (SobanIndicatorRule *rule)
{
  g_clear_pointer (&rule->filter, soban_xpath_free);
  g_clear_pointer (&rule->value, soban_xpath_free);
  g_free (rule);
}

static const char *
read_cell (const SobanTsv *tsv, guint row, const char *column)
{
  return soban_tsv_cell (tsv, row, soban_tsv_column (tsv, column));
}

static gboolean
read_boolean (const SobanTsv *tsv, guint row, const char *column)
{
  const char *cell = read_cell (tsv, row, column);
  return g_str_equal (cell, "1") || g_str_equal (cell, "yes") || g_str_equal (cell, "true");
}

static const char *
find_no_prefix (gpointer data, const char *prefix)
{
  return NULL;
}

static gboolean
compile_cell (const char *cell, guint row, SobanXPath **xpath, GError **error)
{
  if (*cell == '\0')
    return TRUE;
  *xpath = soban_xpath_compile (cell, find_no_prefix, NULL, error);
  if (*xpath == NULL)
    g_prefix_error (error, _("indicators, line %u: "), row + 2);
  return *xpath != NULL;
}

static gboolean
read_indicators (SobanIndicatorSet *set, GError **error)
{
  const SobanTsv *tsv = set->indicator_table;
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    SobanIndicatorRule *rule = g_new0 (SobanIndicatorRule, 1);
    SobanIndicator *indicator = &rule->indicator;
    g_ptr_array_add (set->rules, rule);
    indicator->id = read_cell (tsv, row, "id");
    indicator->label = read_cell (tsv, row, "label");
    indicator->form = read_cell (tsv, row, "form");
    indicator->filter = read_cell (tsv, row, "filter");
    indicator->value = read_cell (tsv, row, "value");
    indicator->date_field = read_cell (tsv, row, "date_field");
    indicator->unit_field = read_cell (tsv, row, "unit_field");
    indicator->measure = read_cell (tsv, row, "measure");
    indicator->core = read_boolean (tsv, row, "core");
    indicator->percent_target = read_boolean (tsv, row, "percent_target");
    indicator->small_counts_hidden = read_boolean (tsv, row, "small_counts_hidden");
    if (!compile_cell (indicator->filter, row, &rule->filter, error)
        || !compile_cell (indicator->value, row, &rule->value, error))
      return FALSE;
    g_ptr_array_add (set->indicators, indicator);
    g_hash_table_insert (set->by_id, (gpointer) indicator->id, indicator);
  }
  return TRUE;
}

static gboolean
read_targets (SobanIndicatorSet *set, GError **error)
{
  const SobanTsv *tsv = set->target_table;
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    SobanTarget *target = g_new0 (SobanTarget, 1);
    g_ptr_array_add (set->targets, target);
    target->indicator = read_cell (tsv, row, "indicator");
    target->unit = read_cell (tsv, row, "unit");
    target->period = read_cell (tsv, row, "period");
    target->source = read_cell (tsv, row, "source");
    target->valid_from = read_cell (tsv, row, "valid_from");
    target->valid_to = read_cell (tsv, row, "valid_to");
    if (!g_ascii_string_to_signed (read_cell (tsv, row, "value"), 10, 0, G_MAXINT32, &target->value, error)) {
      g_prefix_error (error, _("targets, line %u: "), row + 2);
      return FALSE;
    }
    if (!g_hash_table_contains (set->by_id, target->indicator)) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE,
                   _("targets, line %u: there is no indicator “%s”"), row + 2, target->indicator);
      return FALSE;
    }
  }
  return TRUE;
}

static void
read_results (SobanIndicatorSet *set)
{
  const SobanTsv *tsv = set->result_table;
  for (guint row = 0; row < soban_tsv_rows (tsv); row++) {
    SobanPublishedResult *result = g_new0 (SobanPublishedResult, 1);
    g_ptr_array_add (set->results, result);
    result->indicator = read_cell (tsv, row, "indicator");
    result->place = read_cell (tsv, row, "place");
    result->achieved = read_cell (tsv, row, "achieved");
    result->target = read_cell (tsv, row, "target");
    result->as_of = read_cell (tsv, row, "as_of");
    result->source = read_cell (tsv, row, "source");
    result->note = read_cell (tsv, row, "note");
  }
}

static SobanTsv *
load_table (const char *data_dir, const char *name, GError **error)
{
  g_autofree char *file = g_build_filename (data_dir, "forms", name, NULL);
  SobanTsv *tsv = soban_tsv_load (file, error);
  if (tsv == NULL)
    g_prefix_error (error, "%s", _("Reading the indicators: "));
  return tsv;
}

SobanIndicatorSet *
soban_indicator_set_load (const char *data_dir, GError **error)
{
  g_autoptr (SobanIndicatorSet) set = g_new0 (SobanIndicatorSet, 1);
  set->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) free_rule);
  set->indicators = g_ptr_array_new ();
  set->targets = g_ptr_array_new_with_free_func (g_free);
  set->results = g_ptr_array_new_with_free_func (g_free);
  set->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  set->indicator_table = load_table (data_dir, "indicators.tsv", error);
  if (set->indicator_table == NULL || !read_indicators (set, error))
    return NULL;
  set->target_table = load_table (data_dir, "targets.tsv", error);
  if (set->target_table == NULL || !read_targets (set, error))
    return NULL;
  set->result_table = load_table (data_dir, "results.tsv", error);
  if (set->result_table == NULL)
    return NULL;
  read_results (set);
  return g_steal_pointer (&set);
}

void
soban_indicator_set_free (SobanIndicatorSet *set)
{
  if (set == NULL)
    return;
  g_ptr_array_unref (set->rules);
  g_ptr_array_unref (set->indicators);
  g_ptr_array_unref (set->targets);
  g_ptr_array_unref (set->results);
  g_hash_table_unref (set->by_id);
  g_clear_pointer (&set->indicator_table, soban_tsv_free);
  g_clear_pointer (&set->target_table, soban_tsv_free);
  g_clear_pointer (&set->result_table, soban_tsv_free);
  g_free (set);
}

const GPtrArray *
soban_indicator_set_list_rules (const SobanIndicatorSet *set)
{
  return set->rules;
}

const GPtrArray *
soban_indicator_set_list (const SobanIndicatorSet *set)
{
  return set->indicators;
}

const SobanIndicator *
soban_indicator_set_find (const SobanIndicatorSet *set, const char *id)
{
  return g_hash_table_lookup (set->by_id, id);
}

const GPtrArray *
soban_indicator_set_list_targets (const SobanIndicatorSet *set)
{
  return set->targets;
}

const GPtrArray *
soban_indicator_set_list_results (const SobanIndicatorSet *set)
{
  return set->results;
}

static gboolean
is_in_force (const SobanTarget *target, const char *iso_date)
{
  if (*iso_date == '\0')
    return TRUE;
  return (*target->valid_from == '\0' || g_strcmp0 (target->valid_from, iso_date) <= 0)
         && (*target->valid_to == '\0' || g_strcmp0 (iso_date, target->valid_to) <= 0);
}

const SobanTarget *
soban_indicator_set_find_target (const SobanIndicatorSet *set, const char *indicator, const char *unit,
                                 const char *period, const char *iso_date)
{
  for (guint i = 0; i < set->targets->len; i++) {
    const SobanTarget *target = g_ptr_array_index (set->targets, i);
    if (g_str_equal (target->indicator, indicator) && g_str_equal (target->unit, unit)
        && g_str_equal (target->period, period) && is_in_force (target, iso_date))
      return target;
  }
  return NULL;
}
