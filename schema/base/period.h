/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/catalogue.h"

typedef enum {
  SOBAN_PERIOD_ALL,
  SOBAN_PERIOD_SPAN,
  SOBAN_PERIOD_YEAR,
  SOBAN_PERIOD_HALF,
  SOBAN_PERIOD_QUARTER,
  SOBAN_PERIOD_MONTH,
} SobanPeriodKind;

/**
 * SobanPeriod: a time that figures are summed over: "all", "2021-2025", "2026", "2026-H1", "2026-Q4", "2026-11".
 * A date belongs to it when from <= date < to, compared as text: so a month or a year alone ("2026-11", "2026") belongs to
 * the periods that hold all of it. Pure; any thread.
 */
typedef struct {
  SobanPeriodKind kind;
  char *text;
  int year, part; /* part: half-year, quarter or month, from 1; of a SPAN its last year */
  char *from, *to; /* "" for ALL */
} SobanPeriod;

SobanPeriod *soban_period_parse (const char *text); /* (nullable): NULL when it is none; NULL and "" mean all */
/* (transfer full): the period of @kind (YEAR, HALF, QUARTER, MONTH) that holds the month @month of @year. */
SobanPeriod *soban_period_new (SobanPeriodKind kind, int year, int month);
/* (transfer full): @steps such periods later; negative: before. For YEAR, HALF, QUARTER and MONTH. */
SobanPeriod *soban_period_step (const SobanPeriod *period, int steps);
/* The first month of YEAR, HALF, QUARTER, MONTH: 1 to 12. */
int soban_period_get_month (const SobanPeriod *period);
void soban_period_free (SobanPeriod *period);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanPeriod, soban_period_free)

/* (transfer full): "Quý 4 năm 2026". @catalogue: (nullable): NULL = the language of the process. */
char *soban_period_label (const SobanPeriod *period, const SobanCatalogue *catalogue);
