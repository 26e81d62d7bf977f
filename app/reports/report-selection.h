/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/record-store.h"
#include "store/report.h"

/* The records behind a number of a report: what an action carries from one page to the next. */
typedef struct {
  char *indicator; /* id */
  char *period;    /* as SobanPeriod has it */
  SobanReportSplit split;
  char *key;       /* (nullable): of the part; NULL = the whole number */
  char *label;     /* of the part, for a person */
} SobanReportSelection;

#define SOBAN_REPORT_SELECTION_TYPE "(ssumss)"

GVariant *soban_report_selection_to_variant (const SobanReportSelection *selection); /* (transfer floating) */
SobanReportSelection *soban_report_selection_from_variant (GVariant *variant);       /* (transfer full) */
void soban_report_selection_free (SobanReportSelection *selection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReportSelection, soban_report_selection_free)

/* Fills in what of @query belongs to it; @period must be that of @selection. The query borrows from both. */
void soban_report_selection_apply (const SobanReportSelection *selection, const SobanPeriod *period, SobanRecordQuery *query);
