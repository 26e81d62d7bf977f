/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"
#include "form/form-library.h"

/**
 * SobanIndicator: one row of forms/indicators.tsv: indicators are data (DESIGN 6): form, an XPath filter, an XPath value, a
 * date field, a unit field. The same evaluator turns a record into facts on the tablet and in the collector.
 */
typedef struct {
  const char *id;
  const char *label;        /* msgid */
  const char *form;         /* form id; "" = nothing recorded yet */
  const char *filter;       /* XPath over the instance, "" = all */
  const char *value;        /* XPath number: "1" counts records */
  const char *date_field;   /* field with the day or month, "" = undated */
  const char *unit_field;   /* field with the unit uid, "" = the record's scope */
  const char *measure;      /* msgid of what is counted: "teams", "people" ... */
  gboolean core;            /* one of the nine core targets */
  gboolean percent_target;  /* the target is a share, not a count */
  gboolean small_counts_hidden; /* about violence: 1-4 show as "<5" below province level (DESIGN 9) */
} SobanIndicator;

/* One row of forms/targets.tsv: indicator, unit, period, value, source document, validity. */
typedef struct {
  const char *indicator;
  const char *unit;   /* unit uid, "" = the whole programme */
  const char *period; /* "2021-2025", "2026", "2026-Q1", "2026-11" */
  gint64 value;
  const char *source;
  const char *valid_from, *valid_to;
} SobanTarget;

/* One row of forms/results.tsv: a published figure that stands beside the sums, never in them. */
typedef struct {
  const char *indicator, *place, *achieved, *target, *as_of, *source, *note;
} SobanPublishedResult;

typedef struct _SobanIndicatorSet SobanIndicatorSet;
SobanIndicatorSet *soban_indicator_set_load (const char *data_dir, GError **error);
void soban_indicator_set_free (SobanIndicatorSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanIndicatorSet, soban_indicator_set_free)
const GPtrArray *soban_indicator_set_list (const SobanIndicatorSet *set);         /* (element-type SobanIndicator) */
const SobanIndicator *soban_indicator_set_find (const SobanIndicatorSet *set, const char *id); /* (nullable) */
const GPtrArray *soban_indicator_set_list_targets (const SobanIndicatorSet *set); /* (element-type SobanTarget) */
const GPtrArray *soban_indicator_set_list_results (const SobanIndicatorSet *set); /* (element-type SobanPublishedResult) */
/* (nullable): the target of @indicator for @unit ("" national) in @period, in force on @iso_date. */
const SobanTarget *soban_indicator_set_find_target (const SobanIndicatorSet *set, const char *indicator, const char *unit, const char *period, const char *iso_date);

/* What one record gives to one indicator. */
typedef struct {
  char *indicator;
  double value;
  char *date; /* "2025-11-03", "2025-11", or "" when the record does not say */
  char *unit; /* unit uid or "" */
} SobanFact;
void soban_fact_free (SobanFact *fact);

/**
 * SobanDerived: everything that is computed from a merged record and can be thrown away and made again: the summary for
 * lists, the search text, what is wrong with it, its facts.
 */
typedef struct {
  char *title;        /* meta/instanceName, else the first text answers */
  char *date;         /* by catalogue.tsv's date_field; "" */
  char *unit;         /* unit uid; "" */
  char *search_text;  /* folded: title, texts, choice labels, village, commune */
  GPtrArray *problems; /* (element-type SobanProblem): non-empty and not only warnings = needs a look */
  gboolean needs_look;
  GPtrArray *facts;   /* (element-type SobanFact) */
} SobanDerived;
void soban_derived_free (SobanDerived *derived);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDerived, soban_derived_free)

/* Pure. @entry (nullable). Never fails for what a record holds: what cannot be computed becomes a problem. */
SobanDerived *soban_derive (SobanForm *form, const SobanFormEntry *entry, const SobanIndicatorSet *indicators, const SobanFormHost *host, const SobanFieldMap *fields);
