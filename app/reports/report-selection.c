/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/report-selection.h"

GVariant *
soban_report_selection_to_variant (const SobanReportSelection *selection)
{
  return g_variant_new (SOBAN_REPORT_SELECTION_TYPE, selection->indicator, selection->period, (guint32)selection->split, selection->key,
                        selection->label);
}

SobanReportSelection *
soban_report_selection_from_variant (GVariant *variant)
{
  SobanReportSelection *selection = g_new0 (SobanReportSelection, 1);
  guint32 split;

  g_variant_get (variant, SOBAN_REPORT_SELECTION_TYPE, &selection->indicator, &selection->period, &split, &selection->key, &selection->label);
  selection->split = (SobanReportSplit)split;
  return selection;
}

void
soban_report_selection_free (SobanReportSelection *selection)
{
  if (selection == NULL) {
    return;
  }
  g_free (selection->indicator);
  g_free (selection->period);
  g_free (selection->key);
  g_free (selection->label);
  g_free (selection);
}

void
soban_report_selection_apply (const SobanReportSelection *selection, const SobanPeriod *period, SobanRecordQuery *query)
{
  query->indicator = selection->indicator;
  query->from = period->from;
  query->to = period->to;
  query->unit = selection->split == SOBAN_REPORT_BY_UNIT ? selection->key : NULL;
  query->village = selection->split == SOBAN_REPORT_BY_VILLAGE ? selection->key : NULL;
  query->team = selection->split == SOBAN_REPORT_BY_TEAM ? selection->key : NULL;
}
