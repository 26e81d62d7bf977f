/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/catalogue.h"

typedef enum { SOBAN_PERIOD_ALL, SOBAN_PERIOD_SPAN, SOBAN_PERIOD_YEAR, SOBAN_PERIOD_QUARTER, SOBAN_PERIOD_MONTH } SobanPeriodKind;

/**
 * SobanPeriod: a time that figures are summed over: "all", "2021-2025", "2026", "2026-Q4", "2026-11".
 * A date belongs to it when from <= date < to, compared as text: so a month or a year alone ("2026-11", "2026") belongs to
 * the periods that hold all of it.
 */
typedef struct {
  SobanPeriodKind kind;
  char *text;
  int year, part; /* part: quarter or month */
  char *from, *to; /* "" for ALL */
} SobanPeriod;

SobanPeriod *soban_period_parse (const char *text); /* (nullable): NULL when it is none; NULL and "" mean all */
void soban_period_free (SobanPeriod *period);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanPeriod, soban_period_free)

/* (transfer full): "Quý 4 năm 2026" */
char *soban_period_label (const SobanPeriod *period, const SobanCatalogue *catalogue);
