/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "base/period.h"
#include "reference.h"

/* Where figures are asked for. */
typedef enum {
  SOBAN_AREA_NATIONAL,
  SOBAN_AREA_PROVINCE,     /* with all its communes */
  SOBAN_AREA_PROVINCE_OWN, /* what was recorded at the province itself, of no commune */
  SOBAN_AREA_COMMUNE,
  SOBAN_AREA_UNKNOWN,      /* units that the reference data does not know */
} SobanAreaKind;

typedef struct {
  SobanAreaKind kind;
  const SobanUnit *unit; /* (nullable): of today; for NATIONAL and UNKNOWN none */
} SobanArea;

/* @text: "" national, a unit uid (followed to what it is today), "unknown", or "own:<uid of a province>". */
gboolean soban_area_parse (const SobanReference *reference, const char *text, SobanArea *ret_area);
/* (transfer full): what soban_area_parse() reads. */
char *soban_area_to_text (const SobanArea *area);
gboolean soban_area_equal (const SobanArea *a, const SobanArea *b);

typedef struct {
  double sum;
  gint64 records; /* facts that make up the sum */
  gint64 undated; /* facts that may belong to the period but do not say when: not in the sum */
} SobanFigure;

typedef struct {
  SobanArea area;
  SobanFigure figure;
} SobanAreaFigure;

/* One fact of a sum: what the sum opens to. */
typedef struct {
  SobanUuid id;
  char *title, *form, *date;
  double value;
  gboolean needs_look;
} SobanFigureRecord;
void soban_figure_record_free (SobanFigureRecord *record);

/**
 * SobanFigures: all sums of one period, from one reading of the facts; every table of a page is consistent with the others.
 */
typedef struct _SobanFigures SobanFigures;

SobanFigures *soban_figures_read (SobanCollectorStore *store, const SobanReference *reference, const SobanPeriod *period, GError **error);
void soban_figures_free (SobanFigures *figures);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFigures, soban_figures_free)

SobanFigure soban_figures_sum (const SobanFigures *figures, const char *indicator, const SobanArea *area);
/* (transfer full) (element-type SobanAreaFigure): the parts of @area that have facts, by name; they add up to its sum. */
GPtrArray *soban_figures_list_parts (const SobanFigures *figures, const char *indicator, const SobanArea *area);
/* (transfer full) (element-type SobanAreaFigure): the parts of @area that have any facts at all; the figures count records. */
GPtrArray *soban_figures_list_active_parts (const SobanFigures *figures, const SobanArea *area);
/* (transfer full) (element-type SobanFigureRecord): exactly what makes up the sum, newest first. */
GPtrArray *soban_figures_list_records (const SobanFigures *figures, const char *indicator, const SobanArea *area, GError **error);

/* About violence, and so few that somebody could be recognized (DESIGN 9): shown as "<5", not opened. */
gboolean soban_figure_is_hidden (const SobanIndicator *indicator, const SobanArea *area, double value);
/* (transfer full): the number as people write it, or "<5". */
char *soban_figure_text (const SobanIndicator *indicator, const SobanArea *area, double value, const char *language);

/* The target to hold a sum against: of the period itself; for the whole programme the newest one of several years. (nullable) */
const SobanTarget *soban_figures_find_target (const SobanReference *reference, const SobanIndicator *indicator, const SobanArea *area,
                                              const SobanPeriod *period, const char *today);
