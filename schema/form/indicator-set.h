/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/indicator.h"
#include "form/xpath.h"

/* An indicator with its expressions compiled: what derivation runs. */
typedef struct {
  SobanIndicator indicator;
  SobanXPath *filter; /* (nullable): all records */
  SobanXPath *value;  /* (nullable): nothing recorded yet */
} SobanIndicatorRule;

/* (transfer none) (element-type SobanIndicatorRule) */
const GPtrArray *soban_indicator_set_list_rules (const SobanIndicatorSet *set);
