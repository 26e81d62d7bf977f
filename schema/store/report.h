/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/period.h"
#include "store/store.h"

/* What a period's records sum to, by indicator, and what a sum is made of. Read from the facts: an indexed range. */

/* One indicator over one period. */
typedef struct {
  const SobanIndicator *indicator; /* (transfer none): of the store */
  double sum;
  gint64 records;
  gboolean hidden;                 /* a small number that would tell on somebody: its sum and records are not shown */
  gint64 undated;                  /* records that give to it but say no day: in no period's sum */
  const SobanTarget *target;       /* (nullable) (transfer none): in force today for that very period */
} SobanReportFigure;

/* (transfer full) (element-type SobanReportFigure): all indicators of recorded forms, in their order. @unit: whose targets, "" = the programme's. */
GArray *soban_store_read_report (SobanStore *store, const SobanPeriod *period, const char *unit, GError **error);

typedef enum { SOBAN_REPORT_BY_UNIT, SOBAN_REPORT_BY_VILLAGE, SOBAN_REPORT_BY_TEAM } SobanReportSplit;

/* A part of a sum. */
typedef struct {
  char *key;   /* unit uid or record id; "" = not said; NULL: several parts that can only be told together */
  char *label; /* for a person; "" with the key "" */
  double sum;
  gint64 records;
  gboolean hidden; /* not shown: small, or what a small one could be computed from */
} SobanReportPart;
void soban_report_part_free (SobanReportPart *part);
/* What a person reads for @part: its name (transfer none); its number (transfer full), or that it is not told. */
const char *soban_report_part_get_label (const SobanReportPart *part);
char *soban_report_part_get_text (const SobanReportPart *part, const char *language);

/* (transfer full): @sum as a person may see it on a tablet: "1.234"; "<5" for a small one that is @hidden, "" for any other that is. */
char *soban_report_sum_text (double sum, gboolean hidden, const char *language);

/**
 * (transfer full) (element-type SobanReportPart): largest first; together they are the figure. What is small, and what it
 * could be computed from, is hidden, or stands there as one part (form/small-counts.h).
 */
GPtrArray *soban_store_split_report (SobanStore *store, const char *indicator, const SobanPeriod *period, SobanReportSplit split, GError **error);

/* (transfer full): "xã Bảo Yên, tỉnh Lào Cai"; "" for no unit, the uid itself for one that is not in the lists. NULL
 * with @error: the lists cannot be read. */
char *soban_store_get_unit_label (SobanStore *store, const char *uid, GError **error);
