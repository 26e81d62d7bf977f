/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/report.h"

/* A report as a person reads it: on the page, on paper, in a spreadsheet. Immutable once read; any thread. */

typedef struct {
  char *indicator; /* id */
  char *label;     /* translated */
  char *measure;   /* translated: what is counted */
  char *text;      /* the sum as it is shown: "1.234", or "<5" where a small number would tell on somebody */
  double sum;      /* 0 where it is hidden */
  gboolean hidden;
  gint64 records;
  gint64 undated;
  gint64 plan;     /* 0 = none; a share in percent has none here */
  GPtrArray *parts[SOBAN_REPORT_BY_TEAM + 1]; /* (nullable) (element-type SobanReportPart): by SobanReportSplit, where they were read */
} SobanReportLine;

typedef struct {
  SobanPeriod *period;
  char *period_label;
  char *place;     /* whose tablet: the commune; "" = not said */
  char *person;    /* who writes on it; "" = not said */
  char *made_on;   /* day, as people write it */
  GPtrArray *lines; /* (element-type SobanReportLine) */
} SobanReport;

/* Blocks: on a worker only. (transfer full): without parts. */
SobanReport *soban_report_read (SobanStore *store, const SobanPeriod *period, GError **error);
/* The same, with the parts by village and by team of every line that has records: what goes on paper and into files. */
SobanReport *soban_report_read_whole (SobanStore *store, const SobanPeriod *period, GError **error);
SobanReport *soban_report_ref (SobanReport *report);
void soban_report_unref (SobanReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanReport, soban_report_unref)

/* (transfer full): "7.623/9.000 (84,7%)" for people, "" without a plan. */
char *soban_report_line_get_plan_text (const SobanReportLine *line);
/* Why a number is not told, as a sentence. */
const char *soban_report_get_hidden_reason (void);
gboolean soban_report_has_hidden_part (const GPtrArray *parts);
