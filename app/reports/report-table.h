/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reports/report-pen.h"
#include "reports/report.h"

/**
 * SobanReportTable: the rows of a report on paper: first every indicator, then what it is made of by village, then by team.
 * A row says itself how tall it stands, so that pages can be broken before anything is drawn.
 */
typedef enum {
  SOBAN_REPORT_ROW_LINE,  /* an indicator against its plan */
  SOBAN_REPORT_ROW_TITLE, /* "By village": a division begins, with its head */
  SOBAN_REPORT_ROW_GROUP, /* an indicator whose parts follow */
  SOBAN_REPORT_ROW_PART,  /* a village or team */
  SOBAN_REPORT_ROW_NOTE,
} SobanReportRowKind;

typedef struct {
  SobanReportRowKind kind;
  const SobanReportLine *line;
  const SobanReportPart *part;
  SobanReportSplit split;
  gboolean has_split; /* FALSE in the table of the indicators */
} SobanReportTableRow;

/* (transfer full) (element-type SobanReportTableRow): they borrow from @report. */
GArray *soban_report_table_new (const SobanReport *report);

/* What stands above @row when a page begins with it: the head of its table, and the indicator that goes on. The height. */
double soban_report_table_put_top (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row);
/* The height. */
double soban_report_table_put_row (const SobanReportPen *pen, double y, double width, const SobanReportTableRow *row);
/* Whether @row must stand on one page with the row after it. */
gboolean soban_report_table_keeps_next (const SobanReportTableRow *row);
